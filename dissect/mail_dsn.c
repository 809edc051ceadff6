/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_dsn.h"

#include "mail_token.h"

/* Lines within which a text shows whose it is. */
#define START_LINES 8

static const struct {
	const char *name; /* of the fact, and of its field */
	bool typed;	  /* RFC 3464 2.1.2: type ";" text */
} facts[MAIL_DSN_WHAT_COUNT] = {
	[MAIL_DSN_REPORTING_MTA] = {"reporting-mta", true},
	[MAIL_DSN_ARRIVAL_DATE] = {"arrival-date", false},
	[MAIL_DSN_ENVELOPE_ID] = {"original-envelope-id", false},
	[MAIL_DSN_FINAL_RECIPIENT] = {"final-recipient", true},
	[MAIL_DSN_ORIGINAL_RECIPIENT] = {"original-recipient", true},
	[MAIL_DSN_ACTION] = {"action", false},
	[MAIL_DSN_STATUS] = {"status", false},
	[MAIL_DSN_REMOTE_MTA] = {"remote-mta", true},
	[MAIL_DSN_DIAGNOSTIC] = {"diagnostic-code", true},
	[MAIL_DSN_MESSAGE_ID] = {"message-id", false},
	[MAIL_DSN_TEXT_RECIPIENT] = {"text-recipient", false},
};

const char *
mail_dsn_what_name(enum mail_dsn_what what)
{
	return (unsigned)what < MAIL_DSN_WHAT_COUNT ? facts[what].name : "";
}

static void
mail_dsn_enter(struct mail_dsn *d, enum mail_dsn_state state)
{
	d->state = state;
}

void
mail_dsn_reset(struct mail_dsn *d)
{
	memset(d, 0, offsetof(struct mail_dsn, boundary));
	mail_line_reset(&d->line);
	mail_dsn_enter(d, MAIL_DSN_OFF);
}

/* RFC 2045 5.1: the value of one parameter, without its quotes. */
static struct span
parameter(struct span content_type, struct span name)
{
	struct mail_token t;

	while (mail_token_next(&content_type, ";", &t)) {
		struct span value;

		if (t.kind != MAIL_TOKEN_WORD || !span_starts_nocase(t.text, name) ||
			t.text.len <= name.len || t.text.at[name.len] != '=')
			continue;
		value = span_slice(t.text, name.len + 1, t.text.len);
		if (value.len >= 2 && value.at[0] == '"' &&
			value.at[value.len - 1] == '"')
			value = span_slice(value, 1, value.len - 1);
		return value;
	}
	return SPAN_NONE;
}

static struct span
media_type(struct span content_type)
{
	struct mail_token t;

	return mail_token_next(&content_type, ";", &t) ? t.text : SPAN_NONE;
}

/* RFC 3462 2. Exim and qmail write plain text, or name no type at all. */
void
mail_dsn_begin(struct mail_dsn *d, struct span content_type)
{
	struct span type = media_type(content_type);
	struct span boundary = parameter(content_type, SPAN_LITERAL("boundary"));
	struct span report = parameter(content_type, SPAN_LITERAL("report-type"));

	if (span_equal_nocase(type, SPAN_LITERAL("multipart/report")) &&
		span_equal_nocase(report, SPAN_LITERAL("delivery-status")) &&
		boundary.len && boundary.len <= MAIL_BOUNDARY_MAX) {
		memcpy(d->boundary, boundary.at, boundary.len);
		d->boundary_len = (uint8_t)boundary.len;
		d->kind = MAIL_DSN_REPORT;
		mail_dsn_enter(d, MAIL_DSN_IN_PART);
	} else if (type.len == 0 || span_equal_nocase(type, SPAN_LITERAL("text/plain"))) {
		mail_dsn_enter(d, MAIL_DSN_IN_START);
	}
}

/* --- fields ------------------------------------------------------------------------- */

static void
append(struct mail_dsn *d, struct span s)
{
	size_t room = MAIL_DSN_FIELD_MAX - d->field_len;
	size_t n = s.len < room ? s.len : room;

	if (n)
		memcpy(d->field[d->slot] + d->field_len, s.at, n);
	d->field_len = (uint16_t)(d->field_len + n);
	d->pending_cut |= n < s.len;
}

static void
begin_field(struct mail_dsn *d, struct span line)
{
	d->slot ^= 1;
	d->field_len = 0;
	d->pending = true;
	d->pending_cut = false;
	append(d, line);
}

/* The field in hand, named name and with value. */
static bool
take_field(struct mail_dsn *d, struct span *name, struct span *value)
{
	struct span field = span_of(d->field[d->slot], d->field_len);
	size_t colon = span_find(field, ':');

	if (!d->pending || colon == field.len)
		return false;
	*name = span_trim(span_slice(field, 0, colon));
	*value = span_trim(span_slice(field, colon + 1, field.len));
	return true;
}

static void
split_type(struct mail_dsn_fact *out)
{
	size_t semicolon = span_find(out->value, ';');

	if (semicolon == out->value.len)
		return;
	out->type = span_trim(span_slice(out->value, 0, semicolon));
	out->value = span_trim(span_slice(out->value, semicolon + 1, out->value.len));
}

static bool
give_status(struct mail_dsn *d, struct span name, struct span value,
	struct mail_dsn_fact *out)
{
	for (unsigned i = 0; i < MAIL_DSN_MESSAGE_ID; i++) {
		if (!span_equal_nocase(name, span_of_text(facts[i].name)))
			continue;
		*out = (struct mail_dsn_fact){.what = (enum mail_dsn_what)i,
			.group = d->group,
			.cut = d->pending_cut,
			.value = value};
		if (facts[i].typed)
			split_type(out);
		return true;
	}
	return false;
}

/* A part's own header: what follows it (RFC 3462 2). */
static void
note_part_type(struct mail_dsn *d, struct span name, struct span value)
{
	struct span type = media_type(value);

	if (!span_equal_nocase(name, SPAN_LITERAL("Content-Type")))
		return;
	if (span_equal_nocase(type, SPAN_LITERAL("message/delivery-status")) ||
		span_equal_nocase(type, SPAN_LITERAL("message/global-delivery-status")))
		d->part = MAIL_DSN_IN_STATUS;
	else if (span_equal_nocase(type, SPAN_LITERAL("message/rfc822")) ||
		 span_equal_nocase(type, SPAN_LITERAL("message/global")) ||
		 span_equal_nocase(type, SPAN_LITERAL("message/global-headers")) ||
		 span_equal_nocase(type, SPAN_LITERAL("text/rfc822-headers")))
		d->part = MAIL_DSN_IN_RETURNED;
}

/* What the field in hand says, in the state it was read in. */
static bool
end_field(struct mail_dsn *d, struct mail_dsn_fact *out)
{
	struct span name, value;
	bool have = take_field(d, &name, &value);

	d->pending = false;
	if (!have)
		return false;
	if (d->state == MAIL_DSN_IN_HEAD)
		note_part_type(d, name, value);
	if (d->state == MAIL_DSN_IN_STATUS) {
		d->group_open = true;
		return give_status(d, name, value, out);
	}
	if (d->state != MAIL_DSN_IN_RETURNED ||
		!span_equal_nocase(name, SPAN_LITERAL("Message-ID")))
		return false;
	*out = (struct mail_dsn_fact){
		.what = MAIL_DSN_MESSAGE_ID, .cut = d->pending_cut, .value = value};
	return true;
}

/* --- lines -------------------------------------------------------------------------- */

/* RFC 2046 5.1.1: "--" boundary; with "--" behind it, the last. */
static bool
is_boundary(const struct mail_dsn *d, struct span line, bool *last)
{
	struct span boundary = span_of(d->boundary, d->boundary_len);
	struct span rest = span_slice(line, 2, line.len);

	if (d->boundary_len == 0 || line.len < 2 || line.at[0] != '-' ||
		line.at[1] != '-' || rest.len < boundary.len ||
		!span_equal(span_slice(rest, 0, boundary.len), boundary))
		return false;
	rest = span_trim(span_slice(rest, boundary.len, rest.len));
	*last = span_equal(rest, SPAN_LITERAL("--"));
	return *last || rest.len == 0;
}

/* An empty line ends a part's header, a group of status fields, a returned header. */
static void
empty_line(struct mail_dsn *d)
{
	if (d->state == MAIL_DSN_IN_HEAD) {
		mail_dsn_enter(d, d->part);
	} else if (d->state == MAIL_DSN_IN_STATUS) {
		if (d->group_open && d->group < UINT16_MAX)
			d->group++;
		d->group_open = false;
	} else if (d->boundary_len) {
		mail_dsn_enter(d, MAIL_DSN_IN_PART);
	} else {
		mail_dsn_enter(d, MAIL_DSN_OFF);
	}
}

static bool
field_line(struct mail_dsn *d, struct span line, struct mail_dsn_fact *out)
{
	bool have;

	if (line.len && dis_is_blank(line.at[0])) {
		if (d->pending)
			append(d, line);
		return false;
	}
	have = end_field(d, out);
	if (line.len == 0)
		empty_line(d);
	else
		begin_field(d, line);
	return have;
}

static bool
boundary_line(struct mail_dsn *d, bool last, struct mail_dsn_fact *out)
{
	bool have = end_field(d, out);

	d->part = MAIL_DSN_IN_PART;
	mail_dsn_enter(d, last ? MAIL_DSN_OFF : MAIL_DSN_IN_HEAD);
	return have;
}

static void
start_line(struct mail_dsn *d, struct span line)
{
	if (span_starts_nocase(line, SPAN_LITERAL("Hi. This is the ")) &&
		span_search_nocase(line, SPAN_LITERAL(" program at ")) < line.len)
		d->kind = MAIL_DSN_QMAIL;
	else if (span_starts_nocase(line,
			 SPAN_LITERAL("This message was created automatically by mail "
				      "delivery software")))
		d->kind = MAIL_DSN_EXIM;
	if (d->kind != MAIL_DSN_NONE)
		mail_dsn_enter(d, MAIL_DSN_IN_TEXT);
	else if (++d->lines == START_LINES)
		mail_dsn_enter(d, MAIL_DSN_OFF);
}

/* qmail: "<user@domain>:" at the line's start. */
static struct span
qmail_recipient(struct span line)
{
	if (line.len < 4 || line.at[0] != '<' || line.at[line.len - 1] != ':' ||
		line.at[line.len - 2] != '>')
		return SPAN_NONE;
	return span_slice(line, 1, line.len - 2);
}

/* Exim: the address alone, two blanks before it; reasons stand further in. */
static struct span
exim_recipient(struct span line)
{
	struct span s = span_trim(line);

	if (line.len < 3 || line.at[0] != ' ' || line.at[1] != ' ' || line.at[2] == ' ' ||
		span_find(s, ' ') < s.len || span_find(s, '@') == s.len)
		return SPAN_NONE;
	return s;
}

/* qmail: "--- Below this line is a copy of the message." Exim: "------ This is a copy".
 */
static bool
text_line(struct mail_dsn *d, struct span line, struct mail_dsn_fact *out)
{
	struct span recipient =
		d->kind == MAIL_DSN_QMAIL ? qmail_recipient(line) : exim_recipient(line);

	if (span_starts_nocase(line, SPAN_LITERAL("---")) &&
		span_search_nocase(line, SPAN_LITERAL("copy of the message")) <
			line.len) {
		mail_dsn_enter(d, MAIL_DSN_IN_RETURNED);
		return false;
	}
	if (recipient.len == 0)
		return false;
	if (d->group < UINT16_MAX)
		d->group++;
	*out = (struct mail_dsn_fact){
		.what = MAIL_DSN_TEXT_RECIPIENT, .group = d->group, .value = recipient};
	return true;
}

/* Both leave an empty line between that mark and the returned header. */
static bool
is_empty_before_returned(const struct mail_dsn *d, struct span line)
{
	return d->state == MAIL_DSN_IN_RETURNED && d->boundary_len == 0 && !d->pending &&
	       line.len == 0;
}

static bool
one_line(struct mail_dsn *d, struct span line, struct mail_dsn_fact *out)
{
	bool last;

	if (is_boundary(d, line, &last))
		return boundary_line(d, last, out);
	switch (d->state) {
	case MAIL_DSN_IN_HEAD:
	case MAIL_DSN_IN_STATUS:
	case MAIL_DSN_IN_RETURNED:
		return !is_empty_before_returned(d, line) && field_line(d, line, out);
	case MAIL_DSN_IN_START:
		start_line(d, line);
		return false;
	case MAIL_DSN_IN_TEXT:
		return text_line(d, line, out);
	case MAIL_DSN_IN_PART:
	case MAIL_DSN_OFF:
		break;
	}
	return false;
}

enum dis_status
mail_dsn_next(struct mail_dsn *d, struct span *in, struct mail_dsn_fact *out)
{
	while (in->len && !mail_dsn_is_off(d)) {
		struct span head = span_slice(*in, 0, MAIL_DSN_BODY_MAX - d->octets);
		size_t before = head.len;
		struct span line;
		enum dis_status status = mail_line_next(&d->line, &head, &line);

		before -= head.len;
		d->octets += (uint32_t)before;
		*in = span_slice(*in, before, in->len);
		if (status == DIS_OK && one_line(d, line, out))
			return DIS_OK;
		if (d->octets == MAIL_DSN_BODY_MAX)
			mail_dsn_enter(d, MAIL_DSN_OFF);
	}
	*in = SPAN_NONE;
	return DIS_MORE;
}

/* The last line may lack its LF; a field ends with the body. */
enum dis_status
mail_dsn_flush(struct mail_dsn *d, struct mail_dsn_fact *out)
{
	struct span line;

	if (mail_dsn_is_off(d))
		return DIS_MORE;
	if (mail_line_flush(&d->line, &line) && one_line(d, line, out))
		return DIS_OK;
	return end_field(d, out) ? DIS_OK : DIS_MORE;
}

/* The rest of the line in hand is taken for a line; no field or recipient looks like it.
 */
void
mail_dsn_gap(struct mail_dsn *d)
{
	if (mail_dsn_is_off(d))
		return;
	d->pending = false;
	mail_line_reset(&d->line);
	mail_dsn_enter(d, d->boundary_len ? MAIL_DSN_IN_PART : MAIL_DSN_OFF);
}
