/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rules.h"

/* Offers on record before a missing one means something. */
#define OFFERS_MIN 2
/* Refusals that are no single hiccup of the server's TLS. */
#define REFUSALS_MIN 3

static struct moment
moment_of(const struct record_connection *c)
{
	return (struct moment){c->time, c->file, c->frames[0]};
}

static struct finding *
insert(struct infer *in, const struct record_conn *conn, enum finding_kind kind,
	bool of_client, uint64_t ns)
{
	struct finding_key key = finding_key_of(conn, kind, of_client);

	return finding_insert(&in->findings, &key, conn->server_name, ns);
}

static void
add(struct finding *f, const struct record_conn *conn, struct moment at, const char *what)
{
	char client[IP_ADDR_TEXT];

	ip_addr_write(record_client(conn), client);
	finding_count(f, at);
	finding_note_client(f, record_client(conn));
	finding_add_evidence(f, at, "%s %s", client, what);
}

static void
passwords(struct infer *in, const struct record_conn *conn,
	const struct record_connection *c)
{
	struct finding *f;
	struct moment at = conn->auth.at.ns ? conn->auth.at : moment_of(c);

	if (!c->clear_password)
		return;
	f = insert(in, conn, FINDING_CLEAR_CREDENTIALS, false, c->time);
	f->of.auth.ok += c->auths.ok;
	f->of.auth.failed += c->auths.failed;
	add(f, conn, at,
		c->auths.ok	  ? "sent a password in clear, which was right"
		: c->auths.failed ? "sent a password in clear, which was refused"
				  : "sent a password in clear");
	finding_raise(&in->findings, f, f->of.auth.ok ? SEVERITY_HIGH : SEVERITY_MEDIUM);
}

static void
stripped(struct infer *in, const struct record_conn *conn,
	const struct record_connection *c)
{
	struct finding *f;

	if (conn->tls.state != RECORD_TLS_STRIPPED)
		return;
	f = insert(in, conn, FINDING_STARTTLS_STRIPPED, false, c->time);
	f->of.tls.passwords += c->clear_password;
	add(f, conn, moment_of(c),
		c->clear_password ? "got a blanked offer, and sent a password in clear"
				  : "got a blanked offer, and went on in clear");
	finding_raise(&in->findings, f,
		f->of.tls.passwords ? SEVERITY_CRITICAL : SEVERITY_HIGH);
}

static void
refused(struct infer *in, const struct record_conn *conn,
	const struct record_connection *c)
{
	struct finding *f;

	/* A client that asks for what was not offered has only itself to blame. */
	if (conn->tls.state != RECORD_TLS_REFUSED || !(conn->caps & SMTP_CAP_STARTTLS))
		return;
	f = insert(in, conn, FINDING_STARTTLS_REFUSED, false, c->time);
	f->of.tls.passwords += c->clear_password;
	add(f, conn, moment_of(c),
		c->clear_password ? "had STARTTLS refused, and sent a password in clear"
				  : "had STARTTLS refused");
	if (f->of.tls.passwords)
		finding_raise(&in->findings, f, SEVERITY_HIGH);
	else if (f->count >= REFUSALS_MIN)
		finding_raise(&in->findings, f, SEVERITY_MEDIUM);
}

static bool
is_noted(const struct finding *f, const struct ip_addr *client)
{
	for (uint32_t i = 0; i < f->client_count; i++)
		if (ip_addr_equal(&f->clients[i], client))
			return true;
	return false;
}

static void
missing(struct infer *in, struct finding *f, const struct record_conn *conn,
	const struct record_connection *c)
{
	char client[IP_ADDR_TEXT];

	ip_addr_write(record_client(conn), client);
	f->of.tls.missing++;
	f->of.tls.same_client |= is_noted(f, record_client(conn));
	if (f->count == 0)
		f->first = c->time;
	finding_count(f, moment_of(c));
	finding_add_evidence(f, moment_of(c), "%s was not offered STARTTLS", client);
	finding_raise(&in->findings, f,
		f->of.tls.same_client ? SEVERITY_HIGH : SEVERITY_MEDIUM);
}

/*
 * The capabilities of a server as strangers see them: of a whole EHLO in clear, and not
 * behind XCLIENT, after which a server may offer other things.
 */
static void
vanished(struct infer *in, const struct record_conn *conn,
	const struct record_connection *c)
{
	bool offered = (conn->caps & SMTP_CAP_STARTTLS) != 0 ||
		       conn->tls.state == RECORD_TLS_STARTTLS;
	struct finding_tls *tls;
	struct finding *f;

	if (!conn->ehlo_seen || conn->real_by == RECORD_REAL_XCLIENT || c->gaps ||
		conn->tls.state == RECORD_TLS_IMPLICIT ||
		conn->tls.state == RECORD_TLS_STRIPPED || conn->server_name.len == 0)
		return;
	f = insert(in, conn, FINDING_STARTTLS_VANISHED, false, c->time);
	tls = &f->of.tls;
	if (f->name && !span_equal_nocase(word_span(f->name), conn->server_name))
		tls->names_vary = true;
	if (tls->names_vary)
		return;
	if (offered) {
		if (tls->missing) {
			tls->again++;
			return;
		}
		if (++tls->offers <= OFFERS_MIN)
			finding_add_evidence(f, moment_of(c), "STARTTLS was offered");
		finding_note_client(f, record_client(conn));
	} else if (tls->offers >= OFFERS_MIN) {
		missing(in, f, conn, c);
	}
}

static void
command_injected(struct infer *in, const struct record_conn *conn,
	const struct record_connection *c)
{
	bool began = conn->tls.state == RECORD_TLS_STARTTLS;
	struct finding *f;

	if (!record_noted(&c->notes, SMTP_NOTE_PIPELINED_TLS))
		return;
	f = insert(in, conn, FINDING_COMMAND_INJECTION, true, c->time);
	add(f, conn, moment_of(c),
		began ? "sent more behind STARTTLS, before TLS began"
		      : "sent more behind STARTTLS, and TLS did not begin");
	finding_raise(&in->findings, f, began ? SEVERITY_MEDIUM : SEVERITY_LOW);
}

/* Where TLS never began, no answer could be taken for a protected one. */
static void
reply_injected(struct infer *in, const struct record_conn *conn,
	const struct record_connection *c)
{
	struct finding *f;

	if (!record_noted(&c->notes, SMTP_NOTE_REPLY_INJECTED) ||
		conn->tls.state != RECORD_TLS_STARTTLS)
		return;
	f = insert(in, conn, FINDING_REPLY_INJECTION, false, c->time);
	add(f, conn, moment_of(c), "got more behind the 220, before TLS began");
	finding_raise(&in->findings, f, SEVERITY_HIGH);
}

void
finding_tls_feed(struct infer *in, const struct record_conn *conn,
	const struct record_connection *connection)
{
	passwords(in, conn, connection);
	stripped(in, conn, connection);
	refused(in, conn, connection);
	vanished(in, conn, connection);
	command_injected(in, conn, connection);
	reply_injected(in, conn, connection);
}
