/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/output/redact.h"
#include "sensor/output/redact_json.h"

#define M REDACT_MARK

static void
assert_json(const char *in, enum config_redact level, const char *want)
{
	struct guarded g = guarded_new(in, strlen(in));
	struct text_out out;

	text_out_init(&out);
	text_out_text(&out, "");
	redact_json(guarded_span(&g), level, &out);
	assert_string_equal(out.at, want);
	text_out_free(&out);
	guarded_free(&g);
}

static void
assert_levels(const char *in, const char *local_part, const char *all)
{
	assert_json(in, CONFIG_REDACT_LOCAL_PART, local_part);
	assert_json(in, CONFIG_REDACT_ALL, all);
}

static void
what_holds_no_address_stays_as_it_is(void **state)
{
	static const char line[] =
		"{\"type\":\"server\",\"schema\":1,\"n\":[-1.5e3,true,false,null,{}],"
		"\"a\":\"x\\ny \\u0041 \\\\xff \\/\",\"server\":{\"ip\":\"2001:db8::1\"},"
		"\"exposure\":{\"from\":\"2026-11-23T20:22:53.000000000Z\"}}";

	(void)state;
	assert_levels(line, line, line);
}

static void
strings_lose_their_addresses(void **state)
{
	(void)state;
	assert_levels("[\"to bob@x.test\",{\"what\":\"<bob@x.test> said \\\"no\\\"\"}]",
		"[\"to " M "@x.test\",{\"what\":\"<" M "@x.test> said \\\"no\\\"\"}]",
		"[\"to " M "\",{\"what\":\"<" M "> said \\\"no\\\"\"}]");
	assert_levels(
		"[\"b\\u006fb\\u0040x.test\"]", "[\"" M "@x.test\"]", "[\"" M "\"]");
	assert_levels("{\"bob@x.test\":1}", "{\"" M "@x.test\":1}", "{\"" M "\":1}");
}

static void
sentences_lose_the_replies_in_them(void **state)
{
	static const char in[] =
		"{\"explanation\":\"2026-11-23 20:22:53 UTC (550 bob no). It does\","
		"\"short\":\"Relays: 250 messages\",\"evidence\":["
		"{\"what\":\"refused to 192.0.2.1: 550 bob no\",\"weight\":1}],"
		"\"what\":\"it took: 250 messages\"}";

	(void)state;
	assert_levels(in, in,
		"{\"explanation\":\"2026-11-23 20:22:53 UTC (550 " M "). It does\","
		"\"short\":\"Relays: 250 messages\",\"evidence\":["
		"{\"what\":\"refused to 192.0.2.1: 550 " M "\",\"weight\":1}],"
		"\"what\":\"it took: 250 messages\"}");
}

static void
members_that_are_addresses_are_taken_as_such(void **state)
{
	(void)state;
	assert_levels(
		"{\"mail_from\":{\"raw\":\"<bob>\",\"address\":\"bob\",\"code\":250},"
		"\"rcpt\":[{\"raw\":\"<a b@x.test>\",\"final\":{\"code\":250}},"
		"{\"raw\":\"bob\"}],\"raw\":\"bob\"}",
		"{\"mail_from\":{\"raw\":\"<" M ">\",\"address\":\"" M "\",\"code\":250},"
		"\"rcpt\":[{\"raw\":\"<" M "@x.test>\",\"final\":{\"code\":250}},"
		"{\"raw\":\"" M "\"}],\"raw\":\"bob\"}",
		"{\"mail_from\":{\"raw\":\"<" M ">\",\"address\":\"" M "\",\"code\":250},"
		"\"rcpt\":[{\"raw\":\"<" M ">\",\"final\":{\"code\":250}},"
		"{\"raw\":\"" M "\"}],\"raw\":\"bob\"}");
	assert_levels("{\"message\":{\"from\":\"bob\",\"to\":[\"bob\"]}}",
		"{\"message\":{\"from\":\"" M "\",\"to\":[\"" M "\"]}}",
		"{\"message\":{\"from\":\"" M "\",\"to\":[\"" M "\"]}}");
	assert_levels("{\"answers\":[{\"name\":\"x.test\",\"address\":\"192.0.2.1\"}]}",
		"{\"answers\":[{\"name\":\"x.test\",\"address\":\"192.0.2.1\"}]}",
		"{\"answers\":[{\"name\":\"x.test\",\"address\":\"192.0.2.1\"}]}");
}

static void
users_go_unless_they_are_hashes(void **state)
{
	(void)state;
	assert_levels("{\"auth\":{\"user\":\"bob\"}}", "{\"auth\":{\"user\":\"" M "\"}}",
		"{\"auth\":{\"user\":\"" M "\"}}");
	assert_levels("{\"auth\":{\"user\":\"#0123\"}}",
		"{\"auth\":{\"user\":\"#0123\"}}", "{\"auth\":{\"user\":\"#0123\"}}");
}

static void
all_takes_subjects_and_replies_too(void **state)
{
	(void)state;
	assert_levels("{\"message\":{\"subject\":\"for bob\",\"text\":\"bob unknown\"}}",
		"{\"message\":{\"subject\":\"for bob\",\"text\":\"bob unknown\"}}",
		"{\"message\":{\"subject\":\"" M "\",\"text\":\"" M "\"}}");
}

static void
broken_text_leaks_nothing(void **state)
{
	(void)state;
	assert_levels(
		"{\"a\":\"bob@x.test", "{\"a\":\"" M "@x.test\"", "{\"a\":\"" M "\"");
	assert_levels("[bob@x.test]", "[.test]", "[.test]");
	assert_levels("[\"\\ud800 \\ud83d\\udce7 \\uzz bob@x.test\"]",
		"[\"\xef\xbf\xbd \xf0\x9f\x93\xa7 \xef\xbf\xbdzz " M "@x.test\"]",
		"[\"\xef\xbf\xbd \xf0\x9f\x93\xa7 \xef\xbf\xbdzz " M "\"]");
	assert_levels("]]}}\"a\nb\"", "]]}}\"a\\nb\"", "]]}}\"a\\nb\"");
	assert_levels("\"a\\", "\"a\\\\\"", "\"a\\\\\"");
}

static void
no_depth_is_too_deep(void **state)
{
	char text[400];

	(void)state;
	memset(text, '[', 100);
	memset(text + 100, '{', 100);
	strcpy(text + 200, "\"a\":\"bob@x.test\"");
	memset(text + strlen(text), '\0', 1);
	{
		struct text_out out;

		text_out_init(&out);
		redact_json(span_of_text(text), CONFIG_REDACT_ALL, &out);
		assert_null(strstr(out.at, "bob"));
		text_out_free(&out);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_holds_no_address_stays_as_it_is),
		cmocka_unit_test(strings_lose_their_addresses),
		cmocka_unit_test(sentences_lose_the_replies_in_them),
		cmocka_unit_test(members_that_are_addresses_are_taken_as_such),
		cmocka_unit_test(users_go_unless_they_are_hashes),
		cmocka_unit_test(all_takes_subjects_and_replies_too),
		cmocka_unit_test(broken_text_leaks_nothing),
		cmocka_unit_test(no_depth_is_too_deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
