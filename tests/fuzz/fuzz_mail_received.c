/* SPDX-License-Identifier: Apache-2.0 */
/* A Received field, an address list, a date: every span lies in the value. */
#include <stdlib.h>
#include <string.h>

#include "dissect/mail_address.h"
#include "dissect/mail_received.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static void
inside(struct span part, struct span whole)
{
	if (part.len)
		require(part.at >= whole.at &&
			part.at + part.len <= whole.at + whole.len);
}

/* What stands in front of the last "by" is the client's to choose in part. */
static void
check_received(struct span value)
{
	struct mail_received r;
	bool ok = mail_received_parse(value, &r);

	inside(r.from_helo, value);
	inside(r.from_rdns, value);
	inside(r.by_host, value);
	inside(r.with_text, value);
	inside(r.id, value);
	inside(r.for_address, value);
	inside(r.envelope_from, value);
	require(!r.odd || (!ok && r.authenticated == MAIL_UNKNOWN));
	require(!r.odd || ip_addr_is_none(&r.from_addr));
	require(!r.local || r.authenticated == MAIL_UNKNOWN);
	require((r.auth_reason == MAIL_AUTH_KEYWORD ||
			r.auth_reason == MAIL_AUTH_COMMENT) ==
		(r.authenticated != MAIL_UNKNOWN));
	require(mail_with_of(r.with_text) == r.with);
	require(r.has_date || r.date.seconds == 0);
}

/*
 * The fuzzer's octets as a HELO name, of the characters Postfix leaves in one (it turns
 * blanks, brackets, quotes, backslash, semicolon and @ into '?').
 */
static void
check_helo(struct span value)
{
	static const char tail[] =
		" (unknown [198.51.100.66]) by mail.example.net (Postfix) "
		"with ESMTP id Q; 23 Nov 2026 19:45:28 +0000";
	static const uint8_t client[4] = {198, 51, 100, 66};
	struct ip_addr addr = ip_addr_v4(client);
	char text[1024] = "from x";
	size_t n = strlen(text);
	struct mail_received r;

	for (size_t i = 0; i < value.len && n < 512; i++)
		if (value.at[i] > ' ' && value.at[i] < 127 &&
			!memchr("<>()\\\";@", value.at[i], 8))
			text[n++] = (char)value.at[i];
	memcpy(text + n, tail, sizeof(tail) - 1);
	require(mail_received_parse(span_of(text, n + sizeof(tail) - 1), &r));
	require(ip_addr_equal(&r.from_addr, &addr));
	require(r.authenticated == MAIL_NO && !r.local && r.mta == MAIL_MTA_POSTFIX);
	require(span_equal(r.by_host, SPAN_LITERAL("mail.example.net")));
	require(span_equal(r.id, SPAN_LITERAL("Q")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span value = span_of(data, size);
	struct span rest = value;
	struct mail_address a;
	size_t left = size + 1;

	check_received(value);
	check_helo(value);
	while (mail_address_next(&rest, &a)) {
		inside(a.address, value);
		inside(a.domain, a.address);
		require(rest.len < left);
		left = rest.len;
	}
	return 0;
}
