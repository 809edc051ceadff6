/* SPDX-License-Identifier: Apache-2.0 */
#include "community_id.h"

#include <openssl/evp.h>

#define PROTOCOL_TCP 6
#define SHA1_OCTETS  20

struct side {
	const struct ip_addr *addr;
	uint16_t port;
};

/* The smaller address comes first, of two equal ones the smaller port. */
static bool
in_order(const struct side *a, const struct side *b)
{
	int order = ip_addr_compare(a->addr, b->addr);

	return order < 0 || (order == 0 && a->port < b->port);
}

static uint8_t *
put_addr(uint8_t *at, const struct ip_addr *a)
{
	size_t skip = ip_addr_is_v4(a) ? 12 : 0;

	memcpy(at, a->at + skip, 16 - skip);
	return at + 16 - skip;
}

static uint8_t *
put_port(uint8_t *at, uint16_t port)
{
	at[0] = (uint8_t)(port >> 8);
	at[1] = (uint8_t)port;
	return at + 2;
}

bool
community_id_tcp(const struct ip_addr *from, uint16_t from_port, const struct ip_addr *to,
	uint16_t to_port, char out[COMMUNITY_ID])
{
	struct side a = {from, from_port}, b = {to, to_port};
	uint8_t flow[2 + 32 + 2 + 4] = {0}, hash[EVP_MAX_MD_SIZE];
	unsigned octets = 0;
	uint8_t *at = flow + 2; /* the seed, 0 */

	out[0] = '\0';
	if (ip_addr_is_none(from) || ip_addr_is_none(to) || !from_port || !to_port ||
		ip_addr_is_v4(from) != ip_addr_is_v4(to))
		return false;
	if (!in_order(&a, &b)) {
		a = (struct side){to, to_port};
		b = (struct side){from, from_port};
	}
	at = put_addr(put_addr(at, a.addr), b.addr);
	*at++ = PROTOCOL_TCP;
	*at++ = 0;
	at = put_port(put_port(at, a.port), b.port);
	if (!EVP_Digest(flow, (size_t)(at - flow), hash, &octets, EVP_sha1(), NULL) ||
		octets != SHA1_OCTETS)
		return false;
	out[0] = '1';
	out[1] = ':';
	EVP_EncodeBlock((unsigned char *)out + 2, hash, SHA1_OCTETS);
	return true;
}
