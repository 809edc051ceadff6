/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing HTML to a file. Markup is ours alone; whatever else is written goes through one
 * of the functions that escape. In text and in quoted attributes the five marks & < > " '
 * are escaped, and = and ` as well, for readers that do not hold to the standard. Errors
 * stay with the file (ferror).
 */
#ifndef HTML_OUT_H
#define HTML_OUT_H

#include <stdio.h>

#include "report_text.h"

/* Characters of one name or reply that are shown; more are cut to "...". */
#define HTML_OUT_PEER_MAX 160u

struct html_out {
	FILE *to;
	struct report_text text;
	unsigned ids; /* given so far */
};

void html_out_init(struct html_out *h, FILE *to, enum config_redact level);
void html_out_free(struct html_out *h);

/* As it is: markup of ours. */
void html_out_markup(struct html_out *h, const char *markup);
__attribute__((format(printf, 2, 3))) void html_out_format(
	struct html_out *h, const char *format, ...);

/* A text without any octet of a peer's mail: a file's name, a command. */
void html_out_ours(struct html_out *h, struct span s);
/*
 * A sentence that may hold peers' octets. Runs of characters that are not ASCII stand in
 * a bdi element each, so that letters that run from right to left turn nothing around.
 */
void html_out_prose(struct html_out *h, const char *text);
/* The same of an item of evidence. */
void html_out_evidence(struct html_out *h, const char *text);
/* A peer's text of any length, cut, in a bdi element. */
void html_out_peer(struct html_out *h, struct span s);
/* A mail address, likewise. */
void html_out_address(struct html_out *h, struct span s);
/* At most so many characters of a peer's text, without an element: for SVG. */
void html_out_short(struct html_out *h, struct span s, size_t columns);
/*
 * Characters of that text from there on. Addresses are taken out of the whole before, so
 * none is torn and missed. ends: "..." stands for what follows.
 */
void html_out_slice(
	struct html_out *h, struct span s, size_t from, size_t columns, bool ends);
/* How many it has. */
size_t html_out_columns(struct html_out *h, struct span s);
/* " name="value"", all of it; value may hold peers' octets. */
void html_out_attribute(struct html_out *h, const char *name, struct span value);

void html_out_addr(struct html_out *h, const struct ip_addr *a);
/* 1234567 as "1,234,567". */
void html_out_number(struct html_out *h, uint64_t n);
/* A time element, "2026-11-23 20:22:53 UTC". */
void html_out_time(struct html_out *h, uint64_t ns);

#endif
