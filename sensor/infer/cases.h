/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attempts of one identity, judged and sorted by what they can show: those of
 * strangers for foreign domains that were taken, those that were denied, and the rest.
 */
#ifndef CASES_H
#define CASES_H

#include "weigh.h"

struct case_list {
	struct weighed *at;
	size_t count;
	size_t room;
};

struct cases {
	struct case_list taken;	 /* stranger, no authentication, foreign domain, taken */
	struct case_list denied; /* stranger, no authentication, relaying refused */
	struct case_list local;	 /* stranger, no authentication, hosted domain, taken */
	struct case_list open;	 /* the same, but whose domain it is, is not known */
	size_t unknown_auth;	 /* taken, but it is not known whether authenticated */
	size_t neighbours;	 /* foreign mail of clients of the server's own network, taken */
	size_t insiders;	 /* foreign mail of inside or trusted clients, taken */
};

void cases_gather(struct cases *c, struct infer *in, const struct server *server,
	struct identity *id);
void cases_free(struct cases *c);

/* Is the client of any in the list that address? */
bool case_list_has_client(const struct case_list *l, const struct ip_addr *client);
/* Distinct clients, and distinct domains, in the list. */
size_t case_list_clients(const struct case_list *l);
size_t case_list_domains(const struct case_list *l);
/* Removes those for which keep is false, in order. */
void case_list_filter(struct case_list *l, bool (*keep)(const struct weighed *, const void *),
	const void *with);

#endif
