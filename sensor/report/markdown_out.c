/* SPDX-License-Identifier: Apache-2.0 */
#include "markdown_out.h"

#include <stdarg.h>
#include <string.h>

#include "report_words.h"

void
markdown_out_init(struct markdown_out *d, FILE *to, enum config_redact level)
{
	d->to = to;
	report_text_init(&d->text, level);
}

void
markdown_out_free(struct markdown_out *d)
{
	report_text_free(&d->text);
}

void
markdown_out_markup(struct markdown_out *d, const char *markup)
{
	fputs(markup, d->to);
}

void
markdown_out_format(struct markdown_out *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(d->to, format, args);
	va_end(args);
}

/* Digits alone before it: "1." and "1)" would begin a list. */
static bool
numbers_a_list(const char *cooked, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!dis_is_digit((uint8_t)cooked[i]))
			return false;
	return at > 0;
}

/*
 * Marks that mean something only at the start of a line, or with a name behind them: so
 * times, addresses and the ends of sentences stay readable before they are rendered. A
 * slash begins a command of GitLab there.
 */
static bool
means_something(const char *cooked, size_t at)
{
	char c = cooked[at], next = cooked[at + 1];

	if (c == '-' || c == '+' || c == '/')
		return at == 0;
	if ((c == '.' || c == ')') && (next == ' ' || !next) &&
		numbers_a_list(cooked, at))
		return true;
	if (c == '(')
		return at > 0 && cooked[at - 1] == ']';
	if (c == '.' || c == ':')
		return next && next != ' ' && !dis_is_digit((uint8_t)next);
	return strchr("\\`*_{}[]!|~=^", c) != NULL;
}

static bool
is_www(const char *cooked, size_t at)
{
	if (at < 3)
		return false;
	for (size_t i = at - 3; i < at; i++)
		if (dis_lower((uint8_t)cooked[i]) != 'w')
			return false;
	return true;
}

/* What later readers look for: see markdown_out.h. mailto: is nothing without an @. */
static bool
is_for_code(const char *cooked, size_t at)
{
	char c = cooked[at], next = cooked[at + 1];

	if (c == ':')
		return next == '/';
	if (c == '.')
		return is_www(cooked, at);
	return c && strchr("@#$", c);
}

static void
put_char(FILE *to, const char *cooked, size_t at)
{
	char c = cooked[at];

	if (c == '<')
		fputs("&lt;", to);
	else if (c == '>')
		fputs("&gt;", to);
	else if (c == '&')
		fputs("&amp;", to);
	else if (means_something(cooked, at))
		fprintf(to, "\\%c", c);
	else
		putc(c, to);
}

/*
 * Blanks at its start are left out: four of them would begin a block of code. What stands
 * in code stands together: two pieces side by side would make one run of backticks.
 */
static void
put_cooked(struct markdown_out *d, const char *cooked, size_t len)
{
	bool code = false;

	for (size_t i = strspn(cooked, " "); i < len; i++) {
		bool now = is_for_code(cooked, i);

		if (now != code)
			putc('`', d->to);
		if (now)
			putc(cooked[i], d->to);
		else
			put_char(d->to, cooked, i);
		code = now;
	}
	if (code)
		putc('`', d->to);
}

void
markdown_out_line(struct markdown_out *d, struct span text)
{
	const char *cooked = report_text_cook(&d->text, text, REPORT_TEXT_OURS);

	put_cooked(d, cooked, strlen(cooked));
}

void
markdown_out_ours(struct markdown_out *d, const char *text)
{
	markdown_out_line(d, span_of_text(text));
}

void
markdown_out_prose(struct markdown_out *d, const char *text)
{
	const char *cooked =
		report_text_cook(&d->text, span_of_text(text), REPORT_TEXT_PEER);

	put_cooked(d, cooked, strlen(cooked));
}

void
markdown_out_evidence(struct markdown_out *d, const char *text)
{
	const char *cooked =
		report_text_cook(&d->text, span_of_text(text), REPORT_TEXT_EVIDENCE);

	put_cooked(d, cooked, strlen(cooked));
}

void
markdown_out_peer(struct markdown_out *d, struct span s)
{
	const char *cooked = report_text_cook(&d->text, s, REPORT_TEXT_PEER);
	size_t len = report_text_columns(cooked, MARKDOWN_OUT_PEER_MAX);

	put_cooked(d, cooked, len);
	if (cooked[len])
		fputs("...", d->to);
}

void
markdown_out_code(struct markdown_out *d, struct span s)
{
	fprintf(d->to, "    %s\n", report_text_cook(&d->text, s, REPORT_TEXT_OURS));
}

void
markdown_out_number(struct markdown_out *d, uint64_t n)
{
	char text[REPORT_WORDS_NUMBER];

	fputs(report_words_number(n, text), d->to);
}

void
markdown_out_time(struct markdown_out *d, uint64_t ns)
{
	char when[64];
	struct prose p;

	prose_init(&p, when, sizeof(when));
	prose_time(&p, ns);
	markdown_out_ours(d, when);
}
