/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who used a server, or tried to, and for which domains: clients without authentication
 * that are outside, and domains that are not the server's own. One line a client and
 * domain, whatever senders and forms were tried.
 */
#ifndef REPORT_USERS_H
#define REPORT_USERS_H

#include "sensor/infer/judge.h"
#include "sensor/infer/verdict.h"

/* Lines that are shown. */
#define REPORT_USERS_SHOWN 20u

struct report_user {
	struct ip_addr client;
	const struct word *domain; /* NULL: none */
	enum judge_domain source;  /* how it is known that the domain is foreign */
	double messages;	   /* taken; shared out among recipients, so not whole */
	uint64_t taken;		   /* recipients taken, whatever became of the message */
	uint64_t sent;		   /* of these seen leaving */
	uint64_t refused;	   /* recipients refused, or their message */
	uint64_t first, last;	   /* ns; 0: not known */
};

struct report_users {
	struct report_user *at; /* most messages first */
	size_t count;
	size_t clients, domains; /* distinct ones in at */
	/* What is no stranger's business, left out. */
	double own;	/* messages from strangers for the server's own domains */
	double trusted; /* messages of clients that authenticated or are inside */
};

void report_users_fill(struct report_users *u, struct infer *in, const struct verdict *v);
void report_users_free(struct report_users *u);

#endif
