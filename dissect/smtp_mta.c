/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_meaning.h"
#include "smtp_fold.h"

static const char *const names[SMTP_MTA_COUNT] = {
	[SMTP_MTA_POSTFIX] = "Postfix",
	[SMTP_MTA_EXIM] = "Exim",
	[SMTP_MTA_SENDMAIL] = "Sendmail",
	[SMTP_MTA_OPENSMTPD] = "OpenSMTPD",
	[SMTP_MTA_EXCHANGE] = "Exchange",
	[SMTP_MTA_QMAIL] = "qmail",
	[SMTP_MTA_COURIER] = "Courier",
	[SMTP_MTA_HARAKA] = "Haraka",
	[SMTP_MTA_STALWART] = "Stalwart",
	[SMTP_MTA_MDAEMON] = "MDaemon",
	[SMTP_MTA_HMAIL] = "hMailServer",
	[SMTP_MTA_LOTUS] = "Domino",
	[SMTP_MTA_GMAIL] = "Gmail",
};

const char *
smtp_mta_name(enum smtp_mta mta)
{
	return (unsigned)mta < SMTP_MTA_COUNT ? names[mta] : NULL;
}

enum smtp_mta
smtp_mta_of_name(struct span name)
{
	for (int m = SMTP_MTA_UNKNOWN + 1; m < SMTP_MTA_COUNT; m++)
		if (span_equal(name, span_of_text(names[m])))
			return (enum smtp_mta)m;
	return SMTP_MTA_UNKNOWN;
}

struct wording {
	struct span text;
	enum smtp_mta mta;
};

static const struct wording banners[] = {
	{SPAN_LITERAL("opensmtpd"), SMTP_MTA_OPENSMTPD},
	{SPAN_LITERAL("postfix"), SMTP_MTA_POSTFIX},
	{SPAN_LITERAL("exim"), SMTP_MTA_EXIM},
	{SPAN_LITERAL("sendmail"), SMTP_MTA_SENDMAIL},
	{SPAN_LITERAL("microsoft esmtp"), SMTP_MTA_EXCHANGE},
	{SPAN_LITERAL("microsoft smtp"), SMTP_MTA_EXCHANGE},
	{SPAN_LITERAL("microsoft exchange"), SMTP_MTA_EXCHANGE},
	{SPAN_LITERAL("qmail"), SMTP_MTA_QMAIL},
	{SPAN_LITERAL("courier"), SMTP_MTA_COURIER},
	{SPAN_LITERAL("haraka"), SMTP_MTA_HARAKA},
	{SPAN_LITERAL("stalwart"), SMTP_MTA_STALWART},
	{SPAN_LITERAL("mdaemon"), SMTP_MTA_MDAEMON},
	{SPAN_LITERAL("hmailserver"), SMTP_MTA_HMAIL},
	{SPAN_LITERAL("lotus"), SMTP_MTA_LOTUS},
	{SPAN_LITERAL("ibm domino"), SMTP_MTA_LOTUS},
	{SPAN_LITERAL("hcl domino"), SMTP_MTA_LOTUS},
	{SPAN_LITERAL("gsmtp"), SMTP_MTA_GMAIL},
};

/* Wording of one server alone; the first that fits decides. */
static const struct wording replies[] = {
	{SPAN_LITERAL("gsmtp"), SMTP_MTA_GMAIL},
	{SPAN_LITERAL("tenantattribution"), SMTP_MTA_EXCHANGE},
	{SPAN_LITERAL("queued mail for delivery"), SMTP_MTA_EXCHANGE},
	{SPAN_LITERAL("start mail input; end with"), SMTP_MTA_EXCHANGE},
	{SPAN_LITERAL("smtp; unable to relay"), SMTP_MTA_EXCHANGE},
	{SPAN_LITERAL("smtp; client was not authenticated"), SMTP_MTA_EXCHANGE},
	{SPAN_LITERAL("resolver.adr."), SMTP_MTA_EXCHANGE},
	{SPAN_LITERAL("ok: queued as "), SMTP_MTA_POSTFIX},
	{SPAN_LITERAL(" bytes queued as "), SMTP_MTA_POSTFIX},
	{SPAN_LITERAL("recipient table"), SMTP_MTA_POSTFIX},
	{SPAN_LITERAL("mailbox table"), SMTP_MTA_POSTFIX},
	{SPAN_LITERAL("recipient address rejected: "), SMTP_MTA_POSTFIX},
	{SPAN_LITERAL("sender address rejected: "), SMTP_MTA_POSTFIX},
	{SPAN_LITERAL("client host rejected: "), SMTP_MTA_POSTFIX},
	{SPAN_LITERAL("@ relay access denied"), SMTP_MTA_POSTFIX},
	{SPAN_LITERAL("ok id="), SMTP_MTA_EXIM},
	{SPAN_LITERAL("relay not permitted"), SMTP_MTA_EXIM},
	{SPAN_LITERAL("unrouteable address"), SMTP_MTA_EXIM},
	{SPAN_LITERAL("all rcpt commands were rejected with this error"), SMTP_MTA_EXIM},
	{SPAN_LITERAL("enter message, ending with"), SMTP_MTA_EXIM},
	{SPAN_LITERAL("byte chunk"), SMTP_MTA_EXIM},
	{SPAN_LITERAL("destination address valid"), SMTP_MTA_OPENSMTPD},
	{SPAN_LITERAL("invalid command: "), SMTP_MTA_OPENSMTPD},
	{SPAN_LITERAL("@ sender ok"), SMTP_MTA_SENDMAIL},
	{SPAN_LITERAL("@ recipient ok"), SMTP_MTA_SENDMAIL},
	{SPAN_LITERAL("@ relaying denied"), SMTP_MTA_SENDMAIL},
	{SPAN_LITERAL("@ user unknown"), SMTP_MTA_SENDMAIL},
	{SPAN_LITERAL("in my list of allowed rcpthosts"), SMTP_MTA_QMAIL},
	{SPAN_LITERAL("no mailbox here by that name"), SMTP_MTA_QMAIL},
	{SPAN_LITERAL("go ahead, make my day"), SMTP_MTA_HARAKA},
	{SPAN_LITERAL("i cannot deliver mail for"), SMTP_MTA_HARAKA},
	{SPAN_LITERAL("message queued ("), SMTP_MTA_HARAKA},
	{SPAN_LITERAL("message queued with id "), SMTP_MTA_STALWART},
	{SPAN_LITERAL("ok, message saved"), SMTP_MTA_MDAEMON},
	{SPAN_LITERAL("delivery is not allowed to this address."), SMTP_MTA_HMAIL},
	{SPAN_LITERAL("relay rejected for policy reasons"), SMTP_MTA_LOTUS},
	{SPAN_LITERAL("not listed in domino directory"), SMTP_MTA_LOTUS},
};

static enum smtp_mta
find(struct span text, const struct wording *table, size_t n)
{
	struct smtp_fold f;

	smtp_fold_init(&f, text);
	for (size_t i = 0; i < n; i++)
		if (smtp_fold_has(&f, table[i].text))
			return table[i].mta;
	return SMTP_MTA_UNKNOWN;
}

static size_t
word_length(struct span s)
{
	size_t n = 0;

	while (n < s.len && !dis_is_blank(s.at[n]) && s.at[n] != '\n')
		n++;
	return n;
}

/*
 * A host may be called sendmail.example.org, or sendmail, and run anything: its name does
 * not count.
 */
enum smtp_mta
smtp_mta_of_banner(struct span text)
{
	struct span s = span_trim(text);
	size_t host = smtp_banner_host(s).len;

	if (word_length(s) == s.len)
		return SMTP_MTA_UNKNOWN;
	return find(span_slice(s, host, s.len), banners,
		sizeof(banners) / sizeof(banners[0]));
}

enum smtp_mta
smtp_mta_of_reply(const struct smtp_reply *reply)
{
	uint64_t seconds;
	struct span qp = smtp_queue_id(reply);

	if (reply->code == 513) /* Courier's own for "Relaying denied." */
		return SMTP_MTA_COURIER;
	if (span_search_nocase(qp, SPAN_LITERAL(" qp ")) < qp.len &&
		span_number(span_slice(qp, 0, span_find(qp, ' ')), UINT32_MAX, &seconds))
		return SMTP_MTA_QMAIL;
	return find(reply->text, replies, sizeof(replies) / sizeof(replies[0]));
}

/* What follows a host's name in a greeting, where even one without a dot is a name. */
static bool
is_service_word(struct span word)
{
	return span_equal_nocase(word, SPAN_LITERAL("ESMTP")) ||
	       span_equal_nocase(word, SPAN_LITERAL("SMTP")) ||
	       span_equal_nocase(word, SPAN_LITERAL("LMTP")) ||
	       span_equal_nocase(word, SPAN_LITERAL("ESMTPS")) ||
	       span_equal_nocase(word, SPAN_LITERAL("Microsoft"));
}

static bool
is_host(struct span word)
{
	bool literal = word.len > 2 && word.at[0] == '[' && word.at[word.len - 1] == ']';
	struct span s = literal ? span_slice(word, 1, word.len - 1) : word;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.at[i];

		if (!dis_is_alpha(c) && !dis_is_digit(c) && c != '-' && c != '.' &&
			c != '_' && c < 0x80 && !(literal && c == ':'))
			return false;
	}
	return s.len > 0 &&
	       (dis_is_alpha(s.at[0]) || dis_is_digit(s.at[0]) || s.at[0] >= 0x80);
}

struct span
smtp_banner_host(struct span text)
{
	struct span s = span_trim(text);
	struct span word = span_slice(s, 0, word_length(s));
	struct span rest = span_trim(span_slice(s, word.len, s.len));

	if (!is_host(word))
		return SPAN_NONE;
	if (span_find(word, '.') < word.len || word.at[0] == '[')
		return word;
	if (is_service_word(word) ||
		!is_service_word(span_slice(rest, 0, word_length(rest))))
		return SPAN_NONE;
	return word;
}
