/* SPDX-License-Identifier: Apache-2.0 */
/* Zstandard (RFC 8878) by libzstd: frames one after the other, skippable ones too. */
#ifndef SOURCE_ZSTD_H
#define SOURCE_ZSTD_H

#include "sensor/capture/source_codec.h"

/* Do these octets open a zstd file? */
bool source_zstd_magic(struct span head);
/* NULL: no memory. */
struct source_codec *source_zstd_new(void);

#endif
