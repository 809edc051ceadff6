/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script of a conversation, one step a line, by the line's first octet:
 *
 *   C S   the client or the server says the rest of the line, and CRLF
 *   c s   the same without CRLF; "\n", "\r", "\0" stand for those octets
 *   G g   so many octets of the client or the server are lost
 *   P     press;  E F: the client or the server ends;  M: joined in the middle
 *   A     the client sends AUTH with a secret;  N: secrets ahead of the answer
 *   K     the client answers a challenge with a secret
 *
 * Each script runs with whole steps and octet by octet and must give the same events.
 * The secret must be in none of them.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dissect/smtp_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECRET	 "c2VDckVUc2VDckVU"
#define HOLD_MAX 65536

#define REQUIRE(truth)                                                                   \
	do {                                                                             \
		if (!(truth)) {                                                          \
			fprintf(stderr, "%d: %s\n", __LINE__, #truth);                   \
			abort();                                                         \
		}                                                                        \
	} while (0)

struct play {
	struct smtp_session s;
	uint8_t hold[2][HOLD_MAX];
	size_t held[2];
	size_t step; /* octets a feed */
	size_t fed;  /* octets in all */
	size_t events;
	uint64_t digest; /* of the events */
	uint64_t body;	 /* of the open message's octets */
	uint64_t octets; /* of it */
	bool trace;
};

static struct play plays[2];

static void
mix(uint64_t *digest, uint64_t value)
{
	*digest = (*digest ^ value) * 0x100000001b3u;
}

static void
mix_span(uint64_t *digest, struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		mix(digest, s.at[i]);
	mix(digest, s.len);
}

static void
require_no_secret(struct span s)
{
	REQUIRE(span_search_nocase(s, SPAN_LITERAL(SECRET)) == s.len || s.len == 0);
}

static void
take_event(struct play *p, const struct smtp_event *e)
{
	p->events++;
	if (p->trace)
		fprintf(stderr, "  kind %d id %u verb %d %d\n", e->kind, e->id, e->verb,
			e->kind == SMTP_EVENT_NOTE ? (int)e->note : -1);
	switch (e->kind) {
	case SMTP_EVENT_BODY:
		REQUIRE(e->body.len > 0);
		require_no_secret(e->body);
		for (size_t i = 0; i < e->body.len; i++)
			mix(&p->body, e->body.at[i]);
		p->octets += e->body.len;
		return;
	case SMTP_EVENT_BODY_SKIPPED:
	case SMTP_EVENT_BODY_GAP:
		p->octets += e->octets;
		mix(&p->body, e->octets);
		return;
	case SMTP_EVENT_BODY_END:
		REQUIRE(e->end.octets == p->octets);
		mix(&p->digest, p->body);
		mix(&p->digest, e->end.complete);
		p->body = 0;
		p->octets = 0;
		break;
	case SMTP_EVENT_COMMAND:
		require_no_secret(e->command.word);
		require_no_secret(e->command.args);
		mix_span(&p->digest, e->command.word);
		mix_span(&p->digest, e->command.args);
		break;
	case SMTP_EVENT_REPLY:
	case SMTP_EVENT_GREETING:
		mix(&p->digest, e->reply.code);
		mix_span(&p->digest, e->reply.text);
		mix(&p->digest, (uint64_t)e->final << 20 | (uint64_t)e->per_rcpt << 16 |
					e->index);
		break;
	case SMTP_EVENT_AUTH:
		require_no_secret(e->auth.mechanism);
		mix(&p->digest, e->auth.outcome);
		mix_span(&p->digest, e->auth.mechanism);
		mix_span(&p->digest, e->auth.user);
		break;
	case SMTP_EVENT_CLIENT:
		mix_span(&p->digest, e->peer.name);
		mix_span(&p->digest, e->peer.helo);
		mix_span(&p->digest, e->peer.login);
		mix(&p->digest, e->peer.port);
		break;
	case SMTP_EVENT_NOTE:
		REQUIRE(e->note < SMTP_NOTE_COUNT);
		mix(&p->digest, e->note);
		break;
	case SMTP_EVENT_LOST:
		mix(&p->digest, e->octets);
		break;
	case SMTP_EVENT_TLS:
	case SMTP_EVENT_TURNED:
		break;
	}
	mix(&p->digest, (uint64_t)e->kind << 40 | (uint64_t)e->verb << 32 | e->id);
	if (p->trace)
		fprintf(stderr, "  digest %llx\n", (unsigned long long)p->digest);
}

static size_t
drain(struct play *p)
{
	struct smtp_event e;
	size_t taken;

	while (smtp_session_next(&p->s, &e, &taken) == DIS_OK)
		take_event(p, &e);
	REQUIRE(!p->s.event_overrun);
	/* A gap or an end may close a message that was half peeked at, too. */
	REQUIRE(p->events <= 24 * (p->fed + 8));
	return taken;
}

static void
feed_held(struct play *p, enum dis_dir dir)
{
	size_t len = p->held[dir], taken;
	uint8_t *copy = malloc(len);

	REQUIRE(copy);
	memcpy(copy, p->hold[dir], len);
	smtp_session_feed(&p->s, dir, span_of(copy, len), (struct moment){0, 0, 0});
	taken = drain(p);
	free(copy);
	REQUIRE(taken <= len);
	memmove(p->hold[dir], p->hold[dir] + taken, len - taken);
	p->held[dir] = len - taken;
	if (taken < len && !smtp_session_is_tls(&p->s))
		REQUIRE(smtp_session_waits(&p->s, dir));
}

static void
pump(struct play *p)
{
	bool more = true;

	while (more) {
		more = false;
		REQUIRE(!smtp_session_waits(&p->s, DIS_CLIENT) ||
			!smtp_session_waits(&p->s, DIS_SERVER));
		for (int dir = 0; dir < 2 && !smtp_session_is_tls(&p->s); dir++) {
			if (!p->held[dir] || smtp_session_waits(&p->s, (enum dis_dir)dir))
				continue;
			feed_held(p, (enum dis_dir)dir);
			more = true;
		}
	}
}

static void
say(struct play *p, enum dis_dir dir, const void *text, size_t len)
{
	const uint8_t *at = text;

	/* Nobody speaks after his end. */
	while (len && !p->s.ended[dir] && !smtp_session_is_tls(&p->s)) {
		size_t n = len < p->step ? len : p->step;

		if (p->held[dir] + n > HOLD_MAX)
			return;
		memcpy(p->hold[dir] + p->held[dir], at, n);
		p->held[dir] += n;
		p->fed += n;
		at += n;
		len -= n;
		pump(p);
	}
}

static void
say_text(struct play *p, enum dis_dir dir, const char *text)
{
	say(p, dir, text, strlen(text));
}

static void
say_raw(struct play *p, enum dis_dir dir, struct span s)
{
	uint8_t *text = malloc(s.len + 1);
	size_t n = 0;

	REQUIRE(text);
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.at[i], next = i + 1 < s.len ? s.at[i + 1] : 0;

		if (c == '\\' && (next == 'n' || next == 'r' || next == '0')) {
			c = next == 'n' ? '\n' : next == 'r' ? '\r' : '\0';
			i++;
		}
		text[n++] = c;
	}
	say(p, dir, text, n);
	free(text);
}

static bool
is_between_commands(const struct play *p)
{
	return !p->held[DIS_CLIENT] && !p->s.turned &&
	       (p->s.phase == SMTP_PHASE_COMMAND || p->s.phase == SMTP_PHASE_SEEK);
}

/* What is held must be fed before a gap is told, so it is pressed out. */
static void
lose(struct play *p, enum dis_dir dir, struct span count)
{
	struct moment at = {0, 0, 0};
	uint64_t octets = 0;

	for (int i = 0; i < 4 && p->held[dir]; i++) {
		smtp_session_press(&p->s);
		drain(p);
		pump(p);
	}
	p->held[dir] = 0;
	(void)span_number(count, 100000, &octets);
	smtp_session_gap(&p->s, dir, octets, at);
	p->fed++;
}

static void
take_step(struct play *p, struct span line)
{
	struct span rest = span_slice(line, 1, line.len);
	struct moment at = {0, 0, 0};

	switch (line.at[0]) {
	case 'C':
	case 'S':
		say(p, line.at[0] == 'S', rest.at, rest.len);
		say_text(p, line.at[0] == 'S', "\r\n");
		break;
	case 'c':
	case 's':
		say_raw(p, line.at[0] == 's', rest);
		break;
	case 'G':
	case 'g':
		lose(p, line.at[0] == 'g', rest);
		break;
	case 'P':
		smtp_session_press(&p->s);
		break;
	case 'E':
	case 'F':
		smtp_session_end(&p->s, line.at[0] == 'F', at);
		break;
	case 'A':
		if (is_between_commands(p))
			say_text(p, DIS_CLIENT, "\r\nAUTH PLAIN " SECRET "\r\n");
		break;
	case 'N':
		if (is_between_commands(p))
			say_text(p, DIS_CLIENT,
				"\r\nAUTH LOGIN\r\n" SECRET "\r\n" SECRET "\r\n");
		break;
	case 'K':
		if (p->s.phase == SMTP_PHASE_SECRET && !p->held[DIS_CLIENT] &&
			!p->s.turned)
			say_text(p, DIS_CLIENT, SECRET "\r\n");
		break;
	default:
		break;
	}
	p->fed++;
	drain(p);
	pump(p);
}

static void
perform(struct play *p, struct span script, size_t step)
{
	struct moment at = {0, 0, 0};
	bool trace = getenv("TRACE") != NULL;

	memset(p, 0, sizeof(*p));
	p->step = step;
	p->trace = trace;
	smtp_session_reset(&p->s, script.len == 0 || script.at[0] != 'M');
	while (script.len) {
		size_t end = span_find(script, '\n');

		if (end)
			take_step(p, span_slice(script, 0, end));
		script = span_slice(script, end + 1, script.len);
	}
	for (int i = 0; i < 4; i++) {
		smtp_session_press(&p->s);
		drain(p);
		pump(p);
	}
	smtp_session_end(&p->s, DIS_CLIENT, at);
	drain(p);
	pump(p);
	smtp_session_end(&p->s, DIS_SERVER, at);
	drain(p);
	pump(p);
	/* Everything is over: no message stays open, nothing is waited for. */
	REQUIRE(smtp_session_is_tls(&p->s) || !p->s.body_open);
	REQUIRE(!smtp_session_waits(&p->s, DIS_CLIENT));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 8192)
		return 0;
	perform(&plays[0], span_of(data, size), SIZE_MAX);
	perform(&plays[1], span_of(data, size), 1);
	/* After TURN both sides may talk at once, in either order. */
	REQUIRE(plays[0].s.turned || plays[0].digest == plays[1].digest);
	return 0;
}
