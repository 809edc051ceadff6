/* SPDX-License-Identifier: Apache-2.0 */
/* The row of the table out of a kept record. */
#include "feed.h"

#include <stdio.h>

#include "sensor/command/command_row.h"

#define RECORD(server, more)                                                             \
	"{\"type\":\"server\",\"server\":{\"ip\":\"192.0.2.1\",\"port\":25" server       \
	"}" more ",\"short\":\"Relays.\"}"

static void
a_record_has_name_software_counts_and_words(void **state)
{
	struct server_row row = {0};

	(void)state;
	assert_true(command_row_read(
		SPAN_LITERAL(RECORD(",\"name\":\"mx.corp.test\",\"mta\":\"Postfix\"",
			",\"exposure\":{\"messages\":5000000000,\"clients\":2,"
			"\"domains\":3}")),
		&row));
	assert_true(span_equal(row.name, SPAN_LITERAL("mx.corp.test")));
	assert_string_equal(row.mta, "Postfix");
	assert_string_equal(row.why, "Relays.");
	assert_true(row.exposed);
	assert_true(row.messages == 5000000000);
	assert_int_equal(row.clients, 2);
	assert_int_equal(row.domains, 3);
}

static void
what_a_record_does_not_have_is_not_known(void **state)
{
	struct server_row row = {.exposed = true, .messages = 7};

	(void)state;
	assert_true(command_row_read(SPAN_LITERAL(RECORD("", "")), &row));
	assert_int_equal(row.name.len, 0);
	assert_null(row.mta);
	assert_false(row.exposed);
	assert_int_equal(row.messages, 0);
}

static void
octets_that_are_no_text_are_again_what_the_peer_sent(void **state)
{
	struct server_row row = {0};

	(void)state;
	assert_true(command_row_read(
		SPAN_LITERAL(RECORD(",\"name\":\"a\\\\xff\\u001b\\\\x41\\\\xg\"", "")),
		&row));
	assert_true(span_equal(row.name, SPAN_LITERAL("a\xff\x1b\\x41\\xg")));
}

static void
a_name_of_any_length_is_cut_and_stays_in_its_room(void **state)
{
	struct server_row row = {0};
	char record[5000], name[4001];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(record, sizeof(record), RECORD(",\"name\":\"%s\"", ""), name);
	assert_true(command_row_read(span_of_text(record), &row));
	assert_int_equal(row.name.len, sizeof(row.room) - 1);
}

static void
what_is_no_record_of_a_server_is_refused(void **state)
{
	static const char *const texts[] = {"", "{", "{}", "[]", "null", "7",
		"{\"server\":{}}", "{\"short\":\"x\"}", "{\"server\":7,\"short\":\"x\"}",
		"{\"server\":{},\"short\":7}"};
	struct server_row row = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(command_row_read(span_of_text(texts[i]), &row));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_record_has_name_software_counts_and_words),
		cmocka_unit_test(what_a_record_does_not_have_is_not_known),
		cmocka_unit_test(octets_that_are_no_text_are_again_what_the_peer_sent),
		cmocka_unit_test(a_name_of_any_length_is_cut_and_stays_in_its_room),
		cmocka_unit_test(what_is_no_record_of_a_server_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
