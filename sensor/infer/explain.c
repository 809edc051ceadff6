/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include "explain_parts.h"

const char *
explain_missing(unsigned bit)
{
	switch (bit) {
	case MISSING_FOREIGN_ATTEMPT:
		return "No outside client was seen asking it to take mail for a foreign "
		       "domain, "
		       "so its rules were never put to the test. A longer capture may "
		       "show it.";
	case MISSING_ENCRYPTED:
		return "Connections were encrypted, so what was asked and answered "
		       "cannot be "
		       "read. Capture also what the server sends on: its Received "
		       "headers say "
		       "from whom it had a message.";
	case MISSING_ONE_SIDED:
		return "Of some connections only one direction was captured. Capture "
		       "both: look "
		       "at the mirror port, or at both fibres of the tap.";
	case MISSING_LATE_START:
		return "Of some connections the beginning is missing, so it is not known "
		       "whether "
		       "the client had authenticated. Start the capture earlier, and see "
		       "that "
		       "it loses no packets.";
	case MISSING_DOMAIN:
		return "It is not known whether the recipients' domains are the server's "
		       "own. "
		       "List them under \"hosted\" in the configuration, or include DNS "
		       "(port 53) in the capture.";
	case MISSING_MESSAGE:
		return "Recipients were accepted, but no message was handed over; many "
		       "servers "
		       "refuse only then.";
	case MISSING_HOME:
		return "Mail for foreign domains came from clients of the server's own "
		       "network, "
		       "which may be allowed to relay. List your networks under \"home\" "
		       "in "
		       "the configuration.";
	case MISSING_ONWARD:
		return "What became of the mail was not seen. Capture also the "
		       "connections that "
		       "the server itself opens to port 25 of others.";
	default:
		return "";
	}
}

static void
restricted(struct prose *p, const struct verdict *v)
{
	const struct evidence *e = explain_first(v, EVIDENCE_TRUSTED);

	prose_server(p, v);
	prose_add(p, " does not relay for strangers: ");
	explain_denials(p, v);
	prose_add(p, ".");
	if (ip_addr_is_none(&v->trusted))
		return;
	prose_add(p, " It does relay for ");
	prose_addr(p, &v->trusted);
	if (v->trusted_count > 1) {
		prose_add(p, " and ");
		prose_count(p, v->trusted_count - 1, "other client");
	}
	prose_add(p, ", without authentication");
	if (e && e->a->key.domain && e->a->key.domain->len) {
		prose_add(p, " (for example to ");
		prose_word(p, e->a->key.domain);
		prose_add(p, ")");
	}
	prose_add(p,
		". %s never refused, so the server evidently trusts %s. If %s not yours "
		"or "
		"a partner's, the list of hosts that may relay is too wide.",
		v->trusted_count > 1 ? "They were" : "This client was",
		v->trusted_count > 1 ? "them" : "it",
		v->trusted_count > 1 ? "they are" : "it is");
}

static void
dropped(struct prose *p, const struct verdict *v)
{
	const struct evidence *taken = explain_first(v, EVIDENCE_TAKEN);
	bool known = taken && judge_is_foreign(taken->domain.source);

	prose_server(p, v);
	prose_add(p, " takes mail that it does not deliver: ");
	prose_count(p, v->exposure.messages, "message");
	prose_add(p, " from ");
	prose_count(p, v->exposure.clients, "outside client");
	prose_add(p, " for ");
	prose_count(p, v->exposure.domains, known ? "foreign domain" : "domain");
	prose_add(p, ". ");
	if (explain_first(v, EVIDENCE_BOUNCED))
		prose_add(p, "It does not relay it, but bounces it afterwards. Bounces "
			     "go to the "
			     "sender that the message named, and senders are easily "
			     "forged: it "
			     "sends unwanted mail to third parties (backscatter).");
	else if (explain_first(v, EVIDENCE_INNER_REFUSED))
		prose_add(p,
			"It does not relay it: the inside host that it hands it to "
			"refuses "
			"it. The server has to bounce or to drop what it took; it should "
			"ask the inside host before it accepts a recipient.");
	else
		prose_add(p,
			"Nothing of it was seen leaving, although the server's other "
			"traffic was visible since. So it seems to be a sink, a honeypot "
			"or "
			"a quarantine, and no open relay.");
}

static void
unknown(struct prose *p, const struct verdict *v)
{
	const struct evidence *e = explain_first(v, EVIDENCE_RCPT_TAKEN);

	prose_server(p, v);
	prose_add(p, ": nothing was seen that tells whether it relays for strangers (");
	prose_count(p, v->identity->transactions, "transaction");
	prose_add(p, "; ");
	prose_count(p, v->identity->connections, "connection");
	if (v->identity->encrypted)
		prose_add(p, ", %llu encrypted",
			(unsigned long long)v->identity->encrypted);
	prose_add(p, ").");
	if (e) {
		prose_add(p, " It did accept a recipient in ");
		prose_word(p, e->a->key.domain);
		prose_add(p, " from the outside client ");
		prose_addr(p, &e->a->key.client);
		prose_add(p, ".");
	}
	for (unsigned bit = 1; bit <= MISSING_ONWARD; bit <<= 1)
		if (v->missing & bit)
			prose_add(p, " %s", explain_missing(bit));
}

size_t
explain_long(const struct verdict *v, char *out, size_t room)
{
	struct prose p;

	prose_init(&p, out, room);
	switch (v->kind) {
	case VERDICT_OPEN_RELAY:
		explain_open_relay(&p, v);
		break;
	case VERDICT_PARTIAL_RELAY:
		explain_partial_relay(&p, v);
		break;
	case VERDICT_OPEN_SUBMISSION:
		explain_open_submission(&p, v);
		break;
	case VERDICT_ACCEPTS_THEN_DROPS:
		dropped(&p, v);
		break;
	case VERDICT_REMEDIATED:
		explain_remediated(&p, v);
		break;
	case VERDICT_RESTRICTED:
		restricted(&p, v);
		break;
	case VERDICT_UNKNOWN:
	default:
		unknown(&p, v);
		break;
	}
	return p.used;
}

/* "8 messages from 3 clients for 2 foreign domains" */
static void
counts(struct prose *p, const struct verdict *v, const char *domains)
{
	prose_count(p, v->exposure.messages, "message");
	prose_add(p, " from ");
	prose_count(p, v->exposure.clients, "client");
	prose_add(p, " for ");
	prose_count(p, v->exposure.domains, domains);
}

static void
short_relay(struct prose *p, const struct verdict *v)
{
	const struct evidence *best = explain_furthest(v);

	prose_add(p, v->grade == GRADE_CONFIRMED ? "Relays for strangers"
						 : "Seems to relay for strangers");
	if (v->kind == VERDICT_PARTIAL_RELAY)
		prose_add(p, " (%s%s)",
			explain_trick_short(v->tricks & (~v->tricks + 1u)),
			v->tricks & (v->tricks - 1) ? ", ..." : "");
	prose_add(p, ": ");
	counts(p, v, "foreign domain");
	if (best && best->kind == EVIDENCE_SENT_ON)
		prose_add(p, ", sent on");
	if (v->cause == CAUSE_SOURCE_MASKING) {
		prose_add(p, "; it sees them as ");
		prose_addr(p, &v->masked_as);
	}
}

static void
short_restricted(struct prose *p, const struct verdict *v)
{
	prose_add(p, "Refused ");
	prose_count(p, v->denied_clients, "outside client");
	prose_add(p, ", last ");
	prose_time(p, v->last_denied);
	if (!ip_addr_is_none(&v->trusted)) {
		prose_add(p, "; relays for ");
		prose_addr(p, &v->trusted);
		if (v->trusted_count > 1)
			prose_add(p, " and %u more", (unsigned)v->trusted_count - 1);
	}
}

static void
short_dropped(struct prose *p, const struct verdict *v)
{
	prose_add(p, "Takes mail and ");
	if (explain_first(v, EVIDENCE_BOUNCED))
		prose_add(p, "bounces it: ");
	else if (explain_first(v, EVIDENCE_INNER_REFUSED))
		prose_add(p, "an inside host refuses it: ");
	else
		prose_add(p, "keeps it: ");
	counts(p, v, "domain");
}

static void
short_unknown(struct prose *p, const struct verdict *v)
{
	static const struct {
		unsigned bit;
		const char *text;
	} reasons[] = {
		{MISSING_MESSAGE, "recipients taken, but no message"},
		{MISSING_DOMAIN, "no sign which domains are its own"},
		{MISSING_HOME, "clients of its own network only"},
		{MISSING_ENCRYPTED, "encrypted"},
		{MISSING_ONE_SIDED, "one direction only"},
		{MISSING_LATE_START, "beginnings not captured"},
		{MISSING_FOREIGN_ATTEMPT, "no stranger tried a foreign domain"},
		{MISSING_ONWARD, "not seen what became of the mail"},
	};
	const char *join = "Not known: ";

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (v->missing & reasons[i].bit) {
			prose_add(p, "%s%s", join, reasons[i].text);
			join = "; ";
		}
	if (v->missing == 0)
		prose_add(p, "Not known: nothing telling was seen");
}

size_t
explain_short(const struct verdict *v, char *out, size_t room)
{
	struct prose p;

	prose_init(&p, out, room < EXPLAIN_SHORT_MAX ? room : EXPLAIN_SHORT_MAX);
	switch (v->kind) {
	case VERDICT_OPEN_RELAY:
	case VERDICT_PARTIAL_RELAY:
		short_relay(&p, v);
		break;
	case VERDICT_OPEN_SUBMISSION:
		prose_add(&p, "Takes mail without login on port %u: ",
			(unsigned)v->server->key.port);
		counts(&p, v, "domain");
		break;
	case VERDICT_ACCEPTS_THEN_DROPS:
		short_dropped(&p, v);
		break;
	case VERDICT_REMEDIATED:
		prose_add(&p, "Was open until ");
		prose_time(&p, v->exposure.to);
		prose_add(&p, "; refuses since, last ");
		prose_time(&p, v->last_denied);
		break;
	case VERDICT_RESTRICTED:
		short_restricted(&p, v);
		break;
	case VERDICT_UNKNOWN:
	default:
		short_unknown(&p, v);
		break;
	}
	if (p.used + 2 < p.room)
		prose_add(&p, ".");
	return p.used;
}
