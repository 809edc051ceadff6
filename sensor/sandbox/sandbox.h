/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process may still do once all is open. In this order: sandbox_enter() by the
 * main thread before any other is started, then sandbox_thread() by each thread that
 * reads what strangers sent.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct sandbox_options {
	const char *user;   /* to become when started as root; NULL: "nobody" */
	const char *chroot; /* NULL: none */
	const char *const *writable; /* folders and files that may be written and made */
	size_t writable_count;
	const char *const *readable; /* and read */
	size_t readable_count;
	bool network; /* outputs connect to collectors */
	bool bpf;     /* maps are written: some of bpf(2) */
};

/*
 * User and group with no others, chroot, no capabilities, no new privileges, Landlock
 * where the kernel has it (said in the log where not), seccomp for the process: no exec,
 * no new kinds of sockets, no ptrace, no modules, no mounts. 0, or -1 with the reason
 * logged; then nothing may be read.
 */
int sandbox_enter(const struct sandbox_options *o);

/* The calling thread alone: besides that, no open, no socket, no connect. 0 or -1. */
int sandbox_thread(void);

#endif
