/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_mta.h"

const char *
mail_mta_name(enum mail_mta mta)
{
	static const char *const names[MAIL_MTA_COUNT] = {
		[MAIL_MTA_POSTFIX] = "Postfix",
		[MAIL_MTA_EXIM] = "Exim",
		[MAIL_MTA_SENDMAIL] = "Sendmail",
		[MAIL_MTA_OPENSMTPD] = "OpenSMTPD",
		[MAIL_MTA_EXCHANGE] = "Exchange",
		[MAIL_MTA_QMAIL] = "qmail",
		[MAIL_MTA_COURIER] = "Courier",
		[MAIL_MTA_HARAKA] = "Haraka",
		[MAIL_MTA_STALWART] = "Stalwart",
		[MAIL_MTA_MDAEMON] = "MDaemon",
		[MAIL_MTA_LOTUS] = "Lotus Domino",
		[MAIL_MTA_GMAIL] = "Gmail",
		[MAIL_MTA_COMMUNIGATE] = "CommuniGate Pro",
		[MAIL_MTA_KERIO] = "Kerio Connect",
		[MAIL_MTA_AMAVIS] = "amavis",
		[MAIL_MTA_CYRUS] = "Cyrus",
		[MAIL_MTA_DOVECOT] = "Dovecot",
		[MAIL_MTA_FETCHMAIL] = "fetchmail",
	};

	return (unsigned)mta < MAIL_MTA_COUNT ? names[mta] : NULL;
}

/* Sendmail: version/configuration version, "8.17.1.9/8.17.1.9/Submit". */
static bool
is_sendmail_versions(struct span s)
{
	size_t slash = span_find(s, '/');

	if (s.len < 4 || s.at[0] != '8' || s.at[1] != '.' || slash + 1 >= s.len)
		return false;
	for (size_t i = 0; i < slash; i++)
		if (dis_is_blank(s.at[i]))
			return false;
	return true;
}

/* The name is followed by the comment's end, or by a blank, comma or slash. */
static bool
is_named(struct span comment, struct span name)
{
	uint8_t c;

	if (!span_starts_nocase(comment, name))
		return false;
	if (comment.len == name.len)
		return true;
	c = comment.at[name.len];
	return dis_is_blank(c) || c == ',' || c == '/' || c == '-';
}

enum mail_mta
mail_mta_of_comment(struct span comment)
{
	static const struct {
		const char *name;
		enum mail_mta mta;
	} table[] = {{"Postfix", MAIL_MTA_POSTFIX}, {"Exim", MAIL_MTA_EXIM},
		{"OpenSMTPD", MAIL_MTA_OPENSMTPD}, {"Haraka", MAIL_MTA_HARAKA},
		{"Stalwart", MAIL_MTA_STALWART}, {"MDaemon", MAIL_MTA_MDAEMON},
		{"Lotus Domino", MAIL_MTA_LOTUS}, {"IBM Domino", MAIL_MTA_LOTUS},
		{"HCL Domino", MAIL_MTA_LOTUS}, {"CommuniGate", MAIL_MTA_COMMUNIGATE},
		{"Kerio", MAIL_MTA_KERIO}, {"amavisd", MAIL_MTA_AMAVIS},
		{"amavis", MAIL_MTA_AMAVIS}, {"Cyrus", MAIL_MTA_CYRUS},
		{"Dovecot", MAIL_MTA_DOVECOT}, {"fetchmail", MAIL_MTA_FETCHMAIL},
		{"qmail", MAIL_MTA_QMAIL}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (is_named(comment, span_of_text(table[i].name)))
			return table[i].mta;
	return is_sendmail_versions(comment) ? MAIL_MTA_SENDMAIL : MAIL_MTA_UNKNOWN;
}

enum mail_mta
mail_mta_of_host(struct span host)
{
	if (span_equal_nocase(host, SPAN_LITERAL("mx.google.com")) ||
		span_equal_nocase(host, SPAN_LITERAL("smtp.gmail.com")) ||
		span_starts_nocase(host, SPAN_LITERAL("2002:a")))
		return MAIL_MTA_GMAIL;
	return MAIL_MTA_UNKNOWN;
}

bool
mail_mta_hides_auth(enum mail_mta mta)
{
	return mta == MAIL_MTA_EXCHANGE || mta == MAIL_MTA_QMAIL;
}
