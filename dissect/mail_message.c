/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_message.h"

#include "mail_word.h"

void
mail_message_reset(struct mail_message *m, struct mail_needles needles)
{
	memset(m, 0, offsetof(struct mail_message, header));
	mail_header_reset(&m->header);
	mail_body_reset(&m->body, needles);
	mail_dsn_reset(&m->dsn);
}

void
mail_message_feed(struct mail_message *m, struct span octets)
{
	m->in = octets;
}

static void
search_subject(struct mail_message *m, struct span value)
{
	char text[1024];
	struct mail_word_result r;

	if (m->body.needles.count == 0)
		return;
	r = mail_word_decode(value, text, sizeof(text));
	m->needles_subject |= mail_needles_find(&m->body.needles, span_of(text, r.len));
}

/* What the reader itself wants to know of a field. */
static void
note_field(struct mail_message *m, const struct mail_header_item *item)
{
	if (item->name == MAIL_NAME_RECEIVED)
		m->received++;
	else if (item->name == MAIL_NAME_SUBJECT)
		search_subject(m, item->value);
	if (item->name == MAIL_NAME_CONTENT_TYPE && !m->typed) {
		m->typed = true;
		mail_dsn_begin(&m->dsn, item->value);
	}
}

static void
end_header(struct mail_message *m, struct span lead)
{
	if (!m->typed)
		mail_dsn_begin(&m->dsn, SPAN_NONE);
	m->typed = true;
	m->lead = lead;
}

static enum dis_status
next_of_header(struct mail_message *m, struct mail_event *out)
{
	struct mail_header_item item;
	enum dis_status status = mail_header_next(&m->header, &m->in, &item);

	if (status != DIS_OK && m->ended)
		status = mail_header_flush(&m->header, &item);
	if (status != DIS_OK)
		return status;
	if (item.what == MAIL_HEADER_END) {
		end_header(m, item.value);
		out->kind = MAIL_EVENT_HEADER_END;
		return DIS_OK;
	}
	note_field(m, &item);
	out->kind = MAIL_EVENT_FIELD;
	out->field = item;
	return DIS_OK;
}

/* Counts what waits to be counted, and lends it to the reader of bounces. */
static bool
take_body(struct mail_message *m)
{
	struct span *from = m->lead.len ? &m->lead : &m->in;

	if (from->len == 0)
		return false;
	mail_body_feed(&m->body, *from);
	m->dsn_in = mail_dsn_is_off(&m->dsn) ? SPAN_NONE : *from;
	*from = SPAN_NONE;
	return true;
}

static enum dis_status
next_of_body(struct mail_message *m, struct mail_event *out)
{
	out->kind = MAIL_EVENT_DSN;
	do {
		if (mail_dsn_next(&m->dsn, &m->dsn_in, &out->dsn) == DIS_OK)
			return DIS_OK;
	} while (take_body(m));
	if (!m->ended)
		return DIS_MORE;
	mail_body_end(&m->body);
	return mail_dsn_flush(&m->dsn, &out->dsn);
}

enum dis_status
mail_message_next(struct mail_message *m, struct mail_event *out)
{
	return mail_header_is_over(&m->header) ? next_of_body(m, out)
					       : next_of_header(m, out);
}

bool
mail_message_is_sated(const struct mail_message *m)
{
	return mail_header_is_over(&m->header) && m->typed && !m->lead.len && !m->in.len &&
	       mail_body_is_sated(&m->body) && mail_dsn_is_off(&m->dsn);
}

void
mail_message_skip(struct mail_message *m, uint64_t octets)
{
	m->body.octets += octets;
}

void
mail_message_gap(struct mail_message *m, uint64_t octets)
{
	if (!mail_header_is_over(&m->header)) {
		mail_header_gap(&m->header, octets);
		return;
	}
	m->body_gap = true;
	mail_body_gap(&m->body, octets);
	mail_dsn_gap(&m->dsn);
}

void
mail_message_end(struct mail_message *m)
{
	m->ended = true;
}

void
mail_message_facts(const struct mail_message *m, struct mail_facts *out)
{
	*out = (struct mail_facts){
		.header_octets = m->header.octets,
		.body_octets = m->body.octets,
		.fingerprint = mail_body_fingerprint(&m->body),
		.fields = m->header.fields,
		.received = m->received,
		.needles_subject = m->needles_subject,
		.needles_body = m->body.found,
		.dsn = m->dsn.kind,
		.header_complete = m->header.complete,
		.header_malformed = m->header.malformed,
		.header_over = m->header.over,
		.header_gap = m->header.gap,
		.body_gap = m->body_gap,
	};
}
