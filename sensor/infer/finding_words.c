/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_words.h"

#include <stdio.h>

#include "finding_tester.h"
#include "prose.h"

const char *
finding_answer_name(enum finding_answer answer)
{
	static const char *const names[] = {
		[ANSWER_NONE] = "no-answer",
		[ANSWER_DEFERRED] = "deferred",
		[ANSWER_REFUSED] = "refused",
		[ANSWER_UNROUTABLE] = "taken-as-local",
		[ANSWER_RCPT] = "recipient-taken",
		[ANSWER_MESSAGE] = "message-taken",
	};

	return names[answer];
}

/* --- details ---------------------------------------------------------------------- */

static void
add_clients(struct prose *p, const struct finding *f)
{
	if (f->client_count == 1) {
		prose_addr(p, &f->clients[0]);
		return;
	}
	if (f->more_clients)
		prose_add(p, "more than ");
	prose_count(p, f->client_count, "client");
}

static void
add_testers(struct prose *p, unsigned testers)
{
	bool first = true;

	for (unsigned i = 0; i < TESTER_COUNT; i++) {
		if (!(testers >> i & 1))
			continue;
		prose_add(p, "%s%s", first ? "" : " and ", tester_name(1u << i));
		first = false;
	}
}

static void
add_tests(struct prose *p, const struct finding_test *tests)
{
	unsigned sent = 0, taken = 0;

	for (unsigned i = 0; tests && i < FINDING_TESTS; i++) {
		sent += tests[i].at.ns != 0;
		taken += tests[i].answer >= ANSWER_RCPT;
	}
	if (sent)
		prose_add(p, "; of the 16 tests %u sent, %u taken", sent, taken);
}

static void
detail_probe(struct prose *p, const struct finding *f)
{
	const struct finding_probe *probe = &f->of.probe;

	prose_addr(p, &f->key.client);
	prose_add(p, " with ");
	add_testers(p, probe->testers);
	prose_add(p, ": ");
	prose_count(p, f->count, "attempt");
	prose_add(p, ", %u refused, %u recipients taken, %u messages taken",
		probe->answers[ANSWER_REFUSED],
		probe->answers[ANSWER_RCPT] + probe->answers[ANSWER_MESSAGE],
		probe->answers[ANSWER_MESSAGE]);
	add_tests(p, probe->tests);
}

static void
add_connections(struct prose *p, const struct finding *f)
{
	prose_count(p, f->count, "connection");
	prose_add(p, " of ");
	add_clients(p, f);
}

static void
detail_tls(struct prose *p, const struct finding *f)
{
	add_connections(p, f);
	if (f->of.tls.passwords)
		prose_add(
			p, ", %u with a password in clear after it", f->of.tls.passwords);
}

static void
detail_vanished(struct prose *p, const struct finding *f)
{
	prose_add(p, "offered on ");
	prose_count(p, f->of.tls.offers, "connection");
	prose_add(p, ", then missing on %u", f->of.tls.missing);
	prose_add(p, f->of.tls.same_client ? ", also for a client that had it before"
					   : ", for clients that were not seen before");
	if (f->of.tls.again)
		prose_add(p, "; offered again on %u", f->of.tls.again);
}

static void
detail_smuggling(struct prose *p, const struct finding *f)
{
	bool first = true;

	prose_addr(p, &f->key.client);
	prose_add(p, ": ");
	prose_count(p, f->count, "message");
	prose_add(p, " with ");
	for (unsigned i = 0; i <= SMTP_NOTE_SMUGGLE_NUL_DOT - SMTP_NOTE_SMUGGLE_LF_DOT_LF;
		i++) {
		const char *name =
			smtp_note_name((enum smtp_note)(SMTP_NOTE_SMUGGLE_LF_DOT_LF + i));

		if (!(f->of.smuggling.forms >> i & 1))
			continue;
		prose_add(p, "%s%s", first ? "" : ", ", name + strlen("smuggling:"));
		first = false;
	}
	prose_add(p, "; %u taken as two messages", f->of.smuggling.taken);
	if (f->of.smuggling.all_lines)
		prose_add(p, ", whose client ends every line that way");
}

static void
detail_blocklist(struct prose *p, const struct finding *f)
{
	prose_add(p, "%s: ", f->of.blocklist.list);
	prose_count(p, f->of.blocklist.refusals, "refusal");
	prose_add(p, f->of.blocklist.named ? " that name its address" : "");
	prose_add(p, ", %u answers of the list itself", f->of.blocklist.answers);
}

static void
detail_users(struct prose *p, const struct finding *f)
{
	prose_addr(p, &f->key.client);
	prose_add(p, ": %u unknown and %u known mailboxes, %u VRFY or EXPN",
		f->of.users.unknown, f->of.users.known, f->of.users.verified);
}

size_t
finding_detail(const struct finding *f, char *out, size_t room)
{
	struct prose p;

	prose_init(&p, out, room);
	switch ((enum finding_kind)f->key.kind) {
	case FINDING_RELAY_PROBE:
		detail_probe(&p, f);
		break;
	case FINDING_CLEAR_CREDENTIALS:
		add_connections(&p, f);
		prose_add(&p, "; ");
		prose_count(&p, f->of.auth.ok, "right login");
		prose_add(&p, ", %u wrong", f->of.auth.failed);
		break;
	case FINDING_STARTTLS_STRIPPED:
	case FINDING_STARTTLS_REFUSED:
	case FINDING_COMMAND_INJECTION:
	case FINDING_REPLY_INJECTION:
		detail_tls(&p, f);
		break;
	case FINDING_STARTTLS_VANISHED:
		detail_vanished(&p, f);
		break;
	case FINDING_SMUGGLING:
		detail_smuggling(&p, f);
		break;
	case FINDING_BLOCKLISTED:
		detail_blocklist(&p, f);
		break;
	case FINDING_BACKSCATTER:
		prose_count(&p, f->count, "bounce");
		prose_add(&p, " for mail of ");
		add_clients(&p, f);
		break;
	case FINDING_USER_PROBING:
		detail_users(&p, f);
		break;
	case FINDING_KINDS:
	default:
		break;
	}
	return p.used;
}

/* --- explanations ----------------------------------------------------------------- */

static const char *
probe_result(const struct finding *f)
{
	const struct finding_probe *probe = &f->of.probe;

	if (probe->answers[ANSWER_MESSAGE])
		return "The server took at least one message of the test: whoever sent "
		       "it "
		       "now looks whether it arrives.";
	if (probe->answers[ANSWER_RCPT])
		return "The server took at least one recipient of the test. No message "
		       "was "
		       "handed over, so this alone proves no relaying.";
	if (probe->answers[ANSWER_UNROUTABLE])
		return "It took only recipients whose form names no place outside, which "
		       "proves nothing.";
	return "Nothing of it was taken.";
}

static const char *
probe_pattern(unsigned testers)
{
	if (testers & TESTER_SPAMMER)
		return "A client from outside sent a message that carries the server's "
		       "own "
		       "address to a foreign domain, as spammers do to find servers that "
		       "relay.";
	if (testers & TESTER_FORMS)
		return "A client tried several ways of writing a recipient that careless "
		       "servers relay by, within an hour.";
	if (testers & TESTER_DOMAINS)
		return "A client from outside tried to have mail relayed to several "
		       "foreign "
		       "domains within an hour, and was refused.";
	return "A client tested whether the server relays for strangers, with the "
	       "pattern "
	       "of a known tool.";
}

static const char *
tls_meaning(const struct finding *f)
{
	switch ((enum finding_kind)f->key.kind) {
	case FINDING_STARTTLS_STRIPPED:
		return "Something between server and client overwrote a capability in "
		       "the "
		       "server's answer to EHLO, and no STARTTLS was left: a firewall "
		       "that "
		       "inspects SMTP, or somebody who wants to read along.";
	case FINDING_STARTTLS_VANISHED:
		return "The server had offered STARTTLS, under the same name, and then "
		       "did "
		       "not any more. Its TLS was switched off or broke, or somebody on "
		       "the way takes the offer out.";
	case FINDING_STARTTLS_REFUSED:
		return "The server offers STARTTLS, and answered it by an error. Its "
		       "certificate or key cannot be read, or something on the way "
		       "overwrites the command. Most clients then send in clear.";
	case FINDING_COMMAND_INJECTION:
		return "Commands came in the same breath as STARTTLS, before TLS began. "
		       "A "
		       "server that keeps them takes them for protected ones "
		       "(CVE-2011-0411); what this one did cannot be seen from outside.";
	default:
		return "More than the 220 to STARTTLS came from the server before TLS "
		       "began. A client that keeps it takes it for a protected answer "
		       "(CVE-2020-15955 and others), so somebody on the way may speak "
		       "for "
		       "the server.";
	}
}

static const char *
smuggling_meaning(const struct finding *f)
{
	if (f->of.smuggling.taken)
		return "A message held an end of data that is none by RFC 5321, and the "
		       "server ended the message there: it took what follows for "
		       "commands "
		       "of its client. So a forged message passes SPF and DKIM checks "
		       "that were made on the first one.";
	if (f->of.smuggling.all_lines)
		return "A client ends all of its lines by a bare LF, its messages too. "
		       "That "
		       "is careless rather than hostile; but a server that takes it can "
		       "be smuggled mail into.";
	return "A message held an end of data that is none by RFC 5321. Nothing was seen "
	       "that shows the server ending the message there; others to which it is "
	       "passed on may.";
}

static const char *
meaning(const struct finding *f)
{
	switch ((enum finding_kind)f->key.kind) {
	case FINDING_RELAY_PROBE:
		return probe_pattern(f->of.probe.testers);
	case FINDING_CLEAR_CREDENTIALS:
		return "AUTH PLAIN or LOGIN was used without TLS: everybody on the way "
		       "can "
		       "read user and password, and send mail with them.";
	case FINDING_SMUGGLING:
		return smuggling_meaning(f);
	case FINDING_BLOCKLISTED:
		return f->of.blocklist.named || f->of.blocklist.answers
			       ? "The server's address is on a blocklist: its mail is "
				 "refused "
				 "elsewhere, most often because it has sent spam."
			       : "Others refuse the server's mail and name a blocklist, "
				 "without its "
				 "address: the sender's domain, a link in the message, "
				 "or the "
				 "server may be listed.";
	case FINDING_BACKSCATTER:
		return "The server takes mail from strangers and afterwards returns it "
		       "to a "
		       "sender that anybody may have forged. The bounces hit people who "
		       "never wrote, and lead onto blocklists.";
	case FINDING_USER_PROBING:
		return "A client tries out which mailboxes exist here, to send spam to "
		       "them "
		       "or to guess their passwords.";
	case FINDING_STARTTLS_STRIPPED:
	case FINDING_STARTTLS_VANISHED:
	case FINDING_STARTTLS_REFUSED:
	case FINDING_COMMAND_INJECTION:
	case FINDING_REPLY_INJECTION:
		return tls_meaning(f);
	case FINDING_KINDS:
	default:
		return "";
	}
}

size_t
finding_explain(const struct finding *f, char *out, size_t room)
{
	char detail[FINDING_DETAIL_MAX];
	struct prose p;

	prose_init(&p, out, room);
	prose_add(&p, "%s", meaning(f));
	if (f->key.kind == FINDING_RELAY_PROBE)
		prose_add(&p, " %s", probe_result(f));
	finding_detail(f, detail, sizeof(detail));
	prose_add(&p, " Seen from ");
	prose_time(&p, f->first);
	if (f->last > f->first) {
		prose_add(&p, " to ");
		prose_time(&p, f->last);
	}
	prose_add(&p, ": %s.", detail);
	return p.used;
}

/* --- advice ----------------------------------------------------------------------- */

const char *
finding_advice(const struct finding *f)
{
	switch ((enum finding_kind)f->key.kind) {
	case FINDING_RELAY_PROBE:
		return f->of.probe.answers[ANSWER_RCPT] ||
				       f->of.probe.answers[ANSWER_MESSAGE]
			       ? "Look at the verdict on this server, and refuse "
				 "recipients of "
				 "foreign domains at RCPT for all but authenticated and "
				 "trusted "
				 "clients."
			       : "Nothing to mend. Such tests come daily; if this one "
				 "was not yours, "
				 "its address may be blocked.";
	case FINDING_CLEAR_CREDENTIALS:
		return "Offer AUTH only inside TLS, on ports 465 and 587, and have the "
		       "passwords changed that went over the wire.";
	case FINDING_STARTTLS_STRIPPED:
		return "Switch off SMTP inspection (fixup, ESMTP inspection) on the "
		       "firewalls "
		       "between, and compare EHLO answers taken at the server and at the "
		       "client. Publish MTA-STS (RFC 8461) or DANE (RFC 7672), and let "
		       "users submit on port 465.";
	case FINDING_STARTTLS_VANISHED:
		return "Compare the EHLO answer at the server itself with the one seen "
		       "here. "
		       "Where both lack STARTTLS, look at the server's certificate, key "
		       "and "
		       "configuration; where only one does, at what is between.";
	case FINDING_STARTTLS_REFUSED:
		return "Look into the server's log for its certificate and key. If it "
		       "never "
		       "saw the command, look for a firewall that inspects SMTP.";
	case FINDING_COMMAND_INJECTION:
		return "Bring the server up to date; it must throw away what came before "
		       "TLS "
		       "(RFC 3207 4.2). Look at who the client is.";
	case FINDING_REPLY_INJECTION:
		return "Find out who sent it: compare with what the server sent. Bring "
		       "mail "
		       "clients up to date, and prefer port 465.";
	case FINDING_SMUGGLING:
		return f->of.smuggling.taken
			       ? "Have the server end messages at <CR><LF>.<CR><LF> "
				 "only: Postfix "
				 "smtpd_forbid_bare_newline = yes, Exim 4.97.1 or later, "
				 "Sendmail "
				 "8.18 with srv_features; others by an update."
			       : "Have the server refuse bare line ends rather than pass "
				 "them on.";
	case FINDING_BLOCKLISTED:
		return "Find out what the server sent: look at its verdict and its "
		       "queue. "
		       "Ask for removal at the list once the cause is gone.";
	case FINDING_BACKSCATTER:
		return "Refuse unknown recipients and unwanted content during SMTP, "
		       "before "
		       "the message is taken, and check addresses at gateways and "
		       "backups.";
	case FINDING_USER_PROBING:
		return "Limit errors and rates per client, switch VRFY and EXPN off, and "
		       "block the client if it goes on.";
	case FINDING_KINDS:
	default:
		return "";
	}
}
