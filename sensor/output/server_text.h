/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts for people: a table of all servers, and one server in detail. Every peer's
 * octet is escaped. Colours only where the caller says that it is a terminal.
 */
#ifndef SERVER_TEXT_H
#define SERVER_TEXT_H

#include <stdio.h>

#include "sensor/infer/ranking.h"
#include "sensor/record/record_files.h"
#include "server_row.h"

struct server_text_style {
	bool colour;
	unsigned width; /* columns; 0: unlimited */
};

/* server, verdict, confidence, counts, and why in a sentence. Says so when r is empty. */
void server_text_table(
	const struct ranking *r, const struct server_text_style *style, FILE *to);

/*
 * The same for servers that come one by one: init, measure with each, begin, row with
 * each, end. A row that is wider than what was measured stands out, and that is all.
 */
struct server_text_table {
	const struct server_text_style *style;
	/* Columns of a row, but for the reason. */
	unsigned server;
	unsigned verdict;
	unsigned before_why; /* all of the row's columns and the gaps between them */
	bool why_beside;
	size_t measured, rows;
};

void server_text_table_init(
	struct server_text_table *t, const struct server_text_style *style);
void server_text_table_measure(struct server_text_table *t, const struct server_key *key,
	enum verdict_kind kind, enum verdict_grade grade);
void server_text_table_begin(struct server_text_table *t, FILE *to);
void server_text_table_row(
	struct server_text_table *t, const struct server_row *row, FILE *to);
void server_text_table_end(const struct server_text_table *t, FILE *to);

/*
 * One server: verdict, scope and duration of the exposure, evidence with time, file and
 * frame, what is missing, advice.
 */
void server_text_detail(const struct verdict *v, const struct record_files *files,
	const struct server_text_style *style, FILE *to);

#endif
