/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sensor on live interfaces: frames through the pipeline for as long as it is let, each
 * verdict told when it changes. One packet thread.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdio.h>

#include "sensor/capture/capture_live.h"
#include "sensor/pipeline.h"

struct watch_options {
	struct capture_live_options live;
	const char *user;      /* to run as once all is open; NULL: "nobody" */
	FILE *records;	       /* NULL: none */
	FILE *changes;	       /* a server object a line, when its verdict changes */
	uint32_t stats_seconds; /* a stats object so often, of packet time; 0: at the end */
};

/*
 * Runs until SIGTERM or SIGINT; connections in hand are finished then. 0, or -1 with the
 * reason logged.
 */
int watch_run(const struct config *config, const struct watch_options *o);

#endif
