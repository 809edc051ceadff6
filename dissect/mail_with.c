/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_with.h"

struct entry {
	const char *name;
	enum mail_answer auth, tls;
};

static const struct entry table[MAIL_WITH_COUNT] = {
	[MAIL_WITH_NONE] = {"", MAIL_UNKNOWN, MAIL_UNKNOWN},
	[MAIL_WITH_SMTP] = {"SMTP", MAIL_NO, MAIL_NO},
	[MAIL_WITH_SMTPS] = {"SMTPS", MAIL_NO, MAIL_YES},
	[MAIL_WITH_ESMTP] = {"ESMTP", MAIL_NO, MAIL_NO},
	[MAIL_WITH_ESMTPS] = {"ESMTPS", MAIL_NO, MAIL_YES},
	[MAIL_WITH_ESMTPA] = {"ESMTPA", MAIL_YES, MAIL_NO},
	[MAIL_WITH_ESMTPSA] = {"ESMTPSA", MAIL_YES, MAIL_YES},
	[MAIL_WITH_LMTP] = {"LMTP", MAIL_NO, MAIL_NO},
	[MAIL_WITH_LMTPS] = {"LMTPS", MAIL_NO, MAIL_YES},
	[MAIL_WITH_LMTPA] = {"LMTPA", MAIL_YES, MAIL_NO},
	[MAIL_WITH_LMTPSA] = {"LMTPSA", MAIL_YES, MAIL_YES},
	[MAIL_WITH_UTF8SMTP] = {"UTF8SMTP", MAIL_NO, MAIL_NO},
	[MAIL_WITH_UTF8SMTPS] = {"UTF8SMTPS", MAIL_NO, MAIL_YES},
	[MAIL_WITH_UTF8SMTPA] = {"UTF8SMTPA", MAIL_YES, MAIL_NO},
	[MAIL_WITH_UTF8SMTPSA] = {"UTF8SMTPSA", MAIL_YES, MAIL_YES},
	[MAIL_WITH_UTF8LMTP] = {"UTF8LMTP", MAIL_NO, MAIL_NO},
	[MAIL_WITH_UTF8LMTPS] = {"UTF8LMTPS", MAIL_NO, MAIL_YES},
	[MAIL_WITH_UTF8LMTPA] = {"UTF8LMTPA", MAIL_YES, MAIL_NO},
	[MAIL_WITH_UTF8LMTPSA] = {"UTF8LMTPSA", MAIL_YES, MAIL_YES},
	[MAIL_WITH_ASMTP] = {"ASMTP", MAIL_YES, MAIL_UNKNOWN},
	[MAIL_WITH_LOCAL] = {"LOCAL", MAIL_UNKNOWN, MAIL_UNKNOWN},
	[MAIL_WITH_HTTP] = {"HTTP", MAIL_UNKNOWN, MAIL_UNKNOWN},
	[MAIL_WITH_HTTPS] = {"HTTPS", MAIL_UNKNOWN, MAIL_YES},
	[MAIL_WITH_MAPI] = {"MAPI", MAIL_UNKNOWN, MAIL_UNKNOWN},
	[MAIL_WITH_MICROSOFT] = {"Microsoft", MAIL_UNKNOWN, MAIL_UNKNOWN},
	[MAIL_WITH_POP3] = {"POP3", MAIL_UNKNOWN, MAIL_UNKNOWN},
	[MAIL_WITH_IMAP] = {"IMAP", MAIL_UNKNOWN, MAIL_UNKNOWN},
	[MAIL_WITH_OTHER] = {"other", MAIL_UNKNOWN, MAIL_UNKNOWN},
};

static const struct entry *
entry_of(enum mail_with with)
{
	return &table[(unsigned)with < MAIL_WITH_COUNT ? with : MAIL_WITH_OTHER];
}

enum mail_with
mail_with_of(struct span text)
{
	if (text.len == 0)
		return MAIL_WITH_NONE;
	/* Exim's -bs: SMTP over a pipe. */
	if (span_starts_nocase(text, SPAN_LITERAL("local-")))
		return MAIL_WITH_LOCAL;
	for (unsigned i = MAIL_WITH_SMTP; i < MAIL_WITH_OTHER; i++)
		if (span_equal_nocase(text, span_of_text(table[i].name)))
			return (enum mail_with)i;
	return MAIL_WITH_OTHER;
}

const char *
mail_with_name(enum mail_with with)
{
	return entry_of(with)->name;
}

enum mail_answer
mail_with_auth(enum mail_with with)
{
	return entry_of(with)->auth;
}

enum mail_answer
mail_with_tls(enum mail_with with)
{
	return entry_of(with)->tls;
}
