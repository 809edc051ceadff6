/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report as Markdown (CommonMark): for tickets and wikis. Nothing of a peer's can
 * become markup; see markdown_out.h.
 */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include "markdown_out.h"
#include "report_model.h"

struct markdown {
	const struct report_model *m;
	struct markdown_out out;
};

void report_markdown_write(const struct report_model *m, FILE *to);

/* The parts. A section about one server, and what others say of it in one place. */
void report_markdown_server(struct markdown *d, const struct verdict *v);
void report_markdown_endpoint(struct markdown *d, const struct verdict *v);
void report_markdown_verdict(struct markdown *d, const struct verdict *v);
/* When, what, and where in the captures: an item of a list. text: raw. */
void report_markdown_item(struct markdown *d, struct moment at, const char *text);

#endif
