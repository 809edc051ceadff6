/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer for one identity of one server, with all that led to it.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "weigh.h"

/* Most serious first: the order of the output. */
enum verdict_kind {
	VERDICT_OPEN_RELAY,
	VERDICT_PARTIAL_RELAY,
	VERDICT_OPEN_SUBMISSION,
	VERDICT_ACCEPTS_THEN_DROPS,
	VERDICT_REMEDIATED,
	VERDICT_RESTRICTED,
	VERDICT_UNKNOWN
};

enum verdict_grade { GRADE_NONE, GRADE_SUSPECTED, GRADE_CONFIRMED };
enum verdict_cause { CAUSE_NONE, CAUSE_SOURCE_MASKING };

/* What kept an answer from being given, a bit each. */
enum verdict_missing {
	MISSING_FOREIGN_ATTEMPT = 1u << 0, /* no outsider tried a foreign domain */
	MISSING_ENCRYPTED = 1u << 1,
	MISSING_ONE_SIDED = 1u << 2,
	MISSING_LATE_START = 1u << 3, /* authentication may have been before */
	MISSING_DOMAIN = 1u << 4,     /* not known whose domain it is: no DNS, no configuration */
	MISSING_MESSAGE = 1u << 5,    /* recipients taken, but no message was handed over */
	MISSING_HOME = 1u << 6,	      /* clients of the server's own network: not configured */
	MISSING_ONWARD = 1u << 7      /* the onward leg was not seen */
};

enum evidence_kind {
	EVIDENCE_SENT_ON,
	EVIDENCE_TRIED,
	EVIDENCE_INSIDE,
	EVIDENCE_TAKEN,
	EVIDENCE_RCPT_TAKEN,
	EVIDENCE_DENIED,
	EVIDENCE_BOUNCED,
	EVIDENCE_INNER_REFUSED,
	EVIDENCE_FOREIGN,
	EVIDENCE_HOSTED,
	EVIDENCE_MASKED,
	EVIDENCE_TRUSTED,
	EVIDENCE_SILENT
};

/* Borrows from the attempt that it is about. */
struct evidence {
	enum evidence_kind kind;
	const struct attempt *a;
	struct judgement domain;
	double weight;
	struct moment at;
};

#define VERDICT_EVIDENCE_MAX 24

struct exposure {
	uint64_t from, to; /* ns */
	uint64_t messages;
	uint32_t clients;
	uint32_t domains;
};

struct verdict {
	enum verdict_kind kind;
	enum verdict_grade grade;
	enum verdict_cause cause;
	double confidence;
	unsigned tricks;  /* enum trick: what it takes to be relayed */
	unsigned missing; /* enum verdict_missing */
	struct ip_addr masked_as;
	struct exposure exposure;
	struct ip_addr trusted; /* a client that it evidently trusts; all zero: none */
	uint32_t trusted_count;
	uint32_t denied_clients;
	uint64_t last_denied;	/* ns; 0: never */
	uint64_t last_taken;
	struct evidence evidence[VERDICT_EVIDENCE_MAX];
	size_t evidence_count;
	const struct server *server;
	const struct identity *identity;
};

void verdict_of(struct infer *in, const struct server *server, struct identity *id,
	struct verdict *out);

/* Verdicts that raise a relay alert. */
bool verdict_is_relay(enum verdict_kind kind);

/* Names as the output has them. Static. */
const char *verdict_name(enum verdict_kind kind);
/* False if there is no such verdict. */
bool verdict_kind_of_name(const char *name, enum verdict_kind *out);
const char *verdict_grade_name(enum verdict_grade grade);
const char *verdict_cause_name(enum verdict_cause cause);
const char *verdict_evidence_name(enum evidence_kind kind);

#endif
