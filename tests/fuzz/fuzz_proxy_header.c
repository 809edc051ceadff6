/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer for a longer head never contradicts that for a shorter one: MORE may become
 * anything, BAD stays BAD, OK stays the same OK. XCLIENT's attributes are read too.
 */
#include <stdlib.h>

#include "dissect/proxy_header.h"
#include "dissect/xclient.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

static void
check_header(const struct proxy_header *h, size_t taken)
{
	bool inet = h->family == PROXY_HEADER_INET || h->family == PROXY_HEADER_INET6;

	check(taken >= 15 && taken <= 16 + 65535);
	check(h->version == 1 || h->version == 2);
	check(h->version == 2 || taken <= 107);
	check(inet || (ip_addr_is_none(&h->source) && ip_addr_is_none(&h->destination)));
	check(inet || (h->source_port == 0 && h->destination_port == 0));
	check(h->family != PROXY_HEADER_INET || ip_addr_is_v4(&h->source));
	check(h->command == PROXY_HEADER_PROXY || (!inet && !h->tls));
}

static void
check_xclient(struct span args)
{
	struct span s = span_slice(args, 0, 512);
	struct xclient x;
	char text[513];

	(void)xclient_parse(s, text, s.len + 1, &x);
	check((x.told & (x.unavailable | x.temporary)) == 0);
	check((x.unavailable & x.temporary) == 0);
	for (int a = 0; a < XCLIENT_COUNT; a++) {
		bool told = (x.told >> a & 1) != 0;

		check(told || x.text[a].len == 0);
		check(x.text[a].len <= s.len);
	}
	check(x.told & 1u << XCLIENT_ADDR || ip_addr_is_none(&x.addr));
	check(x.told & 1u << XCLIENT_PORT || x.port == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proxy_header h, before = {0};
	enum dis_status was = DIS_MORE;
	size_t taken = 0, taken_before = 0;

	for (size_t n = 0; n <= size && n <= 2 * PROXY_HEADER_MAX; n++) {
		enum dis_status got = proxy_header_parse(span_of(data, n), &h, &taken);

		check(was == DIS_MORE || got == was);
		check(got != DIS_MORE || n < PROXY_HEADER_MAX);
		if (got == DIS_OK) {
			check_header(&h, taken);
			if (was == DIS_OK)
				check(taken == taken_before && h.tls == before.tls &&
					ip_addr_equal(&h.source, &before.source) &&
					h.source_port == before.source_port);
			before = h;
			taken_before = taken;
		}
		was = got;
	}
	check_xclient(span_of(data, size));
	return 0;
}
