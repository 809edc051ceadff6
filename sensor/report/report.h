/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The segment at a glance and server by server, as one HTML file that needs nothing
 * else, as Markdown, or as CSV. All of it from what the inference knows, which may come
 * from captures or from a sensor's database. No clock: the same knowledge gives the same
 * octets.
 *
 * report.c          which format
 * report_model.c    what is told, counted
 * report_users.c    who used one server, and for which domains
 * report_words.c    the sentences that all formats share
 * report_text.c     texts without addresses, and with every odd octet made visible
 * report_counters.c  the counters of a run in words
 * html_out.c        writing HTML
 * report_html*.c    the page (report_style.c: its look; report_svg*.c: its pictures)
 * markdown_out.c    writing Markdown
 * report_markdown*.c the same as Markdown
 * report_csv.c      a line a server, for a spreadsheet
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "sensor/config/config.h"
#include "sensor/infer/ranking.h"
#include "sensor/record/record_files.h"

enum report_format {
	REPORT_HTML,
	REPORT_MARKDOWN,
	REPORT_CSV
};

/* Something that a sensor told of a server before: a change of verdict, or an alert. */
struct report_event {
	struct ip_addr server;
	uint16_t port;	  /* 0: of any port there */
	uint64_t time;	  /* ns */
	const char *kind; /* "verdict", "alert, critical" */
	const char *text; /* in words; holds peers' octets */
};

struct report_input {
	struct infer *infer;
	const struct ranking *ranking;
	const struct record_files *files;
	const char *losses; /* lines: what was not seen; may be empty; NULL: not known */
	struct span stats;  /* the stats object; may be empty */
	const char *source; /* "3 capture files", "/var/lib/relaytap": for the head */
	enum config_redact redact;
	const struct report_event *events; /* by time; NULL: none are known */
	size_t event_count;
};

/* "html", "markdown" or "csv"; false: no such format. */
bool report_format_of_name(const char *name, enum report_format *out);

/* 0, or -1 with errno set. */
int report_write(const struct report_input *i, enum report_format format, FILE *to);

#endif
