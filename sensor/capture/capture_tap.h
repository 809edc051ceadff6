/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One network interface as one thread hears it: a ring of our own or libpcap, behind the
 * same calls. What is told of interfaces and their loss stands here for both.
 */
#ifndef CAPTURE_TAP_H
#define CAPTURE_TAP_H

#include "sensor/capture/capture.h"

#define CAPTURE_TAP_ERROR_MAX 256

/* Since the capture began, over all descriptors that served the interface. */
struct capture_tap_stats {
	uint64_t delivered; /* frames handed on */
	uint64_t octets;    /* of these, captured */
	uint64_t dropped;   /* passed by the filter, no room in the buffer */
	uint64_t unread;    /* in the buffer when it was closed */
	uint64_t returns;   /* times the interface came back */
};

struct capture_tap;

/* What came before, and cannot be peeked at yet. */
enum capture_tap_open {
	CAPTURE_TAP_EMPTY, /* all that came has been taken */
	CAPTURE_TAP_FILLS, /* there is something, which will be handed over soon */
	CAPTURE_TAP_UNKNOWN
};

struct capture_tap_ops {
	/* The next frame, NULL if there is none yet. Asking again gives the same. */
	const struct capture_frame *(*peek)(struct capture_tap *t);
	/* The frame peeked at is done with; its octets are gone. */
	void (*take)(struct capture_tap *t);
	/* While there is nothing to peek at. */
	enum capture_tap_open (*open)(const struct capture_tap *t);
	/* To be polled for input; -1 while the interface is away. */
	int (*descriptor)(const struct capture_tap *t);
	/* Poll reports an error, or a second is over: is the interface still there? */
	void (*look)(struct capture_tap *t);
	void (*stats)(struct capture_tap *t, struct capture_tap_stats *out);
	void (*close)(struct capture_tap *t);
};

/* Embedded first in each kind. */
struct capture_tap {
	const struct capture_tap_ops *ops;
	const char *name; /* of the interface */
};

#endif
