/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process may still do once all is open. In this order: sandbox_enter() by the
 * main thread before any other is started, then sandbox_thread() by each thread that
 * reads what strangers sent.
 *
 * sandbox.c        the order
 * sandbox_user.c   user, group and capabilities
 * sandbox_files.c  Landlock
 * sandbox_calls.c  seccomp
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct sandbox_options {
	const char *user;   /* to become when started as root; NULL: "nobody" */
	const char *chroot; /* NULL: none; all paths here are as seen from within */
	/*
	 * Folders and files that may be written and made. A missing path that ends in "/"
	 * becomes a folder of the user's; any other is taken for a file that is still to
	 * be made. To be made anew (after a rotation) a file needs its folder: files
	 * beside it are as free as it is, for what their permissions allow.
	 */
	const char *const *writable;
	size_t writable_count;
	/* And read; of a file, its folder, since an editor puts another in its place. */
	const char *const *readable;
	size_t readable_count;
	bool network; /* outputs connect to collectors */
	bool bpf;     /* maps are written: some of bpf(2) */
};

/*
 * User and group with no others, chroot, no capabilities, no new privileges, Landlock
 * where the kernel has it (said in the log where not), seccomp for the process: no exec,
 * no new kinds of sockets, no ptrace, no modules, no mounts. 0, or -1 with the reason
 * logged; then nothing may be read.
 *
 * Started without root: the user stays, its capabilities go. A call that is refused
 * fails with EPERM (files: EACCES): it is an error of who made it, not the sensor's
 * death.
 */
int sandbox_enter(const struct sandbox_options *o);

/*
 * The calling thread alone: besides that, no open, no socket, no connect, nothing by the
 * name of a file, no threads. Descriptors that are open stay of use, for bind(2) too: a
 * packet socket is bound anew when its interface comes back. 0, or -1 with the reason
 * logged. Such a thread ends by return: pthread_exit() would open a library.
 */
int sandbox_thread(void);

#endif
