/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts of every kind, with ordinary and with hostile values, in every format. One JSON
 * object a line: what went in, and what came out; octets as hexadecimal digits, so that
 * nothing between here and the reader can mend or spoil them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/output/format.h"

#define FORMATS 6
#define LONG	10240

static void
put_hex(struct span s)
{
	putchar('"');
	for (size_t i = 0; i < s.len; i++)
		printf("%02x", s.at[i]);
	putchar('"');
}

static void
put_text(const char *key, struct span s)
{
	printf(",\"%s\":", key);
	put_hex(s);
}

static void
put_addr(const char *key, const struct ip_addr *a)
{
	char text[IP_ADDR_TEXT] = "";

	if (!ip_addr_is_none(a))
		ip_addr_write(a, text);
	printf(",\"%s\":\"%s\"", key, text);
}

static void
put_texts(const char *key, const struct span *list, size_t count)
{
	printf(",\"%s\":[", key);
	for (size_t i = 0; i < count; i++) {
		printf(i ? "," : "");
		put_hex(list[i]);
	}
	printf("]");
}

static void
put_evidence(const struct alert *a)
{
	printf(",\"evidence\":[");
	for (size_t i = 0; i < a->evidence_count; i++) {
		const struct alert_evidence *e = &a->evidence[i];

		printf("%s{\"frame\":%" PRIu32, i ? "," : "", e->frame);
		put_text("kind", e->kind);
		put_text("what", e->what);
		put_text("file", e->file);
		put_text("domain", e->domain);
		put_text("reply", e->reply);
		put_text("queue_id", e->queue_id);
		put_text("next_hop_name", e->next_hop_name);
		printf("}");
	}
	printf("]");
}

static void
put_input(const struct alert *a)
{
	printf("\"in\":{\"id\":\"%s\",\"incident\":\"%s\",\"kind\":\"%s\"", a->id,
		a->incident, alert_kind_name(a->kind));
	printf(",\"action\":\"%s\",\"severity\":\"%s\"", alert_action_name(a->action),
		alert_severity_name(a->severity));
	printf(",\"time\":%" PRIu64 ",\"first\":%" PRIu64 ",\"last\":%" PRIu64, a->time,
		a->first, a->last);
	printf(",\"count\":%" PRIu64 ",\"port\":%u,\"client_port\":%u", a->count,
		(unsigned)a->port, (unsigned)a->client_port);
	printf(",\"client_total\":%" PRIu64 ",\"domain_total\":%" PRIu64, a->client_total,
		a->domain_total);
	printf(",\"suppressed\":%" PRIu64 ",\"confidence\":%.3f", a->suppressed,
		a->confidence);
	put_addr("server", &a->server);
	put_addr("client", &a->client);
	put_text("rule", a->rule);
	put_text("title", a->title);
	put_text("detail", a->detail);
	put_text("explanation", a->explanation);
	put_text("contain", a->contain);
	put_text("mend", a->mend);
	put_text("confirm", a->confirm);
	put_text("server_name", a->server_name);
	put_text("mta", a->mta);
	put_text("verdict", a->verdict);
	put_text("grade", a->grade);
	put_texts("domains", a->domains, a->domain_count);
	put_text("from", a->mail.from);
	put_texts("to", a->mail.to, a->mail.to_count);
	put_text("message_id", a->mail.message_id);
	put_text("subject", a->mail.subject);
	put_text("helo", a->mail.helo);
	put_evidence(a);
	printf("}");
}

static void
emit(const char *name, const struct alert *a, const char *observer)
{
	struct text_out out;

	text_out_init(&out);
	for (int level = CONFIG_REDACT_NONE; level <= CONFIG_REDACT_ALL; level++) {
		struct format_options o = {(enum config_redact)level, observer};

		printf("{\"case\":\"%s\",\"redact\":%d,\"observer\":", name, level);
		put_hex(span_of_text(observer ? observer : ""));
		printf(",");
		put_input(a);
		printf(",\"out\":{");
		for (int f = 0; f < FORMATS; f++) {
			text_out_reset(&out);
			format_alert((enum config_format)f, a, &o, &out);
			printf("%s\"%s\":", f ? "," : "",
				format_name((enum config_format)f));
			put_hex(text_out_all(&out));
		}
		printf("}}\n");
	}
	text_out_free(&out);
}

static struct ip_addr
addr(const char *text)
{
	struct ip_addr a;

	if (!ip_addr_parse(span_of_text(text), &a))
		abort();
	return a;
}

/* What an alert cannot be without. */
static struct alert *
bare(enum alert_kind kind, const char *rule, const char *title)
{
	struct alert *a = alert_new();

	a->kind = kind;
	a->rule = alert_keep_text(a, rule);
	a->title = alert_keep_text(a, title);
	a->time = UINT64_C(1795465373596123456);
	alert_identify(a);
	return a;
}

static void
add_evidence(struct alert *a, struct span text)
{
	struct alert_evidence *e = &a->evidence[a->evidence_count++];

	*e = (struct alert_evidence){.weight = 12.34, .time = a->time, .frame = 31};
	e->kind = alert_keep_text(a, "sent-on");
	e->what = e->file = e->domain = e->reply = e->queue_id = e->next_hop_name =
		alert_keep(a, text);
	e->client = addr("198.51.100.66");
	e->next_hop = addr("192.0.2.25");
	e->reply_code = 250;
}

/* Every text that a peer has a hand in. */
static void
fill(struct alert *a, struct span text)
{
	text = alert_keep(a, text);
	a->detail = a->explanation = a->contain = a->mend = a->confirm = text;
	a->server_name = a->mta = a->cause = text;
	a->mail = (struct alert_mail){text, {text, text}, 2, text, text, text};
	a->domains[0] = a->domains[1] = a->tricks[0] = text;
	a->domain_count = 2;
	a->trick_count = 1;
	add_evidence(a, text);
}

static void
connect_v4(struct alert *a)
{
	a->server = addr("203.0.113.11");
	a->port = 25;
	a->client = a->clients[0] = addr("198.51.100.66");
	a->client_port = 40122;
	a->client_count = a->client_total = 1;
}

static struct alert *
ordinary(void)
{
	struct alert *a = bare(ALERT_RELAY, "open-relay", "Open mail relay");

	connect_v4(a);
	a->severity = ALERT_SEVERITY_CRITICAL;
	a->first = a->time - UINT64_C(5000000000);
	a->last = a->time;
	a->count = 200;
	a->verdict = alert_keep_text(a, "open-relay");
	a->was = alert_keep_text(a, "unknown");
	a->grade = alert_keep_text(a, "confirmed");
	a->confidence = 0.987;
	a->server_name = alert_keep_text(a, "mail.corp.test");
	a->mta = alert_keep_text(a, "Postfix");
	a->detail = alert_keep_text(a, "Relays for strangers: 200 messages, sent on.");
	a->explanation = alert_keep_text(a, "It took mail from a stranger.");
	a->contain = alert_keep_text(a, "Close port 25.");
	a->mend = alert_keep_text(a, "Set smtpd_relay_restrictions.");
	a->confirm = alert_keep_text(a, "  swaks --to 'tester@example.net'");
	a->domains[0] = alert_keep_text(a, "victim.test");
	a->domain_count = 1;
	a->domain_total = 50;
	a->hops[0] = addr("192.0.2.25");
	a->hop_count = 1;
	a->mail.from = alert_keep_text(a, "mallory@shop.test");
	a->mail.to[0] = alert_keep_text(a, "bob@victim.test");
	a->mail.to[1] = alert_keep_text(a, "eve@victim.test");
	a->mail.to_count = 2;
	a->mail.message_id = alert_keep_text(a, "<1@shop.test>");
	a->mail.subject = alert_keep_text(a, "offers");
	a->mail.helo = alert_keep_text(a, "client.test");
	add_evidence(a, SPAN_LITERAL("sent on to mx.victim.test"));
	return a;
}

static void
emit_ordinary(void)
{
	struct alert *a = ordinary();

	for (int action = ALERT_OPENED; action <= ALERT_CLOSED; action++)
		for (int severity = 0; severity <= ALERT_SEVERITY_CRITICAL; severity++) {
			a->action = (enum alert_action)action;
			a->severity = (enum alert_severity)severity;
			emit("ordinary", a, "tap1.corp.test");
		}
	alert_free(a);
}

static void
emit_rules(void)
{
	static const char *const findings[] = {"relay-probe", "clear-credentials",
		"starttls-stripped", "starttls-vanished", "starttls-refused",
		"command-injection", "reply-injection", "smuggling", "blocklisted",
		"backscatter", "user-probing", "one-to-come"};
	static const char *const relays[] = {
		"partial-relay", "open-submission", "one-to-come"};
	struct alert *a;

	for (size_t i = 0; i < sizeof(findings) / sizeof(*findings); i++) {
		a = bare(ALERT_FINDING, findings[i], "A finding");
		connect_v4(a);
		emit("finding", a, "tap1");
		alert_free(a);
	}
	for (size_t i = 0; i < sizeof(relays) / sizeof(*relays); i++) {
		a = bare(ALERT_RELAY, relays[i], "A relay");
		connect_v4(a);
		emit("relay", a, "tap1");
		alert_free(a);
	}
	a = bare(ALERT_SENSOR, "sensor-blind", "The sensor does not see all");
	a->count = 12;
	emit("sensor", a, "tap1");
	alert_free(a);
}

static void
emit_bounds(void)
{
	struct alert *a = bare(ALERT_FINDING, "one-to-come", "A finding");

	emit("nothing", a, NULL);
	a->time = a->first = a->last = UINT64_MAX;
	a->count = a->since = a->suppressed = a->client_total = a->domain_total =
		UINT64_MAX;
	a->confidence = 1.0;
	emit("most", a, "");
	alert_free(a);

	a = ordinary();
	a->server = addr("2001:db8::11");
	a->client = addr("2001:db8:ffff::66");
	emit("ipv6", a, "tap1");
	a->client = addr("::1");
	for (size_t i = 0; i < ALERT_CLIENTS_MAX; i++) {
		a->clients[i] = addr("2001:db8::1:0");
		a->clients[i].at[15] = (uint8_t)i;
	}
	a->client_count = ALERT_CLIENTS_MAX;
	for (size_t i = 0; i < ALERT_HOPS_MAX; i++)
		a->hops[i] = addr("203.0.113.200");
	a->hop_count = ALERT_HOPS_MAX;
	a->masked_as = addr("10.0.0.1");
	while (a->evidence_count < ALERT_EVIDENCE_MAX)
		add_evidence(a, SPAN_LITERAL("an item of evidence"));
	emit("full", a, "tap1");
	alert_free(a);
}

static void
emit_filled(const char *name, struct span text)
{
	struct alert *a = bare(ALERT_RELAY, "open-relay", "Open mail relay");

	connect_v4(a);
	fill(a, text);
	emit(name, a, "tap1");
	alert_free(a);
}

static void
emit_hostile(void)
{
	static const struct {
		const char *name;
		struct span text;
	} cases[] = {
		{"pipes", SPAN_LITERAL("a|b||c|CEF:0|x|y|")},
		{"equals", SPAN_LITERAL("a=b dst=10.0.0.1 cs1=x == =")},
		{"backslashes", SPAN_LITERAL("\\ a\\b \\\\ \\n \\= \\| end\\")},
		{"lines", SPAN_LITERAL("a\nb\r\nc\rd\n\n")},
		{"tabs", SPAN_LITERAL("a\tb\tdst=10.0.0.1\t")},
		{"nul", SPAN_LITERAL("a\0b\0")},
		{"controls", SPAN_LITERAL("\x01\x1b[31mred\x7f\x08")},
		{"broken",
			SPAN_LITERAL("\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82")},
		{"cut", SPAN_LITERAL("caf\xc3")},
		{"quotes", SPAN_LITERAL("\"a\" 'b' `c` \"}]},{\"x\":\"y")},
		{"script", SPAN_LITERAL("<script>alert(1)</script>${jndi:ldap://x}")},
		{"marks", SPAN_LITERAL("\xe2\x80\xae"
				       "abc\xe2\x80\xac\xe2\x81\xa6\xef\xbb\xbf")},
		{"separators", SPAN_LITERAL("a\xe2\x80\xa8"
					    "b\xe2\x80\xa9"
					    "c\xc2\x85"
					    "d")},
		{"unicode", SPAN_LITERAL("gr\xc3\xbc\xc3\x9f \xe6\x97\xa5\xe6\x9c\xac "
					 "\xf0\x9f\x93\xa7")},
		{"format", SPAN_LITERAL("%s%n%d %%")},
		{"blanks", SPAN_LITERAL("  a  ")},
	};
	uint8_t *text = malloc(LONG);

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		emit_filled(cases[i].name, cases[i].text);
	if (!text)
		abort();
	memset(text, 'x', LONG);
	emit_filled("long", span_of(text, LONG));
	/* Each bound falls into a character, whatever stands before. */
	for (size_t shift = 0; shift < 3; shift++) {
		memset(text, 'y', shift);
		for (size_t i = shift; i + 3 <= LONG; i += 3)
			memcpy(text + i, "\xe6\x97\xa5", 3);
		emit_filled("long characters", span_of(text, LONG - 3));
	}
	memset(text, '\\', LONG);
	emit_filled("long escapes", span_of(text, LONG));
	memset(text, 0xff, LONG);
	emit_filled("long and broken", span_of(text, LONG));
	free(text);
}

/* Whatever is left of these, "secret" must not be: see formats.py. */
static void
emit_addresses(void)
{
	static const char *const texts[] = {
		"secret@victim.test",
		"RCPT <secret@victim.test>: 550 5.1.1 <secret@victim.test>: no such user",
		"\"secret secret\"@victim.test",
		"<secret%victim.test@corp.test> <victim.test!secret> "
		"<@h.test:secret@v.test>",
		"secret@victim.test@corp.test, secret@[192.0.2.1]; secret%victim.test",
		"mailto:secret%40victim.test (secret@victim.test).",
		"<secret>",
		"s\xff"
		"secret@victim.test",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		emit_filled("address", span_of_text(texts[i]));
}

int
main(void)
{
	emit_ordinary();
	emit_rules();
	emit_bounds();
	emit_hostile();
	emit_addresses();
	return ferror(stdout) ? 1 : 0;
}
