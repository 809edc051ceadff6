/* SPDX-License-Identifier: Apache-2.0 */
/* gzip (RFC 1952) by zlib: members one after the other, and zeroes as padding. */
#ifndef SOURCE_GZIP_H
#define SOURCE_GZIP_H

#include "sensor/capture/source_codec.h"

/* Do these octets open a gzip file? */
bool source_gzip_magic(struct span head);
/* NULL: no memory. */
struct source_codec *source_gzip_new(void);

#endif
