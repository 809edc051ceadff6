/* SPDX-License-Identifier: Apache-2.0 */
#include "record_mail.h"

#include "dissect/mail_address.h"
#include "dissect/mail_word.h"

static void
add_received(struct record_message *m, struct span value, struct arena *a)
{
	struct record_received **at = &m->received;
	size_t count = 0;

	for (; *at; at = &(*at)->next)
		count++;
	if (count == RECORD_RECEIVED_MAX)
		return;
	*at = arena_alloc(a, sizeof(**at));
	if (*at)
		(*at)->raw = arena_copy(a, value);
}

/* The d= tag of a DKIM-Signature (RFC 6376 3.5); tags are case-sensitive (3.2). */
static struct span
dkim_domain(struct span value)
{
	while (value.len) {
		size_t end = span_find(value, ';');
		struct span tag = span_trim(span_slice(value, 0, end));
		size_t equals = span_find(tag, '=');

		if (span_equal(span_trim(span_slice(tag, 0, equals)), SPAN_LITERAL("d")))
			return span_trim(span_slice(tag, equals + 1, tag.len));
		value = span_slice(value, end + 1, value.len);
	}
	return SPAN_NONE;
}

static struct span
first_address(struct span value, struct arena *a)
{
	struct mail_address address;

	if (!mail_address_first(value, &address))
		return SPAN_NONE;
	return arena_copy(a, address.address);
}

static struct span
decoded(struct span value, struct arena *a)
{
	char text[512];
	size_t n = mail_word_decode(value, text, sizeof(text)).len;

	return arena_copy(a, span_of(text, n));
}

static void
once(struct span *to, struct span value, struct arena *a)
{
	if (to->len == 0)
		*to = arena_copy(a, value);
}

/* RFC 3834 5: the keyword "no"; parameters or a comment may follow. */
static bool
says_no(struct span value)
{
	uint8_t behind = value.len > 2 ? value.at[2] : ';';

	return span_starts_nocase(value, SPAN_LITERAL("no")) &&
	       (behind == ';' || behind == '(' || dis_is_blank(behind));
}

static void
add_field(struct record_message *m, const struct mail_header_item *f, struct arena *a)
{
	switch (f->name) {
	case MAIL_NAME_RECEIVED:
		add_received(m, f->value, a);
		break;
	case MAIL_NAME_MESSAGE_ID:
		once(&m->message_id, f->value, a);
		break;
	case MAIL_NAME_FROM:
		if (m->from.len == 0)
			m->from = first_address(f->value, a);
		break;
	case MAIL_NAME_TO:
		if (m->to.len == 0)
			m->to = first_address(f->value, a);
		break;
	case MAIL_NAME_SUBJECT:
		if (m->subject.len == 0)
			m->subject = decoded(f->value, a);
		break;
	case MAIL_NAME_DKIM_SIGNATURE:
		once(&m->dkim_domain, dkim_domain(f->value), a);
		break;
	case MAIL_NAME_AUTHENTICATION_RESULTS:
		once(&m->auth_results, f->value, a);
		break;
	case MAIL_NAME_LIST_ID:
		once(&m->list_id, f->value, a);
		break;
	case MAIL_NAME_DELIVERED_TO:
		once(&m->delivered_to, f->value, a);
		break;
	case MAIL_NAME_AUTO_SUBMITTED:
		m->auto_submitted = !says_no(f->value);
		break;
	default:
		break;
	}
}

static void
add_dsn(struct record_dsn *d, const struct mail_dsn_fact *f, struct arena *a)
{
	d->is = true;
	switch (f->what) {
	case MAIL_DSN_ORIGINAL_RECIPIENT:
		/* What the sender asked for; an alias may have led elsewhere. */
		d->recipient = arena_copy(a, f->value);
		break;
	case MAIL_DSN_FINAL_RECIPIENT:
	case MAIL_DSN_TEXT_RECIPIENT:
		once(&d->recipient, f->value, a);
		break;
	case MAIL_DSN_ACTION:
		once(&d->action, f->value, a);
		break;
	case MAIL_DSN_STATUS:
		once(&d->status, f->value, a);
		break;
	case MAIL_DSN_MESSAGE_ID:
		once(&d->message_id, f->value, a);
		break;
	default:
		break;
	}
}

void
record_mail_event(struct record_message *m, const struct mail_event *event, struct arena *a)
{
	if (event->kind == MAIL_EVENT_FIELD)
		add_field(m, &event->field, a);
	else if (event->kind == MAIL_EVENT_DSN)
		add_dsn(&m->dsn, &event->dsn, a);
}

void
record_mail_facts(struct record_message *m, const struct mail_facts *facts)
{
	m->fingerprint = facts->fingerprint;
	m->body_octets = facts->body_octets;
	m->received_count = facts->received;
	m->names_server = facts->needles_subject || facts->needles_body;
	m->dsn.is |= facts->dsn != MAIL_DSN_NONE;
}
