/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of formats: an alert with something in each place, and what it is written as.
 */
#ifndef FORMAT_RIG_H
#define FORMAT_RIG_H

#include "feed.h"

#include "sensor/output/format_part.h"

static inline struct ip_addr
rig_addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(span_of_text(text), &a));
	return a;
}

static inline struct alert *
rig_alert(void)
{
	struct alert *a = alert_new();
	struct alert_evidence *e = &a->evidence[0];

	a->kind = ALERT_RELAY;
	a->severity = ALERT_SEVERITY_HIGH;
	a->rule = SPAN_LITERAL("open-relay");
	a->title = SPAN_LITERAL("Open mail relay");
	a->detail = SPAN_LITERAL("Relays for bob@victim.test");
	a->time = UINT64_C(1795465373596123456); /* 2026-11-23T20:22:53.596123456Z */
	a->first = a->time - UINT64_C(1000000000);
	a->last = a->time;
	a->count = 7;
	a->server = rig_addr("203.0.113.11");
	a->port = 25;
	a->server_name = SPAN_LITERAL("mail.corp.test");
	a->client = rig_addr("198.51.100.66");
	a->client_port = 40122;
	a->verdict = SPAN_LITERAL("open-relay");
	a->confidence = 0.9;
	a->mail.from = SPAN_LITERAL("mallory@shop.test");
	a->mail.to[0] = SPAN_LITERAL("bob@victim.test");
	a->mail.to_count = 1;
	a->mail.message_id = SPAN_LITERAL("<1@shop.test>");
	a->mail.subject = SPAN_LITERAL("hello");
	a->mail.helo = SPAN_LITERAL("client.test");
	*e = (struct alert_evidence){.kind = SPAN_LITERAL("sent-on"),
		.what = SPAN_LITERAL("sent on"),
		.file = SPAN_LITERAL("x.pcap"),
		.frame = 31,
		.reply = SPAN_LITERAL("250 bob taken")};
	a->evidence_count = 1;
	memcpy(a->id, "01M8516SWWT948Y0E90F272JN7", ALERT_ID);
	memcpy(a->incident, "01M8516SWWT948Y0E90F272JN8", ALERT_ID);
	return a;
}

/* The line; the caller frees it. */
static inline struct text_out
rig_line(enum config_format format, const struct alert *a, enum config_redact redact)
{
	struct format_options o = {redact, "tap1"};
	struct text_out out;

	text_out_init(&out);
	format_alert(format, a, &o, &out);
	assert_int_equal(strlen(out.at), out.used);
	return out;
}

static inline void
assert_holds(const struct text_out *out, const char *want)
{
	if (!strstr(out->at, want))
		fail_msg("no %s in %s", want, out->at);
}

static inline void
assert_lacks(const struct text_out *out, const char *what)
{
	if (strstr(out->at, what))
		fail_msg("%s in %s", what, out->at);
}

#endif
