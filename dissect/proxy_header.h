/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PROXY protocol, versions 1 and 2 (haproxy, doc/proxy-protocol.txt): what a load
 * balancer says of the real client at the very start of a connection, before the protocol
 * proper.
 *
 * Only the addresses are read and, of the TLVs behind them, whether the client came over
 * TLS. Believes nothing: whether the sender is to be trusted is the caller's question.
 */
#ifndef PROXY_HEADER_H
#define PROXY_HEADER_H

#include "dissect.h"
#include "ip_addr.h"
#include "limits.h"

enum proxy_header_command {
	PROXY_HEADER_LOCAL, /* the proxy's own connection: a health check */
	PROXY_HEADER_PROXY  /* on behalf of source */
};

enum proxy_header_family {
	PROXY_HEADER_UNKNOWN, /* UNKNOWN, UNSPEC; or LOCAL, where the family is void */
	PROXY_HEADER_INET,
	PROXY_HEADER_INET6,
	PROXY_HEADER_UNIX /* paths, which are not kept */
};

struct proxy_header {
	uint8_t version; /* 1 or 2 */
	enum proxy_header_command command;
	enum proxy_header_family family;
	bool datagram; /* UDP or SOCK_DGRAM; version 2 only */
	/* All zero, with port 0, unless family is INET or INET6. */
	struct ip_addr source;
	struct ip_addr destination;
	uint16_t source_port;
	uint16_t destination_port;
	bool tls; /* PP2_TYPE_SSL says so, within the first PROXY_HEADER_MAX octets */
};

/*
 * head is the start of a connection's client direction. DIS_OK: *out is set and *taken is
 * the header's whole length, which may be more than head.len (TLVs: skip the rest).
 * DIS_MORE: so far it may be one; never with PROXY_HEADER_MAX octets in head. DIS_BAD: it
 * is none. *out is only touched on DIS_OK.
 */
enum dis_status proxy_header_parse(
	struct span head, struct proxy_header *out, size_t *taken);

#endif
