/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One address type for both families, its text form, and prefixes.
 *
 * An IPv4 address is kept as its IPv4-mapped IPv6 form (RFC 4291 2.5.5.2), so that
 * equality, hashing and prefix tests are one code path.
 */
#ifndef IP_ADDR_H
#define IP_ADDR_H

#include "dissect.h"

/* Network byte order. All zero: no address. */
struct ip_addr {
	uint8_t at[16];
};

/* bits counts in the 128-bit form: 10.0.0.0/8 has 104. */
struct ip_prefix {
	struct ip_addr base;
	uint8_t bits;
};

/* Longest text with its NUL: eight groups, or a mapped form. */
#define IP_ADDR_TEXT 46

struct ip_addr ip_addr_v4(const uint8_t at[4]);
struct ip_addr ip_addr_v6(const uint8_t at[16]);
bool ip_addr_is_v4(const struct ip_addr *a);
bool ip_addr_is_none(const struct ip_addr *a);
bool ip_addr_equal(const struct ip_addr *a, const struct ip_addr *b);
int ip_addr_compare(const struct ip_addr *a, const struct ip_addr *b);

/* RFC 5952 text (IPv4: dotted quad) into out[IP_ADDR_TEXT]. Returns its length. */
size_t ip_addr_write(const struct ip_addr *a, char *out);

/*
 * Exactly one address in dotted quad or RFC 4291 2.2 text, nothing around it. Leading
 * zeros in a quad, zone ids and ports are refused. False leaves *out untouched.
 */
bool ip_addr_parse(struct span text, struct ip_addr *out);

/* "10.0.0.0/8", "2001:db8::/32" or a bare address. Host bits must be zero. */
bool ip_prefix_parse(struct span text, struct ip_prefix *out);
bool ip_prefix_holds(const struct ip_prefix *p, const struct ip_addr *a);

/* Not routed in the public Internet: RFC 1918, 6598, 4193, 3927, 4291 link-local. */
bool ip_addr_is_private(const struct ip_addr *a);
/* 127.0.0.0/8 (RFC 1122 3.2.1.3) and ::1. */
bool ip_addr_is_loopback(const struct ip_addr *a);

#endif
