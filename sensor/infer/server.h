/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is remembered of each mail server: who tried what there, and how far it went.
 *
 *   server (address, port)
 *     └─ identity (the name it greets with; more than one: several hosts behind an address)
 *          ├─ attempt (client, recipient's domain, trick, sender, authentication): counts
 *          │          and the first and last moment of each stage reached
 *          ├─ patron  (client): how it connects and introduces itself
 *          └─ tally   (domain): who brings mail for it, was it ever denied
 *
 * Tables are bounded; what did not fit is counted.
 */
#ifndef SERVER_H
#define SERVER_H

#include "activity.h"
#include "kept.h"
#include "sensor/record/record.h"
#include "word.h"

/* How far an attempt went; the order is that of inference: later is further. */
enum reach {
	REACH_REFUSED,	     /* relaying denied, or "authenticate first" */
	REACH_REFUSED_RCPT,  /* the recipient refused, without saying why it was */
	REACH_REFUSED_OTHER, /* refused for another reason: policy, syntax */
	REACH_DEFERRED,	     /* 4xx: no evidence */
	REACH_RCPT,	     /* recipient taken, no message handed over */
	REACH_MESSAGE_REFUSED, /* recipient taken, the message refused */
	REACH_MESSAGE,	     /* the message taken: 2xx after the end of data */
	REACH_INNER_REFUSED, /* handed to an inside host, which refused */
	REACH_BOUNCED,	     /* the server bounced it itself afterwards */
	REACH_INSIDE,	     /* handed on to an inside host, which took it */
	REACH_TRIED,	     /* onward leg to the outside seen, not (yet) accepted */
	REACH_SENT,	     /* onward leg to the outside seen and accepted */
	REACH_COUNT
};

/* What tied the onward leg to the inbound one; higher is stronger. */
enum tie {
	TIE_NONE,
	TIE_RECEIVED,	 /* the server's own Received header on the onward leg, alone */
	TIE_FINGERPRINT, /* recipient, sender and body */
	TIE_MESSAGE_ID,	 /* Message-ID and recipient */
	TIE_QUEUE_ID	 /* the id of the inbound reply in the onward Received header */
};

enum sender_kind { SENDER_OTHER, SENDER_NULL, SENDER_LITERAL, SENDER_BARE };

/* Zeroed before it is filled: compared octet by octet. */
struct attempt_key {
	struct ip_addr client;
	struct word *domain; /* where the recipient's mail would go: target's domain */
	struct word *via;    /* domain right of the last @ where it differs; else NULL */
	struct word *sender; /* its domain; NULL for <> and such */
	struct word *helo;   /* only when it names the server or its site; else NULL */
	uint8_t form;	     /* enum smtp_form; for quoted: of what stands inside */
	uint8_t sender_kind;
	uint8_t auth;	     /* enum record_auth, inferred ones folded */
	uint8_t told;	     /* known from the onward leg's Received header alone */
};

struct attempt {
	UT_hash_handle hh;
	struct kept kept;
	struct attempt_key key;
	uint32_t count[REACH_COUNT];
	struct moment first[REACH_COUNT];
	struct moment last[REACH_COUNT];
	/*
	 * Messages taken, each shared out equally among the attempts that its recipients
	 * belong to: a sum over attempts is a number of messages.
	 */
	double messages;
	uint32_t handed; /* messages that another server of the segment had taken before */
	enum tie tie;
	bool masked; /* the server saw the client as another address than the wire shows */
	struct ip_addr masked_as;
	struct ip_addr next_hop;
	struct word *next_name; /* the next hop's name; NULL: none seen */
	char queue_id[40];	/* of the first message taken */
	char reply[96];		/* text of the first refusal or acceptance */
	uint16_t reply_code;
	/* The first of the messages that went furthest; NULL: none was taken. */
	struct example *example; /* example.h */
};

/* Distinct names a client introduces itself by; enough to tell one host from a NAT. */
#define PATRON_HELOS 6

struct patron {
	UT_hash_handle hh;
	struct kept kept;
	struct ip_addr addr;
	uint32_t connections;
	uint32_t encrypted;
	uint64_t encrypted_first, encrypted_last;
	uint32_t auth_ok;
	uint32_t taken; /* recipients it got accepted */
	struct word *helos[PATRON_HELOS];
	uint8_t helo_count;
};

/* Clients of one domain told apart. */
#define TALLY_CLIENTS 12

struct tally {
	UT_hash_handle hh;
	struct kept kept;
	struct word *domain;
	struct ip_addr clients[TALLY_CLIENTS];
	uint8_t client_count;
	uint32_t taken;	 /* recipients accepted from clients without authentication */
	uint32_t denied; /* relaying refused */
	uint32_t unknown_user; /* "no such user": the server knows the domain's users */
	uint32_t messages; /* taken (sent on or not) */
	struct moment first_denied;
	struct moment first_unknown_user;
	struct moment first_taken;
};

struct identity {
	struct identity *next;
	struct kept kept;
	struct word *name; /* NULL: not known */
	enum smtp_mta mta;
	struct attempt *attempts;
	struct patron *patrons;
	struct tally *tallies;
	uint64_t first, last; /* ns */
	struct moment latest;
	uint64_t transactions;
	uint64_t connections;
	uint64_t encrypted; /* connections that went dark */
	uint64_t one_sided;
	uint64_t late_starts;
	uint64_t auth_ok;
	uint64_t unkept; /* attempts that did not fit */
	uint32_t mechs;
	bool auth_offered;
	bool starttls_offered;
	bool settled;	/* headers that waited for its name were looked for (told.h) */
	bool inspected; /* at least one recipient was answered in clear */
	struct activity activity;
};

struct server_key {
	struct ip_addr addr;
	uint32_t port;
};

/* Next hops that a host was seen to connect to, the newest kept. */
#define HOST_HOPS 32

struct host_hop {
	struct ip_addr addr;
	uint64_t last; /* ns */
};

/* An address that servers listen on, whatever the port. */
struct host {
	UT_hash_handle hh;
	struct kept kept;
	struct ip_addr addr;
	struct server *servers;
	/* Messages seen leaving from here: its onward traffic is visible. */
	uint64_t onward_seen;
	uint64_t onward_last; /* ns */
	struct host_hop hops[HOST_HOPS];
	uint32_t hop_next;
};

struct server {
	UT_hash_handle hh;
	struct kept kept;
	struct server_key key;
	struct host *host;
	struct server *next; /* at the same host */
	struct identity *identities;
	/* For changes.h: something was learned since; the verdict last told. */
	struct server *learned_prev, *learned_next;
	bool learned;
	bool told;
	uint8_t told_kind;
	uint8_t told_grade;
	/* For the desk: there is more to tell of it than its kept record says. */
	struct server *stale_prev, *stale_next;
	bool stale;
};

struct servers {
	struct server *table;
	struct host *hosts;
	struct server *learned; /* something was, in the order in which it was first */
	struct server *stale;	/* likewise */
	struct words *words;
	struct kept_list *kept; /* NULL: nothing is to be written down */
	size_t max_servers;
	size_t max_attempts; /* over all; as many patrons, and tallies */
	size_t attempts, patrons, tallies;
	uint64_t evicted; /* servers */
	/* Forgotten by an identity that had its share, or when all had; or never kept. */
	uint64_t attempts_evicted, patrons_evicted, tallies_evicted;
};

void servers_init(struct servers *s, struct words *words, size_t servers, size_t attempts);
void servers_free(struct servers *s);

struct server *server_find(struct servers *s, const struct ip_addr *addr, uint16_t port);
struct server *server_insert(struct servers *s, const struct ip_addr *addr, uint16_t port);

/* Its verdict has to be looked at again. */
void server_learned(struct servers *s, struct server *server);
/* The one that waits for that longest, which waits no longer. NULL: none. */
struct server *server_next_learned(struct servers *s);

/* Its kept record is to be written anew, after those that wait for that already. */
void server_stale(struct servers *s, struct server *server);
/* It was written. */
void server_fresh(struct servers *s, struct server *server);

struct host *host_find(struct servers *s, const struct ip_addr *addr);
/* The host was seen to connect to addr for mail at that time. */
void host_note_hop(struct host *host, const struct ip_addr *addr, uint64_t ns);

/*
 * The identity with that name (made if new). An empty name is the only identity there is,
 * or the newest one.
 */
struct identity *identity_insert(struct servers *s, struct server *server, struct span name);
/*
 * The identity of any server at addr that goes by name. name NULL, or no identity with a
 * name there: the first one without a name. Else NULL. of gets its server.
 */
struct identity *identity_at(
	struct servers *s, const struct ip_addr *addr, struct word *name, struct server **of);

/*
 * The attempt with that key, made if new (then the key's words are shared). Where the
 * identity or all together have as many as may be, another one of this identity gives
 * way; if it has none: NULL. So it is with patrons and tallies.
 */
struct attempt *attempt_insert(
	struct servers *s, struct identity *id, const struct attempt_key *key);
struct attempt *attempt_find(struct identity *id, const struct attempt_key *key);
void attempt_mark(struct attempt *a, enum reach reach, struct moment at);

struct patron *patron_insert(struct servers *s, struct identity *id, const struct ip_addr *addr);
struct patron *patron_find(struct identity *id, const struct ip_addr *addr);
struct tally *tally_insert(struct servers *s, struct identity *id, struct word *domain);
struct tally *tally_find(struct identity *id, struct word *domain);

/*
 * What was read back (infer_state.h), into its table, in the order in which it was made
 * first; owners first. False: it has no place there, and stays the caller's.
 */
bool host_adopt(struct servers *s, struct host *host);
bool server_adopt(struct servers *s, struct server *server);
bool identity_adopt(struct server *server, struct identity *id);
bool attempt_adopt(struct servers *s, struct identity *id, struct attempt *a);
bool patron_adopt(struct servers *s, struct identity *id, struct patron *p);
bool tally_adopt(struct servers *s, struct identity *id, struct tally *t);
/* After all: hosts without a server go, and every server's verdict is to be looked at. */
void servers_adopted(struct servers *s);

const char *tie_name(enum tie tie);

#endif
