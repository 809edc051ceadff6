/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a record says, by type (RFC 1035 3.3, 3596, 7505, 6698). Each reader takes the
 * message the record came from, for names point back into it, and answers false when the
 * data does not have the form of its type. The caller looks at the record's type first.
 */
#ifndef DNS_RDATA_H
#define DNS_RDATA_H

#include "dissect.h"
#include "dns_message.h"
#include "ip_addr.h"

struct dns_mx {
	uint16_t preference;
	bool null; /* "this domain accepts no mail", RFC 7505 3 */
	struct dns_name exchange;
};

struct dns_soa {
	struct dns_name primary;
	uint32_t serial;
	uint32_t minimum; /* seconds that a negative answer may be kept, RFC 2308 4 */
};

/* RFC 6698 2.1, values in host order. */
struct dns_tlsa {
	uint8_t usage;
	uint8_t selector;
	uint8_t matching;
	struct span data;
};

bool dns_mx_parse(
	const struct dns_message *m, const struct dns_record *r, struct dns_mx *out);
/* A and AAAA. */
bool dns_address_parse(const struct dns_record *r, struct ip_addr *out);
/* CNAME, NS and PTR: the one name they hold. */
bool dns_target_parse(
	const struct dns_message *m, const struct dns_record *r, struct dns_name *out);
bool dns_soa_parse(
	const struct dns_message *m, const struct dns_record *r, struct dns_soa *out);
bool dns_tlsa_parse(const struct dns_record *r, struct dns_tlsa *out);

/*
 * TXT: its strings joined without anything between them (RFC 7208 3.3), raw octets, at
 * most room of them at out; *len is how many, *cut that there were more.
 */
bool dns_text_parse(
	const struct dns_record *r, uint8_t *out, size_t room, size_t *len, bool *cut);

#endif
