/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The classic filter where eBPF is not to be had, as a text for pcap-filter(7): the same
 * ports, at the price of more packets, since it cannot look into tunnels nor behind
 * extension headers and lets all of these pass.
 */
#ifndef CAPTURE_PORTS_H
#define CAPTURE_PORTS_H

#include "dissect/dissect.h"

struct capture_ports {
	const uint16_t *tcp; /* host order */
	size_t tcp_count;
	const uint16_t *udp;
	size_t udp_count;
	bool any_tcp; /* mail is looked for on all ports: all of TCP passes */
};

/* Malloced, to be freed; NULL: no memory. */
char *capture_ports_expression(const struct capture_ports *p);

#endif
