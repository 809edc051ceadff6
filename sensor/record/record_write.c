/* SPDX-License-Identifier: Apache-2.0 */
#include "record_write.h"

#include <stdio.h>

#include "record_names.h"

const char *
record_result_word(enum smtp_result result)
{
	switch (result) {
	case SMTP_RESULT_ACCEPTED:
	case SMTP_RESULT_WEAK:
		return "accepted";
	case SMTP_RESULT_REFUSED_RELAY:
	case SMTP_RESULT_REFUSED_AUTH:
		return "refused-relay";
	case SMTP_RESULT_REFUSED_USER:
	case SMTP_RESULT_REFUSED_POLICY:
	case SMTP_RESULT_REFUSED_SYNTAX:
	case SMTP_RESULT_REFUSED_OTHER:
		return "refused-other";
	case SMTP_RESULT_DEFERRED_GREYLIST:
	case SMTP_RESULT_DEFERRED:
		return "deferred";
	case SMTP_RESULT_UNKNOWN:
	case SMTP_RESULT_COUNT:
	default:
		return "unknown";
	}
}

static void
write_bits(struct json_out *j, const char *key, uint32_t bits, const struct record_bit *names,
	size_t count)
{
	json_out_array(j, key);
	for (size_t i = 0; i < count; i++)
		if (bits & names[i].bit)
			json_out_text(j, NULL, names[i].name);
	json_out_array_end(j);
}

static void
write_caps(const struct record_conn *c, struct json_out *j)
{
	if (!c->ehlo_seen)
		return;
	write_bits(j, "capabilities", c->caps, record_caps,
		sizeof(record_caps) / sizeof(*record_caps));
	if (c->mechs)
		write_bits(j, "mechanisms", c->mechs, record_mechs,
			sizeof(record_mechs) / sizeof(*record_mechs));
}

static void
write_client(const struct record_conn *c, struct json_out *j)
{
	json_out_object(j, "client");
	json_out_addr(j, "ip", &c->client.addr);
	json_out_uint(j, "port", c->client.port);
	json_out_span_if(j, "helo", c->helo);
	if (c->helo.len)
		json_out_text(j, "hello", smtp_verb_name(c->hello));
	if (c->real_by != RECORD_REAL_NONE) {
		json_out_addr_if(j, "real_ip", &c->real.addr);
		json_out_uint_if(j, "real_port", c->real.port);
		json_out_text(j, "real_by", record_real_name(c->real_by));
	}
	json_out_object_end(j);
}

static void
write_server(const struct record_conn *c, struct json_out *j)
{
	json_out_object(j, "server");
	json_out_addr(j, "ip", &c->server.addr);
	json_out_uint(j, "port", c->server.port);
	json_out_span_if(j, "name", c->server_name);
	json_out_text_if(j, "mta", smtp_mta_name(c->mta));
	json_out_span_if(j, "banner", c->banner);
	write_caps(c, j);
	json_out_bool_if(j, "found_by_speech", c->any_port);
	json_out_object_end(j);
}

static void
write_path(const struct record_path *p, struct json_out *j)
{
	if (p->vlans == 0 && p->tunnels == 0)
		return;
	json_out_object(j, "path");
	if (p->vlans) {
		json_out_array(j, "vlan");
		for (size_t i = 0; i < p->vlans; i++)
			json_out_uint(j, NULL, p->vlan[i]);
		json_out_array_end(j);
	}
	if (p->tunnels) {
		json_out_array(j, "tunnel");
		for (size_t i = 0; i < p->tunnels; i++)
			json_out_span(j, NULL, p->tunnel[i]);
		json_out_array_end(j);
	}
	json_out_object_end(j);
}

static void
write_tls(const struct record_tls_facts *t, struct json_out *j)
{
	json_out_object(j, "tls");
	json_out_text(j, "state", record_tls_name(t->state));
	json_out_span_if(j, "version", t->version);
	json_out_span_if(j, "cipher", t->cipher);
	json_out_span_if(j, "sni", t->sni);
	json_out_span_if(j, "cert_name", t->cert_name);
	json_out_span_if(j, "cert_issuer", t->cert_issuer);
	if (t->cert_to) {
		json_out_int(j, "cert_from", t->cert_from);
		json_out_int(j, "cert_to", t->cert_to);
	}
	json_out_object_end(j);
}

static void
write_auth(const struct record_auth_facts *a, struct json_out *j)
{
	json_out_object(j, "auth");
	json_out_text(j, "state", record_auth_name(a->state));
	json_out_span_if(j, "mechanism", a->mechanism);
	json_out_span_if(j, "user", a->user);
	json_out_uint_if(j, "frame", a->at.frame);
	json_out_object_end(j);
}

/* What TRANSACTION and CONNECTION share, from "connection" to "auth". */
static void
write_conn(const struct record_conn *c, struct json_out *j)
{
	write_client(c, j);
	write_server(c, j);
	write_path(&c->path, j);
	write_tls(&c->tls, j);
	write_auth(&c->auth, j);
	if (c->sides != RECORD_BOTH_SIDES)
		json_out_text(j, "only_side", record_sides_name(c->sides));
	if (!c->whole)
		json_out_bool(j, "late_start", true);
}

static void
write_notes(const struct record_notes *n, struct json_out *j)
{
	bool any = false;

	for (size_t i = 0; i < RECORD_NOTES_WORDS; i++)
		any |= n->bits[i] != 0;
	if (!any)
		return;
	json_out_array(j, "notes");
	for (enum smtp_note i = 0; i < SMTP_NOTE_COUNT; i++)
		if (record_noted(n, i))
			json_out_text(j, NULL, smtp_note_name(i));
	json_out_array_end(j);
}

/* code, enhanced, text; with the result for a recipient. */
static void
write_reply(const struct record_reply *r, struct json_out *j)
{
	char enhanced[12];

	if (r->code == 0)
		return;
	json_out_uint(j, "code", r->code);
	smtp_enhanced_write(&r->enhanced, enhanced);
	json_out_text_if(j, "enhanced", enhanced);
	json_out_span_if(j, "text", r->text);
}

static void
write_result(const struct record_reply *r, struct json_out *j)
{
	json_out_text(j, "result", record_result_word(r->result));
	if (r->result != SMTP_RESULT_UNKNOWN && r->result != SMTP_RESULT_ACCEPTED)
		json_out_text(j, "reason", smtp_result_name(r->result));
	if (r->code) {
		json_out_uint_if(j, "frame", r->at.frame);
		json_out_time(j, "time", r->at.ns);
	}
}

static void
write_address(const struct record_path_arg *p, struct json_out *j)
{
	if (p->raw.len == 0)
		return;
	json_out_span(j, "raw", p->raw);
	if (p->form != SMTP_FORM_MALFORMED && p->form != SMTP_FORM_NULL)
		json_out_span_if(j, "address", p->address);
	json_out_text(j, "form", smtp_form_name(p->form));
	if (p->inner != p->form)
		json_out_text(j, "inner", smtp_form_name(p->inner));
	if (p->via != SMTP_VIA_NONE && p->form != SMTP_FORM_PLAIN)
		json_out_text(j, "via", smtp_via_name(p->via));
	if (!span_equal(p->target, p->address))
		json_out_span_if(j, "target", p->target);
	json_out_span_if(j, "params", p->params);
	json_out_uint_if(j, "command_frame", p->at.frame);
}

static void
write_rcpts(const struct record_txn *t, struct json_out *j)
{
	json_out_array(j, "rcpt");
	for (const struct record_rcpt *r = t->rcpts; r; r = r->next) {
		json_out_object(j, NULL);
		write_address(&r->path, j);
		write_reply(&r->path.reply, j);
		write_result(&r->path.reply, j);
		if (r->final.code) {
			json_out_object(j, "final");
			write_reply(&r->final, j);
			write_result(&r->final, j);
			json_out_object_end(j);
		}
		json_out_object_end(j);
	}
	json_out_array_end(j);
	json_out_uint_if(j, "rcpt_unkept", t->rcpt_unkept);
}

static void
write_dsn(const struct record_dsn *d, struct json_out *j)
{
	if (!d->is)
		return;
	json_out_object(j, "dsn");
	json_out_span_if(j, "action", d->action);
	json_out_span_if(j, "recipient", d->recipient);
	json_out_span_if(j, "status", d->status);
	json_out_span_if(j, "message_id", d->message_id);
	json_out_object_end(j);
}

static void
write_message_fields(const struct record_message *m, struct json_out *j)
{
	json_out_span_if(j, "message_id", m->message_id);
	json_out_span_if(j, "from", m->from);
	json_out_span_if(j, "to", m->to);
	json_out_span_if(j, "subject", m->subject);
	json_out_span_if(j, "dkim_domain", m->dkim_domain);
	json_out_span_if(j, "authentication_results", m->auth_results);
	json_out_span_if(j, "list_id", m->list_id);
	json_out_span_if(j, "delivered_to", m->delivered_to);
	json_out_bool_if(j, "auto_submitted", m->auto_submitted);
	if (m->received) {
		json_out_array(j, "received");
		for (const struct record_received *r = m->received; r; r = r->next)
			json_out_span(j, NULL, r->raw);
		json_out_array_end(j);
	}
	json_out_uint_if(j, "received_count", m->received_count);
}

static void
write_message(const struct record_message *m, struct json_out *j)
{
	if (!m->seen && m->reply.code == 0 && m->go.code == 0)
		return;
	json_out_object(j, "message");
	write_reply(&m->reply, j);
	json_out_span_if(j, "queue_id", m->queue_id);
	if (m->reply.code)
		write_result(&m->reply, j);
	if (m->go.code) {
		json_out_object(j, "go");
		write_reply(&m->go, j);
		write_result(&m->go, j);
		json_out_object_end(j);
	}
	if (m->seen) {
		json_out_uint(j, "octets", m->octets);
		json_out_bool_if(j, "incomplete", !m->complete);
		write_message_fields(m, j);
		if (m->fingerprint)
			json_out_hex64(j, "fingerprint", m->fingerprint);
		json_out_uint_if(j, "body_octets", m->body_octets);
		json_out_bool_if(j, "names_server", m->names_server);
		write_dsn(&m->dsn, j);
		json_out_text(j, "how", m->bdat ? "bdat" : "data");
	}
	json_out_object_end(j);
}

static void
write_place(uint32_t file, const uint32_t frames[2], const struct record_files *files,
	struct json_out *j)
{
	json_out_text_if(j, "file", record_files_name(files, file));
	if (frames[0] == 0)
		return;
	json_out_array(j, "frames");
	json_out_uint(j, NULL, frames[0]);
	json_out_uint(j, NULL, frames[1]);
	json_out_array_end(j);
}

static void
write_txn(const struct record *r, const struct record_files *files, struct json_out *j)
{
	const struct record_txn *t = &r->txn;
	char id[32];

	snprintf(id, sizeof(id), "%016llx-%u", (unsigned long long)r->conn.id, t->index);
	json_out_text(j, "id", id);
	json_out_time(j, "time", t->time);
	json_out_time(j, "end", t->end);
	write_place(t->file, t->frames, files, j);
	write_conn(&r->conn, j);
	if (t->mail.raw.len || t->mail.reply.code) {
		json_out_object(j, "mail_from");
		write_address(&t->mail, j);
		write_reply(&t->mail.reply, j);
		write_result(&t->mail.reply, j);
		json_out_object_end(j);
	}
	write_rcpts(t, j);
	write_message(&t->message, j);
	json_out_text(j, "outcome", record_outcome_name(t->outcome));
	json_out_uint(j, "gaps", t->gaps);
	if (t->inferred_reply) {
		json_out_array(j, "inferred");
		json_out_text(j, NULL, "outcome");
		json_out_array_end(j);
	}
	write_notes(&t->notes, j);
}

/*
 * One letter for the side, one for the content type, the octets; "*n" where a run is of n
 * records; "!" behind what was in clear: "ch517!", "sa37", "ca262144*16".
 */
static void
write_tls_runs(const struct record_connection *c, struct json_out *j)
{
	static const char types[] = {[20] = 'x', [21] = 'l', [22] = 'h', [23] = 'a'};

	if (c->tls_run_count == 0)
		return;
	json_out_array(j, "tls_records");
	for (uint32_t i = 0; i < c->tls_run_count; i++) {
		const struct tls_run *run = &c->tls_runs[i];
		char text[32];
		int n;

		n = snprintf(text, sizeof(text), "%c%c%u",
			run->dir == DIS_CLIENT ? 'c' : 's',
			run->type >= 20 && run->type <= 23 ? types[run->type] : '?',
			run->octets);
		if (run->records > 1)
			n += snprintf(text + n, sizeof(text) - (size_t)n, "*%u", run->records);
		if (run->clear)
			snprintf(text + n, sizeof(text) - (size_t)n, "!");
		json_out_text(j, NULL, text);
	}
	json_out_array_end(j);
	json_out_uint_if(j, "tls_records_beyond", c->tls_beyond);
}

static void
write_connection(const struct record *r, const struct record_files *files, struct json_out *j)
{
	const struct record_connection *c = &r->connection;

	json_out_hex64(j, "id", r->conn.id);
	json_out_time(j, "time", c->time);
	json_out_time(j, "end", c->end);
	write_place(c->file, c->frames, files, j);
	write_conn(&r->conn, j);
	json_out_uint(j, "transactions", c->transactions);
	json_out_uint_if(j, "auth_ok", c->auths.ok);
	json_out_uint_if(j, "auth_failed", c->auths.failed);
	json_out_uint_if(j, "auth_cancelled", c->auths.cancelled);
	json_out_bool_if(j, "clear_password", c->clear_password);
	json_out_uint(j, "client_packets", c->packets[DIS_CLIENT]);
	json_out_uint(j, "server_packets", c->packets[DIS_SERVER]);
	json_out_uint(j, "client_octets", c->octets[DIS_CLIENT]);
	json_out_uint(j, "server_octets", c->octets[DIS_SERVER]);
	json_out_uint(j, "gaps", c->gaps);
	json_out_uint_if(j, "gap_octets", c->gap_octets);
	json_out_uint_if(j, "overlap_conflicts", c->conflicts);
	json_out_uint_if(j, "vrfy", c->vrfy);
	json_out_uint_if(j, "expn", c->expn);
	json_out_uint_if(j, "etrn", c->etrn);
	json_out_uint_if(j, "unknown_verbs", c->unknown_verbs);
	if (c->banner_reply.code) {
		json_out_object(j, "greeting");
		write_reply(&c->banner_reply, j);
		json_out_object_end(j);
	}
	write_tls_runs(c, j);
	write_notes(&c->notes, j);
}

static void
write_answer(const struct record_answer *a, struct json_out *j)
{
	json_out_object(j, NULL);
	json_out_span(j, "name", a->name);
	json_out_text(j, "type", record_rr_name(a->type));
	json_out_uint(j, "ttl", a->ttl);
	if (a->type == RECORD_RR_A || a->type == RECORD_RR_AAAA)
		json_out_addr(j, "address", &a->addr);
	else
		json_out_span(j, "target", a->target);
	if (a->type == RECORD_RR_MX)
		json_out_uint(j, "preference", a->preference);
	json_out_object_end(j);
}

static void
write_dns(const struct record_dns *d, const struct record_files *files, struct json_out *j)
{
	json_out_time(j, "time", d->time);
	json_out_text_if(j, "file", record_files_name(files, d->file));
	json_out_uint_if(j, "frame", d->frame);
	json_out_addr(j, "client", &d->client);
	json_out_addr(j, "server", &d->server);
	json_out_object(j, "query");
	json_out_span(j, "name", d->name);
	json_out_text(j, "type", record_rr_name(d->type));
	json_out_object_end(j);
	json_out_uint(j, "rcode", d->rcode);
	json_out_array(j, "answers");
	for (const struct record_answer *a = d->answers; a; a = a->next)
		write_answer(a, j);
	json_out_array_end(j);
}

void
record_write(const struct record *r, const struct record_files *files, struct json_out *j)
{
	static const char *const types[] = {
		[RECORD_TRANSACTION] = "transaction",
		[RECORD_CONNECTION] = "connection",
		[RECORD_DNS] = "dns",
	};

	json_out_object(j, NULL);
	json_out_text(j, "type", types[r->kind]);
	json_out_uint(j, "schema", RECORD_SCHEMA);
	if (r->kind == RECORD_TRANSACTION)
		write_txn(r, files, j);
	else if (r->kind == RECORD_CONNECTION)
		write_connection(r, files, j);
	else
		write_dns(&r->dns, files, j);
	json_out_object_end(j);
}
