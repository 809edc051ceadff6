/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What name servers were heard to answer: mail exchangers, addresses, reverse names; and
 * who asked for what. Facts are remembered beyond their TTL (a mail that was relayed an
 * hour ago is judged by the MX of then); a newer answer replaces an older one.
 */
#ifndef NAMES_H
#define NAMES_H

#include "kept.h"
#include "sensor/record/record.h"
#include "word.h"

/* Answers kept for one name. More exchangers or addresses are passed over. */
#define NAMES_MX_MAX   12
#define NAMES_ADDR_MAX 16

struct names {
	struct words *words;
	struct name_fact *facts;
	struct name_reverse *reverses;
	struct name_asker *askers;
	struct name_asked *asked;
	struct kept_list *kept; /* NULL: nothing is to be written down */
	size_t max; /* entries of each table; the oldest goes */
	uint64_t evicted;
};

enum names_mx {
	NAMES_MX_UNKNOWN,  /* no answer heard */
	NAMES_MX_IS,	   /* the exchangers of the domain hold the server */
	NAMES_MX_SIBLING,  /* they do not, but one bears a name of the server's own site */
	NAMES_MX_IS_NOT,   /* they do not, and their addresses are known */
	NAMES_MX_IS_NOT_BY_NAME, /* they do not, as far as their names tell */
	NAMES_MX_NULL	   /* the domain takes no mail at all (RFC 7505) */
};

void names_init(struct names *n, struct words *words, size_t max);
void names_free(struct names *n);
void names_feed(struct names *n, const struct record_dns *dns);

/*
 * Is the server (its address, and the name it goes by, which may be NULL) a mail exchanger
 * of domain? An address that answers an A or AAAA query where no MX exists is an implicit
 * one (RFC 5321 5.1). at gets the moment of the answer that decided.
 */
enum names_mx names_mx_of(struct names *n, struct word *domain, const struct ip_addr *server,
	struct word *server_name, struct moment *at);

/*
 * Is host the only one that was heard to ask for the exchangers of domain? He may have
 * asked a name server of his own.
 */
bool names_is_only_asker(
	struct names *n, struct word *domain, const struct ip_addr *host);

/* Is name of the same site as an exchanger of domain? */
bool names_is_mx_site(struct names *n, struct word *domain, struct word *name);

/* Was client an exchanger of domain, by address? For next hops. */
bool names_is_mx(struct names *n, struct word *domain, const struct ip_addr *host);

/* The name that a reverse lookup gave for an address; NULL if none was heard. */
struct word *names_reverse(struct names *n, const struct ip_addr *addr);

/* True if name is known to have that address (forward lookup heard). */
bool names_has_addr(struct names *n, struct word *name, const struct ip_addr *addr);

/* Has host looked up MX, A or AAAA of domain at or after since? */
bool names_asked_for(
	struct names *n, const struct ip_addr *host, struct word *domain, uint64_t since);

/* Time of the last query of any kind heard from host; 0: none, so nothing can be said. */
uint64_t names_last_asked(struct names *n, const struct ip_addr *host);

#endif
