/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Community ID, version 1, seed 0: one text for a flow, the same in every tool that
 * writes it (Zeek, Suricata, Elastic …), whichever side it is seen from.
 * https://github.com/corelight/community-id-spec
 */
#ifndef COMMUNITY_ID_H
#define COMMUNITY_ID_H

#include "dissect/ip_addr.h"

/* "1:", 20 octets in base 64, NUL. */
#define COMMUNITY_ID 31

/*
 * Of a TCP connection, ports in host order. False, and out is empty, where an address or
 * port is not known (0), or where there is no SHA-1 in the system's library.
 */
bool community_id_tcp(const struct ip_addr *from, uint16_t from_port,
	const struct ip_addr *to, uint16_t to_port, char out[COMMUNITY_ID]);

#endif
