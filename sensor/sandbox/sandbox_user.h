/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who the process is: from root to a user without any privilege, and the proof that there
 * is no way back. A part of sandbox.c.
 */
#ifndef SANDBOX_USER_H
#define SANDBOX_USER_H

#include <stdbool.h>
#include <sys/types.h>

struct sandbox_user {
	const char *name;
	uid_t uid;
	gid_t gid;
	bool root; /* we are root, and have to become it */
};

/*
 * name NULL: "nobody". Reads the system's list of users, so before chroot. Without root
 * it is whoever we are. 0, or -1 with the reason logged.
 */
int sandbox_user_find(struct sandbox_user *u, const char *name);

/* Becomes it, with its group alone, and empties every set of capabilities. 0 or -1. */
int sandbox_user_become(const struct sandbox_user *u);

#endif
