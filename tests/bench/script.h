/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What two hosts say to each other, turn by turn, before it is cut into packets. Made for
 * measurements: the same seed gives the same octets on every machine.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

uint64_t random_next(struct random *r);
/* from..to, both included. */
uint32_t random_between(struct random *r, uint32_t from, uint32_t to);
/* True once in n, on average. */
bool random_once_in(struct random *r, uint32_t n);
/* from..from × 2^doublings, small ones as frequent as large ones on a logarithmic scale.
 */
uint32_t random_size(struct random *r, uint32_t from, unsigned doublings);
/* 1..2^doublings, as things are popular: 1 about as often as 2 and 3, as 4 to 7. */
uint32_t random_rank(struct random *r, unsigned doublings);

enum side {
	SIDE_CLIENT,
	SIDE_SERVER
};

struct turn {
	enum side side;
	size_t end; /* octets of the script up to here */
};

/* The script owns its memory, and keeps it over script_reset. Exits when there is none.
 */
struct script {
	uint8_t *at;
	size_t len, room;
	struct turn *turn;
	size_t turns, turn_room;
};

void script_reset(struct script *s);
void script_free(struct script *s);
/* Adds to what that side says; a change of side begins a new turn. */
void script_octets(struct script *s, enum side side, const void *at, size_t n);
__attribute__((format(printf, 3, 4))) void script_say(
	struct script *s, enum side side, const char *format, ...);
/* n octets that nobody can read. */
void script_opaque(struct script *s, enum side side, size_t n, struct random *r);
/* Ends the turn even if the same side goes on: a datagram or a pause. */
void script_pause(struct script *s);

/* A whole TLS conversation: hellos, then records of application data. */
void script_tls(
	struct script *s, const char *name, size_t up, size_t down, struct random *r);

/* One SMTP connection, a kind of it chosen by r. */
void script_mail(struct script *s, struct random *r);
void script_dns(struct script *s, struct random *r);
void script_quic(struct script *s, struct random *r);
void script_web(struct script *s, struct random *r);
void script_odd(struct script *s, struct random *r);

#endif
