/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Abuses and weaknesses seen in the same records as the relays: who did what at which
 * server, how often, from when to when. Facts only; words are put to them in
 * finding_words.h, and the rules are in one file a question:
 *
 * finding_probe (finding_tester)  relay probes, and whose pattern they have
 * finding_tls                     STARTTLS stripped, vanished, refused, injected into;
 *                                 passwords in clear
 * finding_mail                    smuggling, backscatter
 * finding_blocklist               refusals and DNS answers that name a blocklist
 * finding_users                   mailbox names tried out
 *
 * What has not reached its kind's threshold is watched. Both tables are bounded; the one
 * that was quiet for longest goes, and is counted. Nothing here is forgotten by time, so
 * that a capture of a month tells what happened on its first day.
 */
#ifndef FINDING_H
#define FINDING_H

#include "dissect/ip_addr.h"
#include "finding_kind.h"
#include "kept.h"
#include "sensor/record/record.h"
#include "word.h"

/* Findings kept, and suspicions that are watched. */
#define FINDINGS_MAX	     4096
#define FINDINGS_WATCHED_MAX 8192
/* Items of evidence: the first ones, and in the last place the newest. */
#define FINDING_EVIDENCE_MAX 6
/* Octets of what an item says, NUL included; of a peer's text inside it. */
#define FINDING_WHAT 160
/* Clients of one finding told apart; more are one "more than". */
#define FINDING_CLIENTS_MAX 16
/* Domains told apart while a client is refused relaying. */
#define FINDING_DOMAINS_MAX 8
/* nmap's smtp-open-relay has so many tests; so has Metasploit's smtp_relay. */
#define FINDING_TESTS 16
/* Messages of one client that wait for what follows them; the oldest goes. */
#define FINDING_CARRIERS 8
/* Octets of a blocklist's name, and of a text that a peer said, NUL included. */
#define FINDING_LIST 64

/* Zeroed before it is filled: compared octet by octet. */
struct finding_key {
	struct ip_addr server;
	struct ip_addr
		client; /* none: the kind is about the server, whoever its client */
	uint32_t port;	/* 0: not about a port */
	uint32_t kind;	/* enum finding_kind */
};

struct finding_evidence {
	struct moment at;
	char what[FINDING_WHAT];
};

/* How far a probe came; later is worse. */
enum finding_answer {
	ANSWER_NONE,	 /* not asked, or no answer seen */
	ANSWER_DEFERRED, /* 4xx */
	ANSWER_REFUSED,
	ANSWER_UNROUTABLE, /* recipient taken, but its form names no place in the world */
	ANSWER_RCPT,	   /* recipient taken */
	ANSWER_MESSAGE	   /* message taken */
};

/* One of the sixteen tests; not sent while at.frame is 0 and answer is NONE. */
struct finding_test {
	struct moment at;
	enum finding_answer answer;
	uint16_t code;
	char from[FINDING_LIST], to[FINDING_LIST]; /* as sent */
};

struct finding_probe {
	unsigned testers; /* bits of enum tester */
	uint32_t forms;	  /* bits of enum smtp_form */
	uint32_t answers[ANSWER_MESSAGE + 1];
	uint64_t domains[FINDING_DOMAINS_MAX]; /* hashes; relaying refused for */
	uint32_t domain_count;
	uint8_t last_test;
	struct finding_test *tests; /* FINDING_TESTS of them; NULL: none recognised */
};

struct finding_tls {
	uint32_t offers;    /* connections that STARTTLS was offered on */
	uint32_t missing;   /* and later ones that it was not offered on */
	uint32_t again;	    /* offers seen after the first that was missing */
	uint32_t passwords; /* connections on which a password followed in clear */
	bool same_client;   /* it was offered before to a client that now goes without */
	bool names_vary;    /* several hosts answer: nothing can be said of any of them */
};

/* A message with an odd end inside. */
struct finding_carrier {
	uint64_t conn;	   /* id of its connection; 0: none */
	uint32_t index;	   /* of its transaction */
	uint64_t answered; /* ns: when the message was */
};

struct finding {
	UT_hash_handle hh;
	struct kept kept;
	struct finding_key key;
	/* Among those that changed since they were last asked for; only a raised one is. */
	struct findings *home;
	struct finding *changed_prev, *changed_next;
	bool changed;
	uint64_t turn; /* the newest touched has the greatest: the order of its table */
	bool raised;
	enum finding_severity severity;
	uint64_t first, last; /* ns */
	uint64_t window;      /* ns: when the count of a watched one began */
	uint64_t count;	      /* what of: see finding_detail */
	struct ip_addr clients[FINDING_CLIENTS_MAX];
	uint32_t client_count;
	bool more_clients;
	struct word *name; /* the server's; NULL: none */
	struct finding_evidence evidence[FINDING_EVIDENCE_MAX];
	uint32_t evidence_count;
	union {
		struct finding_probe probe;
		struct finding_tls tls; /* all kinds about STARTTLS */
		struct {
			uint32_t ok, failed;
		} auth;
		struct {
			uint32_t forms; /* bits, from SMTP_NOTE_SMUGGLE_LF_DOT_LF */
			uint32_t taken; /* what was smuggled in was answered */
			bool all_lines; /* its client ends every line so: carelessness */
			/* Connections that may show next what the server made of it. */
			struct finding_carrier carriers[FINDING_CARRIERS];
			uint32_t next;
		} smuggling;
		struct {
			char list[FINDING_LIST];
			bool named; /* a refusal had the server's address in it */
			uint32_t refusals, answers;
		} blocklist;
		struct {
			uint32_t unknown, known, verified;
		} users;
	} of;
};

struct findings {
	struct words *words;
	struct finding *raised;
	struct finding *watched;
	struct finding *changed; /* in the order in which they first did */
	struct kept_list *kept;	 /* NULL: nothing is to be written down */
	uint64_t turn;
	size_t max_raised, max_watched;
	uint64_t forgotten;	  /* raised ones that had to go */
	uint64_t watch_forgotten; /* watched ones that had to go */
};

struct infer;

void findings_init(struct findings *fs, struct words *words);
void findings_free(struct findings *fs);
/* After the record was learned. */
void findings_feed(struct infer *in, const struct record *r);

/*
 * All that were raised, the most severe first, then by first moment, server, kind and
 * client: the same in every run. The array is the caller's to free; it borrows. NULL if
 * there are none.
 */
const struct finding **findings_list(const struct infer *in, size_t *count);

/*
 * A raised one that was counted, raised, or made more severe since it was last asked for;
 * NULL: no more. Costs nothing when nothing happened. Borrowed until the next record is
 * fed.
 */
const struct finding *findings_changed_next(struct infer *in);

/* For the rules. A new one is watched. Name: the server's, may be empty. */
struct finding *finding_insert(struct findings *fs, const struct finding_key *key,
	struct span name, uint64_t ns);
struct finding *finding_find(struct findings *fs, const struct finding_key *key);
/* Read back, in the order of their turns, as host_adopt() and the like in server.h. */
bool finding_adopt(struct findings *fs, struct finding *f);
/* The watched one begins anew if its count began over an hour ago. */
void finding_watch_hour(struct finding *f, uint64_t ns);
void finding_raise(
	struct findings *fs, struct finding *f, enum finding_severity severity);
/* Something else of it is other than it was. */
void finding_touch(struct finding *f);
void finding_note_client(struct finding *f, const struct ip_addr *client);
/* Counts one more at that moment. */
void finding_count(struct finding *f, struct moment at);
__attribute__((format(printf, 3, 4))) void finding_add_evidence(
	struct finding *f, struct moment at, const char *format, ...);
/* A peer's text, cut, its NULs and line ends shown as blanks, for "%s". */
const char *finding_peer(struct span text, char out[FINDING_LIST]);

struct finding_key finding_key_of(
	const struct record_conn *conn, enum finding_kind kind, bool of_client);

#endif
