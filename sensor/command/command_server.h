/* SPDX-License-Identifier: Apache-2.0 */
/* What a user may call a server by: address, address and port, or name. */
#ifndef COMMAND_SERVER_H
#define COMMAND_SERVER_H

#include "dissect/dissect.h"
#include "dissect/ip_addr.h"

struct command_server {
	struct ip_addr addr; /* all zero: by name */
	uint16_t port;	     /* 0: any */
	struct span name;    /* borrows from the text */
};

/* "203.0.113.11", "203.0.113.11:25", "[2001:db8::1]:25", "mail.example.org". */
void command_server_parse(struct span text, struct command_server *out);

/* Is it the server with this address, port and name? An empty name is nobody's. */
bool command_server_is(const struct command_server *c, const struct ip_addr *addr,
	uint32_t port, struct span name);

#endif
