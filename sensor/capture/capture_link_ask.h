/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about interfaces to the kernel by rtnetlink(7), which answers for the network
 * that the descriptor was opened in, whatever /sys shows, and needs no privilege.
 */
#ifndef CAPTURE_LINK_ASK_H
#define CAPTURE_LINK_ASK_H

#include "dissect/dissect.h"

struct capture_link_answer {
	uint64_t missed; /* packets the card had no buffer for, since it is there */
	bool has_master; /* a bridge or bond has taken it */
};

/* A descriptor to ask by, or -1. */
int capture_link_ask_open(void);
/* False: no answer. */
bool capture_link_ask(int ask, int ifindex, struct capture_link_answer *out);
/* Does a VLAN or the like stand on it? True also if the kernel does not say. */
bool capture_link_ask_upper(int ask, int ifindex);

#endif
