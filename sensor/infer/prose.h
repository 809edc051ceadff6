/* SPDX-License-Identifier: Apache-2.0 */
/*
 * English sentences, put together piece by piece in a buffer of the caller's: always
 * NUL-terminated, cut where the room ends. Numbers agree with their nouns. Peers' names
 * and replies go in raw but bounded (see explain.h), so that none of them can push the
 * rest of a sentence out.
 */
#ifndef PROSE_H
#define PROSE_H

#include "verdict.h"

struct prose {
	char *at;
	size_t room; /* octets, NUL included; not 0 */
	size_t used; /* NUL not counted */
};

/* Octets of a peer's name or reply that are shown; more are cut to "...". */
#define PROSE_PEER_MAX 100

void prose_init(struct prose *p, char *out, size_t room);
__attribute__((format(printf, 2, 3))) void prose_add(
	struct prose *p, const char *format, ...);
/* The first line of a peer's text. A NUL in it shows as a question mark. */
void prose_peer(struct prose *p, struct span text);
void prose_word(struct prose *p, const struct word *word);
void prose_addr(struct prose *p, const struct ip_addr *addr);
/* "2026-11-23 20:22:53 UTC" */
void prose_time(struct prose *p, uint64_t ns);
/* "1 message", "2 messages"; plurals in s only. */
void prose_count(struct prose *p, uint64_t count, const char *noun);
/* "203.0.113.11:25", "[2001:db8::1]:25" */
void prose_endpoint(struct prose *p, const struct server_key *key);
/* "mx1.victim.test (198.51.100.10)", or the address alone. */
void prose_host(struct prose *p, const struct word *name, const struct ip_addr *addr);
/* "mail.corp.test (203.0.113.11:25, Postfix)", as much of it as is known. */
void prose_server(struct prose *p, const struct verdict *v);

#endif
