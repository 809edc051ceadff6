/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to do about a verdict: contain it now, mend it for good on the mail server that was
 * recognised, and confirm from outside that it is mended.
 */
#ifndef ADVICE_H
#define ADVICE_H

#include "verdict.h"

/* Each writes a text of one or more lines into out, as explain.h does; 0: nothing to do. */
size_t advice_contain(const struct verdict *v, char *out, size_t room);
size_t advice_mend(const struct verdict *v, char *out, size_t room);
size_t advice_confirm(const struct verdict *v, char *out, size_t room);

#endif
