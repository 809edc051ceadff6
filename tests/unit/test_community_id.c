/* SPDX-License-Identifier: Apache-2.0 */
/* The TCP flows of the specification's own baseline. */
#include "feed.h"

#include "sensor/output/community_id.h"

static struct ip_addr
addr(const char *text)
{
	struct ip_addr a = {{0}};

	assert_true(!*text || ip_addr_parse(span_of_text(text), &a));
	return a;
}

static void
assert_id(const char *from, uint16_t from_port, const char *to, uint16_t to_port,
	const char *want)
{
	struct ip_addr a = addr(from), b = addr(to);
	char id[COMMUNITY_ID];

	memset(id, 'x', sizeof(id));
	assert_int_equal(community_id_tcp(&a, from_port, &b, to_port, id), *want != '\0');
	assert_string_equal(id, want);
}

static void
both_directions_have_the_published_id(void **state)
{
	(void)state;
	assert_id("128.232.110.120", 34855, "66.35.250.204", 80,
		"1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	assert_id("66.35.250.204", 80, "128.232.110.120", 34855,
		"1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
	assert_id("2001:470:e5bf:dead:4957:2174:e82c:4887", 63943,
		"2607:f8b0:400c:c03::1a", 25, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
	assert_id("2607:f8b0:400c:c03::1a", 25, "2001:470:e5bf:dead:4957:2174:e82c:4887",
		63943, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=");
}

static void
half_known_flows_have_none(void **state)
{
	(void)state;
	assert_id("192.0.2.1", 0, "192.0.2.2", 25, "");
	assert_id("192.0.2.1", 40000, "192.0.2.2", 0, "");
	assert_id("", 40000, "192.0.2.2", 25, "");
	assert_id("192.0.2.1", 40000, "", 25, "");
	assert_id("192.0.2.1", 40000, "2001:db8::1", 25, "");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_have_the_published_id),
		cmocka_unit_test(half_known_flows_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
