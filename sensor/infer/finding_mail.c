/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rules.h"

#include "judge.h"

/* Returned to strangers that many times: more than a mistyped address now and then. */
#define BACKSCATTER_MANY 3

static struct moment
moment_of(const struct record_txn *txn)
{
	if (txn->message.reply.at.ns)
		return txn->message.reply.at;
	return (struct moment){txn->end, txn->file, txn->frames[1]};
}

/* --- smuggling -------------------------------------------------------------------- */

static uint32_t
smuggling_forms(const struct record_notes *notes)
{
	uint32_t forms = 0;

	for (unsigned n = SMTP_NOTE_SMUGGLE_LF_DOT_LF; n <= SMTP_NOTE_SMUGGLE_NUL_DOT;
		n++)
		if (record_noted(notes, (enum smtp_note)n))
			forms |= UINT32_C(1) << (n - SMTP_NOTE_SMUGGLE_LF_DOT_LF);
	return forms;
}

static const char *
first_form(uint32_t forms)
{
	unsigned n = 0;

	while (!(forms >> n & 1))
		n++;
	return smtp_note_name((enum smtp_note)(SMTP_NOTE_SMUGGLE_LF_DOT_LF + n)) +
	       strlen("smuggling:");
}

/*
 * Clients that never learned to end a line (all of them, commands too, by LF) end their
 * message so as well. That is careless, and a message of theirs that is taken at the odd
 * end is taken as they meant it.
 */
static bool
is_careless(const struct record_txn *txn, uint32_t forms)
{
	uint32_t lf_dot_lf = UINT32_C(1);

	return forms == lf_dot_lf && record_noted(&txn->notes, SMTP_NOTE_BARE_LF);
}

static void
carrier_add(
	struct finding *f, const struct record_conn *conn, const struct record_txn *txn)
{
	struct finding_carrier *c =
		&f->of.smuggling.carriers[f->of.smuggling.next++ % FINDING_CARRIERS];

	*c = (struct finding_carrier){conn->id, txn->index, txn->message.reply.at.ns};
}

/*
 * The command that stood inside the message was answered like any other: the server took
 * what is before it for the whole message. A server that read on answers it never, or by
 * what was meant for a later command.
 */
static bool
is_smuggled(const struct finding *f, const struct record_conn *conn,
	const struct record_txn *txn)
{
	for (uint32_t i = 0; i < FINDING_CARRIERS; i++) {
		const struct finding_carrier *c = &f->of.smuggling.carriers[i];

		if (c->conn == conn->id && c->index + 1 == txn->index && c->answered &&
			txn->mail.at.ns && txn->mail.at.ns < c->answered)
			return txn->mail.reply.code == 250;
	}
	return false;
}

static void
smuggled_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	struct finding_key key = finding_key_of(conn, FINDING_SMUGGLING, true);
	struct finding *f = finding_find(&in->findings, &key);
	char from[FINDING_LIST];

	if (!f || !is_smuggled(f, conn, txn))
		return;
	f->of.smuggling.taken++;
	finding_touch(f);
	finding_add_evidence(f, txn->mail.reply.at,
		"MAIL %s, inside the message before it, answered by 250",
		finding_peer(txn->mail.raw, from));
	finding_raise(&in->findings, f, SEVERITY_CRITICAL);
}

static void
smuggling_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	struct finding_key key = finding_key_of(conn, FINDING_SMUGGLING, true);
	uint32_t forms = smuggling_forms(&txn->notes);
	bool careless = is_careless(txn, forms);
	struct finding *f;

	if (!forms)
		return;
	f = finding_insert(&in->findings, &key, conn->server_name, txn->time);
	f->of.smuggling.forms |= forms;
	f->of.smuggling.all_lines =
		careless && (f->count == 0 || f->of.smuggling.all_lines);
	carrier_add(f, conn, txn);
	finding_count(f, moment_of(txn));
	finding_add_evidence(
		f, moment_of(txn), "message with %s inside", first_form(forms));
	finding_raise(&in->findings, f, careless ? SEVERITY_LOW : SEVERITY_MEDIUM);
}

/* --- backscatter ------------------------------------------------------------------ */

/* The message that a bounce returns, where the server took it from a stranger. */
static const struct leg *
returned(struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	const struct ip_addr *host = &conn->client.addr;
	uint64_t id = leg_id_of(host, LEG_MESSAGE_ID, txn->message.dsn.message_id);
	uint64_t to = leg_address_of(txn->rcpts->path.address);
	const struct leg *leg = NULL;

	while (id && (leg = legs_find(&in->legs, LEG_MESSAGE_ID, id, leg)))
		if (!leg->onward && leg->rcpt_count && leg->sender == to)
			return leg;
	return NULL;
}

/* A bounce that came to the server from elsewhere is only passed on. */
static bool
is_passed_on(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	uint64_t id =
		leg_id_of(&conn->client.addr, LEG_MESSAGE_ID, txn->message.message_id);
	const struct leg *leg = NULL;

	while (id && (leg = legs_find(&in->legs, LEG_MESSAGE_ID, id, leg)))
		if (!leg->onward)
			return true;
	return false;
}

static bool
is_from_stranger(struct infer *in, const struct leg *leg)
{
	uint8_t auth = leg->rcpts[0].key.auth;
	struct server *server = server_find(&in->servers, &leg->host, leg->port);
	struct identity *id = server ? server->identities : NULL;

	while (id && leg->name && id->name != leg->name)
		id = id->next;
	return id && auth != RECORD_AUTH_OK &&
	       judge_is_outsider(judge_client(in, server, id, &leg->peer));
}

static void
backscatter_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	const struct record_dsn *dsn = &txn->message.dsn;
	struct finding_key key;
	char domain[FINDING_LIST];
	const struct leg *leg;
	struct finding *f;

	if (txn->mail.form != SMTP_FORM_NULL || !dsn->is || !txn->rcpts ||
		(dsn->action.len &&
			!span_equal_nocase(dsn->action, SPAN_LITERAL("failed"))))
		return;
	leg = returned(in, conn, txn);
	if (!leg || !is_from_stranger(in, leg) || is_passed_on(in, conn, txn) ||
		judge_next_hop_inside(in, &conn->client.addr, &conn->server.addr))
		return;
	memset(&key, 0, sizeof(key));
	key.server = leg->host;
	key.port = leg->port;
	key.kind = FINDING_BACKSCATTER;
	f = finding_insert(&in->findings, &key, word_span(leg->name), leg->at.ns);
	finding_note_client(f, &leg->peer);
	finding_count(f, moment_of(txn));
	finding_add_evidence(f, leg->at, "message taken at first");
	finding_add_evidence(f, moment_of(txn), "and returned to its sender at %s",
		finding_peer(txn->rcpts->path.domain, domain));
	finding_raise(&in->findings, f,
		f->count >= BACKSCATTER_MANY ? SEVERITY_MEDIUM : SEVERITY_LOW);
}

void
finding_mail_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	smuggled_feed(in, conn, txn);
	smuggling_feed(in, conn, txn);
	backscatter_feed(in, conn, txn);
}
