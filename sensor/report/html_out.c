/* SPDX-License-Identifier: Apache-2.0 */
#include "html_out.h"

#include <stdarg.h>
#include <string.h>

#include "report_words.h"
#include "sensor/base/time_text.h"
#include "sensor/output/redact.h"

void
html_out_init(struct html_out *h, FILE *to, enum config_redact level)
{
	*h = (struct html_out){.to = to};
	report_text_init(&h->text, level);
}

void
html_out_free(struct html_out *h)
{
	report_text_free(&h->text);
}

void
html_out_markup(struct html_out *h, const char *markup)
{
	fputs(markup, h->to);
}

void
html_out_format(struct html_out *h, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(h->to, format, args);
	va_end(args);
}

/* NULL: as it is. */
static const char *
entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '=':
		return "&#61;";
	case '`':
		return "&#96;";
	default:
		return NULL;
	}
}

static void
put_char(struct html_out *h, char c)
{
	const char *entity = entity_of(c);

	if (entity)
		fputs(entity, h->to);
	else
		putc(c, h->to);
}

static void
put(struct html_out *h, const char *cooked, size_t len)
{
	for (size_t i = 0; i < len; i++)
		put_char(h, cooked[i]);
}

void
html_out_ours(struct html_out *h, struct span s)
{
	const char *cooked = report_text_cook(&h->text, s, REPORT_TEXT_OURS);

	put(h, cooked, strlen(cooked));
}

static size_t
foreign_run(const char *s)
{
	size_t n = 0;

	while ((unsigned char)s[n] >= 0x80)
		n++;
	return n;
}

static void
put_sentence(struct html_out *h, const char *text, enum report_text_how how)
{
	const char *s = report_text_cook(&h->text, span_of_text(text), how);
	const size_t mark = sizeof(REDACT_MARK) - 1;

	while (*s) {
		size_t n = foreign_run(s);
		bool isolate = n && !(n == mark && memcmp(s, REDACT_MARK, mark) == 0);

		if (n == 0)
			n = 1;
		html_out_markup(h, isolate ? "<bdi>" : "");
		put(h, s, n);
		html_out_markup(h, isolate ? "</bdi>" : "");
		s += n;
	}
}

void
html_out_prose(struct html_out *h, const char *text)
{
	put_sentence(h, text, REPORT_TEXT_PEER);
}

void
html_out_evidence(struct html_out *h, const char *text)
{
	put_sentence(h, text, REPORT_TEXT_EVIDENCE);
}

static void
put_isolated(struct html_out *h, const char *cooked)
{
	size_t n = report_text_columns(cooked, HTML_OUT_PEER_MAX);

	html_out_markup(h, "<bdi>");
	put(h, cooked, n);
	html_out_markup(h, cooked[n] ? "...</bdi>" : "</bdi>");
}

void
html_out_peer(struct html_out *h, struct span s)
{
	put_isolated(h, report_text_cook(&h->text, s, REPORT_TEXT_PEER));
}

void
html_out_address(struct html_out *h, struct span s)
{
	put_isolated(h, report_text_cook(&h->text, s, REPORT_TEXT_ADDRESS));
}

void
html_out_short(struct html_out *h, struct span s, size_t columns)
{
	html_out_slice(h, s, 0, columns, true);
}

size_t
html_out_columns(struct html_out *h, struct span s)
{
	const char *cooked = report_text_cook(&h->text, s, REPORT_TEXT_PEER);
	size_t n = 0;

	for (; *cooked; cooked += report_text_columns(cooked, 1))
		n++;
	return n;
}

void
html_out_slice(struct html_out *h, struct span s, size_t from, size_t columns, bool ends)
{
	const char *cooked = report_text_cook(&h->text, s, REPORT_TEXT_PEER);
	size_t n;

	cooked += report_text_columns(cooked, from);
	n = report_text_columns(cooked, columns);
	if (ends && cooked[n] && columns > 3)
		n = report_text_columns(cooked, columns - 3);
	put(h, cooked, n);
	if (ends && cooked[n])
		html_out_markup(h, "...");
}

void
html_out_attribute(struct html_out *h, const char *name, struct span value)
{
	const char *cooked = report_text_cook(&h->text, value, REPORT_TEXT_PEER);

	html_out_format(h, " %s=\"", name);
	put(h, cooked, strlen(cooked));
	html_out_markup(h, "\"");
}

void
html_out_addr(struct html_out *h, const struct ip_addr *a)
{
	char text[IP_ADDR_TEXT];

	ip_addr_write(a, text);
	html_out_markup(h, text);
}

void
html_out_number(struct html_out *h, uint64_t n)
{
	char text[REPORT_WORDS_NUMBER];

	html_out_markup(h, report_words_number(n, text));
}

void
html_out_time(struct html_out *h, uint64_t ns)
{
	char full[TIME_TEXT], text[TIME_TEXT_SHORT];

	time_text_write(ns, full);
	time_text_write_short(ns, text);
	html_out_format(h, "<time datetime=\"%.19sZ\">%s UTC</time>", full, text);
}
