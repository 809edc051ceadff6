/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_session.h"
#include "tls_cert.h"
#include "tls_hello.h"

#define VERSION_TLS13 0x0304
/* RFC 8446 6: AlertLevel. */
#define ALERT_FATAL 2

void
tls_session_reset(struct tls_session *s)
{
	memset(s, 0, sizeof(*s));
	tls_record_reset(&s->reader[DIS_CLIENT]);
	tls_record_reset(&s->reader[DIS_SERVER]);
	tls_trace_reset(&s->trace);
}

void
tls_session_lend(struct tls_session *s, uint8_t *room, uint32_t size)
{
	uint32_t quarter = size / 4;
	uint8_t *rest = room ? room + quarter : NULL;

	tls_record_lend(&s->reader[DIS_CLIENT], room, quarter);
	tls_record_lend(&s->reader[DIS_SERVER], rest, size - quarter);
}

bool
tls_session_needs_room(const struct tls_session *s)
{
	return tls_record_needs_room(&s->reader[DIS_CLIENT]) ||
	       tls_record_needs_room(&s->reader[DIS_SERVER]);
}

/*
 * Phases only go forward. FAILED is an end: what follows it in such a connection is the
 * other side's farewell.
 */
static void
phase_enter(struct tls_session *s, enum tls_phase phase)
{
	if (phase > s->phase)
		s->phase = phase;
}

static void
text_set(struct tls_text *t, struct span octets)
{
	struct span kept = span_slice(octets, 0, TLS_TEXT_MAX);

	t->len = (uint8_t)kept.len;
	if (kept.len)
		memcpy(t->at, kept.at, kept.len);
}

struct span
tls_text_span(const struct tls_text *t)
{
	return span_of(t->at, t->len);
}

static void
session_id_keep(struct tls_session *s, struct span id)
{
	if (id.len > sizeof(s->session_id))
		return;
	s->session_id_used = (uint8_t)id.len;
	if (id.len)
		memcpy(s->session_id, id.at, id.len);
}

/* The first one speaks; one after HelloRetryRequest repeats it, but for what was asked.
 */
static void
client_hello(struct tls_session *s, struct span body, struct moment at)
{
	struct tls_client_hello hello;
	struct span list, first;

	/* One that is cut or broken still shows what stands before. */
	(void)tls_client_hello_parse(body, &hello);
	if (s->offered_version || hello.version == 0)
		return;
	s->offered_version = hello.version;
	s->fingerprint = tls_hello_fingerprint(&hello);
	s->ticket_offered = hello.ticket || hello.psk;
	s->early_data_offered = hello.early_data;
	session_id_keep(s, hello.session_id);
	text_set(&s->sni, hello.sni);
	list = hello.alpn;
	if (tls_alpn_next(&list, &first))
		text_set(&s->alpn_offered, first);
	s->hello_at = at;
	phase_enter(s, TLS_PHASE_CLIENT_HELLO);
}

/*
 * TLS 1.3 resumes by pre-shared key; its echo of the session id means nothing (RFC 8446
 * D.4). Before, the echo of the client's id says it (RFC 5246 7.4.1.3, RFC 5077 3.4).
 */
static bool
resumes(const struct tls_session *s, const struct tls_server_hello *hello)
{
	if (hello->version >= VERSION_TLS13)
		return hello->psk;
	return s->session_id_used > 0 &&
	       span_equal(hello->session_id, span_of(s->session_id, s->session_id_used));
}

static void
server_hello(struct tls_session *s, struct span body, struct moment at)
{
	struct tls_server_hello hello;

	/* Cut or broken before the suite: nothing was chosen as far as we know. */
	(void)tls_server_hello_parse(body, &hello);
	if (hello.suite == 0)
		return;
	s->version = hello.version;
	s->suite = hello.suite;
	if (hello.retry) {
		s->retried = true;
		tls_record_retry(&s->reader[DIS_CLIENT]);
		tls_record_retry(&s->reader[DIS_SERVER]);
		return;
	}
	s->resumed = resumes(s, &hello);
	s->encrypt_then_mac = hello.encrypt_then_mac;
	text_set(&s->alpn, hello.alpn);
	s->chosen_at = at;
	phase_enter(s, TLS_PHASE_SERVER_HELLO);
}

/* Each as length(1) and octets; one that does not fit is only counted. */
static void
cert_names_keep(struct tls_session *s, struct span names)
{
	struct span name;

	while (tls_cert_name_next(&names, &name)) {
		size_t free = sizeof(s->cert_names_at) - s->cert_names_used;
		uint8_t *to = s->cert_names_at + s->cert_names_used;

		if (s->cert_names < UINT16_MAX)
			s->cert_names++;
		if (name.len == 0 || name.len > TLS_TEXT_MAX || name.len + 1 > free)
			continue;
		to[0] = (uint8_t)name.len;
		memcpy(to + 1, name.at, name.len);
		s->cert_names_used = (uint16_t)(s->cert_names_used + name.len + 1);
	}
}

static void
certificate(struct tls_session *s, struct span body)
{
	struct tls_cert cert;
	struct span der;

	if (s->has_cert || tls_cert_find(body, &der) == DIS_BAD || der.len == 0)
		return;
	/* A certificate that is cut or broken still shows what stands before. */
	(void)tls_cert_parse(der, &cert);
	s->has_cert = true;
	s->resumed = false;
	s->cert_has_dates = cert.has_dates;
	s->cert_not_before = cert.not_before;
	s->cert_not_after = cert.not_after;
	s->cert_self_signed = cert.self_signed;
	text_set(&s->cert_subject, cert.subject_cn);
	text_set(&s->cert_issuer, cert.issuer_cn.len ? cert.issuer_cn : cert.issuer_o);
	cert_names_keep(s, cert.names);
}

static void
message_take(struct tls_session *s, const struct tls_event *e)
{
	bool server = e->dir == DIS_SERVER;

	if (e->message.type == TLS_MESSAGE_CLIENT_HELLO && !server)
		client_hello(s, e->message.body, e->at);
	else if (e->message.type == TLS_MESSAGE_SERVER_HELLO && server)
		server_hello(s, e->message.body, e->at);
	else if (e->message.type == TLS_MESSAGE_CERTIFICATE && server)
		certificate(s, e->message.body);
}

/*
 * Up to TLS 1.2 ChangeCipherSpec is the switch (RFC 5246 7.1). In TLS 1.3 it means
 * nothing and application data is; what a client sends so before the ServerHello is early
 * data.
 */
static bool
switches(const struct tls_session *s, uint8_t type)
{
	if (s->phase == TLS_PHASE_CLIENT_HELLO)
		return false;
	if (type == TLS_TYPE_CHANGE_CIPHER)
		return s->version != 0 && s->version < VERSION_TLS13;
	return type == TLS_TYPE_APPLICATION;
}

static void
record_take(struct tls_session *s, const struct tls_event *e)
{
	const struct tls_record *r = &e->record;
	struct tls_side *side = &s->side[e->dir];

	side->records++;
	side->octets += r->length;
	tls_trace_insert(&s->trace, e->dir, r->type, r->length, r->clear);
	if (r->sslv2 && e->dir == DIS_CLIENT) {
		s->sslv2 = true;
		s->offered_version = r->version;
		s->hello_at = e->at;
		phase_enter(s, TLS_PHASE_CLIENT_HELLO);
	}
	if (switches(s, r->type))
		side->switched = true;
	if (s->phase < TLS_PHASE_ESTABLISHED && s->side[DIS_CLIENT].switched &&
		s->side[DIS_SERVER].switched) {
		s->established_at = e->at;
		phase_enter(s, TLS_PHASE_ESTABLISHED);
	}
}

static void
alert_take(struct tls_session *s, const struct tls_event *e)
{
	s->side[e->dir].alerted = true;
	s->side[e->dir].alert = e->alert;
	if (e->alert.level == ALERT_FATAL && s->phase != TLS_PHASE_ESTABLISHED)
		phase_enter(s, TLS_PHASE_FAILED);
}

void
tls_session_feed(
	struct tls_session *s, enum dis_dir dir, struct span octets, struct moment at)
{
	s->pending = octets;
	s->pending_dir = dir;
	s->pending_at = at;
}

enum dis_status
tls_session_next(struct tls_session *s, struct tls_event *out)
{
	enum dis_dir dir = s->pending_dir;
	enum dis_status status =
		tls_record_next(&s->reader[dir], &s->pending, s->pending_at, out);

	out->dir = dir;
	if (status == DIS_BAD)
		s->side[dir].lost = true;
	if (status != DIS_OK)
		return status;
	switch (out->kind) {
	case TLS_EVENT_RECORD:
		record_take(s, out);
		break;
	case TLS_EVENT_MESSAGE:
		message_take(s, out);
		break;
	case TLS_EVENT_ALERT:
		alert_take(s, out);
		break;
	}
	return DIS_OK;
}

bool
tls_session_gap(struct tls_session *s, enum dis_dir dir, uint64_t octets)
{
	bool exact = tls_record_gap(&s->reader[dir], octets);

	if (!exact)
		s->side[dir].lost = true;
	return exact;
}

bool
tls_session_cert_name_next(
	const struct tls_session *s, uint16_t *place, struct span *name)
{
	if (*place >= s->cert_names_used)
		return false;
	*name = span_of(s->cert_names_at + *place + 1, s->cert_names_at[*place]);
	*place = (uint16_t)(*place + 1 + name->len);
	return true;
}

const char *
tls_phase_name(enum tls_phase phase)
{
	static const char *const names[] = {
		[TLS_PHASE_START] = "start",
		[TLS_PHASE_CLIENT_HELLO] = "client-hello",
		[TLS_PHASE_SERVER_HELLO] = "server-hello",
		[TLS_PHASE_ESTABLISHED] = "established",
		[TLS_PHASE_FAILED] = "failed",
	};

	return names[phase];
}
