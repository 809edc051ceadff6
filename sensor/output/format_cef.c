/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ArcSight Common Event Format, version 0 of the format: eight fields between pipes, then
 * key=value with blanks between. In the header a backslash escapes | and \, in a value =
 * and \ and the letters n and r for line ends. Addresses of IPv6 have places of their
 * own.
 */
#include "format_part.h"

#include <inttypes.h>

#include "format_plain.h"

/* The standard has 4000; so that a line fits into 8 KiB of a collector, less. */
#define CUSTOM_MAX  1000
#define MESSAGE_MAX 1023 /* also of names, categories and users */
#define HOST_MAX    100
#define DEVICE_MAX  255
#define NAME_MAX    512
#define COUNT_MAX   INT32_MAX

struct cef {
	struct text_out *out;
	struct text_out text; /* for lists */
	bool blank;	      /* the next pair needs one before it */
};

/* At most max octets of what the value is after unescaping. */
static void
put_value(struct cef *c, struct span s, size_t max)
{
	char piece[FORMAT_PIECE];
	size_t n;

	while (s.len) {
		uint8_t first = s.at[0];

		n = format_plain_next(&s, piece);
		if (first == '\n' || first == '\r')
			n = 1;
		if (n > max)
			break;
		max -= n;
		if (first == '\n' || first == '\r') {
			text_out_text(c->out, first == '\n' ? "\\n" : "\\r");
			continue;
		}
		if (piece[0] == '\\' || piece[0] == '=')
			text_out_char(c->out, '\\');
		text_out_span(c->out, span_of(piece, n));
	}
}

static void
put_header(struct cef *c, struct span s, size_t max)
{
	char piece[FORMAT_PIECE];
	size_t n;

	while ((n = format_plain_next(&s, piece)) && n <= max) {
		max -= n;
		if (piece[0] == '\\' || piece[0] == '|')
			text_out_char(c->out, '\\');
		text_out_span(c->out, span_of(piece, n));
	}
	text_out_char(c->out, '|');
}

static void
put_key(struct cef *c, const char *key)
{
	text_out_text(c->out, c->blank ? " " : "");
	c->blank = true;
	text_out_text(c->out, key);
	text_out_char(c->out, '=');
}

static void
put_span(struct cef *c, const char *key, struct span value, size_t max)
{
	if (!value.len)
		return;
	put_key(c, key);
	put_value(c, value, max);
}

static void
put_text(struct cef *c, const char *key, const char *value, size_t max)
{
	if (value)
		put_span(c, key, span_of_text(value), max);
}

static void
put_uint(struct cef *c, const char *key, uint64_t value)
{
	if (!value)
		return;
	put_key(c, key);
	text_out_format(c->out, "%" PRIu64, value);
}

/* Milliseconds since 1970. */
static void
put_time(struct cef *c, const char *key, uint64_t ns)
{
	put_uint(c, key, ns / 1000000);
}

static void
put_label(struct cef *c, const char *key, const char *label)
{
	text_out_format(c->out, " %sLabel=%s", key, label);
}

static void
put_custom(struct cef *c, const char *key, const char *label, struct span value)
{
	if (!value.len)
		return;
	put_span(c, key, value, CUSTOM_MAX);
	put_label(c, key, label);
}

static void
put_custom_uint(struct cef *c, const char *key, const char *label, uint64_t value)
{
	if (!value)
		return;
	put_uint(c, key, value);
	put_label(c, key, label);
}

/* src and dst are for IPv4. */
static void
put_addr(struct cef *c, const char *key, const char *key6, const char *label6,
	const struct ip_addr *a)
{
	bool v4 = ip_addr_is_v4(a);

	if (ip_addr_is_none(a))
		return;
	put_key(c, v4 ? key : key6);
	text_out_addr(c->out, a);
	if (!v4)
		put_label(c, key6, label6);
}

static void
put_sides(struct cef *c, const struct alert *a)
{
	put_addr(c, "src", "c6a4", "Source IPv6 Address", &a->client);
	put_uint(c, "spt", a->client_port);
	put_addr(c, "dst", "c6a3", "Destination IPv6 Address", &a->server);
	put_uint(c, "dpt", a->port);
	put_span(c, "dhost", a->server_name, MESSAGE_MAX);
	if (a->kind != ALERT_SENSOR) {
		put_text(c, "proto", "TCP", MESSAGE_MAX);
		put_text(c, "app", "SMTP", MESSAGE_MAX);
	}
}

static void
put_mail(struct cef *c, const struct alert_mail *m)
{
	put_span(c, "suser", m->from, MESSAGE_MAX);
	text_out_reset(&c->text);
	format_plain_texts(&c->text, m->to, m->to_count);
	put_span(c, "duser", text_out_all(&c->text), MESSAGE_MAX);
}

static void
put_lists(struct cef *c, const struct alert *a)
{
	text_out_reset(&c->text);
	format_plain_texts(&c->text, a->domains, a->domain_count);
	put_custom(c, "cs1", "relayedDomains", text_out_all(&c->text));
	put_custom(c, "cs2", "alertAction", span_of_text(alert_action_name(a->action)));
	text_out_reset(&c->text);
	format_plain_evidence(&c->text, a);
	put_custom(c, "cs3", "evidence", text_out_all(&c->text));
	text_out_reset(&c->text);
	text_out_span(&c->text, a->verdict);
	if (a->grade.len) {
		text_out_text(&c->text, ", ");
		text_out_span(&c->text, a->grade);
	}
	put_custom(c, "cs4", "verdict", text_out_all(&c->text));
	put_custom(c, "cs5", "incident", span_of_text(a->incident));
	put_custom(c, "cs6", "contain", a->contain);
}

static void
put_numbers(struct cef *c, const struct alert *a)
{
	put_custom_uint(c, "cn1", "clients", a->client_total);
	put_custom_uint(c, "cn2", "domains", a->domain_total);
	put_custom_uint(c, "cn3", "alertsSuppressed", a->suppressed);
	if (a->confidence <= 0)
		return;
	put_key(c, "cfp1");
	text_out_format(c->out, "%.3f", a->confidence);
	put_label(c, "cfp1", "confidence");
}

static void
put_begin(struct cef *c, const struct alert *a)
{
	text_out_text(c->out, "CEF:0|" FORMAT_PRODUCT "|" FORMAT_PRODUCT "|");
	put_header(c, SPAN_LITERAL(RELAYTAP_VERSION), NAME_MAX);
	put_header(c, a->rule, MESSAGE_MAX);
	put_header(c, a->title, NAME_MAX);
	text_out_format(c->out, "%u|", format_severity_of(a->severity).cef);
}

void
format_cef(const struct alert *a, const struct format_options *o, struct text_out *out)
{
	struct cef c = {.out = out};

	text_out_init(&c.text);
	put_begin(&c, a);
	put_time(&c, "rt", a->time);
	put_time(&c, "start", a->first);
	put_time(&c, "end", a->last);
	put_uint(&c, "cnt", a->count < COUNT_MAX ? a->count : COUNT_MAX);
	put_text(&c, "cat", format_class_name(format_rule_of(a)->class), MESSAGE_MAX);
	put_text(&c, "externalId", a->id, ALERT_ID);
	put_text(&c, "deviceExternalId", o->observer, DEVICE_MAX);
	put_text(&c, "dvchost", o->observer, HOST_MAX);
	put_sides(&c, a);
	put_mail(&c, &a->mail);
	put_span(&c, "msg", format_line(a), MESSAGE_MAX);
	put_span(&c, "reason", a->explanation, MESSAGE_MAX);
	put_numbers(&c, a);
	put_lists(&c, a);
	text_out_free(&c.text);
}
