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

struct server_text_style {
	bool colour;
	unsigned width; /* columns; 0: unlimited */
};

/* server, verdict, confidence, counts, and why in a sentence. Says so when r is empty. */
void server_text_table(
	const struct ranking *r, const struct server_text_style *style, FILE *to);

/*
 * One server: verdict, scope and duration of the exposure, evidence with time, file and
 * frame, what is missing, advice.
 */
void server_text_detail(const struct verdict *v, const struct record_files *files,
	const struct server_text_style *style, FILE *to);

#endif
