/* SPDX-License-Identifier: Apache-2.0 */
/* A server as a person names it: address, address and port, or the name it goes by. */
#ifndef WANTED_H
#define WANTED_H

#include "verdict.h"

/* Borrows the text that it was made of. */
struct wanted {
	struct ip_addr addr; /* all zero: by name */
	uint64_t port;	     /* 0: any */
	struct span name;
};

/* "203.0.113.11", "203.0.113.11:25", "[2001:db8::1]:25", "mail.example.org". */
void wanted_parse(struct span text, struct wanted *w);

/* Is it the server that the verdict is about? By any name that it greets with. */
bool wanted_is(const struct wanted *w, const struct verdict *v);

#endif
