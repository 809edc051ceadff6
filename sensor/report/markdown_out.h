/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing Markdown (CommonMark, GitHub's and GitLab's kinds of it) to a file. Markup is
 * ours alone; whatever else is written goes through one of the functions that escape.
 *
 * Marks of CommonMark stand behind a backslash (CommonMark 2.4), those of HTML are
 * entities. That is not enough for @ # $ and the beginnings of addresses: GitHub and
 * GitLab look for names to notify, issues, maths and links when the backslashes are gone.
 * They leave code alone, so these stand in code.
 */
#ifndef MARKDOWN_OUT_H
#define MARKDOWN_OUT_H

#include <stdio.h>

#include "report_text.h"

/* Characters of one name or reply that are shown; more are cut to "...". */
#define MARKDOWN_OUT_PEER_MAX 200u

struct markdown_out {
	FILE *to;
	struct report_text text;
};

void markdown_out_init(struct markdown_out *d, FILE *to, enum config_redact level);
void markdown_out_free(struct markdown_out *d);

/* As it is: markup of ours. */
void markdown_out_markup(struct markdown_out *d, const char *markup);
__attribute__((format(printf, 2, 3))) void markdown_out_format(
	struct markdown_out *d, const char *format, ...);

/* A text without any octet of a peer's mail. */
void markdown_out_ours(struct markdown_out *d, const char *text);
void markdown_out_line(struct markdown_out *d, struct span text);
/* A sentence that may hold peers' octets, of any length. */
void markdown_out_prose(struct markdown_out *d, const char *text);
/* The same of an item of evidence. */
void markdown_out_evidence(struct markdown_out *d, const char *text);
/* A peer's text, cut. */
void markdown_out_peer(struct markdown_out *d, struct span s);
/* A line of a block of code: indented by four, nothing in it is markup. */
void markdown_out_code(struct markdown_out *d, struct span s);
/* 1234567 as "1,234,567". */
void markdown_out_number(struct markdown_out *d, uint64_t n);
/* "2026-11-23 20:22:53 UTC" */
void markdown_out_time(struct markdown_out *d, uint64_t ns);

#endif
