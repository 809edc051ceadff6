/* SPDX-License-Identifier: Apache-2.0 */
#include "server_text_part.h"

#include <string.h>

#include "sensor/base/escape.h"

#define TEXT_MAX 4096u

/* ECMA-48 8.3.117 (SGR). */
static const char *const colours[] = {
	[VERDICT_OPEN_RELAY] = "\033[1;31m",
	[VERDICT_PARTIAL_RELAY] = "\033[31m",
	[VERDICT_OPEN_SUBMISSION] = "\033[31m",
	[VERDICT_ACCEPTS_THEN_DROPS] = "\033[33m",
	[VERDICT_REMEDIATED] = "\033[36m",
	[VERDICT_RESTRICTED] = "\033[32m",
	[VERDICT_UNKNOWN] = "\033[2m",
};

void
server_text_colour(
	const struct server_text_style *style, enum verdict_kind kind, FILE *to)
{
	if (style->colour)
		fputs(colours[kind], to);
}

void
server_text_bold(const struct server_text_style *style, FILE *to)
{
	if (style->colour)
		fputs("\033[1m", to);
}

void
server_text_plain(const struct server_text_style *style, FILE *to)
{
	if (style->colour)
		fputs("\033[0m", to);
}

double
server_text_confidence(double confidence)
{
	/* The small sum keeps 0.7, which is a little less in binary, at 0.70. */
	return (double)(int)(confidence * 100 + 1e-9) / 100;
}

size_t
server_text_columns(const char *escaped)
{
	size_t n = 0;

	for (; *escaped; escaped++)
		n += ((unsigned char)*escaped & 0xc0) != 0x80;
	return n;
}

static size_t
word_columns(const char *word, size_t len)
{
	char copy[4 * TEXT_MAX + 1];

	memcpy(copy, word, len);
	copy[len] = '\0';
	return server_text_columns(copy);
}

static void
wrap_escaped(FILE *to, const char *text, size_t at, unsigned indent, unsigned width)
{
	bool first = true;

	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t len = strcspn(text, " ");
		size_t columns = word_columns(text, len);

		if (!first && width && at + 1 + columns > width) {
			fprintf(to, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			fputc(' ', to);
			at++;
		}
		fwrite(text, 1, len, to);
		at += columns;
		text += len;
		first = false;
	}
	fputc('\n', to);
}

void
server_text_wrap(FILE *to, const char *text, unsigned at, unsigned indent, unsigned width)
{
	server_text_wrap_span(to, span_of_text(text), at, indent, width);
}

void
server_text_wrap_span(
	FILE *to, struct span text, unsigned at, unsigned indent, unsigned width)
{
	char escaped[4 * TEXT_MAX + 1];

	escape_text(
		span_slice(text, 0, escape_cut(text, TEXT_MAX)), escaped, sizeof(escaped));
	wrap_escaped(to, escaped, at, indent, width);
}
