/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domains that say something by themselves: large public mailbox providers, whose mail no
 * other operator's server takes by right, and the domains that relay testers send to.
 */
#ifndef KNOWN_DOMAINS_H
#define KNOWN_DOMAINS_H

#include "dissect/dissect.h"

enum known_domain { KNOWN_NONE, KNOWN_PROVIDER, KNOWN_TESTER };

/* domain in lower case. */
enum known_domain known_domain_find(struct span domain);

/* Is a server of site (a registrable domain) one of the operator of domain? */
bool known_domain_same_owner(struct span site, struct span domain);

#endif
