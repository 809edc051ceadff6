/* SPDX-License-Identifier: Apache-2.0 */
#include "report_words.h"

#include <stdio.h>

#define NS UINT64_C(1000000000)

const char *
report_words_number(uint64_t n, char out[REPORT_WORDS_NUMBER])
{
	char digits[REPORT_WORDS_NUMBER];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	char *to = out;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return out;
}

static const struct {
	const char *name, *meaning;
} verdicts[] = {
	[VERDICT_OPEN_RELAY] = {"Open relay", "takes mail from anybody for anybody"},
	[VERDICT_PARTIAL_RELAY] = {"Partial relay",
		"relays for anybody who writes the envelope in a certain way"},
	[VERDICT_OPEN_SUBMISSION] = {"Open submission",
		"takes mail without login on a port that is for users who log in"},
	[VERDICT_ACCEPTS_THEN_DROPS] = {"Accepts, then drops",
		"takes mail for anybody, and does not deliver it"},
	[VERDICT_REMEDIATED] = {"Remediated", "was open, and refuses since"},
	[VERDICT_RESTRICTED] = {"Restricted", "refused to relay for strangers"},
	[VERDICT_UNKNOWN] = {"Unknown", "nothing was seen that tells"},
};

const char *
report_words_verdict(enum verdict_kind kind)
{
	return verdicts[kind].name;
}

const char *
report_words_meaning(enum verdict_kind kind)
{
	return verdicts[kind].meaning;
}

const char *
report_words_grade(const struct verdict *v)
{
	if (v->grade == GRADE_SUSPECTED)
		return "suspected";
	return v->grade == GRADE_CONFIRMED && verdict_is_relay(v->kind) ? "confirmed"
									: "";
}

static void
add_number(struct prose *p, uint64_t n)
{
	char text[REPORT_WORDS_NUMBER];

	prose_add(p, "%s", report_words_number(n, text));
}

static void
count(struct prose *p, uint64_t n, const char *noun)
{
	add_number(p, n);
	prose_add(p, " %s%s", noun, n == 1 ? "" : "s");
}

static void
headline_none(struct prose *p, const struct report_model *m, size_t servers)
{
	if (servers == 1) {
		prose_add(p, "The one mail server that was seen is not known to relay "
			     "for strangers.");
		return;
	}
	prose_add(p, "None of ");
	add_number(p, servers);
	prose_add(p, " mail servers is known to relay for strangers");
	if (m->of_kind[VERDICT_UNKNOWN] == servers)
		prose_add(p, ", but nothing was seen that tells of any");
	prose_add(p, ".");
}

/* Beside open relays, what else is open. */
static void
headline_also(struct prose *p, const struct report_model *m)
{
	size_t submission = m->of_kind[VERDICT_OPEN_SUBMISSION];

	if (!submission)
		return;
	prose_add(p, " ");
	add_number(p, submission);
	prose_add(p, " %s mail without login on a submission port.",
		submission == 1 ? "takes" : "take");
}

void
report_words_headline(struct prose *p, const struct report_model *m)
{
	size_t servers = m->in->ranking->count;

	if (servers == 0) {
		prose_add(p, "No mail server was seen.");
		return;
	}
	if (m->relays == 0) {
		headline_none(p, m, servers);
		headline_also(p, m);
		return;
	}
	add_number(p, m->relays);
	prose_add(p, " of ");
	count(p, servers, "mail server");
	prose_add(p, " %s for strangers", m->relays == 1 ? "relays" : "relay");
	if (m->confirmed && m->confirmed < m->relays) {
		prose_add(p, ": ");
		add_number(p, m->confirmed);
		prose_add(p, " confirmed, ");
		add_number(p, m->relays - m->confirmed);
		prose_add(p, " suspected");
	} else {
		prose_add(p, " (%s)", m->confirmed ? "confirmed" : "suspected");
	}
	prose_add(p, ".");
	headline_also(p, m);
}

void
report_words_scope(struct prose *p, const struct report_model *m)
{
	prose_add(p, "From %s. ", m->in->source ? m->in->source : "captures");
	if (!m->from)
		return;
	prose_add(p, "Mail servers were seen ");
	report_words_period(p, m->from, m->to);
	prose_add(p, ", in ");
	count(p, m->transactions, "mail transaction");
	prose_add(p, ".");
}

/* "2 h 5 min"; "2 h" if there is nothing of the smaller unit. */
static void
two_units(struct prose *p, uint64_t large, const char *name, uint64_t small,
	const char *small_name)
{
	prose_add(p, "%u %s", (unsigned)large, name);
	if (small)
		prose_add(p, " %u %s", (unsigned)small, small_name);
}

void
report_words_duration(struct prose *p, uint64_t ns)
{
	uint64_t s = ns / NS;

	if (s < 60)
		prose_add(p, "%u s", (unsigned)s);
	else if (s < 3600)
		two_units(p, s / 60, "min", s % 60, "s");
	else if (s < 86400)
		two_units(p, s / 3600, "h", s % 3600 / 60, "min");
	else
		two_units(p, s / 86400, s < 2 * 86400 ? "day" : "days", s % 86400 / 3600,
			"h");
}

void
report_words_period(struct prose *p, uint64_t from, uint64_t to)
{
	prose_time(p, from);
	if (from / NS == to / NS)
		return;
	prose_add(p, " to ");
	prose_time(p, to);
	prose_add(p, " (");
	report_words_duration(p, to - from);
	prose_add(p, ")");
}

void
report_words_exposure(struct prose *p, const struct verdict *v)
{
	const struct exposure *e = &v->exposure;

	if (!e->from)
		return;
	prose_add(p, "Seen open ");
	report_words_period(p, e->from, e->to);
	prose_add(p, ": ");
	count(p, e->messages, "message");
	prose_add(p, " taken from ");
	count(p, e->clients, "client");
	prose_add(p, " for ");
	count(p, e->domains, "domain");
	prose_add(p, ".");
}

void
report_words_seen(struct prose *p, const struct verdict *v)
{
	const struct identity *id = v->identity;

	prose_add(p, "The server was seen ");
	if (id->first) {
		report_words_period(p, id->first, id->last);
		prose_add(p, ", in ");
	} else {
		prose_add(p, "in ");
	}
	count(p, id->transactions, "mail transaction");
	prose_add(p, " and ");
	count(p, id->connections, "connection");
	prose_add(p, " (");
	add_number(p, id->encrypted);
	prose_add(p, " encrypted, ");
	add_number(p, id->one_sided);
	prose_add(p, " in one direction only).");
}

const char *
report_words_series(enum activity_series series)
{
	static const char *const names[ACTIVITY_SERIES] = {
		[ACTIVITY_UNAUTHENTICATED] = "taken without login",
		[ACTIVITY_AUTHENTICATED] = "taken with login",
		[ACTIVITY_REFUSED] = "refused",
	};

	return names[series];
}

uint64_t
report_words_activity_peak(const struct activity *a)
{
	uint64_t peak = 0;

	for (size_t b = 0; b < activity_buckets(a); b++) {
		uint64_t n = 0;

		for (size_t s = 0; s < ACTIVITY_SERIES; s++)
			n += activity_count(a, (enum activity_series)s, b);
		if (n > peak)
			peak = n;
	}
	return peak;
}

void
report_words_activity(struct prose *p, const struct activity *a)
{
	for (size_t s = 0; s < ACTIVITY_SERIES; s++) {
		prose_add(p, "%s", s ? ", " : "");
		add_number(p, activity_total(a, (enum activity_series)s));
		prose_add(p, " %s", report_words_series((enum activity_series)s));
	}
	prose_add(p, "; at most ");
	add_number(p, report_words_activity_peak(a));
	prose_add(p, " in ");
	report_words_duration(p, activity_width(a));
	prose_add(p, ".");
}

/* Sums of shares, back to the whole number that they are. */
static uint64_t
whole(double messages)
{
	return (uint64_t)(messages + 0.5);
}

void
report_words_users(struct prose *p, const struct report_users *u)
{
	if (u->count > REPORT_USERS_SHOWN) {
		prose_add(p, "And ");
		add_number(p, u->count - REPORT_USERS_SHOWN);
		prose_add(p, " more; in all ");
		count(p, u->clients, "client");
		prose_add(p, " and ");
		count(p, u->domains, "domain");
		prose_add(p, ".");
	}
	if (whole(u->own)) {
		prose_add(p, "%sNot listed: ", p->used ? " " : "");
		count(p, whole(u->own), "message");
		prose_add(p, " from strangers for the server's own domains.");
	}
	if (whole(u->trusted)) {
		prose_add(p, "%sNot listed: ", p->used ? " " : "");
		count(p, whole(u->trusted), "message");
		prose_add(p, " of clients that had logged in or are inside.");
	}
}

void
report_words_place(struct prose *p, struct moment at, const struct record_files *files)
{
	const char *file = record_files_name(files, at.file);

	if (!at.frame)
		return;
	prose_add(p, "%s%sframe %u", file, *file ? " " : "", (unsigned)at.frame);
}
