/* SPDX-License-Identifier: Apache-2.0 */
#include "explain_parts.h"

const struct evidence *
explain_first(const struct verdict *v, enum evidence_kind kind)
{
	for (size_t i = 0; i < v->evidence_count; i++)
		if (v->evidence[i].kind == kind)
			return &v->evidence[i];
	return NULL;
}

const struct evidence *
explain_furthest(const struct verdict *v)
{
	static const enum evidence_kind order[] = {EVIDENCE_SENT_ON, EVIDENCE_TRIED,
		EVIDENCE_INSIDE, EVIDENCE_TAKEN, EVIDENCE_RCPT_TAKEN};

	for (size_t k = 0; k < sizeof(order) / sizeof(*order); k++) {
		const struct evidence *best = NULL;

		for (size_t i = 0; i < v->evidence_count; i++) {
			const struct evidence *e = &v->evidence[i];

			if (e->kind == order[k] && (!best || e->a->tie > best->a->tie))
				best = e;
		}
		if (best)
			return best;
	}
	return NULL;
}

void
explain_denials(struct prose *p, const struct verdict *v)
{
	const struct evidence *denied = explain_first(v, EVIDENCE_DENIED);

	prose_count(p, v->denied_clients, "client");
	prose_add(p, " %s refused, last ", v->denied_clients == 1 ? "was" : "were");
	prose_time(p, v->last_denied);
	if (!denied || denied->a->reply_code < 400)
		return;
	prose_add(p, " (");
	explain_reply(p, denied);
	prose_add(p, ")");
}

static void
clients(struct prose *p, const struct verdict *v, const struct evidence *best)
{
	uint32_t n = v->exposure.clients;

	if (best && v->cause == CAUSE_SOURCE_MASKING && !best->a->masked) {
		prose_add(p, "from clients that it knows as ");
		prose_addr(p, &v->masked_as);
		prose_add(p, " and that had not authenticated");
	} else if (n == 1 && best) {
		prose_add(p, "from the outside client ");
		prose_addr(p, &best->a->key.client);
		prose_add(p, ", which had not authenticated");
	} else {
		prose_add(p, "from ");
		prose_count(p, n, "outside client");
		prose_add(p, ", none of which had authenticated");
	}
}

/* "8 messages from 3 outside clients, …, for 2 domains that are not its own" */
static void
what(struct prose *p, const struct verdict *v)
{
	const struct evidence *best = explain_furthest(v);

	if (v->exposure.messages)
		prose_count(p, v->exposure.messages, "message");
	else
		prose_add(p, "mail");
	prose_add(p, " ");
	clients(p, v, best);
	prose_add(p, ", for ");
	if (v->exposure.domains == 1 && best) {
		prose_word(p, best->a->key.domain);
		prose_add(p, ", which is not its own");
	} else {
		prose_count(p, v->exposure.domains, "domain");
		prose_add(p, " that are not its own");
	}
}

/* Messages that the evidence shows being sent on: at least so many were. */
static uint64_t
sent_count(const struct verdict *v)
{
	double n = 0;

	for (size_t i = 0; i < v->evidence_count; i++) {
		const struct attempt *a = v->evidence[i].a;
		uint32_t sent = a->count[REACH_SENT], taken = a->count[REACH_MESSAGE];

		if (v->evidence[i].kind == EVIDENCE_SENT_ON)
			n += sent < taken ? a->messages * sent / taken : a->messages;
	}
	return (uint64_t)(n + 0.5);
}

/* What the server did with them, of the furthest that is known. */
static void
sent_on(struct prose *p, const struct verdict *v)
{
	const struct evidence *best = explain_furthest(v);
	uint64_t sent = sent_count(v), taken = v->exposure.messages;
	const char *them = taken > 1 ? "them" : "it";

	if (best && best->kind == EVIDENCE_SENT_ON && sent < taken && sent)
		prose_add(p, ", and sent at least %llu of them on",
			(unsigned long long)sent);
	else if (best && best->kind == EVIDENCE_SENT_ON)
		prose_add(
			p, ", and sent %s on", sent || taken < 2 ? them : "some of them");
	else if (best && best->kind == EVIDENCE_TRIED)
		prose_add(p, ", and tried to send %s on", them);
	else if (best && best->kind == EVIDENCE_INSIDE)
		prose_add(p, ", and handed %s to an inside host", them);
	prose_add(p, ".");
}

static void
span_of_time(struct prose *p, const struct verdict *v)
{
	const struct exposure *e = &v->exposure;

	if (e->from == 0)
		return;
	if (e->from / 1000000000 == e->to / 1000000000) {
		prose_add(p, " Seen ");
		prose_time(p, e->from);
	} else {
		prose_add(p, " First seen ");
		prose_time(p, e->from);
		prose_add(p, ", last ");
		prose_time(p, e->to);
	}
	prose_add(p, ".");
}

/* Why it is suspected only. */
static void
doubt(struct prose *p, const struct verdict *v, const struct evidence *best)
{
	if (v->grade != GRADE_SUSPECTED)
		return;
	prose_add(p, " This is suspected, not proven: ");
	if (best->kind == EVIDENCE_TRIED)
		prose_add(p, "no other server was seen to take the mail from it.");
	else if (best->kind == EVIDENCE_INSIDE)
		prose_add(p, "what the inside host did with the mail was not seen.");
	else if (best->kind != EVIDENCE_SENT_ON && best->a->reply_code == 0)
		prose_add(p, "its answers were not captured. That it took the mail is "
			     "read from "
			     "what the client did next.");
	else if (best->kind != EVIDENCE_SENT_ON)
		prose_add(p, "it answered for the mail, but was not seen sending it on.");
	else if (best->a->tie == TIE_RECEIVED)
		prose_add(p, "the mail was seen going out, but not coming in.");
	else
		prose_add(p, "that the domain is not its own is likely, but not sure.");
}

static void
why(struct prose *p, const struct verdict *v)
{
	const struct evidence *best = explain_furthest(v);
	size_t before;

	if (!best)
		return;
	prose_add(p, " ");
	before = p->used;
	explain_tie(p, v, best);
	prose_add(p, "%s", p->used == before ? "" : " ");
	explain_domain(p, best);
	prose_add(p, ".");
	doubt(p, v, best);
}

static void
masking(struct prose *p, const struct verdict *v)
{
	bool on_the_wire = explain_first(v, EVIDENCE_MASKED) != NULL;

	if (v->cause != CAUSE_SOURCE_MASKING)
		return;
	prose_add(p, " The cause shows: ");
	if (on_the_wire) {
		prose_add(p,
			"the wire has the clients' own addresses, but the server saw ");
		prose_addr(p, &v->masked_as);
		prose_add(p, " in their place, as its Received header says.");
	} else {
		prose_add(p, "clients of several unrelated sites all reach the server "
			     "from the "
			     "inside address ");
		prose_addr(p, &v->masked_as);
		prose_add(p, ".");
	}
	prose_add(p,
		" NAT, a load balancer or a container's proxy stands in front of it and "
		"hides who connects. The server trusts that address as one of its own "
		"network, and with it everybody behind it.");
}

void
explain_open_relay(struct prose *p, const struct verdict *v)
{
	prose_server(p, v);
	prose_add(p, " %s an open relay: it took ",
		v->grade == GRADE_CONFIRMED ? "is" : "appears to be");
	what(p, v);
	sent_on(p, v);
	span_of_time(p, v);
	why(p, v);
	masking(p, v);
	if (v->denied_clients == 0)
		return;
	prose_add(p, " It does refuse some: ");
	explain_denials(p, v);
	prose_add(p, ". What makes the difference does not show.");
}

static void
tricks(struct prose *p, const struct verdict *v)
{
	const char *join = "";

	for (unsigned bit = 1; bit < 1u << TRICK_COUNT; bit <<= 1) {
		if (!(v->tricks & bit))
			continue;
		prose_add(p, "%s", join);
		explain_trick(p, v, bit);
		join = ", or who ";
	}
}

void
explain_partial_relay(struct prose *p, const struct verdict *v)
{
	prose_server(p, v);
	prose_add(p, " %s for strangers who ",
		v->grade == GRADE_CONFIRMED ? "relays" : "appears to relay");
	tricks(p, v);
	prose_add(p, ". That way it took ");
	what(p, v);
	sent_on(p, v);
	span_of_time(p, v);
	why(p, v);
	masking(p, v);
	if (v->denied_clients) {
		prose_add(p, " Without that, it refuses: ");
		explain_denials(p, v);
		prose_add(p, ".");
	} else {
		prose_add(p, " How it answers those who do not was not seen.");
	}
}

void
explain_open_submission(struct prose *p, const struct verdict *v)
{
	const struct evidence *taken = explain_first(v, EVIDENCE_TAKEN);

	prose_server(p, v);
	prose_add(p,
		" is on the submission port %u, which is for users who log in, but it "
		"took ",
		(unsigned)v->server->key.port);
	prose_count(p, v->exposure.messages, "message");
	if (v->exposure.clients == 1 && taken) {
		prose_add(p, " from the outside client ");
		prose_addr(p, &taken->a->key.client);
		prose_add(p, ", which had not authenticated.");
	} else {
		prose_add(p, " from ");
		prose_count(p, v->exposure.clients, "outside client");
		prose_add(p, ", none of which had authenticated.");
	}
	span_of_time(p, v);
	if (v->grade == GRADE_CONFIRMED)
		prose_add(p,
			" The mail was for domains of its own, so this is no open relay; "
			"but anybody can hand it mail past the checks on port 25.");
	else
		prose_add(p,
			" Whether the recipients' domains are its own is not known: if "
			"they are not, it is an open relay.");
}

void
explain_remediated(struct prose *p, const struct verdict *v)
{
	prose_server(p, v);
	prose_add(p, " was an open relay and is no longer: it had taken ");
	what(p, v);
	sent_on(p, v);
	span_of_time(p, v);
	why(p, v);
	masking(p, v);
	prose_add(p, " Since then it refuses: ");
	explain_denials(p, v);
	prose_add(p, ", and nothing of the kind was taken.");
}
