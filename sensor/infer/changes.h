/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For a sensor that never ends: which servers something was learned of since they were
 * last asked for, and whether that changed their verdict. What it costs follows what was
 * learned, not how many servers are known.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "verdict.h"

/*
 * The next server that something was learned of, in the order in which it first was, with
 * its verdict; false: no more now. *changed: its kind or grade is not what it was when
 * last asked for; a first verdict of unknown is no change. Start with *after NULL, and do
 * not feed the inference until it has answered false.
 */
bool changes_next(
	struct infer *in, struct server **after, struct verdict *out, bool *changed);

#endif
