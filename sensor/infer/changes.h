/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For a sensor that never ends: which servers' verdicts have changed since they were last
 * asked for. Only servers that something was learned of are looked at again.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "verdict.h"

/*
 * The next server whose verdict is not what it was, with the verdict; false: no more now.
 * A server whose first verdict is unknown is no change. Start with *after NULL, and do not
 * feed the inference until it has answered false.
 */
bool changes_next(struct infer *in, struct server **after, struct verdict *out);

#endif
