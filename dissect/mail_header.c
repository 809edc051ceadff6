/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_header.h"

static const char *const name_text[MAIL_NAME_COUNT] = {
	[MAIL_NAME_OTHER] = "",
	[MAIL_NAME_RECEIVED] = "Received",
	[MAIL_NAME_MESSAGE_ID] = "Message-ID",
	[MAIL_NAME_FROM] = "From",
	[MAIL_NAME_TO] = "To",
	[MAIL_NAME_CC] = "Cc",
	[MAIL_NAME_SENDER] = "Sender",
	[MAIL_NAME_REPLY_TO] = "Reply-To",
	[MAIL_NAME_SUBJECT] = "Subject",
	[MAIL_NAME_DATE] = "Date",
	[MAIL_NAME_RETURN_PATH] = "Return-Path",
	[MAIL_NAME_IN_REPLY_TO] = "In-Reply-To",
	[MAIL_NAME_REFERENCES] = "References",
	[MAIL_NAME_DELIVERED_TO] = "Delivered-To",
	[MAIL_NAME_RESENT_FROM] = "Resent-From",
	[MAIL_NAME_RESENT_TO] = "Resent-To",
	[MAIL_NAME_RESENT_MESSAGE_ID] = "Resent-Message-ID",
	[MAIL_NAME_CONTENT_TYPE] = "Content-Type",
	[MAIL_NAME_CONTENT_TRANSFER_ENCODING] = "Content-Transfer-Encoding",
	[MAIL_NAME_DKIM_SIGNATURE] = "DKIM-Signature",
	[MAIL_NAME_AUTHENTICATION_RESULTS] = "Authentication-Results",
	[MAIL_NAME_ARC_SEAL] = "ARC-Seal",
	[MAIL_NAME_ARC_MESSAGE_SIGNATURE] = "ARC-Message-Signature",
	[MAIL_NAME_ARC_AUTHENTICATION_RESULTS] = "ARC-Authentication-Results",
	[MAIL_NAME_AUTO_SUBMITTED] = "Auto-Submitted",
	[MAIL_NAME_AUTO_RESPONSE_SUPPRESS] = "X-Auto-Response-Suppress",
	[MAIL_NAME_PRECEDENCE] = "Precedence",
	[MAIL_NAME_LIST_ID] = "List-Id",
	[MAIL_NAME_FAILED_RECIPIENTS] = "X-Failed-Recipients",
	[MAIL_NAME_ORIGINATING_IP] = "X-Originating-IP",
	[MAIL_NAME_MAILER] = "X-Mailer",
	[MAIL_NAME_USER_AGENT] = "User-Agent",
	[MAIL_NAME_SPAM_FLAG] = "X-Spam-Flag",
	[MAIL_NAME_SPAM_STATUS] = "X-Spam-Status",
	[MAIL_NAME_SPAM_SCORE] = "X-Spam-Score",
};

const char *
mail_name_text(enum mail_name name)
{
	return (unsigned)name < MAIL_NAME_COUNT ? name_text[name] : "";
}

enum mail_name
mail_name_of(struct span text)
{
	if (text.len == 0)
		return MAIL_NAME_OTHER;
	for (unsigned i = 1; i < MAIL_NAME_COUNT; i++)
		if (dis_lower(text.at[0]) == dis_lower((uint8_t)name_text[i][0]) &&
			span_equal_nocase(text, span_of_text(name_text[i])))
			return (enum mail_name)i;
	return MAIL_NAME_OTHER;
}

static void
mail_header_enter(struct mail_header *h, enum mail_header_state state)
{
	h->state = state;
}

void
mail_header_reset(struct mail_header *h)
{
	memset(h, 0, offsetof(struct mail_header, text));
	mail_header_enter(h, MAIL_HEADER_AT_LINE);
}

static void
advance(struct mail_header *h, struct span *in, size_t n)
{
	h->octets += n;
	*in = span_slice(*in, n, in->len);
}

/* The kept field in hand, if there is one. */
static bool
give_field(struct mail_header *h, struct mail_header_item *out)
{
	if (h->name == MAIL_NAME_OTHER)
		return false;
	*out = (struct mail_header_item){.what = MAIL_HEADER_FIELD,
		.name = h->name,
		.index = h->fields - 1,
		.cut = h->cut,
		.gap = h->field_gap,
		.value = span_trim(span_of(h->value, h->value_len))};
	h->name = MAIL_NAME_OTHER;
	return true;
}

static enum dis_status
give_end(struct mail_header *h, size_t lead, struct mail_header_item *out)
{
	mail_header_enter(h, MAIL_HEADER_IN_BODY);
	h->octets -= lead;
	*out = (struct mail_header_item){
		.what = MAIL_HEADER_END, .value = span_of(h->text, lead)};
	return DIS_OK;
}

/* A line that is no field (see mail_header.h). n octets of it are in text. */
static enum dis_status
give_malformed(struct mail_header *h, size_t n, struct mail_header_item *out)
{
	h->malformed = true;
	return give_end(h, n, out);
}

static void
begin_value(struct mail_header *h)
{
	struct span name = span_trim(span_of(h->text, h->name_len));

	h->fields++;
	h->name = mail_name_of(name);
	h->value_len = 0;
	h->cut = h->field_gap = h->cr = false;
	mail_header_enter(h,
		h->name == MAIL_NAME_OTHER ? MAIL_HEADER_IN_SKIP : MAIL_HEADER_IN_VALUE);
}

static void
keep(struct mail_header *h, struct span s)
{
	size_t room = MAIL_VALUE_MAX - h->value_len;
	size_t n = s.len < room ? s.len : room;

	if (n)
		memcpy(h->value + h->value_len, s.at, n);
	h->value_len = (uint16_t)(h->value_len + n);
	if (n < s.len)
		h->cut = true;
}

/* Without the CR before an LF, which may come with the next octets. */
static void
keep_line(struct mail_header *h, struct span s, bool ended)
{
	if (h->cr && s.len)
		keep(h, SPAN_LITERAL("\r"));
	h->cr = s.len ? s.at[s.len - 1] == '\r' : h->cr;
	if (h->cr && s.len)
		s.len--;
	keep(h, s);
	if (ended)
		h->cr = false;
}

static enum dis_status
to_line_end(struct mail_header *h, struct span *in, bool kept)
{
	size_t n = span_find(*in, '\n');
	bool ended = n < in->len;

	if (kept)
		keep_line(h, span_slice(*in, 0, n), ended);
	advance(h, in, n + (ended ? 1 : 0));
	if (ended)
		mail_header_enter(h, MAIL_HEADER_AT_LINE);
	return DIS_MORE;
}

/* The field in hand ends where a line begins that is not its continuation (2.2.3). */
static bool
is_continuation(const struct mail_header *h, uint8_t c)
{
	return dis_is_blank(c) && h->fields > 0 && h->octets < MAIL_HEADER_MAX;
}

static enum dis_status
at_line(struct mail_header *h, struct span *in, struct mail_header_item *out)
{
	uint8_t c = in->at[0];

	if (is_continuation(h, c)) {
		bool kept = h->name != MAIL_NAME_OTHER && !h->field_gap;

		mail_header_enter(h, kept ? MAIL_HEADER_IN_VALUE : MAIL_HEADER_IN_SKIP);
		return DIS_MORE;
	}
	if (give_field(h, out))
		return DIS_OK;
	h->name_len = 0;
	if (c == '\n') {
		h->complete = true;
		advance(h, in, 1);
		return give_end(h, 0, out);
	}
	if (h->octets >= MAIL_HEADER_MAX) {
		h->over = true;
		return give_end(h, 0, out);
	}
	if (dis_is_blank(c))
		return give_malformed(h, 0, out);
	if (c == '\r')
		advance(h, in, 1);
	mail_header_enter(h, c == '\r' ? MAIL_HEADER_AT_CR : MAIL_HEADER_IN_NAME);
	return DIS_MORE;
}

/* Octets of the line in hand, now in text, that are no field's yet. */
static size_t
taken_of_line(struct mail_header *h)
{
	if (h->state == MAIL_HEADER_IN_NAME)
		return h->name_len;
	if (h->state != MAIL_HEADER_AT_CR)
		return 0;
	h->text[0] = '\r';
	return 1;
}

static enum dis_status
at_cr(struct mail_header *h, struct span *in, struct mail_header_item *out)
{
	if (in->at[0] == '\n') {
		h->complete = true;
		advance(h, in, 1);
		return give_end(h, 0, out);
	}
	return give_malformed(h, taken_of_line(h), out);
}

/* "From " or ">From " before any field: what an mbox puts before a message. */
static bool
is_mbox_line(const struct mail_header *h)
{
	struct span s = span_of(h->text, h->name_len);

	return h->fields == 0 && (span_equal(span_trim(s), SPAN_LITERAL("From")) ||
					 span_equal(span_trim(s), SPAN_LITERAL(">From")));
}

/* RFC 5322 3.6.8: a name is printable US-ASCII; 4.5: blanks may stand before the colon.
 */
static enum dis_status
in_name(struct mail_header *h, struct span *in, struct mail_header_item *out)
{
	while (in->len) {
		uint8_t c = in->at[0];
		bool after = h->name_len && dis_is_blank(h->text[h->name_len - 1]);

		if (c == ':' && h->name_len) {
			advance(h, in, 1);
			begin_value(h);
			return DIS_MORE;
		}
		if (after && !dis_is_blank(c) && is_mbox_line(h)) {
			mail_header_enter(h, MAIL_HEADER_IN_SKIP);
			return DIS_MORE;
		}
		if (h->name_len == MAIL_NAME_MAX || c == ':' || c > 126 ||
			(dis_is_blank(c) ? h->name_len == 0 : c < 33 || after))
			return give_malformed(h, h->name_len, out);
		h->text[h->name_len++] = c;
		advance(h, in, 1);
	}
	return DIS_MORE;
}

enum dis_status
mail_header_next(struct mail_header *h, struct span *in, struct mail_header_item *out)
{
	enum dis_status status = DIS_MORE;

	while (in->len && status == DIS_MORE && !mail_header_is_over(h)) {
		if (h->state == MAIL_HEADER_AT_LINE)
			status = at_line(h, in, out);
		else if (h->state == MAIL_HEADER_AT_CR)
			status = at_cr(h, in, out);
		else if (h->state == MAIL_HEADER_IN_NAME)
			status = in_name(h, in, out);
		else
			status = to_line_end(h, in, h->state == MAIL_HEADER_IN_VALUE);
	}
	return status;
}

void
mail_header_gap(struct mail_header *h, uint64_t octets)
{
	if (mail_header_is_over(h))
		return;
	h->gap = true;
	h->field_gap = true;
	h->octets += octets;
	mail_header_enter(h, MAIL_HEADER_IN_SKIP);
}

enum dis_status
mail_header_flush(struct mail_header *h, struct mail_header_item *out)
{
	if (mail_header_is_over(h))
		return DIS_MORE;
	if (give_field(h, out))
		return DIS_OK;
	return give_end(h, taken_of_line(h), out);
}
