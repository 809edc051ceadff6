/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_tester.h"

#include "word.h"

/* What a tester's envelope has; all that is given must hold. */
struct pattern {
	unsigned tester;
	const char *helo;	   /* whole, or with a dot in front: its end */
	const char *sender, *rcpt; /* local parts */
	const char *domain;	   /* of the recipient, or a domain above it */
	bool helo_is_domain;	   /* the recipient's domain is the name in EHLO */
	bool same_domain;	   /* sender and recipient are of one domain */
};

static const struct pattern patterns[] = {
	{.tester = TESTER_NMAP, .rcpt = "relaytest", .domain = "nmap.scanme.org"},
	{.tester = TESTER_NMAP, .sender = "antispam", .rcpt = "relaytest"},
	{.tester = TESTER_NMAP, .rcpt = "relaytest", .helo_is_domain = true},
	{.tester = TESTER_METASPLOIT, .helo = "X", .sender = "sender", .rcpt = "target"},
	{.tester = TESTER_NESSUS,
		.sender = "test_1",
		.rcpt = "test_2",
		.same_domain = true},
	{.tester = TESTER_MAPS,
		.sender = "nobody",
		.rcpt = "nobody",
		.same_domain = true},
	{.tester = TESTER_ABUSE_NET, .rcpt = "relaytest", .domain = "abuse.net"},
	{.tester = TESTER_ABUSE_NET, .sender = "spamtest", .rcpt = "relaytest"},
	{.tester = TESTER_MXTOOLBOX, .sender = "supertool"},
	{.tester = TESTER_MXTOOLBOX, .domain = "mxtoolboxsmtpdiag.com"},
	{.tester = TESTER_MXTOOLBOX, .helo = ".mxtoolbox.com", .rcpt = "test"},
	{.tester = TESTER_ORVEDB, .domain = "orvedb.aupads.org"},
	{.tester = TESTER_RBL_JP, .domain = "rbl.jp"},
};

static struct span
local_of(struct span address)
{
	size_t at = address.len;

	while (at > 0 && address.at[at - 1] != '@')
		at--;
	return span_slice(address, 0, at ? at - 1 : address.len);
}

/* The recipient's, without whatever the trick wraps it in. */
static struct span
target_local(const struct record_path_arg *path)
{
	struct span local = local_of(path->target.len ? path->target : path->address);
	struct span name = local;

	if (name.len > 1 && name.at[0] == '"')
		name = span_slice(name, 1, name.len - 1);
	name = span_slice(name, 0, span_find(name, '%'));
	/* "domain!user", where nothing says that the domain is one */
	name = span_slice(name,
		span_find(name, '!') == name.len ? 0 : span_find(name, '!') + 1,
		name.len);
	return span_slice(name, 0, span_find(name, '@'));
}

static bool
is_text(struct span s, const char *text)
{
	return !text || span_equal_nocase(s, span_of_text(text));
}

static bool
is_under(struct span domain, const char *top)
{
	struct span t = span_of_text(top ? top : "");

	if (!top || span_equal_nocase(domain, t))
		return true;
	return domain.len > t.len && span_ends_nocase(domain, t) &&
	       domain.at[domain.len - t.len - 1] == '.';
}

static bool
helo_holds(struct span helo, const char *wanted)
{
	if (!wanted || wanted[0] != '.')
		return is_text(helo, wanted);
	return span_ends_nocase(helo, span_of_text(wanted));
}

static bool
holds(const struct pattern *p, const struct record_conn *conn,
	const struct record_path_arg *mail, const struct record_path_arg *to)
{
	struct span domain = to->target_domain;

	if (!helo_holds(conn->helo, p->helo) || !is_text(target_local(to), p->rcpt))
		return false;
	if (p->sender && !is_text(local_of(mail->address), p->sender))
		return false;
	if (p->domain && (domain.len == 0 || !is_under(domain, p->domain)))
		return false;
	if (p->helo_is_domain &&
		(domain.len == 0 || !span_equal_nocase(domain, conn->helo)))
		return false;
	return !p->same_domain || (domain.len && span_equal_nocase(domain, mail->domain));
}

/* Mail for a tester's own domain at its own server is no test. */
static bool
is_at_home(const struct record_conn *conn, const struct record_path_arg *to)
{
	struct span name = conn->server_name, domain = to->target_domain;
	size_t dot;

	if (domain.len == 0 || name.len < domain.len || to->form != SMTP_FORM_PLAIN)
		return false;
	dot = name.len - domain.len;
	return span_ends_nocase(name, domain) && (dot == 0 || name.at[dot - 1] == '.');
}

unsigned
tester_of(const struct record_conn *conn, const struct record_txn *txn,
	const struct record_rcpt *rcpt)
{
	const struct record_path_arg *to = rcpt ? &rcpt->path : NULL;
	bool form = rcpt && tester_test_number(conn, txn, rcpt, 0) > 4;

	if (!to) {
		bool nmap = is_text(local_of(txn->mail.address), "antispam") &&
			    txn->mail.domain.len;

		return nmap ? TESTER_NMAP : 0;
	}
	if (is_at_home(conn, to))
		return 0;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
		if (holds(&patterns[i], conn, &txn->mail, to))
			return patterns[i].tester;
	return form && is_text(conn->helo, "X") ? TESTER_METASPLOIT : 0;
}

/* "test Tue, 24 Nov 2026 00:03:18 +0000" and "<20261124000318.012345@host>" */
bool
tester_is_swaks(const struct record_message *m)
{
	static const char days[] = "MonTueWedThuFriSatSun";
	struct span subject = m->subject, id = m->message_id;
	bool day = false;

	if (!span_starts_nocase(subject, SPAN_LITERAL("test ")) || subject.len < 10 ||
		subject.at[8] != ',' || id.len < 18 || id.at[0] != '<')
		return false;
	for (size_t i = 0; i + 3 < sizeof(days); i += 3)
		day |= memcmp(subject.at + 5, days + i, 3) == 0;
	for (size_t i = 1; i <= 14; i++)
		day &= dis_is_digit(id.at[i]);
	return day && id.at[15] == '.' && dis_is_digit(id.at[16]);
}

static unsigned
by_via(enum smtp_via via, unsigned literal, unsigned host, unsigned none)
{
	if (via == SMTP_VIA_LITERAL)
		return literal;
	return via == SMTP_VIA_HOST ? host : none;
}

static unsigned
number_of_sender(const struct record_conn *conn, const struct record_path_arg *mail,
	struct span target_domain)
{
	if (mail->form == SMTP_FORM_NULL)
		return 1;
	if (mail->form == SMTP_FORM_LITERAL)
		return 4;
	if (mail->domain.len == 0)
		return 0;
	if (span_equal_nocase(mail->domain, conn->server_name))
		return 3;
	return span_equal_nocase(mail->domain, target_domain) ? 2 : 0;
}

static unsigned
number_of_quoted(const struct record_path_arg *to)
{
	if (to->inner == SMTP_FORM_PERCENT)
		return by_via(to->via, 0, 0, 8);
	return to->inner == SMTP_FORM_PLAIN ? by_via(to->via, 10, 0, 7) : 0;
}

unsigned
tester_test_number(const struct record_conn *conn, const struct record_txn *txn,
	const struct record_rcpt *rcpt, unsigned after)
{
	const struct record_path_arg *mail = &txn->mail, *to;

	if (!rcpt) {
		unsigned n = number_of_sender(conn, mail, conn->helo);

		/* From the fourth on they all have one sender, and come in order. */
		return n == 4 && after >= 4 ? (after < 16 ? after + 1 : 0) : n;
	}
	to = &rcpt->path;
	if (to->form == SMTP_FORM_PLAIN || to->form == SMTP_FORM_NO_DOMAIN)
		return number_of_sender(conn, mail, to->target_domain);
	if (mail->form != SMTP_FORM_LITERAL)
		return 0;
	switch (to->form) {
	case SMTP_FORM_LITERAL: /* Metasploit's fourth */
		return 4;
	case SMTP_FORM_PERCENT:
		return by_via(to->via, 5, 6, 0);
	case SMTP_FORM_QUOTED:
		return number_of_quoted(to);
	case SMTP_FORM_DOUBLE_AT:
		return by_via(to->via, 9, 11, 0);
	case SMTP_FORM_SOURCE_ROUTE:
		return by_via(to->via, 12, 13, 0);
	case SMTP_FORM_BANG:
		return by_via(to->via, 15, 16, 14);
	default:
		return 0;
	}
}

const char *
tester_test_name(unsigned number)
{
	static const char *const names[] = {"", "null sender", "foreign to foreign",
		"sender of the server's name", "sender of the server's address",
		"percent, by address", "percent, by name", "quoted, no domain",
		"quoted percent, no domain", "two at signs, by address",
		"quoted, by address", "two at signs, by name", "source route, by address",
		"source route, by name", "bang path, no domain", "bang path, by address",
		"bang path, by name"};

	return names[number < sizeof(names) / sizeof(names[0]) ? number : 0];
}

const char *
tester_name(unsigned bit)
{
	static const char *const names[TESTER_COUNT] = {"nmap smtp-open-relay",
		"Metasploit smtp_relay", "Nessus 10262",
		"MAPS relay test (OpenVAS, Nessus)", "abuse.net relay test", "MXToolbox",
		"ORVEDB", "rbl.jp", "swaks", "probe message", "own pattern of forms",
		"many domains"};

	for (size_t i = 0; i < TESTER_COUNT; i++)
		if (bit == 1u << i)
			return names[i];
	return "";
}

bool
tester_is_trick(const struct record_path_arg *path)
{
	switch (path->form) {
	case SMTP_FORM_PERCENT:
	case SMTP_FORM_BANG:
	case SMTP_FORM_SOURCE_ROUTE:
	case SMTP_FORM_MULTI_HOP:
	case SMTP_FORM_DOUBLE_AT:
	case SMTP_FORM_TRAILING_AT:
	case SMTP_FORM_LOCALHOST:
		return true;
	case SMTP_FORM_QUOTED:
		return path->inner != SMTP_FORM_NO_DOMAIN;
	default:
		return false;
	}
}

bool
tester_is_routable(const struct record_path_arg *path)
{
	struct span d = path->target_domain;

	if (path->form == SMTP_FORM_LOCALHOST || path->form == SMTP_FORM_NO_DOMAIN)
		return false;
	/* Without a last hop the server may take all of it for a local part. */
	if (path->via == SMTP_VIA_NONE &&
		(path->form == SMTP_FORM_QUOTED || path->form == SMTP_FORM_BANG ||
			path->form == SMTP_FORM_PERCENT))
		return false;
	return span_find(d, '.') < d.len || span_find(d, ':') < d.len;
}
