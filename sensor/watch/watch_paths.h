/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files a running sensor still needs by their names: what the sandbox is told.
 * Borrows from configuration and options.
 */
#ifndef WATCH_PATHS_H
#define WATCH_PATHS_H

#include "sensor/config/config.h"
#include "watch.h"

/* More outputs than this have their files left out: they are not opened then. */
#define WATCH_PATHS_MAX 64

/* The caller's, embedded. */
struct watch_paths {
	const char *writable[WATCH_PATHS_MAX];
	size_t writable_count;
	const char *readable[WATCH_PATHS_MAX];
	size_t readable_count;
	char state[4098]; /* the folder, with the "/" by which it is made if missing */
	bool network;	  /* an output, or the metrics, go over sockets of the Internet */
};

void watch_paths_of(
	const struct config *c, const struct watch_options *o, struct watch_paths *out);

#endif
