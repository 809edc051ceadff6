/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the SMTP session: a dialogue is a list of turns, what comes of it is a
 * text with one event a line. Each dialogue runs whole, octet by octet, and split once at
 * every place, and must give the same text; then it runs cut off at every place.
 *
 *   220                     greeting
 *   1 MAIL FROM:<a@b>       command, with its number
 *   =1 MAIL 250             reply, with the command's number and verb; "!" final, "#0"
 * per recipient body 4 "text" 4         message: id, octets, their number; "cut" if not
 * complete; a hole in it is [5] auth ok PLAIN user 1    outcome, mechanism, user, turns
 *   note smuggling:lf-dot-lf
 *   lost client 5, turned, peer ..., TLS and what of either side was not taken
 */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include "feed.h"

#include <stdio.h>

#include "dissect/smtp_session.h"

enum turn_kind {
	TURN_SAYS,
	TURN_GAP,
	TURN_END,
	TURN_PRESS
};

struct turn {
	enum turn_kind kind;
	enum dis_dir dir;
	const char *text;
	size_t len; /* of text, or of the gap */
};

#define C(text)                                                                          \
	{                                                                                \
		TURN_SAYS, DIS_CLIENT, text, sizeof(text) - 1                            \
	}
#define S(text)                                                                          \
	{                                                                                \
		TURN_SAYS, DIS_SERVER, text, sizeof(text) - 1                            \
	}
#define C_GAP(len)                                                                       \
	{                                                                                \
		TURN_GAP, DIS_CLIENT, NULL, len                                          \
	}
#define S_GAP(len)                                                                       \
	{                                                                                \
		TURN_GAP, DIS_SERVER, NULL, len                                          \
	}
#define C_END                                                                            \
	{                                                                                \
		TURN_END, DIS_CLIENT, NULL, 0                                            \
	}
#define S_END                                                                            \
	{                                                                                \
		TURN_END, DIS_SERVER, NULL, 0                                            \
	}
#define PRESS                                                                            \
	{                                                                                \
		TURN_PRESS, DIS_CLIENT, NULL, 0                                          \
	}

struct dialogue {
	struct smtp_session s;
	char out[32768];
	size_t used;
	char body[16384];
	size_t body_used;
	uint8_t hold[2][16384];
	size_t held[2];
};

static void
say(struct dialogue *d, const char *text, size_t len)
{
	assert_true(d->used + len < sizeof(d->out));
	memcpy(d->out + d->used, text, len);
	d->used += len;
	d->out[d->used] = '\0';
}

/* Octets so that a reader sees them. */
static size_t
show(char *out, size_t room, struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.at[i];

		assert_true(n + 5 < room);
		if (c == '\r' || c == '\n')
			n += (size_t)sprintf(out + n, "\\%c", c == '\r' ? 'r' : 'n');
		else if (c < ' ' || c > '~')
			n += (size_t)sprintf(out + n, "\\x%02x", c);
		else
			out[n++] = (char)c;
	}
	out[n] = '\0';
	return n;
}

static void
show_reply(struct dialogue *d, const struct smtp_event *e)
{
	char text[64];
	int n = e->id ? sprintf(text, "=%u %s %u", e->id, smtp_verb_name(e->verb),
				e->reply.code)
		      : sprintf(text, "=? %s %u", smtp_verb_name(e->verb), e->reply.code);

	if (e->final)
		n += sprintf(text + n, "!");
	if (e->per_rcpt)
		n += sprintf(text + n, "#%u", e->index);
	n += sprintf(text + n, "\n");
	say(d, text, (size_t)n);
}

static void
show_command(struct dialogue *d, const struct smtp_event *e)
{
	char text[8192];
	size_t n = (size_t)sprintf(text, "%u ", e->id);

	if (e->verb == SMTP_VERB_OTHER)
		n += (size_t)sprintf(text + n, "OTHER ");
	n += show(text + n, sizeof(text) - n, e->command.word);
	if (e->command.args.len)
		text[n++] = ' ';
	n += show(text + n, sizeof(text) - n - 2, e->command.args);
	text[n++] = '\n';
	say(d, text, n);
}

static void
show_auth(struct dialogue *d, const struct smtp_auth_result *auth)
{
	static const char *const outcomes[] = {"ok", "failed", "cancelled", "unseen"};
	char text[2048];
	size_t n = (size_t)sprintf(text, "auth %s ", outcomes[auth->outcome]);

	n += show(text + n, 256, auth->mechanism);
	n += (size_t)sprintf(text + n, " <");
	n += show(text + n, 1400, auth->user);
	n += (size_t)sprintf(text + n, "> %u\n", auth->turns);
	say(d, text, n);
}

static void
show_end(struct dialogue *d, const struct smtp_event *e)
{
	char text[64];
	int n = sprintf(text, "%s %u%s \"", e->end.complete ? "body" : "cut", e->end.id,
		e->end.bdat ? " bdat" : "");

	assert_int_equal(e->id, e->end.id);
	say(d, text, (size_t)n);
	say(d, d->body, d->body_used);
	n = sprintf(text, "\" %llu\n", (unsigned long long)e->end.octets);
	say(d, text, (size_t)n);
	d->body_used = 0;
}

static void
show_peer(struct dialogue *d, const struct smtp_peer *peer)
{
	static const char *const by[] = {"proxy-v1", "proxy-v2", "xclient", "xforward"};
	char addr[IP_ADDR_TEXT], text[2048];
	size_t n;

	addr[0] = '\0';
	if (!ip_addr_is_none(&peer->addr))
		ip_addr_write(&peer->addr, addr);
	n = (size_t)sprintf(text, "peer %s [%s]:%u ", by[peer->by], addr, peer->port);
	n += show(text + n, 600, peer->name);
	text[n++] = ' ';
	n += show(text + n, 600, peer->helo);
	text[n++] = ' ';
	n += show(text + n, 600, peer->login);
	text[n++] = '\n';
	say(d, text, n);
}

static void
show_event(struct dialogue *d, const struct smtp_event *e)
{
	char text[128];
	int n = 0;

	switch (e->kind) {
	case SMTP_EVENT_GREETING:
		n = sprintf(text, "%u\n", e->reply.code);
		break;
	case SMTP_EVENT_COMMAND:
		show_command(d, e);
		break;
	case SMTP_EVENT_REPLY:
		show_reply(d, e);
		break;
	case SMTP_EVENT_AUTH:
		show_auth(d, &e->auth);
		break;
	case SMTP_EVENT_BODY:
		d->body_used += show(
			d->body + d->body_used, sizeof(d->body) - d->body_used, e->body);
		break;
	case SMTP_EVENT_BODY_GAP:
		d->body_used += (size_t)sprintf(
			d->body + d->body_used, "[%u]", (unsigned)e->octets);
		break;
	case SMTP_EVENT_BODY_SKIPPED:
		d->body_used += (size_t)sprintf(
			d->body + d->body_used, "(%u)", (unsigned)e->octets);
		break;
	case SMTP_EVENT_BODY_END:
		show_end(d, e);
		break;
	case SMTP_EVENT_TLS:
		n = sprintf(text, "TLS\n");
		break;
	case SMTP_EVENT_CLIENT:
		show_peer(d, &e->peer);
		break;
	case SMTP_EVENT_TURNED:
		n = sprintf(text, "turned\n");
		break;
	case SMTP_EVENT_NOTE:
		n = sprintf(text, "note %s\n", smtp_note_name(e->note));
		break;
	case SMTP_EVENT_LOST:
		n = sprintf(text, "lost %s %u\n",
			e->dir == DIS_CLIENT ? "client" : "server", (unsigned)e->octets);
		break;
	}
	say(d, text, (size_t)n);
}

static size_t
drain(struct dialogue *d)
{
	struct smtp_event e;
	size_t taken;

	while (smtp_session_next(&d->s, &e, &taken) == DIS_OK)
		show_event(d, &e);
	assert_false(d->s.event_overrun);
	return taken;
}

/* Feeds what is held of dir, from memory that ends where the octets end. */
static void
feed_held(struct dialogue *d, enum dis_dir dir)
{
	size_t len = d->held[dir], taken;
	uint8_t *copy = malloc(len);

	assert_non_null(copy);
	memcpy(copy, d->hold[dir], len);
	smtp_session_feed(&d->s, dir, span_of(copy, len), (struct moment){0, 0, 0});
	taken = drain(d);
	free(copy);
	assert_true(taken <= len);
	memmove(d->hold[dir], d->hold[dir] + taken, len - taken);
	d->held[dir] = len - taken;
	/* What is left waits for the other side, or is TLS. */
	if (taken < len)
		assert_true(smtp_session_waits(&d->s, dir) || smtp_session_is_tls(&d->s));
}

static void
pump(struct dialogue *d)
{
	bool more = true;

	while (more && !smtp_session_is_tls(&d->s)) {
		more = false;
		for (int dir = 0; dir < 2; dir++) {
			if (!d->held[dir] || smtp_session_waits(&d->s, (enum dis_dir)dir))
				continue;
			feed_held(d, (enum dis_dir)dir);
			more = true;
			if (smtp_session_is_tls(&d->s))
				break;
		}
	}
}

static void
hear(struct dialogue *d, enum dis_dir dir, const char *text, size_t len)
{
	assert_true(d->held[dir] + len <= sizeof(d->hold[dir]));
	memcpy(d->hold[dir] + d->held[dir], text, len);
	d->held[dir] += len;
	pump(d);
}

static void
take_turn(struct dialogue *d, const struct turn *t)
{
	struct moment at = {0, 0, 0};

	switch (t->kind) {
	case TURN_SAYS:
		break;
	case TURN_GAP:
		smtp_session_gap(&d->s, t->dir, t->len, at);
		break;
	case TURN_END:
		smtp_session_end(&d->s, t->dir, at);
		break;
	case TURN_PRESS:
		smtp_session_press(&d->s);
		break;
	}
	drain(d);
	pump(d);
}

/* step: octets a feed; at: the place of one more split, in all octets of the dialogue. */
static void
run(struct dialogue *d, bool whole, const struct turn *turns, size_t count, size_t step,
	size_t at, size_t stop)
{
	size_t place = 0;

	memset(d, 0, sizeof(*d));
	smtp_session_reset(&d->s, whole);
	for (size_t i = 0; i < count && place < stop; i++) {
		size_t done = 0, len = turns[i].kind == TURN_SAYS ? turns[i].len : 0;

		if (len == 0)
			take_turn(d, &turns[i]);
		while (done < len && place < stop) {
			size_t n = len - done < step ? len - done : step;

			if (place < at && at - place < n)
				n = at - place;
			if (stop - place < n)
				n = stop - place;
			hear(d, turns[i].dir, turns[i].text + done, n);
			done += n;
			place += n;
		}
	}
	if (d->body_used) {
		say(d, "open \"", 6);
		say(d, d->body, d->body_used);
		say(d, "\"\n", 2);
	}
	for (int dir = 0; dir < 2 && smtp_session_is_tls(&d->s); dir++) {
		char text[4096];
		size_t n =
			show(text, sizeof(text) - 8, span_of(d->hold[dir], d->held[dir]));

		say(d, dir ? "server " : "client ", 7);
		say(d, text, n);
		say(d, "\n", 1);
	}
}

static void
expect_turns(bool whole, const struct turn *turns, size_t count, const char *want)
{
	struct dialogue *d = malloc(sizeof(*d));
	size_t total = 0;

	assert_non_null(d);
	for (size_t i = 0; i < count; i++)
		total += turns[i].kind == TURN_SAYS ? turns[i].len : 0;
	run(d, whole, turns, count, SIZE_MAX, 0, SIZE_MAX);
	assert_string_equal(d->out, want);
	run(d, whole, turns, count, 1, 0, SIZE_MAX);
	assert_string_equal(d->out, want);
	for (size_t at = 1; at < total; at++) {
		run(d, whole, turns, count, SIZE_MAX, at, SIZE_MAX);
		assert_string_equal(d->out, want);
	}
	for (size_t stop = 0; stop < total; stop++) {
		run(d, whole, turns, count, SIZE_MAX, 0, stop);
		smtp_session_end(&d->s, DIS_SERVER, (struct moment){0, 0, 0});
		drain(d);
		pump(d);
		smtp_session_end(&d->s, DIS_CLIENT, (struct moment){0, 0, 0});
		drain(d);
	}
	free(d);
}

#define EXPECT(turns, want)                                                              \
	expect_turns(true, turns, sizeof(turns) / sizeof((turns)[0]), want)
#define EXPECT_JOINED(turns, want)                                                       \
	expect_turns(false, turns, sizeof(turns) / sizeof((turns)[0]), want)

/* What most dialogues start with. */
#define HELLO                                                                            \
	S("220 mx\r\n"), C("EHLO c\r\n"),                                                \
		S("250-mx\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 STARTTLS\r\n")
#define HELLO_WANT "220\n1 EHLO c\n=1 EHLO 250\n"

#endif
