/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to do about a verdict: contain it now, mend it for good on the mail server that
 * was recognised, and confirm from outside that it is mended.
 */
#ifndef ADVICE_H
#define ADVICE_H

#include "verdict.h"

/* Octets that hold every advice. */
#define ADVICE_MAX 4096

/*
 * Each writes a text of lines into out, NUL-terminated; 0: nothing to do. A line that
 * begins with two blanks is a command or a line of configuration, to be copied as it is;
 * the others are sentences. No octet of a peer is in them, only addresses and ports.
 */
size_t advice_contain(const struct verdict *v, char *out, size_t room);
size_t advice_mend(const struct verdict *v, char *out, size_t room);
size_t advice_confirm(const struct verdict *v, char *out, size_t room);

#endif
