/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sensor on live interfaces, for as long as it is let.
 *
 *	interfaces ─► packet threads ─► queues ─► inference ─► desk ─► store ─► outputs
 *	               watch_packet    watch_queue  watch_infer           (threads of
 *theirs)
 *
 * watch.c          start and end, in order
 * watch_signal.c   the main thread: signals, reload, watchdog
 * watch_packet.c   a packet thread: frames to records
 * watch_queue.c    records from one thread to the other
 * watch_merge.c    several queues as one, in the order of time
 * watch_infer.c    the inference's thread: records to verdicts, alerts, losses
 * watch_loss.c     does the sensor see all?
 * watch_box.c      a thread is asked to do something
 * watch_config.c   what is read at the start and at a reload
 * watch_stats.c    counters of all stages, for the log and the outputs
 * watch_control.c  answers to relaytap ctl
 * watch_top.c      the answer to relaytap top
 * watch_metrics.c  the page for Prometheus
 * watch_notify.c   the service manager
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An option of the command line as the line of YAML that it stands for. */
struct watch_line {
	const char *option; /* for errors: "--user" */
	const char *yaml;
};

struct watch_options {
	const char *config_file;       /* NULL: none */
	const struct watch_line *line; /* over the file, in order */
	size_t line_count;
	const char *output; /* one more, as config_add_output() takes it; NULL: none */
	const char *
		records; /* file that all records are appended to; "-": standard output */
	uint32_t stats_seconds; /* counters to the log so often; 0: at the end only */
};

/*
 * Runs until SIGTERM or SIGINT; connections in hand are finished then. Signals are
 * blocked in the calling thread from then on. 0, or -1 with the reason logged.
 */
int watch_run(const struct watch_options *o);

#endif
