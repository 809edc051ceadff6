/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files the process may open, by Landlock (landlock(7); Linux 5.13 and later): the
 * paths of the options, and what the libraries read at run time. A part of sandbox.c.
 */
#ifndef SANDBOX_FILES_H
#define SANDBOX_FILES_H

#include "sensor/sandbox/sandbox.h"
#include "sensor/sandbox/sandbox_user.h"

struct sandbox_files {
	int ruleset; /* -1: the kernel has no Landlock */
};

/*
 * Makes the folders that are missing and gathers the rules, as whoever we still are.
 * Nothing is refused yet. 0, or -1 with the reason logged.
 */
int sandbox_files_open(struct sandbox_files *f, const struct sandbox_options *o,
	const struct sandbox_user *u);
/* Tells what the user's permissions will not let it write; then the rules hold. */
int sandbox_files_restrict(struct sandbox_files *f, const struct sandbox_options *o);

#endif
