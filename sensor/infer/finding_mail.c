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
smuggling_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	struct finding_key key = finding_key_of(conn, FINDING_SMUGGLING, true);
	uint32_t forms = smuggling_forms(&txn->notes);
	bool taken = record_noted(&txn->notes, SMTP_NOTE_ODD_END_TAKEN);
	bool careless = is_careless(txn, forms);
	struct finding *f;

	if (!forms)
		return;
	f = finding_insert(&in->findings, &key, conn->server_name, txn->time);
	f->of.smuggling.forms |= forms;
	f->of.smuggling.all_lines =
		careless && (f->count == 0 || f->of.smuggling.all_lines);
	f->of.smuggling.taken += taken;
	finding_count(f, moment_of(txn));
	finding_add_evidence(f, moment_of(txn), "message with %s inside: %s",
		first_form(forms),
		taken ? "the server ended it there" : "the server read on");
	if (careless)
		finding_raise(&in->findings, f, SEVERITY_LOW);
	else
		finding_raise(
			&in->findings, f, taken ? SEVERITY_CRITICAL : SEVERITY_MEDIUM);
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
	smuggling_feed(in, conn, txn);
	backscatter_feed(in, conn, txn);
}
