/* SPDX-License-Identifier: Apache-2.0 */
/* What a sensor told before, for the report out of its state. */
#ifndef COMMAND_WRITE_REPORT_H
#define COMMAND_WRITE_REPORT_H

#include "sensor/report/report.h"
#include "sensor/store/store.h"

/* What is read: the newest. */
#define COMMAND_EVENTS_ALERTS_MAX  10000u
#define COMMAND_EVENTS_CHANGES_MAX 50000u

/* Owns the texts. All zero: none. */
struct command_events {
	struct report_event *at; /* by time */
	size_t count, room;
};

/* Changes of verdicts, and alerts. 0, or -1 logged; to be freed in either case. */
int command_events_read(struct command_events *e, struct store *s);
void command_events_free(struct command_events *e);

#endif
