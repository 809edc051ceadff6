/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_meaning.h"
#include "smtp_fold.h"

static const char *const names[SMTP_RESULT_COUNT] = {
	[SMTP_RESULT_UNKNOWN] = "unknown",
	[SMTP_RESULT_ACCEPTED] = "accepted",
	[SMTP_RESULT_WEAK] = "weak",
	[SMTP_RESULT_REFUSED_RELAY] = "refused-relay",
	[SMTP_RESULT_REFUSED_AUTH] = "refused-auth",
	[SMTP_RESULT_REFUSED_USER] = "refused-user",
	[SMTP_RESULT_REFUSED_POLICY] = "refused-policy",
	[SMTP_RESULT_REFUSED_SYNTAX] = "refused-syntax",
	[SMTP_RESULT_REFUSED_OTHER] = "refused-other",
	[SMTP_RESULT_DEFERRED_GREYLIST] = "deferred-greylist",
	[SMTP_RESULT_DEFERRED] = "deferred",
};

const char *
smtp_result_name(enum smtp_result result)
{
	return (unsigned)result < SMTP_RESULT_COUNT ? names[result] : names[0];
}

enum smtp_result
smtp_result_of_name(struct span name)
{
	for (int r = 0; r < SMTP_RESULT_COUNT; r++)
		if (span_equal(name, span_of_text(names[r])))
			return (enum smtp_result)r;
	return SMTP_RESULT_UNKNOWN;
}

bool
smtp_result_is_refusal(enum smtp_result result)
{
	return result >= SMTP_RESULT_REFUSED_RELAY && result <= SMTP_RESULT_REFUSED_OTHER;
}

struct wording {
	struct span text;
	bool word; /* only as a word of its own */
	enum smtp_result result;
	/* Only with this enhanced code; 0.0: with any. */
	uint16_t subject, detail;
};

#define SAYS(text, what)                                                                 \
	{                                                                                \
		SPAN_LITERAL(text), false, SMTP_RESULT_##what, 0, 0                      \
	}
#define WORD(text, what)                                                                 \
	{                                                                                \
		SPAN_LITERAL(text), true, SMTP_RESULT_##what, 0, 0                       \
	}

/*
 * The first that fits decides. What names the sender, the client or a list comes before
 * relaying, since such texts speak of relays too ("open relay", "use your ISP's relay");
 * what says relaying comes before accounts and logging in, since such texts offer a way
 * out ("Relaying denied. Proper authentication required."); what may mean anything
 * ("access denied") comes last.
 */
static const struct wording wordings[] = {
	/* Grammar. */
	SAYS("need fully-qualified", REFUSED_SYNTAX),
	SAYS("restricted characters", REFUSED_SYNTAX),
	SAYS("malformed address", REFUSED_SYNTAX),
	SAYS("syntax error", REFUSED_SYNTAX),
	/* Lists of bad clients. */
	SAYS("greylist", DEFERRED_GREYLIST),
	SAYS("graylist", DEFERRED_GREYLIST),
	SAYS("grey-list", DEFERRED_GREYLIST),
	SAYS("grey list", DEFERRED_GREYLIST),
	SAYS("gray list", DEFERRED_GREYLIST),
	SAYS("postgrey", DEFERRED_GREYLIST),
	SAYS("blocked using", REFUSED_POLICY),
	SAYS("blacklist", REFUSED_POLICY),
	SAYS("black list", REFUSED_POLICY),
	SAYS("blocklist", REFUSED_POLICY),
	SAYS("block list", REFUSED_POLICY),
	SAYS("dnsbl", REFUSED_POLICY),
	WORD("rbl", REFUSED_POLICY),
	SAYS("not listed in", REFUSED_USER), /* … the directory, says Domino */
	SAYS("listed in", REFUSED_POLICY),
	SAYS("listed at", REFUSED_POLICY),
	SAYS("listed on", REFUSED_POLICY),
	SAYS("spamhaus", REFUSED_POLICY),
	SAYS("spamcop", REFUSED_POLICY),
	SAYS("reputation", REFUSED_POLICY),
	SAYS("open relay", REFUSED_POLICY),
	SAYS("open proxy", REFUSED_POLICY),
	SAYS("banned sending", REFUSED_POLICY),
	SAYS("dynamic ip", REFUSED_POLICY),
	SAYS("your isp", REFUSED_POLICY),
	/* The sender, and what is known of the client. */
	SAYS("sender address rejected: not logged in", REFUSED_AUTH),
	SAYS("sender address rejected", REFUSED_POLICY),
	SAYS("sender verify", REFUSED_POLICY),
	SAYS("sender rejected", REFUSED_POLICY),
	SAYS("sender denied", REFUSED_POLICY),
	SAYS("sender unknown", REFUSED_POLICY),
	SAYS("domain of sender", REFUSED_POLICY),
	SAYS("sender domain", REFUSED_POLICY),
	SAYS("callback setup failed", REFUSED_POLICY),
	SAYS("client host rejected", REFUSED_POLICY),
	SAYS("helo command rejected", REFUSED_POLICY),
	SAYS("cannot find your", REFUSED_POLICY),
	WORD("spf", REFUSED_POLICY),
	WORD("dkim", REFUSED_POLICY),
	WORD("dmarc", REFUSED_POLICY),
	/* Relaying. */
	SAYS("relay access denied", REFUSED_RELAY),
	SAYS("relaying denied", REFUSED_RELAY),
	SAYS("relay denied", REFUSED_RELAY),
	SAYS("relaying to @", REFUSED_RELAY),
	SAYS("relaying temporarily", REFUSED_RELAY),
	SAYS("relaying dis", REFUSED_RELAY),
	SAYS("relay not", REFUSED_RELAY),
	SAYS("relaying not", REFUSED_RELAY),
	SAYS("relay rejected", REFUSED_RELAY),
	SAYS("relay prohibited", REFUSED_RELAY),
	SAYS("relaying prohibited", REFUSED_RELAY),
	SAYS("relaying is", REFUSED_RELAY),
	SAYS("not relay", REFUSED_RELAY),
	SAYS("n't relay", REFUSED_RELAY),
	SAYS("cannot relay", REFUSED_RELAY),
	SAYS("no relay", REFUSED_RELAY),
	SAYS("to relay", REFUSED_RELAY),
	SAYS("for relay", REFUSED_RELAY),
	SAYS("as a relay", REFUSED_RELAY),
	SAYS("rcpthosts", REFUSED_RELAY),
	SAYS("isn't in my list", REFUSED_RELAY),
	SAYS("not in my list", REFUSED_RELAY),
	SAYS("cannot deliver mail for", REFUSED_RELAY),
	SAYS("delivery is not allowed to this address", REFUSED_RELAY),
	SAYS("not a gateway", REFUSED_RELAY),
	SAYS("user not local", REFUSED_RELAY),
	SAYS("non-accepted domain", REFUSED_RELAY),
	/* Exchange Online says so of mailboxes that it does not know; Postfix on 587 of
	   all. */
	{SPAN_LITERAL("recipient address rejected: access denied"), false,
		SMTP_RESULT_REFUSED_USER, 4, 1},
	SAYS("recipient address rejected: access denied", REFUSED_RELAY),
	/* The recipient. */
	SAYS("user unknown", REFUSED_USER),
	SAYS("unknown user", REFUSED_USER),
	SAYS("no such user", REFUSED_USER),
	SAYS("no such mailbox", REFUSED_USER),
	SAYS("no such recipient", REFUSED_USER),
	SAYS("no mailbox here", REFUSED_USER),
	SAYS("mailbox unavailable", REFUSED_USER),
	SAYS("mailbox not found", REFUSED_USER),
	SAYS("mailbox unknown", REFUSED_USER),
	SAYS("unknown mailbox", REFUSED_USER),
	SAYS("recipient unknown", REFUSED_USER),
	SAYS("unknown recipient", REFUSED_USER),
	SAYS("recipientnotfound", REFUSED_USER),
	SAYS("recipient not found", REFUSED_USER),
	SAYS("user not found", REFUSED_USER),
	SAYS("address unknown", REFUSED_USER),
	SAYS("unknown address", REFUSED_USER),
	SAYS("undeliverable address", REFUSED_USER),
	SAYS("unrouteable address", REFUSED_USER),
	SAYS("unroutable address", REFUSED_USER),
	SAYS("does not exist", REFUSED_USER),
	SAYS("doesn't exist", REFUSED_USER),
	SAYS("doesn't have a", REFUSED_USER),
	SAYS("not our customer", REFUSED_USER),
	/* Logging in, or TLS before it. */
	SAYS("authentication required", REFUSED_AUTH),
	SAYS("authentication is required", REFUSED_AUTH),
	SAYS("requires authentication", REFUSED_AUTH),
	SAYS("require authentication", REFUSED_AUTH),
	SAYS("without authentication", REFUSED_AUTH),
	SAYS("must authenticate", REFUSED_AUTH),
	SAYS("must be authenticated", REFUSED_AUTH),
	SAYS("need to authenticate", REFUSED_AUTH),
	SAYS("authenticate first", REFUSED_AUTH),
	SAYS("please authenticate", REFUSED_AUTH),
	SAYS("was not authenticated", REFUSED_AUTH),
	SAYS("auth command first", REFUSED_AUTH),
	SAYS("auth first", REFUSED_AUTH),
	SAYS("use smtp auth", REFUSED_AUTH),
	SAYS("log in first", REFUSED_AUTH),
	SAYS("login first", REFUSED_AUTH),
	SAYS("not logged in", REFUSED_AUTH),
	SAYS("check your mail first", REFUSED_AUTH),
	SAYS("pop before smtp", REFUSED_AUTH),
	SAYS("starttls command first", REFUSED_AUTH),
	SAYS("must use tls", REFUSED_AUTH),
	SAYS("tls required", REFUSED_AUTH),
	SAYS("requires tls", REFUSED_AUTH),
	SAYS("encryption required", REFUSED_AUTH),
	/* What may mean much. */
	WORD("relay", REFUSED_RELAY),
	WORD("relaying", REFUSED_RELAY),
	WORD("relayed", REFUSED_RELAY),
	SAYS("access denied", REFUSED_POLICY),
	SAYS("your access", REFUSED_POLICY),
	SAYS("policy", REFUSED_POLICY),
	SAYS("administrative prohibition", REFUSED_POLICY),
	SAYS("spam", REFUSED_POLICY),
	SAYS("virus", REFUSED_POLICY),
	SAYS("malware", REFUSED_POLICY),
	SAYS("unsolicited", REFUSED_POLICY),
	SAYS("suspicious", REFUSED_POLICY),
	SAYS("message rejected", REFUSED_POLICY),
	SAYS("message content", REFUSED_POLICY),
	SAYS("content reject", REFUSED_POLICY),
	SAYS("not verified", REFUSED_POLICY),
	SAYS("reverse dns", REFUSED_POLICY),
	WORD("ptr", REFUSED_POLICY),
	WORD("blocked", REFUSED_POLICY),
	WORD("banned", REFUSED_POLICY),
	SAYS("not be accepted from", REFUSED_POLICY),
	SAYS("too many", REFUSED_POLICY),
};

static enum smtp_result
of_wording(struct span text, const struct smtp_enhanced *e)
{
	struct smtp_fold f;

	smtp_fold_init(&f, text);
	for (size_t i = 0; i < sizeof(wordings) / sizeof(wordings[0]); i++) {
		const struct wording *w = &wordings[i];

		if (w->subject && (w->subject != e->subject || w->detail != e->detail))
			continue;
		if (w->word ? smtp_fold_has_word(&f, w->text)
			    : smtp_fold_has(&f, w->text))
			return w->result;
	}
	return SMTP_RESULT_UNKNOWN;
}

/* RFC 5321 4.2.2, RFC 4954 6, RFC 3207 4, 538 from RFC 2554 6. */
static enum smtp_result
of_code(uint16_t code, const struct smtp_enhanced *e)
{
	switch (code) {
	case 500:
	case 501:
	case 502:
	case 503:
	case 504:
	case 555:
		return SMTP_RESULT_REFUSED_SYNTAX;
	case 530:
	case 534:
	case 535:
	case 538:
		return SMTP_RESULT_REFUSED_AUTH;
	case 551: /* but Postfix's "551 5.0.0 Discarded 114 bytes after earlier error" */
		return e->class ? SMTP_RESULT_UNKNOWN : SMTP_RESULT_REFUSED_RELAY;
	default:
		return SMTP_RESULT_UNKNOWN;
	}
}

/* RFC 3463 3.2 and RFC 5248's registry: X.1 addresses. */
static enum smtp_result
of_address_detail(uint16_t detail)
{
	switch (detail) {
	case 0:
		return SMTP_RESULT_REFUSED_OTHER;
	case 3:
		return SMTP_RESULT_REFUSED_SYNTAX;
	case 7: /* the sender's syntax, the sender's host */
	case 8:
		return SMTP_RESULT_REFUSED_POLICY;
	default:
		return SMTP_RESULT_REFUSED_USER;
	}
}

/*
 * RFC 3463 3.8 and RFC 5248's registry: X.7 security. 54, 57 and 64 are
 * Exchange's. 5.7.1, "delivery not authorized", is what most servers put before a refusal
 * to relay.
 */
static enum smtp_result
of_security_detail(uint16_t detail)
{
	switch (detail) {
	case 1:
	case 54:
	case 64:
		return SMTP_RESULT_REFUSED_RELAY;
	case 0:
	case 3:
	case 8:
	case 9:
	case 10:
	case 11:
	case 57:
		return SMTP_RESULT_REFUSED_AUTH;
	default:
		return SMTP_RESULT_REFUSED_POLICY;
	}
}

static enum smtp_result
of_enhanced(const struct smtp_enhanced *e)
{
	switch (e->class ? e->subject : 0) {
	case 1:
		return of_address_detail(e->detail);
	case 2: /* 5.2.1: the mailbox is disabled */
		return e->detail == 1 ? SMTP_RESULT_REFUSED_USER
				      : SMTP_RESULT_REFUSED_OTHER;
	case 5:
		return SMTP_RESULT_REFUSED_SYNTAX;
	case 6:
		return SMTP_RESULT_REFUSED_POLICY;
	case 7:
		return of_security_detail(e->detail);
	default:
		return SMTP_RESULT_REFUSED_OTHER;
	}
}

/* The reply's own, or qmail's and IronPort's "(#5.7.1)", "#5.7.1 " within the text. */
static struct smtp_enhanced
enhanced_of(const struct smtp_reply *reply)
{
	struct smtp_enhanced e = reply->enhanced;
	size_t at = span_find(reply->text, '#');
	struct span code = span_slice(reply->text, at + 1, at + 12);

	code = span_slice(code, 0, span_find(code, ')'));
	if (e.class == 0)
		(void)smtp_enhanced_parse(&code, &e);
	return e;
}

/*
 * A refusal for now: greylisting; "we do not relay" and "log in first" are as good as
 * permanent, whatever the code (Debian's Postfix says 454).
 */
static enum smtp_result
of_deferral(uint16_t code, enum smtp_result said)
{
	if (said == SMTP_RESULT_DEFERRED_GREYLIST)
		return said;
	if (code != 421 &&
		(said == SMTP_RESULT_REFUSED_RELAY || said == SMTP_RESULT_REFUSED_AUTH))
		return said;
	return SMTP_RESULT_DEFERRED;
}

static enum smtp_result
of_refusal(uint16_t code, const struct smtp_enhanced *e, enum smtp_result said)
{
	enum smtp_result result = said;

	if (result == SMTP_RESULT_DEFERRED_GREYLIST)
		return SMTP_RESULT_REFUSED_POLICY;
	if (result == SMTP_RESULT_UNKNOWN)
		result = of_code(code, e);
	return result == SMTP_RESULT_UNKNOWN ? of_enhanced(e) : result;
}

enum smtp_result
smtp_result_of_reply(const struct smtp_reply *reply)
{
	struct smtp_enhanced e;

	if (reply->code < 200)
		return SMTP_RESULT_UNKNOWN;
	if (reply->code < 400)
		return reply->code == 252 ? SMTP_RESULT_WEAK : SMTP_RESULT_ACCEPTED;
	e = enhanced_of(reply);
	if (reply->code < 500)
		return of_deferral(reply->code, of_wording(reply->text, &e));
	return of_refusal(reply->code, &e, of_wording(reply->text, &e));
}
