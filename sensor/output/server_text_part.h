/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the table and the detail view share: colours, escaped text that is broken at
 * blanks, its width in columns. A part of server_text.c.
 */
#ifndef SERVER_TEXT_PART_H
#define SERVER_TEXT_PART_H

#include "server_text.h"

/*
 * Columns that escaped text takes: one for each character of UTF-8. Wide and combining
 * characters count one too.
 */
size_t server_text_columns(const char *escaped);

/*
 * Escapes text (at most 4 KiB of it) and writes it, broken at blanks so that no line goes
 * beyond width columns (0: never broken; a longer word stands alone). The first line
 * begins at column at, where the cursor is; the others are indented by indent. Ends with
 * a line feed.
 */
void server_text_wrap(
	FILE *to, const char *text, unsigned at, unsigned indent, unsigned width);
/* The same of a text that peers' NULs may be in: they end nothing. */
void server_text_wrap_span(
	FILE *to, struct span text, unsigned at, unsigned indent, unsigned width);

/* Cut, not rounded, to two digits: nothing inferred is 1.00. */
double server_text_confidence(double confidence);

/* Begins the colour for a verdict, or bold type; ends it. Nothing without colours. */
void server_text_colour(
	const struct server_text_style *style, enum verdict_kind kind, FILE *to);
void server_text_bold(const struct server_text_style *style, FILE *to);
void server_text_plain(const struct server_text_style *style, FILE *to);

#endif
