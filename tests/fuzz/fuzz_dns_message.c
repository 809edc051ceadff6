/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS: the input as one message, then as a TCP stream of messages, whole and octet by
 * octet. Names must be lower-case, printable and within bounds.
 */
#include <stdlib.h>

#include "dissect/dns_message.h"
#include "dissect/dns_rdata.h"
#include "dissect/dns_reverse.h"
#include "dissect/dns_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(truth)                                                                     \
	do {                                                                             \
		if (!(truth))                                                            \
			abort();                                                         \
	} while (0)

static void
check_name(const struct dns_name *name)
{
	CHECK(name->len > 0 && name->len < DNS_NAME_TEXT);
	CHECK(name->text[name->len] == '\0' && strlen(name->text) == name->len);
	for (size_t i = 0; i < name->len; i++) {
		uint8_t c = (uint8_t)name->text[i];

		CHECK(c > ' ' && c < 0x7f && !(c >= 'A' && c <= 'Z'));
	}
}

static void
check_reverse(const struct dns_name *name)
{
	struct ip_addr addr, again;
	struct span zone;

	if (dns_reverse_parse(dns_name_span(name), &addr))
		CHECK(!dns_blocklist_parse(dns_name_span(name), &again, &zone));
	if (dns_blocklist_parse(dns_name_span(name), &addr, &zone))
		CHECK(zone.len >= 3 && zone.len < name->len);
}

static void
check_data(const struct dns_message *m, const struct dns_record *r)
{
	struct dns_mx mx;
	struct dns_soa soa;
	struct dns_tlsa tlsa;
	struct dns_name name;
	struct ip_addr addr;
	uint8_t text[64];
	size_t len;
	bool cut;

	if (dns_mx_parse(m, r, &mx))
		check_name(&mx.exchange);
	if (dns_target_parse(m, r, &name))
		check_name(&name);
	if (dns_soa_parse(m, r, &soa))
		check_name(&soa.primary);
	(void)dns_tlsa_parse(r, &tlsa);
	(void)dns_address_parse(r, &addr);
	if (dns_text_parse(r, text, sizeof(text), &len, &cut))
		CHECK(len <= sizeof(text) && (!cut || len == sizeof(text)));
}

static unsigned
check_message(struct span octets)
{
	struct dns_message m;
	struct dns_record r;
	unsigned records = 0;

	if (dns_message_open(&m, octets) != DIS_OK)
		return 0;
	while (dns_message_next(&m, &r) == DIS_OK) {
		check_name(&r.name);
		check_reverse(&r.name);
		check_data(&m, &r);
		CHECK(r.ttl <= INT32_MAX);
		records++;
	}
	CHECK(records * 5 <= octets.len);
	return records;
}

/* Messages and their records in all, as one sum. */
static uint64_t
check_stream(struct span octets, size_t step)
{
	static uint8_t room[65535];
	struct dns_stream s;
	uint64_t sum = 0;

	dns_stream_reset(&s, room, sizeof(room));
	for (size_t i = 0; i < octets.len; i += step) {
		struct span in = span_slice(octets, i, i + step), message;
		uint16_t length;

		while (dns_stream_next(&s, &in, &message, &length) == DIS_OK) {
			CHECK(message.len == length);
			sum = sum * 31 + 1 + check_message(message);
		}
		CHECK(in.len == 0);
	}
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span octets = span_of(data, size);

	(void)check_message(octets);
	CHECK(check_stream(octets, size + 1) == check_stream(octets, 1));
	return 0;
}
