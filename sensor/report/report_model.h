/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the report tells, counted: how many servers of each verdict, over what time, which
 * of them get a section of their own. Borrows from its input.
 */
#ifndef REPORT_MODEL_H
#define REPORT_MODEL_H

#include "report.h"
#include "sensor/infer/infer.h"

/* Servers with a section of their own: the most serious. */
#define REPORT_SECTIONS_MAX 500u
/* Findings told in full. */
#define REPORT_FINDINGS_MAX 200u
/* Events told of one server: the newest. */
#define REPORT_EVENTS_MAX 50u

struct report_model {
	const struct report_input *in;
	size_t of_kind[VERDICT_UNKNOWN + 1];
	size_t relays;	   /* open or partial */
	size_t confirmed;  /* of these */
	size_t telling;	   /* servers whose verdict is not unknown: they come first */
	size_t sections;   /* of these, with a section */
	uint64_t from, to; /* ns: first and last time a server was seen; 0: never */
	uint64_t transactions;
	const struct finding **findings;
	size_t finding_count;
};

void report_model_fill(struct report_model *m, const struct report_input *in);
void report_model_free(struct report_model *m);

/* Has that finding to do with this server? One without a port is about all there. */
bool report_model_is_about(const struct finding *f, const struct server *server);

/* The most serious server that it is about, as index into the ranking; else count. */
size_t report_model_server_of(const struct report_model *m, const struct finding *f);

/* The first event of a server from that index on, or event_count; and how many it has. */
size_t report_model_next_event(
	const struct report_model *m, const struct server *server, size_t from);
size_t report_model_events(const struct report_model *m, const struct server *server);

#endif
