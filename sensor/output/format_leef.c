/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IBM's Log Event Extended Format, version 2.0: five fields and the delimiter between
 * pipes, then key=value with that delimiter between. The format has no escape, so a tab
 * in a value, which is the delimiter, and a line end become a blank.
 */
#include "format_part.h"

#include <inttypes.h>
#include <stdio.h>

#include "format_plain.h"
#include "community_id.h"
#include "sensor/base/time_text.h"

#define DELIMITER '\t'
#define VALUE_MAX 1000
#define HEAD_MAX  255

struct leef {
	struct text_out *out;
	struct text_out text; /* for lists */
	bool more;	      /* the next pair needs a delimiter before it */
};

static void
put_octets(struct leef *l, struct span s, size_t max, bool head)
{
	char piece[FORMAT_PIECE];
	size_t n;

	while (s.len) {
		uint8_t first = s.at[0];

		n = format_plain_next(&s, piece);
		if (first == DELIMITER || first == '\n' || first == '\r' ||
			(head && first == '|')) {
			piece[0] = ' ';
			n = 1;
		}
		if (n > max)
			break;
		max -= n;
		text_out_span(l->out, span_of(piece, n));
	}
}

static void
put_key(struct leef *l, const char *key)
{
	if (l->more)
		text_out_char(l->out, DELIMITER);
	l->more = true;
	text_out_text(l->out, key);
	text_out_char(l->out, '=');
}

static void
put_span(struct leef *l, const char *key, struct span value)
{
	if (!value.len)
		return;
	put_key(l, key);
	put_octets(l, value, VALUE_MAX, false);
}

static void
put_text(struct leef *l, const char *key, const char *value)
{
	if (value)
		put_span(l, key, span_of_text(value));
}

static void
put_uint(struct leef *l, const char *key, uint64_t value)
{
	if (!value)
		return;
	put_key(l, key);
	text_out_format(l->out, "%" PRIu64, value);
}

static void
put_addr(struct leef *l, const char *key, const struct ip_addr *a)
{
	if (ip_addr_is_none(a))
		return;
	put_key(l, key);
	text_out_addr(l->out, a);
}

/* "Nov 23 2026 20:22:53.596 GMT" and the pattern of it that IBM proposes. */
static void
put_time(struct leef *l, uint64_t ns)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[TIME_TEXT];
	unsigned month;

	time_text_write(ns, text);
	month = (unsigned)(text[5] - '0') * 10 + (unsigned)(text[6] - '0') - 1;
	put_key(l, "devTime");
	text_out_format(l->out, "%.3s %.2s %.4s %.12s GMT", months + 3 * month, text + 8,
		text, text + 11);
	put_text(l, "devTimeFormat", "MMM dd yyyy HH:mm:ss.SSS z");
}

static void
put_connection(struct leef *l, const struct alert *a)
{
	char id[COMMUNITY_ID];

	put_addr(l, "src", &a->client);
	put_uint(l, "srcPort", a->client_port);
	put_addr(l, "dst", &a->server);
	put_uint(l, "dstPort", a->port);
	if (a->kind == ALERT_SENSOR)
		return;
	put_text(l, "proto", "TCP");
	if (community_id_tcp(&a->client, a->client_port, &a->server, a->port, id))
		put_text(l, "communityId", id);
	put_span(l, "serverName", a->server_name);
	put_span(l, "mta", a->mta);
}

static void
put_verdict(struct leef *l, const struct alert *a)
{
	put_span(l, "verdict", a->verdict);
	put_span(l, "grade", a->grade);
	put_span(l, "cause", a->cause);
	if (a->confidence > 0) {
		put_key(l, "confidence");
		text_out_format(l->out, "%.3f", a->confidence);
	}
	put_uint(l, "count", a->count);
	put_uint(l, "start", a->first / 1000000);
	put_uint(l, "end", a->last / 1000000);
	put_uint(l, "clientTotal", a->client_total);
	put_uint(l, "domainTotal", a->domain_total);
	put_uint(l, "suppressed", a->suppressed);
}

/* No usrName: senders are forged, and QRadar would take them for the user who did it. */
static void
put_mail(struct leef *l, const struct alert_mail *m)
{
	put_span(l, "helo", m->helo);
	put_span(l, "mailFrom", m->from);
	text_out_reset(&l->text);
	format_plain_texts(&l->text, m->to, m->to_count);
	put_span(l, "rcptTo", text_out_all(&l->text));
	put_span(l, "messageId", m->message_id);
	put_span(l, "subject", m->subject);
}

static void
put_lists(struct leef *l, const struct alert *a)
{
	text_out_reset(&l->text);
	format_plain_addrs(&l->text, a->clients, a->client_count);
	put_span(l, "clients", text_out_all(&l->text));
	text_out_reset(&l->text);
	format_plain_texts(&l->text, a->domains, a->domain_count);
	put_span(l, "domains", text_out_all(&l->text));
	text_out_reset(&l->text);
	format_plain_addrs(&l->text, a->hops, a->hop_count);
	put_span(l, "nextHops", text_out_all(&l->text));
	text_out_reset(&l->text);
	format_plain_evidence(&l->text, a);
	put_span(l, "evidence", text_out_all(&l->text));
}

static void
put_words(struct leef *l, const struct alert *a)
{
	const struct format_rule *rule = format_rule_of(a);

	put_span(l, "title", a->title);
	put_span(l, "msg", a->detail);
	put_span(l, "explanation", a->explanation);
	put_span(l, "contain", a->contain);
	put_span(l, "mend", a->mend);
	put_span(l, "confirm", a->confirm);
	if (rule->cve)
		put_text(l, "cve", FORMAT_CVE);
	if (rule->attack)
		put_text(l, "possibleAttack", format_attack_id(rule->attack));
}

void
format_leef(const struct alert *a, const struct format_options *o, struct text_out *out)
{
	struct leef l = {.out = out};

	text_out_init(&l.text);
	text_out_text(out,
		"LEEF:2.0|" FORMAT_PRODUCT "|" FORMAT_PRODUCT "|" RELAYTAP_VERSION "|");
	put_octets(&l, a->rule, HEAD_MAX, true);
	text_out_text(out, "|x09|");
	put_time(&l, a->time);
	put_text(&l, "cat", format_class_name(format_rule_of(a)->class));
	put_uint(&l, "sev", format_severity_of(a->severity).leef);
	put_text(&l, "alertId", a->id);
	put_text(&l, "incident", a->incident);
	put_text(&l, "action", alert_action_name(a->action));
	put_text(&l, "observer", o->observer);
	put_connection(&l, a);
	put_mail(&l, &a->mail);
	put_verdict(&l, a);
	put_words(&l, a);
	put_lists(&l, a);
	text_out_free(&l.text);
}
