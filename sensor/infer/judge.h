/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions 3 and 4 of an attempt: is the client an outsider to the server, and is the
 * recipient's domain foreign to it? Each answer comes with the source that gave it, and a
 * weight for the sum in weigh.h. Asked at the time of the verdict, with all that is known
 * by then.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "infer.h"

enum judge_client {
	CLIENT_TRUSTED_CONFIG, /* the configuration says that it may relay */
	CLIENT_HOME,	       /* in the home networks of the configuration */
	CLIENT_INSIDE,	       /* private or loopback: such an address is no stranger */
	CLIENT_SELF,	       /* the server itself */
	CLIENT_OWN_SITE,       /* DNS, both ways, has it among the server's own hosts */
	CLIENT_NEIGHBOUR,      /* of the server's own /24 or /64 */
	CLIENT_OUTSIDE_CONFIG, /* home networks are configured, and it is in none */
	CLIENT_OUTSIDE,	       /* any other */
	CLIENT_MASKED	       /* an inside address behind which strangers come */
};

enum judge_domain {
	DOMAIN_UNKNOWN,
	/* Hosted: the server takes this mail by right. */
	DOMAIN_HOSTED_CONFIG,
	DOMAIN_HOSTED_MX,	/* an exchanger of it, says DNS */
	DOMAIN_HOSTED_SIBLING,	/* a host of the server's own site is an exchanger of it */
	DOMAIN_HOSTED_BEHIND,	/* an exchanger of it hands its mail on to this server */
	DOMAIN_HOSTED_NAME,	/* the server's name is of that domain */
	DOMAIN_HOSTED_GATEWAY,	/* its mail is handed to an inside host */
	DOMAIN_HOSTED_USERS,	/* the server knows who has a mailbox in it */
	DOMAIN_HOSTED_SELECTED, /* taken from strangers by a server that denies others */
	/* Foreign. */
	DOMAIN_FOREIGN_CONFIG,	/* hosted domains are configured, and it is none */
	DOMAIN_FOREIGN_MX,	/* its exchangers are known, and the server is none */
	DOMAIN_FOREIGN_MX_NAME, /* the same, as far as their names tell */
	DOMAIN_FOREIGN_NULL_MX, /* it takes no mail anywhere */
	DOMAIN_FOREIGN_DENIED,	/* the server denied relaying for it to somebody else */
	DOMAIN_FOREIGN_PROVIDER,/* of a large mailbox provider that the server is not */
	DOMAIN_FOREIGN_TESTER,	/* the domain of a well-known relay tester */
	DOMAIN_FOREIGN_NEXT_HOP,/* sent on to an exchanger of it */
	DOMAIN_FOREIGN_SPREAD,	/* one of several that are sent on to different places */
	DOMAIN_FOREIGN_LITERAL	/* an address literal of another host */
};

struct judgement {
	enum judge_domain source;
	struct moment at; /* of what decided; frame 0: nothing on the wire */
};

bool judge_is_hosted(enum judge_domain source);
bool judge_is_foreign(enum judge_domain source);
bool judge_is_outsider(enum judge_client client);

enum judge_client judge_client(
	struct infer *in, const struct server *server, struct identity *id,
	const struct ip_addr *client);

/* The domain of an attempt (never one of an identity without a server). */
struct judgement judge_domain(struct infer *in, const struct server *server,
	struct identity *id, const struct attempt *a);

/* Is the next hop on the same side of the border as the server that sends to it? */
bool judge_next_hop_inside(
	struct infer *in, const struct ip_addr *server, const struct ip_addr *next_hop);

/* Does a sender's domain belong to the server (a domain it hosts or is named after)? */
bool judge_is_own_domain(
	struct infer *in, const struct server *server, struct identity *id, struct word *domain);

#endif
