/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses written into names: reverse lookup (RFC 1035 3.5, RFC 3596 2.5) and the
 * questions asked of blocklists (RFC 5782 2.1, 2.4). Pure text; nothing is looked up.
 */
#ifndef DNS_REVERSE_H
#define DNS_REVERSE_H

#include "dissect.h"
#include "ip_addr.h"

/*
 * "1.2.0.192.in-addr.arpa", or 32 nibbles and "ip6.arpa": a whole address, in any case,
 * with or without a dot at the end. False leaves *out untouched: parts of addresses,
 * RFC 2317 delegations, other names.
 */
bool dns_reverse_parse(struct span name, struct ip_addr *out);

/*
 * "1.2.0.192.zen.example.org": the same before any zone of two labels or more. Whether
 * the zone is a blocklist the name alone cannot say; an answer in 127.0.0.0/8 does.
 */
bool dns_blocklist_parse(struct span name, struct ip_addr *out, struct span *zone);

#endif
