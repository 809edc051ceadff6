/* SPDX-License-Identifier: Apache-2.0 */
#include "record_conn.h"

#include <stdio.h>

#include "dissect/smtp_meaning.h"
#include "dissect/tls_suite.h"
#include "sensor/base/siphash.h"

static void
keep(struct record_builder *b, struct span *to, struct span text)
{
	*to = arena_copy(&b->arena, text);
}

static void
on_greeting(struct record_builder *b, const struct smtp_event *e)
{
	struct record_conn *c = &b->conn;
	enum smtp_mta mta = smtp_mta_of_banner(e->reply.text);

	b->greeting_seen = true;
	if (e->reply.code != 220) {
		b->totals.banner_reply.code = e->reply.code;
		b->totals.banner_reply.enhanced = e->reply.enhanced;
		keep(b, &b->totals.banner_reply.text, e->reply.text);
		b->totals.banner_reply.at = e->at;
		return;
	}
	keep(b, &c->banner, e->reply.text);
	keep(b, &c->server_name, smtp_banner_host(e->reply.text));
	if (mta != SMTP_MTA_UNKNOWN)
		c->mta = mta;
	/* The greeting is the first thing said: nothing came before it, SYN seen or not. */
	if (!c->whole && c->helo.len == 0 && c->auth.state == RECORD_AUTH_UNKNOWN && !b->hole) {
		c->whole = true;
		c->auth.state = RECORD_AUTH_NONE;
	}
}

static struct span
user_kept(struct record_builder *b, struct span user)
{
	static const uint8_t fixed[16] = "relaytap user id";
	uint8_t key[16];
	char text[20];

	if (user.len == 0 || b->config->users == CONFIG_USERS_NONE)
		return SPAN_NONE;
	if (b->config->users == CONFIG_USERS_PLAIN)
		return arena_copy(&b->arena, user);
	memcpy(key, fixed, sizeof(key));
	for (size_t i = 0; b->config->hash_key && b->config->hash_key[i]; i++)
		key[i % sizeof(key)] ^= (uint8_t)(b->config->hash_key[i] + (char)i);
	snprintf(text, sizeof(text), "#%016llx", (unsigned long long)siphash(key, user));
	return arena_copy(&b->arena, span_of_text(text));
}

/* PLAIN and LOGIN show the password to everybody on the wire (RFC 4954 4, RFC 4616 6). */
static bool
shows_password(struct span mechanism)
{
	return (smtp_mech_parse(mechanism) & (SMTP_MECH_PLAIN | SMTP_MECH_LOGIN)) != 0;
}

static void
on_auth(struct record_builder *b, const struct smtp_event *e)
{
	struct record_auth_facts *a = &b->conn.auth;

	b->totals.clear_password |= shows_password(e->auth.mechanism) &&
		e->auth.outcome != SMTP_AUTH_CANCELLED;
	b->totals.auths.ok += e->auth.outcome == SMTP_AUTH_OK;
	b->totals.auths.failed += e->auth.outcome == SMTP_AUTH_FAILED;
	b->totals.auths.cancelled += e->auth.outcome == SMTP_AUTH_CANCELLED;
	/* Once authenticated, a later failure (503: already) takes nothing back. */
	if (a->state == RECORD_AUTH_OK)
		return;
	keep(b, &a->mechanism, e->auth.mechanism);
	a->user = user_kept(b, e->auth.user);
	a->at = e->at;
	if (e->auth.outcome == SMTP_AUTH_OK)
		a->state = RECORD_AUTH_OK;
	else if (e->auth.outcome == SMTP_AUTH_UNSEEN)
		a->state = RECORD_AUTH_UNKNOWN;
	else if (a->state == RECORD_AUTH_NONE)
		a->state = RECORD_AUTH_FAILED;
}

static enum record_real
real_of_peer(const struct smtp_event *e)
{
	return e->peer.by == SMTP_PEER_XCLIENT	  ? RECORD_REAL_XCLIENT
	       : e->peer.by == SMTP_PEER_XFORWARD ? RECORD_REAL_XFORWARD
						  : RECORD_REAL_PROXY;
}

/*
 * The address and who told it stay together. The server goes by PROXY, and by XCLIENT
 * after it, which changes what it tells and nothing else (Postfix XCLIENT_README).
 * XFORWARD is for the log: the server still judges the client that it sees.
 */
static void
take_real(struct record_conn *c, enum record_real by, const struct smtp_event *e)
{
	if (by == RECORD_REAL_XFORWARD) {
		if (c->real_by == RECORD_REAL_NONE)
			c->real_by = by;
		return;
	}
	if (ip_addr_is_none(&e->peer.addr) && !ip_addr_is_none(&c->real.addr))
		return;
	c->real_by = by;
	c->real.addr = e->peer.addr;
	c->real.port = e->peer.port;
}

static void
on_client(struct record_builder *b, const struct smtp_event *e)
{
	struct record_conn *c = &b->conn;
	enum record_real by = real_of_peer(e);

	take_real(c, by, e);
	if (by != RECORD_REAL_XCLIENT)
		return;
	if (e->peer.helo.len)
		keep(b, &c->helo, e->peer.helo);
	if (e->peer.login.len) {
		c->auth.state = RECORD_AUTH_OK;
		keep(b, &c->auth.mechanism, SPAN_LITERAL("XCLIENT"));
		c->auth.user = user_kept(b, e->peer.login);
		c->auth.at = e->at;
	}
}

static void
on_tls(struct record_builder *b)
{
	b->conn.tls.state =
		b->starttls_sent ? RECORD_TLS_STARTTLS : RECORD_TLS_IMPLICIT;
	/* What was said in clear stays as it is told; there may be an AUTH in the dark. */
	if (b->conn.auth.state == RECORD_AUTH_NONE || b->conn.auth.state == RECORD_AUTH_FAILED)
		b->conn.auth.state = RECORD_AUTH_UNKNOWN;
}

void
record_conn_event(struct record_builder *b, const struct smtp_event *e)
{
	if (e->kind == SMTP_EVENT_GREETING)
		on_greeting(b, e);
	else if (e->kind == SMTP_EVENT_AUTH)
		on_auth(b, e);
	else if (e->kind == SMTP_EVENT_CLIENT)
		on_client(b, e);
	else if (e->kind == SMTP_EVENT_TLS)
		on_tls(b);
}

void
record_conn_command(struct record_builder *b, const struct smtp_event *e)
{
	struct record_conn *c = &b->conn;

	switch (e->verb) {
	case SMTP_VERB_HELO:
	case SMTP_VERB_EHLO:
	case SMTP_VERB_LHLO:
		keep(b, &c->helo, span_slice(e->command.args, 0, span_find(e->command.args, ' ')));
		c->hello = e->verb;
		break;
	case SMTP_VERB_STARTTLS:
	case SMTP_VERB_ANONTLS:
		b->starttls_sent = true;
		break;
	case SMTP_VERB_VRFY:
		b->totals.vrfy++;
		break;
	case SMTP_VERB_EXPN:
		b->totals.expn++;
		break;
	case SMTP_VERB_ETRN:
		b->totals.etrn++;
		break;
	case SMTP_VERB_OTHER:
		b->totals.unknown_verbs++;
		break;
	default:
		break;
	}
}

static void
on_ehlo_reply(struct record_builder *b, const struct smtp_event *e)
{
	struct record_conn *c = &b->conn;
	struct smtp_caps caps;

	smtp_caps_parse(&e->reply, &caps);
	c->caps = caps.has;
	c->mechs = caps.mechs;
	c->ehlo_seen = true;
	if (c->server_name.len == 0)
		keep(b, &c->server_name, caps.host);
	if ((caps.has & SMTP_CAP_BLANKED) && !(caps.has & SMTP_CAP_STARTTLS) &&
		c->tls.state == RECORD_TLS_NONE)
		c->tls.state = RECORD_TLS_STRIPPED;
}

void
record_conn_reply(struct record_builder *b, const struct smtp_event *e)
{
	struct record_conn *c = &b->conn;

	if (e->reply.code == 250 && (e->verb == SMTP_VERB_EHLO || e->verb == SMTP_VERB_LHLO))
		on_ehlo_reply(b, e);
	if (c->mta == SMTP_MTA_UNKNOWN)
		c->mta = smtp_mta_of_reply(&e->reply);
}

void
record_conn_note(struct record_builder *b, const struct smtp_event *e)
{
	record_note(&b->totals.notes, e->note);
	if (e->note == SMTP_NOTE_TLS_REFUSED || e->note == SMTP_NOTE_TLS_BROKEN)
		b->conn.tls.state = RECORD_TLS_REFUSED;
}

void
record_conn_lost(struct record_builder *b, const struct smtp_event *e, bool in_body)
{
	b->totals.gaps++;
	b->totals.gap_octets += e->octets;
	if (in_body || e->dir != DIS_CLIENT)
		return;
	b->hole = true;
	if (b->conn.auth.state == RECORD_AUTH_NONE || b->conn.auth.state == RECORD_AUTH_FAILED)
		b->conn.auth.state = RECORD_AUTH_UNKNOWN;
}

struct mail_needles
record_conn_needles(struct record_builder *b)
{
	/* A server's name may stand in any mail to its users; its address hardly does. */
	b->needle = span_of(
		b->needle_text, ip_addr_write(&b->conn.server.addr, b->needle_text));
	return (struct mail_needles){&b->needle, 1};
}

void
record_build_tls(struct record_builder *b, const struct tls_session *tls)
{
	struct record_tls_facts *t = &b->conn.tls;
	const struct tls_suite *suite = tls_suite_find(tls->suite);
	struct span name = tls_text_span(&tls->cert_subject);
	uint16_t place = 0;

	t->version = tls->version ? span_of_text(tls_version_name(tls->version)) : SPAN_NONE;
	t->cipher = suite ? span_of_text(suite->name) : SPAN_NONE;
	keep(b, &t->sni, tls_text_span(&tls->sni));
	tls_session_cert_name_next(tls, &place, &name);
	keep(b, &t->cert_name, name);
	keep(b, &t->cert_issuer, tls_text_span(&tls->cert_issuer));
	if (tls->cert_has_dates) {
		t->cert_from = tls->cert_not_before;
		t->cert_to = tls->cert_not_after;
	}
	b->totals.tls_runs = tls->trace.at;
	b->totals.tls_run_count = tls->trace.used;
	b->totals.tls_beyond = tls->trace.beyond;
}
