/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_parts.h"

#include <inttypes.h>

#include "sensor/base/text_out.h"
#include "sensor/base/time_text.h"

/* Octets of a server's name in a detail, which has to stay a line. */
#define SERVER_NAME_MAX 100

/* "mail.corp.test (203.0.113.11:25)", "[2001:db8::1]:25", "203.0.113.11" */
static void
add_server(struct text_out *t, const struct alert *a)
{
	bool bracket = a->port && !ip_addr_is_v4(&a->server);

	if (a->server_name.len) {
		text_out_span(t, span_slice(a->server_name, 0, SERVER_NAME_MAX));
		text_out_text(t, " (");
	}
	text_out_text(t, bracket ? "[" : "");
	text_out_addr(t, &a->server);
	text_out_text(t, bracket ? "]" : "");
	if (a->port)
		text_out_format(t, ":%u", (unsigned)a->port);
	text_out_text(t, a->server_name.len ? ")" : "");
}

struct span
alert_words_of_server(struct alert *a, struct span text, bool sentence)
{
	struct text_out t;
	struct span out;

	if (text.len == 0 || ip_addr_is_none(&a->server))
		return alert_keep(a, text);
	text_out_init(&t);
	add_server(&t, a);
	text_out_text(&t, sentence ? " " : ": ");
	text_out_char(&t, (char)(sentence ? dis_lower(text.at[0]) : text.at[0]));
	text_out_span(&t, span_slice(text, 1, text.len));
	out = alert_keep(a, text_out_all(&t));
	text_out_free(&t);
	return out;
}

static const char *
unit_of(enum alert_kind kind, uint64_t count)
{
	switch (kind) {
	case ALERT_RELAY:
		return count == 1 ? "message" : "messages";
	case ALERT_SENSOR:
		return count == 1 ? "loss" : "losses";
	case ALERT_FINDING:
	default:
		return count == 1 ? "occurrence" : "occurrences";
	}
}

static struct span
without_stop(struct span s)
{
	return s.len && s.at[s.len - 1] == '.' ? span_slice(s, 0, s.len - 1) : s;
}

void
alert_words_since(struct alert *a, uint64_t before)
{
	char time[TIME_TEXT_SHORT];
	struct text_out t;

	if (a->since == 0)
		return;
	time_text_write_short(before, time);
	text_out_init(&t);
	text_out_span(&t, without_stop(a->detail));
	text_out_format(&t, "%s%" PRIu64 " %s since the alert of %s UTC.",
		a->detail.len ? "; " : "", a->since, unit_of(a->kind, a->since), time);
	a->detail = alert_keep(a, text_out_all(&t));
	text_out_free(&t);
}

static const char *
trouble_of(enum verdict_kind kind)
{
	if (kind == VERDICT_PARTIAL_RELAY)
		return "to relay by a trick";
	return kind == VERDICT_OPEN_SUBMISSION ? "to take mail without authentication"
					       : "to be an open relay";
}

void
alert_words_closed(struct alert *a, enum verdict_kind kind)
{
	struct text_out t;

	/* A relay that was mended is told of as such. */
	if (span_equal(a->verdict, span_of_text(verdict_name(VERDICT_REMEDIATED))))
		return;
	text_out_init(&t);
	text_out_format(&t, "No longer judged %s: ", trouble_of(kind));
	text_out_span(&t, a->detail);
	a->detail = alert_keep(a, text_out_all(&t));
	text_out_reset(&t);
	text_out_format(&t,
		"The alert that this server seemed %s is withdrawn: what was seen since "
		"does not bear it out. ",
		trouble_of(kind));
	text_out_span(&t, a->explanation);
	a->explanation = alert_keep(a, text_out_all(&t));
	text_out_free(&t);
}
