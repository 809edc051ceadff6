/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which calls of the kernel may be made (seccomp(2), by libseccomp, of which this folder
 * is the only door): lists of what is allowed, all else is EPERM. A part of sandbox.c.
 */
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

#include <stdbool.h>

/* All threads of the process, those to come too. 0, or -1 with the reason logged. */
int sandbox_calls_process(bool network, bool bpf);
/* Besides that, the calling thread. */
int sandbox_calls_thread(void);

#endif
