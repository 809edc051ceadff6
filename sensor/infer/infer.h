/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From records to verdicts: the facade of this folder. Records are fed in the order in
 * which they come; verdicts can be asked for at any time. No clock, no files, no output:
 * the same records give the same verdicts, live, from captures or from a stored stream.
 *
 * word → names, server, leg      what is remembered; kept: and what of it has changed
 * learn                          a record into what is remembered
 * judge, trick                   the questions: outsider? foreign? what made the difference?
 * weigh, verdict, explain        the answer, how sure, and in words
 * finding                        abuses and weaknesses beside the verdicts
 */
#ifndef INFER_H
#define INFER_H

#include "example.h"
#include "finding.h"
#include "leg.h"
#include "names.h"
#include "sensor/config/config.h"
#include "sensor/record/record.h"
#include "server.h"

/* Headers that wait for their server's greeting. Beyond: the oldest is forgotten. */
#define TOLD_MAX 1024

/* attempt_key's told: is it said for whom the message was? */
enum { TOLD_FOR = 1, TOLD_WITHOUT_FOR };

struct told {
	struct kept kept;
	struct ip_addr host; /* of the server */
	struct word *by;     /* what the header calls it */
	struct attempt_key key;
	enum reach reach;
	struct moment at;
	struct ip_addr next_hop;
	struct example example;
};

struct told_ring {
	struct told **at; /* TOLD_MAX places; NULL: nothing waits there */
	struct kept_list *kept; /* NULL: nothing is to be written down */
	size_t next;
	size_t waiting;
	uint64_t forgotten;
};

struct infer {
	const struct config *config;
	struct words words;
	struct names names;
	struct servers servers;
	struct legs legs;
	struct told_ring told;
	struct findings findings;
	uint64_t now; /* ns: the latest time of any record */
	uint64_t records[3]; /* fed, by enum record_kind */
	struct kept kept;    /* of the counters here */
	struct kept_list kept_list;
	struct kept *loading; /* read back, and not in its table yet */
};

/* config must outlive it. Aborts when the system has no memory. */
struct infer *infer_new(const struct config *config);
void infer_free(struct infer *in);

void infer_feed(struct infer *in, const struct record *r);

#endif
