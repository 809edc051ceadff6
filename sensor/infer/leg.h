/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages that were seen, waiting to be met again. A message handed to a server (inbound
 * leg) and the same message leaving that server's address (onward leg) are found by the
 * queue id, the Message-ID, or envelope and body. Either may be recorded first: a server
 * that delivers before it answers is as good as one that queues for days.
 *
 * A ring of fixed size: the oldest message is forgotten, and counted. Once linked a leg does
 * not change, so it is written down (kept.h) once, and taken back when it is forgotten.
 */
#ifndef LEG_H
#define LEG_H

#include "server.h"

/* Ids under which one message may be found again. */
enum leg_id {
	LEG_QUEUE_ID,	    /* of the server's address */
	LEG_QUEUE_ID_BELOW, /* the same, from a header further down */
	LEG_QUEUE_NAMED,    /* of the server's name: it may send from another address */
	LEG_MESSAGE_ID,
	LEG_FINGERPRINT,
	LEG_IDS
};

/* Recipients of one message kept. RFC 5321 4.5.3.1.8 asks for 100. More are not tied. */
#define LEG_RCPTS_MAX 256

struct leg_rcpt {
	uint64_t address;	/* hash of the canonical address, domain folded */
	uint64_t target;	/* of where the form leads; equal for a plain one */
	struct attempt_key key; /* inbound: the attempt it belongs to; words shared */
	struct word *domain;	/* onward: of the address */
};

struct leg {
	struct kept kept;
	uint64_t serial; /* of legs alone, by which parent names it */
	bool onward;
	struct ip_addr host; /* inbound: the server's address; onward: the sender's */
	uint16_t port;	     /* inbound: the server's */
	struct word *name;   /* inbound: the identity's; NULL: none */
	struct ip_addr peer; /* inbound: the client; onward: the next hop */
	uint16_t peer_port;  /* inbound: the client's */
	uint64_t conn;	     /* inbound: id of the connection */
	struct word *peer_name; /* onward: the next hop's name */
	uint64_t ids[LEG_IDS];	/* hashes; 0: has none */
	uint64_t older[LEG_IDS]; /* serial of the older one in the same chain */
	uint64_t sender;	 /* hash of the sender's address */
	uint64_t parent;	 /* inbound: serial of the leg on which it came into the segment */
	struct moment at;	 /* of the final reply, or the last that was seen */
	enum reach reach;	 /* onward: how it ended */
	struct ip_addr seen_from; /* onward: client in the sender's own Received header */
	bool dsn;
	struct leg_rcpt *rcpts;
	uint32_t rcpt_count;
};

struct legs {
	struct words *words;
	struct kept_list *kept; /* NULL: nothing is to be written down */
	struct leg **ring;	/* NULL: nothing there yet */
	size_t max; /* a power of two; also the number of chains */
	uint64_t *heads;
	uint64_t serial; /* of the newest */
	uint64_t forgotten; /* overwritten */
};

void legs_init(struct legs *l, struct words *words, size_t max);
void legs_free(struct legs *l);

/* A hash of an id that belongs to a host; 0 for an empty text. */
uint64_t leg_id_of(const struct ip_addr *host, enum leg_id kind, struct span text);
/* Of a queue id that belongs to a name; 0 where either is missing. */
uint64_t leg_named_id_of(const struct word *name, struct span queue_id);
uint64_t leg_fingerprint_of(
	const struct ip_addr *host, uint64_t sender, uint64_t rcpt, uint64_t fingerprint);
/* Of an address: the domain without regard to case, the local part with it. */
uint64_t leg_address_of(struct span address);

/*
 * Room for a new leg, empty but for its serial. Fill it, then call legs_link. Pointers to
 * legs stay valid until the next legs_add.
 */
struct leg *legs_add(struct legs *l);
void legs_link(struct legs *l, struct leg *leg);

/* The newest leg with that id, then (older given) the next older one; NULL: no more. */
struct leg *legs_find(struct legs *l, enum leg_id kind, uint64_t id, const struct leg *older);
/*
 * A leg that was read back (infer_state.h), older ones before newer ones. False: its place
 * is taken, and it stays the caller's.
 */
bool legs_adopt(struct legs *l, struct leg *leg);

/* NULL: forgotten. */
struct leg *legs_by_serial(struct legs *l, uint64_t serial);

#endif
