/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_hint.h"

struct pattern {
	struct span text;
	bool line; /* the line must end behind it */
};

/* Those that are also words of a text must stand alone on their line. */
static const struct pattern patterns[] = {
	{SPAN_LITERAL("EHLO "), false},
	{SPAN_LITERAL("HELO "), false},
	{SPAN_LITERAL("LHLO "), false},
	{SPAN_LITERAL("MAIL FROM:"), false},
	{SPAN_LITERAL("RCPT TO:"), false},
	{SPAN_LITERAL("BDAT "), false},
	{SPAN_LITERAL("AUTH "), false},
	{SPAN_LITERAL("VRFY "), false},
	{SPAN_LITERAL("EXPN "), false},
	{SPAN_LITERAL("ETRN "), false},
	{SPAN_LITERAL("NOOP "), false},
	{SPAN_LITERAL("X-EXPS "), false},
	{SPAN_LITERAL("XCLIENT "), false},
	{SPAN_LITERAL("XFORWARD "), false},
	{SPAN_LITERAL("DATA"), true},
	{SPAN_LITERAL("RSET"), true},
	{SPAN_LITERAL("NOOP"), true},
	{SPAN_LITERAL("QUIT"), true},
	{SPAN_LITERAL("HELP"), true},
	{SPAN_LITERAL("TURN"), true},
	{SPAN_LITERAL("STARTTLS"), true},
	{SPAN_LITERAL("X-ANONYMOUSTLS"), true},
};
#define PATTERNS (sizeof(patterns) / sizeof(patterns[0]))

static enum dis_status
match(const struct pattern *p, struct span head)
{
	if (head.len < p->text.len)
		return span_starts_nocase(p->text, head) ? DIS_MORE : DIS_BAD;
	if (!span_starts_nocase(head, p->text))
		return DIS_BAD;
	if (!p->line)
		return DIS_OK;
	if (head.len == p->text.len)
		return DIS_MORE;
	return head.at[p->text.len] == '\r' || head.at[p->text.len] == '\n' ? DIS_OK
									    : DIS_BAD;
}

enum dis_status
smtp_hint_command(struct span head)
{
	enum dis_status best = DIS_BAD;

	for (size_t i = 0; i < PATTERNS; i++) {
		enum dis_status status = match(&patterns[i], head);

		if (status == DIS_OK)
			return DIS_OK;
		if (status == DIS_MORE)
			best = DIS_MORE;
	}
	return best;
}

bool
smtp_hint_is_command(struct span line)
{
	line = span_trim(line);
	for (size_t i = 0; i < PATTERNS; i++)
		if (patterns[i].line && span_equal_nocase(line, patterns[i].text))
			return true;
	return smtp_hint_command(line) == DIS_OK;
}

static const struct span foreign[] = {
	SPAN_LITERAL("USER "), /* FTP (RFC 959), POP3 (RFC 1939) */
	SPAN_LITERAL("PASS "), SPAN_LITERAL("APOP "), SPAN_LITERAL("CAPA"),
	SPAN_LITERAL("AUTH TLS"), /* FTP (RFC 4217); no SASL mechanism has that name */
	SPAN_LITERAL("AUTH SSL"), SPAN_LITERAL("GET /"), /* HTTP (RFC 9112 3) */
	SPAN_LITERAL("HEAD /"), SPAN_LITERAL("POST /"), SPAN_LITERAL("PUT /"),
	SPAN_LITERAL("OPTIONS "), SPAN_LITERAL("CONNECT "), SPAN_LITERAL("PRI * HTTP"),
	SPAN_LITERAL("SSH-"), SPAN_LITERAL("NICK "), /* IRC (RFC 2812) */
	SPAN_LITERAL("MODE READER"),		     /* NNTP (RFC 3977) */
};

/* IMAP (RFC 9051 2.2.1): a tag, a blank, a command. */
static bool
is_imap(struct span line)
{
	struct span rest = span_slice(line, span_find(line, ' ') + 1, line.len);

	return span_starts_nocase(rest, SPAN_LITERAL("CAPABILITY")) ||
	       span_starts_nocase(rest, SPAN_LITERAL("LOGIN ")) ||
	       span_starts_nocase(rest, SPAN_LITERAL("AUTHENTICATE "));
}

bool
smtp_hint_is_foreign(struct span line)
{
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (span_starts_nocase(line, foreign[i]))
			return true;
	if (line.len && line.at[0] < ' ' && !dis_is_blank(line.at[0]) &&
		line.at[0] != '\r')
		return true;
	return span_find(line, '\0') < line.len || is_imap(line);
}

bool
smtp_hint_is_tls(uint8_t first)
{
	return first >= 0x14 && first <= 0x17;
}
