/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page: one file that asks nothing of anybody. No script; a content security policy
 * inside forbids all but the style sheet that is in it.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "html_out.h"
#include "report_model.h"

void report_html_write(const struct report_model *m, FILE *to);

/* The parts. index: of the ranking; it is also the id of the section, "s1" from 1. */
void report_html_server(struct html_out *h, const struct report_model *m, size_t index);
void report_html_findings(struct html_out *h, const struct report_model *m);
void report_html_unseen(struct html_out *h, const struct report_model *m);

/* "<span class=…>Open relay, confirmed</span>" */
void report_html_badge(struct html_out *h, const struct verdict *v);
/* When, where in the captures, and what: an item of a list. text: raw. */
void report_html_item(struct html_out *h, const struct report_model *m, struct moment at,
	const char *text, double weight);
/* A sentence that prose has made, in an element of that class. Nothing if it is empty. */
void report_html_paragraph(struct html_out *h, const char *class, const char *text);

/* The style sheet, in pieces that end with NULL; static. */
const char *const *report_style(void);

#endif
