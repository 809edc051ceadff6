/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_verb.h"

static const char *const verb_names[SMTP_VERB_COUNT] = {
	[SMTP_VERB_OTHER] = "OTHER",
	[SMTP_VERB_HELO] = "HELO",
	[SMTP_VERB_EHLO] = "EHLO",
	[SMTP_VERB_LHLO] = "LHLO",
	[SMTP_VERB_MAIL] = "MAIL",
	[SMTP_VERB_RCPT] = "RCPT",
	[SMTP_VERB_DATA] = "DATA",
	[SMTP_VERB_BDAT] = "BDAT",
	[SMTP_VERB_RSET] = "RSET",
	[SMTP_VERB_VRFY] = "VRFY",
	[SMTP_VERB_EXPN] = "EXPN",
	[SMTP_VERB_HELP] = "HELP",
	[SMTP_VERB_NOOP] = "NOOP",
	[SMTP_VERB_QUIT] = "QUIT",
	[SMTP_VERB_AUTH] = "AUTH",
	[SMTP_VERB_STARTTLS] = "STARTTLS",
	[SMTP_VERB_ANONTLS] = "X-ANONYMOUSTLS",
	[SMTP_VERB_ETRN] = "ETRN",
	[SMTP_VERB_TURN] = "TURN",
	[SMTP_VERB_ATRN] = "ATRN",
	[SMTP_VERB_SEND] = "SEND",
	[SMTP_VERB_SOML] = "SOML",
	[SMTP_VERB_SAML] = "SAML",
	[SMTP_VERB_BURL] = "BURL",
	[SMTP_VERB_XCLIENT] = "XCLIENT",
	[SMTP_VERB_XFORWARD] = "XFORWARD",
	[SMTP_VERB_XEXCH50] = "XEXCH50",
	[SMTP_VERB_XEXPS] = "X-EXPS",
};

/* "OTHER" is our word, not the protocol's: the search begins behind it. */
static enum smtp_verb
verb_of(struct span word)
{
	for (int v = SMTP_VERB_OTHER + 1; v < SMTP_VERB_COUNT; v++)
		if (span_equal_nocase(word, span_of_text(verb_names[v])))
			return (enum smtp_verb)v;
	return SMTP_VERB_OTHER;
}

void
smtp_command_parse(struct span line, struct smtp_command *out)
{
	struct span s = span_trim(line);
	size_t end = 0;

	while (end < s.len && !dis_is_blank(s.at[end]))
		end++;
	out->word = span_slice(s, 0, end);
	out->args = span_trim(span_slice(s, end, s.len));
	out->verb = verb_of(out->word);
}

const char *
smtp_verb_name(enum smtp_verb verb)
{
	return (unsigned)verb < SMTP_VERB_COUNT ? verb_names[verb] : verb_names[0];
}
