/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict.h"

#include <string.h>

#include "cases.h"
#include "separate.h"

#define NS_PER_SECOND UINT64_C(1000000000)

/*
 * A server whose ways out are visible and that has sent nothing on for this long keeps
 * what it took. RFC 5321 4.5.4.1 has the first retry after half an hour; but the first
 * attempt comes at once.
 */
#define PATIENCE (20 * NS_PER_SECOND)

static const char *const kind_names[] = {
	[VERDICT_OPEN_RELAY] = "open-relay",
	[VERDICT_PARTIAL_RELAY] = "partial-relay",
	[VERDICT_OPEN_SUBMISSION] = "open-submission",
	[VERDICT_ACCEPTS_THEN_DROPS] = "accepts-then-drops",
	[VERDICT_REMEDIATED] = "remediated",
	[VERDICT_RESTRICTED] = "restricted",
	[VERDICT_UNKNOWN] = "unknown",
};

const char *
verdict_name(enum verdict_kind kind)
{
	return kind_names[kind];
}

bool
verdict_kind_of_name(const char *name, enum verdict_kind *out)
{
	for (enum verdict_kind k = VERDICT_OPEN_RELAY; k <= VERDICT_UNKNOWN; k++)
		if (strcmp(kind_names[k], name) == 0) {
			*out = k;
			return true;
		}
	return false;
}

const char *
verdict_grade_name(enum verdict_grade grade)
{
	if (grade == GRADE_CONFIRMED)
		return "confirmed";
	return grade == GRADE_SUSPECTED ? "suspected" : "";
}

const char *
verdict_cause_name(enum verdict_cause cause)
{
	return cause == CAUSE_SOURCE_MASKING ? "source-masking" : "";
}

const char *
verdict_evidence_name(enum evidence_kind kind)
{
	static const char *const names[] = {
		[EVIDENCE_SENT_ON] = "sent-on",
		[EVIDENCE_TRIED] = "tried",
		[EVIDENCE_INSIDE] = "inside",
		[EVIDENCE_TAKEN] = "taken",
		[EVIDENCE_RCPT_TAKEN] = "rcpt-taken",
		[EVIDENCE_DENIED] = "denied",
		[EVIDENCE_BOUNCED] = "bounced",
		[EVIDENCE_INNER_REFUSED] = "inner-refused",
		[EVIDENCE_FOREIGN] = "foreign",
		[EVIDENCE_HOSTED] = "hosted",
		[EVIDENCE_MASKED] = "masked",
		[EVIDENCE_TRUSTED] = "trusted",
		[EVIDENCE_SILENT] = "silent",
	};

	return names[kind];
}

bool
verdict_is_relay(enum verdict_kind kind)
{
	return kind <= VERDICT_OPEN_SUBMISSION;
}

static void
add_evidence(struct verdict *v, enum evidence_kind kind, const struct weighed *w,
	struct moment at, double weight)
{
	if (v->evidence_count == VERDICT_EVIDENCE_MAX)
		return;
	v->evidence[v->evidence_count++] = (struct evidence){
		.kind = kind, .a = w->a, .domain = w->domain, .weight = weight, .at = at};
}

static enum evidence_kind
evidence_of_reach(enum reach reach)
{
	switch (reach) {
	case REACH_SENT:
		return EVIDENCE_SENT_ON;
	case REACH_TRIED:
		return EVIDENCE_TRIED;
	case REACH_INSIDE:
		return EVIDENCE_INSIDE;
	case REACH_MESSAGE:
		return EVIDENCE_TAKEN;
	case REACH_BOUNCED:
		return EVIDENCE_BOUNCED;
	case REACH_INNER_REFUSED:
		return EVIDENCE_INNER_REFUSED;
	case REACH_REFUSED:
	case REACH_REFUSED_RCPT:
	case REACH_REFUSED_OTHER:
	case REACH_DEFERRED:
	case REACH_MESSAGE_REFUSED:
		return EVIDENCE_DENIED;
	case REACH_RCPT:
	case REACH_COUNT:
	default:
		return EVIDENCE_RCPT_TAKEN;
	}
}

/* Once for each domain, whoever tried it. */
static bool
told_foreign(const struct verdict *v, const struct word *domain)
{
	for (size_t i = 0; i < v->evidence_count; i++)
		if (v->evidence[i].kind == EVIDENCE_FOREIGN &&
			v->evidence[i].a->key.domain == domain)
			return true;
	return false;
}

/* Taken first, then sent on: an analyst follows them in that order. */
static void
evidence_taken(struct verdict *v, const struct weighed *w)
{
	const struct attempt *a = w->a;

	if (w->reach > REACH_MESSAGE && a->count[REACH_MESSAGE])
		add_evidence(v, EVIDENCE_TAKEN, w, a->first[REACH_MESSAGE], 0);
	add_evidence(v, evidence_of_reach(w->reach), w, a->first[w->reach], w->weight);
	if (a->masked)
		add_evidence(v, EVIDENCE_MASKED, w, a->first[w->reach], 0);
	if (w->domain.at.frame && !told_foreign(v, a->key.domain))
		add_evidence(v, EVIDENCE_FOREIGN, w, w->domain.at, 0);
}

#define EVIDENCE_ATTEMPTS 7
#define EVIDENCE_DENIALS  4

static void
evidence_of_list(struct verdict *v, const struct case_list *l, enum evidence_kind kind,
	enum reach reach, size_t most)
{
	for (size_t i = 0; i < l->count && most; i++) {
		const struct weighed *w = &l->at[i];
		enum reach at = w->a->count[reach] ? reach : w->reach;

		if (!w->a->count[reach] && kind != EVIDENCE_DENIED)
			continue;
		add_evidence(v, kind, w, w->a->first[at], 0);
		most--;
	}
}

static void
exposure_of(struct verdict *v, const struct case_list *l)
{
	struct exposure *e = &v->exposure;
	double messages = 0;

	for (size_t i = 0; i < l->count; i++) {
		const struct weighed *w = &l->at[i];
		if (e->from == 0 || w->taken_first.ns < e->from)
			e->from = w->taken_first.ns;
		if (w->taken.ns > e->to)
			e->to = w->taken.ns;
		messages += w->a->messages;
	}
	e->messages = (uint64_t)(messages + 0.5);
	e->clients = (uint32_t)case_list_clients(l);
	e->domains = (uint32_t)case_list_domains(l);
}

/* Sent on, tied by more than a header alone, and surely foreign. */
static bool
is_proof(const struct weighed *w)
{
	if (w->reach != REACH_SENT)
		return false;
	if (w->a->tie < TIE_RECEIVED || (w->a->tie == TIE_RECEIVED && !w->told_seen))
		return false;
	return w->domain.source != DOMAIN_FOREIGN_SPREAD &&
		w->domain.source != DOMAIN_FOREIGN_MX_NAME;
}

/* What the server did with the messages: none went on, and it shows that none will. */
static bool
drops(struct infer *in, const struct server *server, const struct case_list *l,
	enum evidence_kind *how)
{
	uint64_t last = 0;
	bool bounced = false, refused = false, looked_up = false;
	uint64_t visible = server->host->onward_last;
	uint64_t asked = names_last_asked(&in->names, &server->key.addr);

	for (size_t i = 0; i < l->count; i++) {
		const struct weighed *w = &l->at[i];

		if (w->reach != REACH_MESSAGE && w->reach != REACH_RCPT)
			return false;
		if (w->taken.ns > last && w->reach == REACH_MESSAGE)
			last = w->taken.ns;
		bounced |= w->a->count[REACH_BOUNCED] != 0;
		refused |= w->a->count[REACH_INNER_REFUSED] != 0;
		looked_up |= w->looked_up || w->next_hop;
	}
	*how = bounced ? EVIDENCE_BOUNCED
		: refused ? EVIDENCE_INNER_REFUSED
			  : EVIDENCE_SILENT;
	if (bounced || refused)
		return true;
	if (last == 0 || looked_up)
		return false;
	if (asked > visible)
		visible = asked;
	return visible > last + PATIENCE;
}

static void
mask_of(struct verdict *v, const struct case_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct weighed *w = &l->at[i];
		const struct ip_addr *as = w->a->masked ? &w->a->masked_as : &w->a->key.client;

		/* Another stranger's address may be an XCLIENT front's; an inside one is not. */
		if (w->client != CLIENT_MASKED &&
			!(w->a->masked && (ip_addr_is_private(as) || ip_addr_is_loopback(as))))
			continue;
		v->cause = CAUSE_SOURCE_MASKING;
		v->masked_as = *as;
		return;
	}
}

static bool
message_taken(const struct weighed *w, const void *with)
{
	(void)with;
	return w->reach > REACH_RCPT;
}

static void
verdict_drops(struct verdict *v, const struct case_list *l, enum evidence_kind how)
{
	v->kind = VERDICT_ACCEPTS_THEN_DROPS;
	v->grade = how == EVIDENCE_SILENT ? GRADE_SUSPECTED : GRADE_CONFIRMED;
	v->confidence = how == EVIDENCE_SILENT ? 0.8 : 0.95;
	exposure_of(v, l);
	evidence_of_list(v, l, EVIDENCE_TAKEN, REACH_MESSAGE, EVIDENCE_ATTEMPTS);
	evidence_of_list(v, l, EVIDENCE_BOUNCED, REACH_BOUNCED, EVIDENCE_DENIALS);
	evidence_of_list(v, l, EVIDENCE_INNER_REFUSED, REACH_INNER_REFUSED, EVIDENCE_DENIALS);
}

static void
verdict_relay(struct verdict *v, struct cases *c, const struct separation *s)
{
	v->confidence = weigh_confidence(c->taken.at, c->taken.count);
	if (v->confidence < WEIGH_CLAIM) {
		v->missing |= MISSING_ONWARD;
		if (c->taken.count && c->taken.at[0].reach == REACH_RCPT)
			v->missing |= MISSING_MESSAGE;
		evidence_of_list(v, &c->taken, EVIDENCE_RCPT_TAKEN, REACH_RCPT,
			EVIDENCE_ATTEMPTS);
		v->confidence = 0;
		return;
	}
	v->kind = s->by == DIFFERENCE_TRICK ? VERDICT_PARTIAL_RELAY : VERDICT_OPEN_RELAY;
	v->tricks = s->by == DIFFERENCE_TRICK ? s->tricks : 0;
	v->grade = GRADE_SUSPECTED;
	for (size_t i = 0; i < c->taken.count; i++)
		if (is_proof(&c->taken.at[i]))
			v->grade = GRADE_CONFIRMED;
	mask_of(v, &c->taken);
	exposure_of(v, &c->taken);
	for (size_t i = 0; i < c->taken.count && i < EVIDENCE_ATTEMPTS; i++)
		evidence_taken(v, &c->taken.at[i]);
	evidence_of_list(v, &c->denied, EVIDENCE_DENIED, REACH_REFUSED, EVIDENCE_DENIALS);
}

static void
verdict_denied(struct verdict *v, const struct cases *c)
{
	v->kind = VERDICT_RESTRICTED;
	v->grade = GRADE_CONFIRMED;
	v->confidence = weigh_restricted(c->denied.count);
	evidence_of_list(v, &c->denied, EVIDENCE_DENIED, REACH_REFUSED, EVIDENCE_ATTEMPTS);
}

static void
verdict_trusting(struct verdict *v, const struct cases *c)
{
	verdict_denied(v, c);
	v->trusted = c->taken.at[0].a->key.client;
	v->trusted_count = (uint32_t)case_list_clients(&c->taken);
	/* It may be a stranger whom some other rule lets through. */
	v->confidence *= 0.9;
	for (size_t i = 0; i < c->taken.count && i < EVIDENCE_DENIALS; i++)
		add_evidence(v, EVIDENCE_TRUSTED, &c->taken.at[i], c->taken.at[i].taken_first, 0);
}

static void
verdict_remediated(struct verdict *v, struct cases *c)
{
	double was = weigh_confidence(c->taken.at, c->taken.count);

	if (was < WEIGH_CLAIM) {
		verdict_denied(v, c);
		return;
	}
	v->kind = VERDICT_REMEDIATED;
	v->grade = GRADE_CONFIRMED;
	v->confidence = was * weigh_restricted(c->denied.count);
	mask_of(v, &c->taken);
	exposure_of(v, &c->taken);
	for (size_t i = 0; i < c->taken.count && i < EVIDENCE_ATTEMPTS; i++)
		evidence_taken(v, &c->taken.at[i]);
	evidence_of_list(v, &c->denied, EVIDENCE_DENIED, REACH_REFUSED, EVIDENCE_DENIALS);
}

/* RFC 6409 4.3: a submission server takes nothing from a client it does not know. */
static bool
is_submission_port(const struct infer *in, uint32_t port)
{
	return port == 587 || config_ports_hold(&in->config->smtps_ports, (uint16_t)port);
}

static bool
verdict_submission(
	struct verdict *v, const struct infer *in, const struct server *server, struct cases *c)
{
	struct case_list *l;

	case_list_filter(&c->local, message_taken, NULL);
	case_list_filter(&c->open, message_taken, NULL);
	l = c->local.count ? &c->local : &c->open;
	if (!is_submission_port(in, server->key.port) || l->count == 0)
		return false;
	/* Whosever domain it is: one that denies others takes this one by right. */
	if (l == &c->open && c->denied.count)
		return false;
	v->kind = VERDICT_OPEN_SUBMISSION;
	v->grade = l == &c->local ? GRADE_CONFIRMED : GRADE_SUSPECTED;
	v->confidence = l == &c->local ? 0.95 : 0.8;
	exposure_of(v, l);
	evidence_of_list(v, l, EVIDENCE_TAKEN, REACH_MESSAGE, EVIDENCE_ATTEMPTS);
	return true;
}

static void
missing_of(struct verdict *v, const struct identity *id, const struct cases *c)
{
	if (c->open.count)
		v->missing |= MISSING_DOMAIN;
	if (c->neighbours)
		v->missing |= MISSING_HOME;
	if (c->unknown_auth || id->late_starts)
		v->missing |= MISSING_LATE_START;
	if (id->encrypted)
		v->missing |= MISSING_ENCRYPTED;
	if (id->one_sided)
		v->missing |= MISSING_ONE_SIDED;
	if (c->taken.count == 0 && c->open.count == 0)
		v->missing |= MISSING_FOREIGN_ATTEMPT;
}

/* Whose domain it is, is not known; but the server sent it on to somebody else. */
static bool
any_sent_on(const struct case_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->at[i].reach >= REACH_TRIED)
			return true;
	return false;
}

static void
decide(struct verdict *v, struct infer *in, const struct server *server, struct cases *c)
{
	struct separation s = separate(c, in->config->remediated_after);
	enum evidence_kind how;

	if (c->taken.count && s.by == DIFFERENCE_CLIENT)
		verdict_trusting(v, c);
	else if (c->taken.count && s.by == DIFFERENCE_TIME)
		verdict_remediated(v, c);
	else if (c->taken.count && drops(in, server, &c->taken, &how))
		verdict_drops(v, &c->taken, how);
	else if (c->taken.count)
		verdict_relay(v, c, &s);
	if (v->kind != VERDICT_UNKNOWN)
		return;
	/* Whosever domain it is: what was taken for it came back, or will. */
	if (c->taken.count == 0 && c->denied.count == 0 && drops(in, server, &c->open, &how) &&
		how != EVIDENCE_SILENT) {
		verdict_drops(v, &c->open, how);
		return;
	}
	if (verdict_submission(v, in, server, c))
		return;
	if (c->denied.count && c->taken.count == 0 && !any_sent_on(&c->open))
		verdict_denied(v, c);
}

void
verdict_of(struct infer *in, const struct server *server, struct identity *id,
	struct verdict *out)
{
	struct cases c;

	*out = (struct verdict){
		.kind = VERDICT_UNKNOWN, .server = server, .identity = id};
	cases_gather(&c, in, server, id);
	out->denied_clients = (uint32_t)case_list_clients(&c.denied);
	for (size_t i = 0; i < c.denied.count; i++)
		if (c.denied.at[i].taken.ns > out->last_denied)
			out->last_denied = c.denied.at[i].taken.ns;
	for (size_t i = 0; i < c.taken.count; i++)
		if (c.taken.at[i].taken.ns > out->last_taken)
			out->last_taken = c.taken.at[i].taken.ns;
	decide(out, in, server, &c);
	if (out->kind == VERDICT_UNKNOWN)
		missing_of(out, id, &c);
	cases_free(&c);
}
