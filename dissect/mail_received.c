/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_received.h"

#include "mail_from.h"
#include "mail_token.h"

/* Where the clauses stand, as offsets into the value. */
struct layout {
	size_t from_begin, from_end;
	size_t by_begin, by_end;
	size_t date_begin; /* the value's length if there is none */
	bool has_from;
	unsigned by_count;
	struct span lead; /* a comment at the very front */
	bool broken;
};

/* Of the by clause: what the next word is. */
enum expect {
	EXPECT_CLAUSE,
	EXPECT_HOST,
	EXPECT_WITH,
	EXPECT_ID,
	EXPECT_FOR,
	EXPECT_ENVELOPE,
	EXPECT_VIA
};

struct by_reader {
	struct mail_received *out;
	enum expect expect;
	bool after_for;
	bool auth;
	bool tls;
};

const char *
mail_auth_reason_name(enum mail_auth_reason reason)
{
	static const char *const names[] = {
		"nothing", "keyword", "comment", "local", "hidden", "odd"};

	return (unsigned)reason < sizeof(names) / sizeof(names[0]) ? names[reason]
								   : "nothing";
}

static bool
is_word(const struct mail_token *t, const char *word)
{
	return t->kind == MAIL_TOKEN_WORD &&
	       span_equal_nocase(t->text, span_of_text(word));
}

/* The last by counts: what stands before it may be the client's. */
static void
lay_out(struct span value, struct layout *l)
{
	struct span rest = value;
	struct mail_token t;
	bool first = true;

	*l = (struct layout){.date_begin = value.len, .by_end = value.len};
	for (size_t begin = 0; mail_token_next(&rest, ";", &t); first = false) {
		size_t end = rest.len ? (size_t)(rest.at - value.at) : value.len;

		if (first && is_word(&t, "from")) {
			l->has_from = true;
			l->from_begin = end;
		} else if (first && t.kind == MAIL_TOKEN_COMMENT) {
			l->lead = span_trim(t.text);
		} else if (is_word(&t, "by")) {
			l->by_count++;
			l->from_end = begin;
			l->by_begin = end;
			l->by_end = l->date_begin = value.len;
		} else if (t.kind == MAIL_TOKEN_SEPARATOR) {
			l->by_end = begin;
			l->date_begin = end;
		}
		l->broken |= t.kind == MAIL_TOKEN_BROKEN;
		begin = end;
	}
}

/*
 * Exim: "(envelope-from <sender>)". Comments know no quoted strings, so a sender such as
 * <"a) id x"@b> closes the comment early: then the angle bracket in it is not closed.
 */
static void
take_envelope_comment(struct span comment, struct mail_received *out)
{
	struct span rest = span_slice(comment, sizeof("envelope-from") - 1, comment.len);
	struct mail_token t;

	if (!mail_token_next(&rest, "", &t) || t.kind != MAIL_TOKEN_ANGLE || rest.len) {
		out->odd = true;
		return;
	}
	out->envelope_from = t.text;
	out->has_envelope_from = true;
}

static void
take_by_comment(struct by_reader *r, struct span comment)
{
	struct mail_received *out = r->out;
	enum mail_mta mta = mail_mta_of_comment(comment);

	if (out->mta == MAIL_MTA_UNKNOWN)
		out->mta = mta;
	if (mail_comment_is_tls(comment))
		r->tls = true;
	if (r->after_for)
		return;
	if (mail_comment_is_auth(comment))
		r->auth = true;
	if (span_starts_nocase(comment, SPAN_LITERAL("envelope-from")))
		take_envelope_comment(comment, out);
	/* Postfix, Sendmail */
	if ((mta == MAIL_MTA_POSTFIX &&
		    span_search_nocase(comment, SPAN_LITERAL("from userid")) <
			    comment.len) ||
		(mta == MAIL_MTA_SENDMAIL &&
			span_ends_nocase(comment, SPAN_LITERAL("/Submit"))))
		out->local = true;
	if (out->with == MAIL_WITH_NONE && ip_addr_is_none(&out->by_addr))
		(void)ip_addr_parse(comment, &out->by_addr);
}

static enum expect
clause_of(const struct by_reader *r, const struct mail_token *t)
{
	static const struct {
		const char *word;
		enum expect expect;
	} clauses[] = {{"with", EXPECT_WITH}, {"id", EXPECT_ID}, {"via", EXPECT_VIA},
		{"envelope-from", EXPECT_ENVELOPE}, {"for", EXPECT_FOR}};

	for (size_t i = 0; !r->after_for && i < sizeof(clauses) / sizeof(clauses[0]); i++)
		if (is_word(t, clauses[i].word))
			return clauses[i].expect;
	return EXPECT_CLAUSE;
}

static void
set_once(struct span *to, struct span text)
{
	if (to->len == 0)
		*to = text;
}

static void
take_with(struct by_reader *r, struct span text)
{
	struct mail_received *out = r->out;

	if (out->with != MAIL_WITH_NONE)
		return;
	out->with_text = text;
	out->with = mail_with_of(text);
	if (out->with == MAIL_WITH_MICROSOFT || out->with == MAIL_WITH_MAPI)
		out->mta = MAIL_MTA_EXCHANGE;
}

/* A word or path in the place that a clause's word opened. */
static void
take_argument(struct by_reader *r, struct span text)
{
	struct mail_received *out = r->out;

	switch (r->expect) {
	case EXPECT_HOST:
		out->by_host = text;
		break;
	case EXPECT_WITH:
		take_with(r, text);
		break;
	case EXPECT_ID:
		set_once(&out->id, text);
		break;
	case EXPECT_FOR:
		set_once(&out->for_address, text);
		r->after_for = true;
		break;
	case EXPECT_ENVELOPE:
		set_once(&out->envelope_from, text);
		out->has_envelope_from = true;
		break;
	case EXPECT_VIA:
	case EXPECT_CLAUSE:
		break;
	}
	r->expect = EXPECT_CLAUSE;
}

static void
read_by(struct span clause, struct by_reader *r)
{
	struct mail_token t;

	while (mail_token_next(&clause, ";", &t)) {
		if (t.kind == MAIL_TOKEN_COMMENT) {
			take_by_comment(r, span_trim(t.text));
			continue;
		}
		if (t.kind == MAIL_TOKEN_SEPARATOR)
			continue;
		if (r->expect == EXPECT_CLAUSE)
			r->expect = clause_of(r, &t);
		else
			take_argument(r, t.text);
	}
	if (r->out->mta == MAIL_MTA_UNKNOWN)
		r->out->mta = mail_mta_of_host(r->out->by_host);
}

/* Sendmail: "(from user@host) by …"; qmail: "(qmail 123 invoked by uid 0)". */
static void
read_lead(struct span lead, struct mail_received *out)
{
	if (span_starts_nocase(lead, SPAN_LITERAL("from ")))
		out->local = true;
	if (span_starts_nocase(lead, SPAN_LITERAL("qmail "))) {
		out->mta = MAIL_MTA_QMAIL;
		out->local =
			span_search_nocase(lead, SPAN_LITERAL("invoked by")) < lead.len;
	}
}

/* CommuniGate Pro and Exim put an address alone; others put there what HELO said. */
static void
read_from(const struct mail_from *from, struct mail_received *out)
{
	bool alone = out->mta == MAIL_MTA_EXIM || out->mta == MAIL_MTA_COMMUNIGATE;

	out->from_helo = from->helo;
	out->from_rdns = from->rdns;
	out->from_addr = from->addr;
	out->local |= from->local;
	out->odd |= from->odd;
	/* Exim writes one, and the client's ident behind it: a second one is forged. */
	out->odd |= out->mta == MAIL_MTA_EXIM && from->addrs > 1;
	if (alone && ip_addr_is_none(&from->addr))
		out->from_addr = from->bare;
	if (out->mta == MAIL_MTA_EXIM && out->from_rdns.len == 0 &&
		!ip_addr_equal(&from->addr, &from->bare))
		out->from_rdns = from->helo;
	if (out->mta == MAIL_MTA_UNKNOWN && from->helo_comment)
		out->mta = MAIL_MTA_QMAIL;
}

static void
decide_auth(const struct mail_received *r, bool comment, enum mail_answer *answer,
	enum mail_auth_reason *reason)
{
	enum mail_answer keyword = mail_with_auth(r->with);

	*answer = MAIL_UNKNOWN;
	*reason = MAIL_AUTH_NOTHING;
	if (r->odd) {
		*reason = MAIL_AUTH_ODD;
	} else if (r->local || r->with == MAIL_WITH_LOCAL) {
		*reason = MAIL_AUTH_LOCAL;
	} else if (comment) {
		*answer = MAIL_YES;
		*reason = MAIL_AUTH_COMMENT;
	} else if (mail_mta_hides_auth(r->mta) && keyword != MAIL_YES) {
		*reason = MAIL_AUTH_HIDDEN;
	} else if (keyword != MAIL_UNKNOWN) {
		*answer = keyword;
		*reason = MAIL_AUTH_KEYWORD;
	}
}

static enum mail_answer
decide_tls(const struct mail_received *r, bool comment)
{
	enum mail_answer keyword = mail_with_tls(r->with);

	if (comment || keyword == MAIL_YES)
		return MAIL_YES;
	return mail_mta_hides_auth(r->mta) ? MAIL_UNKNOWN : keyword;
}

static void
decide(const struct mail_from *from, const struct by_reader *by,
	struct mail_received *out)
{
	bool account = out->mta == MAIL_MTA_COMMUNIGATE && from->account.len;

	decide_auth(out, from->auth || by->auth || account, &out->authenticated,
		&out->auth_reason);
	out->tls = decide_tls(out, from->tls || by->tls);
	if (out->with == MAIL_WITH_LOCAL)
		out->local = true;
	if (out->mta == MAIL_MTA_EXCHANGE)
		out->id = SPAN_NONE;
	if (out->odd) {
		memset(&out->from_addr, 0, sizeof(out->from_addr));
		out->tls = MAIL_UNKNOWN;
	}
}

bool
mail_received_parse(struct span value, struct mail_received *out)
{
	struct layout l;
	struct mail_from from;
	struct by_reader by = {.out = out, .expect = EXPECT_HOST};

	memset(out, 0, sizeof(*out));
	lay_out(value, &l);
	out->odd = l.broken || l.by_count > 1 || (l.has_from && l.by_count == 0);
	read_lead(l.lead, out);
	if (l.by_count)
		read_by(span_slice(value, l.by_begin, l.by_end), &by);
	mail_from_parse(l.has_from && l.by_count
				? span_slice(value, l.from_begin, l.from_end)
				: SPAN_NONE,
		&from);
	read_from(&from, out);
	decide(&from, &by, out);
	out->has_date =
		mail_date_parse(span_slice(value, l.date_begin, value.len), &out->date);
	return !out->odd && l.by_count == 1;
}
