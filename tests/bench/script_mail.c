/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SMTP connections in the proportions of a mail exchanger's day: many refused, most
 * messages small, a few attachments that carry most of the octets.
 */
#include <stdio.h>
#include <string.h>

#include "script.h"

/* Who takes part in one connection. */
struct cast {
	struct random *r;
	char helo[48], server[48], from[64], to[64];
	bool pipelining;
	unsigned messages;
};

static const char *const words[] = {"account", "agenda", "and", "annual", "as",
	"attached", "before", "best", "budget", "by", "call", "confirm", "contract",
	"customer", "day", "delivery", "draft", "figures", "for", "from", "have", "he",
	"invoice", "is", "last", "meeting", "my", "next", "not", "of", "office", "on",
	"order", "our", "please", "project", "question", "regards", "report", "review",
	"see", "send", "she", "team", "thanks", "that", "the", "they", "this", "to",
	"tomorrow", "update", "we", "week", "were", "with", "you"};

#define WORDS (sizeof(words) / sizeof(*words))

/* --- bodies ------------------------------------------------------------------------ */

static void
text_lines(struct script *s, struct random *r, size_t octets)
{
	char line[96];

	for (size_t done = 0; done < octets;) {
		size_t n = 0, width = random_between(r, 8, 76);

		while (n < width)
			n += (size_t)snprintf(line + n, sizeof(line) - n, "%s ",
				words[random_next(r) % WORDS]);
		/* A line of a single dot is sent as two (RFC 5321 4.5.2). */
		if (random_once_in(r, 200))
			n = (size_t)snprintf(line, sizeof(line), "..");
		memcpy(line + n, "\r\n", 2);
		script_octets(s, SIDE_CLIENT, line, n + 2);
		done += n + 2;
	}
}

static void
base64_lines(struct script *s, struct random *r, size_t octets)
{
	static const char digits[65] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char line[78];

	for (size_t done = 0; done < octets; done += 78) {
		for (size_t i = 0; i < 76;) {
			uint64_t word = random_next(r);

			for (int k = 0; k < 10 && i < 76; k++, word >>= 6)
				line[i++] = digits[word & 63];
		}
		memcpy(line + 76, "\r\n", 2);
		script_octets(s, SIDE_CLIENT, line, 78);
	}
}

static void
received(struct script *s, const struct cast *c, unsigned hop)
{
	struct random *r = c->r;

	script_say(s, SIDE_CLIENT,
		"Received: from mx%u.hop%u.example (mx%u.hop%u.example "
		"[198.51.100.%u])\r\n"
		"\tby relay%u.site%u.example (Postfix) with ESMTPS id 4T%06X%05X\r\n"
		"\tfor <%s>; Tue, 14 Nov 2023 %02u:%02u:%02u +0000 (UTC)\r\n",
		hop, random_between(r, 1, 900), hop, random_between(r, 1, 900),
		random_between(r, 1, 254), hop, random_between(r, 1, 4000),
		random_between(r, 0, 0xffffff), random_between(r, 0, 0xfffff), c->to,
		random_between(r, 0, 23), random_between(r, 0, 59),
		random_between(r, 0, 59));
}

static void
header(struct script *s, const struct cast *c, const char *type)
{
	struct random *r = c->r;
	unsigned hops = random_between(r, 0, 4);

	for (unsigned i = 0; i < hops; i++)
		received(s, c, i + 1);
	if (random_once_in(r, 2))
		script_say(s, SIDE_CLIENT,
			"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; "
			"s=s1;\r\n"
			"\th=from:to:subject:date:message-id; bh=%016llx%016llx;\r\n"
			"\tb=%016llx%016llx%016llx%016llx\r\n",
			strchr(c->from, '@') + 1, (unsigned long long)random_next(r),
			(unsigned long long)random_next(r),
			(unsigned long long)random_next(r),
			(unsigned long long)random_next(r),
			(unsigned long long)random_next(r),
			(unsigned long long)random_next(r));
	script_say(s, SIDE_CLIENT,
		"Message-ID: <%016llx.%u@%s>\r\nDate: Tue, 14 Nov 2023 %02u:%02u:%02u "
		"+0000\r\n"
		"From: \"A. Sender\" <%s>\r\nTo: <%s>\r\nSubject: %s %s %s %s\r\n"
		"MIME-Version: 1.0\r\nContent-Type: %s\r\n\r\n",
		(unsigned long long)random_next(r), random_between(r, 1, 99999), c->helo,
		random_between(r, 0, 23), random_between(r, 0, 59),
		random_between(r, 0, 59), c->from, c->to, words[random_next(r) % WORDS],
		words[random_next(r) % WORDS], words[random_next(r) % WORDS],
		words[random_next(r) % WORDS], type);
}

static void
plain(struct script *s, const struct cast *c)
{
	header(s, c, "text/plain; charset=utf-8");
	text_lines(s, c->r, random_size(c->r, 400, 6));
}

static void
attachment(struct script *s, const struct cast *c, size_t octets)
{
	header(s, c, "multipart/mixed; boundary=\"=_part\"");
	script_say(s, SIDE_CLIENT, "--=_part\r\nContent-Type: text/plain\r\n\r\n");
	text_lines(s, c->r, random_size(c->r, 200, 4));
	script_say(s, SIDE_CLIENT,
		"--=_part\r\nContent-Type: application/pdf; name=\"a.pdf\"\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\n");
	base64_lines(s, c->r, octets);
	script_say(s, SIDE_CLIENT, "--=_part--\r\n");
}

static void
message(struct script *s, const struct cast *c)
{
	if (random_once_in(c->r, 12))
		attachment(s, c, random_size(c->r, 30000, 7));
	else
		plain(s, c);
}

/* --- dialogues --------------------------------------------------------------------- */

static void
hello(struct script *s, const struct cast *c, bool starttls)
{
	script_say(s, SIDE_SERVER, "220 %s ESMTP Postfix\r\n", c->server);
	script_say(s, SIDE_CLIENT, "EHLO %s\r\n", c->helo);
	script_say(s, SIDE_SERVER,
		"250-%s\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n%s"
		"250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250 CHUNKING\r\n",
		c->server, starttls ? "250-STARTTLS\r\n" : "");
}

static void
bye(struct script *s)
{
	script_say(s, SIDE_CLIENT, "QUIT\r\n");
	script_say(s, SIDE_SERVER, "221 2.0.0 Bye\r\n");
}

static void
refused(struct script *s, const struct cast *c)
{
	hello(s, c, true);
	script_say(s, SIDE_CLIENT, "MAIL FROM:<%s> SIZE=%u\r\n", c->from,
		random_between(c->r, 900, 90000));
	script_say(s, SIDE_SERVER, "250 2.1.0 Ok\r\n");
	script_say(s, SIDE_CLIENT, "RCPT TO:<%s>\r\n", c->to);
	if (random_once_in(c->r, 3))
		script_say(
			s, SIDE_SERVER, "554 5.7.1 <%s>: Relay access denied\r\n", c->to);
	else
		script_say(s, SIDE_SERVER,
			"550 5.1.1 <%s>: Recipient address rejected: User unknown in "
			"local "
			"recipient table\r\n",
			c->to);
	bye(s);
}

static void
envelope(struct script *s, const struct cast *c, bool data)
{
	unsigned recipients = random_once_in(c->r, 5) ? random_between(c->r, 2, 20) : 1;
	enum side client = SIDE_CLIENT, server = SIDE_SERVER;

	script_say(s, client, "MAIL FROM:<%s> BODY=8BITMIME\r\n", c->from);
	if (!c->pipelining)
		script_say(s, server, "250 2.1.0 Ok\r\n");
	for (unsigned i = 0; i < recipients; i++) {
		if (i == 0)
			script_say(s, client, "RCPT TO:<%s>\r\n", c->to);
		else
			script_say(s, client, "RCPT TO:<also%u.%s>\r\n", i, c->to);
		if (!c->pipelining)
			script_say(s, server, "250 2.1.5 Ok\r\n");
	}
	if (data)
		script_say(s, client, "DATA\r\n");
	if (c->pipelining)
		script_say(s, server, "250 2.1.0 Ok\r\n");
	for (unsigned i = 0; i < recipients && c->pipelining; i++)
		script_say(s, server, "250 2.1.5 Ok\r\n");
	if (data)
		script_say(s, server, "354 End data with <CR><LF>.<CR><LF>\r\n");
}

static void
taken(struct script *s, const struct cast *c)
{
	script_say(s, SIDE_SERVER, "250 2.0.0 Ok: queued as 4T%06X%05X\r\n",
		random_between(c->r, 0, 0xffffff), random_between(c->r, 0, 0xfffff));
}

static void
by_data(struct script *s, const struct cast *c)
{
	hello(s, c, false);
	for (unsigned i = 0; i < c->messages; i++) {
		envelope(s, c, true);
		message(s, c);
		script_say(s, SIDE_CLIENT, ".\r\n");
		taken(s, c);
	}
	bye(s);
}

/* RFC 3030 2: in one piece, or in several of 64 KiB. */
static void
by_bdat(struct script *s, const struct cast *c)
{
	static struct script body; /* kept for its memory */
	size_t at = 0;

	hello(s, c, false);
	envelope(s, c, false);
	script_reset(&body);
	message(&body, c);
	while (at < body.len) {
		size_t n = body.len - at < 65536 ? body.len - at : 65536;

		script_say(s, SIDE_CLIENT, "BDAT %zu%s\r\n", n,
			at + n == body.len ? " LAST" : "");
		script_octets(s, SIDE_CLIENT, body.at + at, n);
		at += n;
		if (at < body.len)
			script_say(s, SIDE_SERVER, "250 2.0.0 %zu octets\r\n", n);
	}
	taken(s, c);
	bye(s);
}

static void
by_starttls(struct script *s, const struct cast *c)
{
	hello(s, c, true);
	script_say(s, SIDE_CLIENT, "STARTTLS\r\n");
	script_say(s, SIDE_SERVER, "220 2.0.0 Ready to start TLS\r\n");
	script_tls(s, c->server, random_size(c->r, 2000, 8), 120, c->r);
}

/* --- which ------------------------------------------------------------------------- */

static void
cast_init(struct cast *c, struct random *r)
{
	unsigned domain = random_rank(r, 12);

	c->r = r;
	snprintf(c->helo, sizeof(c->helo), "mail%u.site%u.example",
		random_between(r, 1, 9), domain);
	snprintf(c->server, sizeof(c->server), "mx%u.example.net",
		random_between(r, 1, 40));
	snprintf(c->from, sizeof(c->from), "user%u@site%u.example", random_rank(r, 12),
		domain);
	snprintf(c->to, sizeof(c->to), "person%u@example%u.net", random_rank(r, 12),
		random_between(r, 1, 200));
	c->pipelining = random_once_in(r, 2);
	c->messages = random_once_in(r, 8) ? random_between(r, 2, 10) : 1;
}

void
script_mail(struct script *s, struct random *r)
{
	uint32_t kind = random_between(r, 1, 100);
	struct cast c;

	cast_init(&c, r);
	if (kind <= 35)
		refused(s, &c);
	else if (kind <= 80)
		by_data(s, &c);
	else if (kind <= 85)
		by_bdat(s, &c);
	else
		by_starttls(s, &c);
}
