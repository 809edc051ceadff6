/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the capture_live*.c files only: the capture's inside, and its opening. */
#ifndef CAPTURE_LIVE_PART_H
#define CAPTURE_LIVE_PART_H

#include "sensor/capture/capture_join.h"

struct live_interface {
	enum capture_live_method method;
	bool generic;
	struct capture_link *link; /* of the first tap */
	struct capture_bpf_link *xdp;
	struct capture_tap *tap[CAPTURE_LIVE_THREADS_MAX]; /* NULL: not heard by it */
};

struct capture_live {
	struct capture_live_options options; /* defaults filled in */
	struct capture_bpf *bpf;	     /* NULL: libpcap for all */
	char *expression;		     /* of the classic filter */
	atomic_bool stop;
	struct live_interface interface[CAPTURE_LIVE_INTERFACES_MAX];
	struct capture_join join[CAPTURE_LIVE_THREADS_MAX];
};

/* Loads, opens and attaches by the options' method. 0, or -1 with error filled. */
int capture_live_tier(struct capture_live *l, char error[CAPTURE_LIVE_ERROR_MAX]);

#endif
