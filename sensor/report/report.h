/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The segment at a glance and server by server, as one HTML file that needs nothing
 * else, as Markdown, or as CSV. All of it from what the inference knows, which may come
 * from captures or from a sensor's database.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "sensor/config/config.h"
#include "sensor/infer/ranking.h"
#include "sensor/record/record_files.h"

enum report_format { REPORT_HTML, REPORT_MARKDOWN, REPORT_CSV };

struct report_input {
	struct infer *infer;
	const struct ranking *ranking;
	const struct record_files *files;
	const char *losses;   /* lines: what was not seen; may be empty */
	struct span stats;    /* the stats object; may be empty */
	const char *source;   /* "3 capture files", "/var/lib/relaytap": for the head */
	enum config_redact redact;
};

/* 0, or -1 with errno set. */
int report_write(const struct report_input *i, enum report_format format, FILE *to);

#endif
