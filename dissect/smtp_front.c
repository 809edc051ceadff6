/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_front.h"

#include "proxy_header.h"
#include "smtp_event.h"
#include "smtp_phase.h"
#include "xclient.h"

_Static_assert(PROXY_HEADER_MAX <= SMTP_PEEK_MAX, "a header must fit");

static void
tell_header(struct smtp_session *s, const struct proxy_header *header)
{
	struct smtp_event *e =
		smtp_event_push(s, SMTP_EVENT_CLIENT, smtp_phase_client(s));

	e->peer.by = header->version == 1 ? SMTP_PEER_PROXY_V1 : SMTP_PEER_PROXY_V2;
	e->peer.addr = header->source;
	e->peer.port = header->source_port;
}

enum dis_status
smtp_front_take_header(struct smtp_session *s, struct span *in)
{
	enum dis_status status = DIS_MORE;
	struct proxy_header header;
	size_t whole = 0;

	while (status == DIS_MORE && in->len && s->peeked < SMTP_PEEK_MAX) {
		s->peek[s->peeked++] = in->at[0];
		*in = span_of(in->at + 1, in->len - 1);
		status = proxy_header_parse(span_of(s->peek, s->peeked), &header, &whole);
	}
	if (s->peeked == SMTP_PEEK_MAX && status == DIS_MORE)
		status = DIS_BAD;
	if (status == DIS_OK) {
		tell_header(s, &header);
		s->left = whole > s->peeked ? whole - s->peeked : 0;
	}
	if (status == DIS_BAD &&
		span_starts_nocase(span_of(s->peek, s->peeked), SPAN_LITERAL("PROXY ")))
		smtp_event_note(s, SMTP_NOTE_BAD_PROXY, smtp_phase_client(s));
	return status;
}

void
smtp_front_keep(struct smtp_session *s, struct span args, uint32_t id)
{
	size_t n = args.len < SMTP_XCLIENT_MAX ? args.len : SMTP_XCLIENT_MAX;

	if (n)
		memcpy(s->xclient, args.at, n);
	s->xclient_len = (uint16_t)n;
	s->xclient_id = id;
}

void
smtp_front_tell(struct smtp_session *s, enum smtp_verb verb, uint32_t id)
{
	struct smtp_event *e;
	struct xclient x;

	/* Of several pipelined, the last one's arguments are kept. */
	if (id == 0 || id != s->xclient_id)
		return;
	(void)xclient_parse(span_of(s->xclient, s->xclient_len), s->peer_text,
		sizeof(s->peer_text), &x);
	if (x.told == 0)
		return;
	e = smtp_event_push(s, SMTP_EVENT_CLIENT, smtp_phase_client(s));
	e->peer.by = verb == SMTP_VERB_XCLIENT ? SMTP_PEER_XCLIENT : SMTP_PEER_XFORWARD;
	e->peer.addr = x.addr;
	e->peer.port = x.port;
	e->peer.name = x.text[XCLIENT_NAME];
	e->peer.helo = x.text[XCLIENT_HELO];
	e->peer.login = x.text[XCLIENT_LOGIN];
}
