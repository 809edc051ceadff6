/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings for people: the section "Also seen" below the table of servers, and in the
 * view of one server. Every peer's octet is escaped.
 */
#ifndef FINDING_TEXT_H
#define FINDING_TEXT_H

#include "sensor/infer/infer.h"
#include "server_text.h"

/* A line for each finding. Nothing at all when there is none. */
void finding_text_table(
	const struct infer *in, const struct server_text_style *style, FILE *to);

/* Those about one server, with explanation, tests, evidence and advice. */
void finding_text_detail(const struct infer *in, const struct server *server,
	const struct record_files *files, const struct server_text_style *style,
	FILE *to);

/* Is it about this server? A finding without a port is about all at that address. */
bool finding_text_is_about(const struct finding *f, const struct server *server);

#endif
