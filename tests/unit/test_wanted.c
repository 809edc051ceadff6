/* SPDX-License-Identifier: Apache-2.0 */
/* What a person may call a server. */
#include "feed.h"

#include "sensor/infer/wanted.h"

static void
check(const char *text, const char *addr, uint64_t port, const char *name)
{
	struct ip_addr want = {{0}};
	struct wanted w;

	assert_true(!addr || ip_addr_parse(span_of_text(addr), &want));
	wanted_parse(span_of_text(text), &w);
	assert_true(ip_addr_equal(&w.addr, &want));
	assert_int_equal(w.port, port);
	if (name)
		assert_true(span_equal(w.name, span_of_text(name)));
}

static void
addresses_ports_and_names_are_told_apart(void **state)
{
	(void)state;
	check("203.0.113.11", "203.0.113.11", 0, NULL);
	check("203.0.113.11:25", "203.0.113.11", 25, NULL);
	check("2001:db8::1", "2001:db8::1", 0, NULL);
	check("[2001:db8::1]:587", "2001:db8::1", 587, NULL);
	check("mail.example.org", NULL, 0, "mail.example.org");
	check("mail.example.org:465", NULL, 465, "mail.example.org");
	/* No port: it is part of a name that nobody has. */
	check("mail.example.org:70000", NULL, 0, "mail.example.org:70000");
	check("", NULL, 0, "");
	check(":", NULL, 0, ":");
}

static void
a_server_is_known_by_each_of_its_names(void **state)
{
	static const char *const yes[] = {"192.0.2.1", "192.0.2.1:25", "MAIL.corp.test",
		"mail.corp.test:25", "second.test"};
	static const char *const no[] = {
		"192.0.2.2", "192.0.2.1:26", "mail.corp.tes", "mail.corp.test:26", ""};
	struct words words;
	struct server server = {.key.port = 25};
	struct identity second = {.first = 0}, unnamed = {.next = &second};
	struct identity identity = {.next = &unnamed};
	struct verdict v = {.server = &server, .identity = &identity};
	struct wanted w;

	(void)state;
	words_init(&words, NULL);
	assert_true(ip_addr_parse(SPAN_LITERAL("192.0.2.1"), &server.key.addr));
	identity.name = word_take(&words, SPAN_LITERAL("mail.corp.test"));
	second.name = word_take(&words, SPAN_LITERAL("second.test"));
	server.identities = &identity;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		wanted_parse(span_of_text(yes[i]), &w);
		assert_true(wanted_is(&w, &v));
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		wanted_parse(span_of_text(no[i]), &w);
		assert_false(wanted_is(&w, &v));
	}
	word_drop(&words, identity.name);
	word_drop(&words, second.name);
	words_free(&words);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_ports_and_names_are_told_apart),
		cmocka_unit_test(a_server_is_known_by_each_of_its_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
