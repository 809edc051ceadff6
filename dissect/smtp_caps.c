/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_reply.h"

static const struct {
	struct span keyword;
	enum smtp_cap cap;
} caps[] = {
	{SPAN_LITERAL("PIPELINING"), SMTP_CAP_PIPELINING},
	{SPAN_LITERAL("STARTTLS"), SMTP_CAP_STARTTLS},
	{SPAN_LITERAL("AUTH"), SMTP_CAP_AUTH},
	{SPAN_LITERAL("SIZE"), SMTP_CAP_SIZE},
	{SPAN_LITERAL("CHUNKING"), SMTP_CAP_CHUNKING},
	{SPAN_LITERAL("8BITMIME"), SMTP_CAP_8BITMIME},
	{SPAN_LITERAL("SMTPUTF8"), SMTP_CAP_SMTPUTF8},
	{SPAN_LITERAL("DSN"), SMTP_CAP_DSN},
	{SPAN_LITERAL("ENHANCEDSTATUSCODES"), SMTP_CAP_ENHANCED},
	{SPAN_LITERAL("XCLIENT"), SMTP_CAP_XCLIENT},
	{SPAN_LITERAL("XFORWARD"), SMTP_CAP_XFORWARD},
	{SPAN_LITERAL("ETRN"), SMTP_CAP_ETRN},
	{SPAN_LITERAL("VRFY"), SMTP_CAP_VRFY},
	{SPAN_LITERAL("EXPN"), SMTP_CAP_EXPN},
	{SPAN_LITERAL("HELP"), SMTP_CAP_HELP},
	{SPAN_LITERAL("PRDR"), SMTP_CAP_PRDR},
};

static const struct {
	struct span name;
	enum smtp_mech mech;
} mechs[] = {
	{SPAN_LITERAL("PLAIN"), SMTP_MECH_PLAIN},
	{SPAN_LITERAL("LOGIN"), SMTP_MECH_LOGIN},
	{SPAN_LITERAL("CRAM-MD5"), SMTP_MECH_CRAM_MD5},
	{SPAN_LITERAL("DIGEST-MD5"), SMTP_MECH_DIGEST_MD5},
	{SPAN_LITERAL("XOAUTH2"), SMTP_MECH_XOAUTH2},
	{SPAN_LITERAL("OAUTHBEARER"), SMTP_MECH_OAUTHBEARER},
	{SPAN_LITERAL("GSSAPI"), SMTP_MECH_GSSAPI},
	{SPAN_LITERAL("NTLM"), SMTP_MECH_NTLM},
	{SPAN_LITERAL("EXTERNAL"), SMTP_MECH_EXTERNAL},
};

uint32_t
smtp_mech_parse(struct span word)
{
	if (span_starts_nocase(word, SPAN_LITERAL("SCRAM-")))
		return SMTP_MECH_SCRAM;
	for (size_t i = 0; i < sizeof(mechs) / sizeof(mechs[0]); i++)
		if (span_equal_nocase(word, mechs[i].name))
			return mechs[i].mech;
	return SMTP_MECH_OTHER;
}

/* Blanks end a word, and '=' too: "AUTH=LOGIN" is what Exchange 5.5 was asked for. */
static struct span
take_word(struct span *s)
{
	size_t from = 0, to;

	while (from < s->len && (dis_is_blank(s->at[from]) || s->at[from] == '='))
		from++;
	to = from;
	while (to < s->len && !dis_is_blank(s->at[to]) && s->at[to] != '=')
		to++;

	struct span word = span_slice(*s, from, to);
	*s = span_slice(*s, to, s->len);
	return word;
}

/*
 * A middlebox that dislikes a keyword overwrites it in place: with X and a last letter of
 * its own ("XXXXXXXA" for STARTTLS), with X alone, or with asterisks.
 */
static bool
is_blanked(struct span word)
{
	uint8_t fill = word.len ? word.at[0] : 0;
	size_t run = 0;

	if (word.len < 4 || (fill != 'X' && fill != '*'))
		return false;
	while (run < word.len && word.at[run] == fill)
		run++;
	return run == word.len ||
	       (fill == 'X' && run == word.len - 1 && dis_is_alpha(word.at[run]));
}

static void
take_capability(struct span line, struct smtp_caps *out)
{
	struct span word = take_word(&line);
	uint32_t cap = is_blanked(word) ? SMTP_CAP_BLANKED : 0;

	for (size_t i = 0; i < sizeof(caps) / sizeof(caps[0]); i++)
		if (span_equal_nocase(word, caps[i].keyword))
			cap |= caps[i].cap;
	out->has |= cap;
	if (cap & SMTP_CAP_SIZE)
		(void)span_number(take_word(&line), UINT64_MAX, &out->size);
	if (!(cap & SMTP_CAP_AUTH))
		return;
	for (word = take_word(&line); word.len; word = take_word(&line))
		out->mechs |= smtp_mech_parse(word);
}

void
smtp_caps_parse(const struct smtp_reply *reply, struct smtp_caps *out)
{
	struct span rest = reply->text;
	size_t end = span_find(rest, '\n');
	struct span first = span_slice(rest, 0, end);
	size_t word = 0;

	*out = (struct smtp_caps){.host = SPAN_NONE};
	first = span_trim(first);
	while (word < first.len && !dis_is_blank(first.at[word]))
		word++;
	out->host = span_slice(first, 0, word);
	while (end < rest.len) {
		rest = span_slice(rest, end + 1, rest.len);
		end = span_find(rest, '\n');
		take_capability(span_trim(span_slice(rest, 0, end)), out);
	}
}
