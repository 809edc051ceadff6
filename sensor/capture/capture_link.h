/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel says of a network interface: is it there, up, with a carrier; what it
 * drops before any capture can count. Logs each change once. Needs no privilege, and no
 * descriptor but those it opens at first.
 */
#ifndef CAPTURE_LINK_H
#define CAPTURE_LINK_H

#include <net/if.h>
#include <pthread.h>

#include "dissect/dissect.h"

enum capture_link_state {
	CAPTURE_LINK_UP,
	CAPTURE_LINK_SILENT, /* up, no carrier */
	CAPTURE_LINK_DOWN,   /* switched off */
	CAPTURE_LINK_GONE    /* no interface of that name */
};

/*
 * The caller's, embedded. Its packet thread looks after it; another thread may ask for
 * counters meanwhile. The lock is of all that such a thread reads, here and in the tap
 * around it: the packet thread holds it to write, the other one to read. A packet costs
 * nothing of this.
 */
struct capture_link {
	pthread_mutex_t lock;
	char name[IFNAMSIZ];
	int control; /* a socket to ask by */
	int ask;     /* capture_link_ask.h, or -1 */
	int index;   /* of its last life */
	bool ethernet;
	bool loopback;
	bool quiet; /* another one tells of this interface */
	enum capture_link_state state;
	uint64_t counted; /* its drops when the capture began */
	uint64_t missed;  /* since then, as last seen */
	uint64_t before;  /* drops of the interface's former lives */
	uint64_t returns;
};

/* 0; -1 with error filled if there is no such interface. */
int capture_link_open(struct capture_link *l, const char *name, char *error, size_t room);
void capture_link_close(struct capture_link *l);

/*
 * Asks anew. Another index than before: whatever was bound to it must be bound anew. By
 * the packet thread, without the lock.
 */
void capture_link_look(struct capture_link *l);

/* By any thread, without the lock. */
enum capture_link_state capture_link_state_now(struct capture_link *l);
/* Packets that driver and card dropped since the capture began. Likewise. */
uint64_t capture_link_dropped(struct capture_link *l);

/*
 * Does the host itself live on this interface? True with the reason in why if it has an
 * address (IPv6 link-local ones, which come by themselves, aside), or other interfaces
 * stand on it: bridge, bond, VLAN. Asks the system at large: for start-up only.
 */
bool capture_link_in_use(const struct capture_link *l, char *why, size_t room);

/* "up", "no carrier", "down", "gone". Static. */
const char *capture_link_state_name(enum capture_link_state state);

#endif
