/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lasts: servers, verdicts and how they changed, what the inference has learned,
 * alerts and whether they were delivered, and the newest transactions. SQLite, and the
 * only folder that knows it. Without a folder of its own it is kept in memory, behind the
 * same calls.
 *
 * store.c         open, close, schema, migrations, damage
 * store_batch.c   what is to be written, gathered by the one who knows
 * store_commit.c  a batch in one transaction: an alert exists exactly when its verdict does
 * store_spool.c   what waits for which output
 * store_unkept.c  alerts while the disk is full
 * store_query.c   reading back
 * store_servers.c reading back the servers, which may be very many
 *
 * Any thread may call; one at a time gets in. A reader in another process never stops a
 * sensor.
 */
#ifndef STORE_H
#define STORE_H

#include "sensor/alert/alert.h"
#include "sensor/config/config.h"

#define STORE_ERROR_MAX 512

struct store;
struct store_batch;

enum store_mode {
	STORE_WRITE, /* made if it is not there; one process at a time */
	STORE_READ   /* as another process may be writing it; nothing is changed */
};

/*
 * config->directory NULL: in memory (STORE_WRITE only). A database that is damaged is set
 * aside under another name and a new one begun, and the log says where the old one is;
 * with STORE_READ it is refused. So it is later, where a file is damaged, deleted or cut
 * while it is in use. What waits for outputs is taken over as far as it can be read, under
 * the same ids, and so are the rows of store_read_state() where it was found damaged when
 * it was opened; what else was written has to be written again (store_damaged()).
 *
 * NULL with error filled, one line that says the mend.
 */
struct store *store_open(
	const struct config_state *config, enum store_mode mode, char *error);
void store_close(struct store *s);

/* --- writing ----------------------------------------------------------------------- */

/* Owned by the caller until it is committed or freed. All texts are copied. */
struct store_batch *store_batch_new(void);
void store_batch_free(struct store_batch *b);
bool store_batch_is_empty(const struct store_batch *b);
/* Octets held, about. */
size_t store_batch_octets(const struct store_batch *b);

struct store_verdict {
	struct ip_addr server;
	uint16_t port;
	uint64_t time; /* ns */
	const char *verdict, *grade; /* grade may be NULL */
	double confidence;
	int rank;	  /* most serious first: enum verdict_kind */
	bool changed;	  /* kind or grade: a line of the history, else only the newest */
	bool begins;	  /* a line of the history, if that server has none */
	struct span name, mta;
	struct span body; /* the server record (JSON) */
};

void store_batch_verdict(struct store_batch *b, const struct store_verdict *v);
/* Goes to every output of the list whose minimum it reaches. */
void store_batch_alert(struct store_batch *b, const struct alert *a);
/* A thing that the inference or the gate remembers; body empty: it is forgotten. */
void store_batch_state(
	struct store_batch *b, const char *table, struct span key, struct span body);
struct store_transaction {
	struct span id;
	uint64_t time; /* ns */
	struct ip_addr server, client;
	uint16_t port;
	struct span body; /* the record (JSON) */
};
void store_batch_transaction(struct store_batch *b, const struct store_transaction *t);
/* A line for an output whose stream is servers or transactions. */
void store_batch_line(struct store_batch *b, enum config_stream stream, uint64_t time,
	struct span json);

/*
 * Names and minimum severities of the outputs; those that are no more are forgotten with
 * what waited for them. Before the first commit, and when the configuration changed.
 */
int store_outputs(struct store *s, const struct config_outputs *outputs);

/* All of it, or (-1, logged) nothing. b is emptied only when it is done. */
int store_commit(struct store *s, struct store_batch *b);
/*
 * Of a batch that cannot be committed: its alerts wait for the outputs at once, in memory,
 * each once however often this is called. Bounded; the oldest of the lowest severity goes
 * first, and then waits for the commit. When that is done, the outputs that took an alert
 * are not given it again, except one to which it was just under way. Waits for no disk.
 */
void store_offer(struct store *s, struct store_batch *b);

/* --- delivery ---------------------------------------------------------------------- */

struct store_waiting {
	uint64_t id;	   /* for store_delivered() */
	enum config_stream stream;
	enum alert_severity severity;
	uint64_t time;	   /* ns */
	char *body;	   /* JSON; freed by store_waiting_free() */
	size_t octets;
};

/* The oldest that wait for output, at most max. How many. */
size_t store_waiting(
	struct store *s, const char *output, struct store_waiting *out, size_t max);
void store_waiting_free(struct store_waiting *w, size_t count);
/*
 * 0, or -1 (logged): it could not be noted now. It is not given again by this process, and
 * the next thing that is written notes it, too; this, with no ids, tries nothing else.
 */
int store_delivered(struct store *s, const char *output, const uint64_t *ids, size_t count);
/* Blocks until something may wait for that output, or ms have passed, or store_wake(). */
void store_wait(struct store *s, const char *output, unsigned ms);
/* Ends all waits, now and later. */
void store_wake(struct store *s);

struct store_counters {
	uint64_t servers, alerts, transactions, state; /* rows */
	uint64_t commits, failed;
	uint64_t octets; /* of the database */
	uint64_t damaged; /* databases set aside by this process */
	uint64_t offered; /* alerts, by store_offer() */
	uint64_t offered_dropped; /* of them, for want of room */
};
void store_counters(struct store *s, struct store_counters *out);
/* The last of them alone. Waits for nobody, as the others do for a disk that sleeps. */
uint64_t store_damaged(const struct store *s);

struct store_output_counters {
	uint64_t waiting, delivered;
	uint64_t dropped[4]; /* for want of room, by severity */
	uint64_t oldest;     /* ns: time of the oldest that waits; 0: none */
};
void store_output_counters(
	struct store *s, const char *output, struct store_output_counters *out);

/* --- reading ----------------------------------------------------------------------- */

/* Each calls visit for every row until it answers false. 0 or -1 (logged). */
typedef bool store_visit_state(void *ctx, const char *table, struct span key, struct span body);
int store_read_state(struct store *s, store_visit_state *visit, void *ctx);

struct store_query {
	struct ip_addr server; /* all zero: every one */
	uint16_t port;	       /* 0: every one */
	uint64_t from, to;     /* ns; to 0: no end */
	enum alert_severity minimum;
	size_t limit; /* the newest so many; 0: all */
};
/* JSON bodies, oldest first; for alerts also how many outputs have it, and how many not. */
struct store_row {
	struct span body;
	uint64_t time; /* ns */
	uint32_t delivered, waiting;
	const struct store_server *server; /* store_servers_read(); else NULL */
};
typedef bool store_visit_row(void *ctx, const struct store_row *row);
int store_read_alerts(
	struct store *s, const struct store_query *q, store_visit_row *visit, void *ctx);
int store_read_transactions(
	struct store *s, const struct store_query *q, store_visit_row *visit, void *ctx);
/* Server records: the newest of each server, most serious first. */
int store_read_servers(
	struct store *s, const struct store_query *q, store_visit_row *visit, void *ctx);
/*
 * All servers without their records, in the order of a ranking: most serious, confirmed,
 * most certain first, then by address. It is all that is held of them in memory.
 */
struct store_server {
	int64_t id;
	struct ip_addr addr;
	uint16_t port;
	int rank;  /* enum verdict_kind */
	int grade; /* enum verdict_grade */
	double confidence;
};
struct store_servers {
	struct store_server *at;
	size_t count;
};
/* 0 or -1 (logged); out is to be freed after 0. */
int store_servers_list(struct store *s, struct store_servers *out);
void store_servers_free(struct store_servers *l);
/*
 * Their records in that order, as they stand when their turn comes; those that are gone by
 * then are left out. The database is read a few at a time and let go before they are
 * visited: a visitor that waits for a slow terminal holds up neither sensor nor checkpoint.
 */
int store_servers_read(
	struct store *s, const struct store_servers *l, store_visit_row *visit, void *ctx);

/* The rows of one table of what was learned, and how many it has. */
int store_read_state_of(
	struct store *s, const char *table, store_visit_state *visit, void *ctx);
uint64_t store_count_state_of(struct store *s, const char *table);

/* How the verdicts of one server, or all, changed: objects as relaytap-events(7) has them.
 */
int store_read_history(
	struct store *s, const struct store_query *q, store_visit_row *visit, void *ctx);

#endif
