/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts of peers made fit to be shown: first without mail addresses and replies, as far
 * as the configuration wants that, then with every octet that could move, end or turn a
 * line written as \xNN (escape.h). What comes out is one line of valid UTF-8; the marks
 * of HTML, Markdown or CSV are still in it, and are the business of their writers.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "sensor/base/text_out.h"
#include "sensor/config/config.h"

enum report_text_how {
	REPORT_TEXT_OURS,   /* nothing of a peer's mail is in it: a file, a command */
	REPORT_TEXT_PEER,   /* a name, a reply, a sentence with such in it */
	REPORT_TEXT_EVIDENCE, /* a sentence that a reply may end */
	REPORT_TEXT_ADDRESS /* known to be a mail address */
};

struct report_text {
	enum config_redact level;
	struct text_out shown; /* without addresses */
	struct text_out escaped;
};

void report_text_init(struct report_text *t, enum config_redact level);
void report_text_free(struct report_text *t);

/* NUL-terminated; lives until the next call. s may be of any length. */
const char *report_text_cook(
	struct report_text *t, struct span s, enum report_text_how how);

/* Octets of the first so many characters of a text that was made so. */
size_t report_text_columns(const char *cooked, size_t columns);

#endif
