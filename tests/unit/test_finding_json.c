/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rig.h"

#include <json-c/json.h>

#include "sensor/output/finding_json.h"

static struct json_object *
written(const struct finding *f)
{
	struct json_tokener *t = json_tokener_new();
	struct record_files files;
	struct json_object *o;
	struct json_out j;

	record_files_init(&files);
	record_files_add(&files, SPAN_LITERAL("x.pcap"));
	json_out_init(&j);
	finding_json_write(f, &files, &j);
	json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, j.at, (int)j.used);
	assert_int_equal(json_tokener_get_error(t), json_tokener_success);
	assert_int_equal(json_tokener_get_parse_end(t), j.used);
	json_tokener_free(t);
	json_out_free(&j);
	record_files_free(&files);
	return o;
}

static struct json_object *
member(struct json_object *o, const char *name)
{
	struct json_object *inner = NULL;

	json_object_object_get_ex(o, name, &inner);
	return inner;
}

static const char *
text(struct json_object *o, const char *name)
{
	return json_object_get_string(member(o, name));
}

static void
a_finding_has_its_kind_place_time_and_words(void **state)
{
	struct json_object *o, *item;

	odd_connect(*state, (struct odd_conn){.clear_password = true, .ok = 1});
	o = written(odd_only(*state, FINDING_CLEAR_CREDENTIALS));
	assert_string_equal(text(o, "type"), "finding");
	assert_int_equal(json_object_get_int(member(o, "schema")), 1);
	assert_string_equal(text(o, "kind"), "clear-credentials");
	assert_string_equal(text(o, "severity"), "high");
	assert_string_equal(text(o, "title"), "Passwords sent in clear");
	assert_int_equal(json_object_get_int(member(o, "count")), 1);
	assert_string_equal(text(member(o, "server"), "ip"), S);
	assert_int_equal(json_object_get_int(member(member(o, "server"), "port")), 25);
	assert_string_equal(text(member(o, "server"), "name"), NAME);
	assert_string_equal(text(member(o, "client"), "ip"), OUT1);
	assert_string_equal(text(o, "time"), "2023-11-14T22:13:21.000000000Z");
	assert_non_null(text(o, "explanation"));
	assert_non_null(text(o, "advice"));
	item = json_object_array_get_idx(member(o, "evidence"), 0);
	assert_string_equal(text(item, "file"), "x.pcap");
	assert_int_equal(json_object_get_int(member(item, "frame")), 1);
	json_object_put(o);
}

static void
several_clients_are_a_list(void **state)
{
	struct json_object *o;

	odd_connect(*state, (struct odd_conn){.clear_password = true});
	odd_connect(*state, (struct odd_conn){.client = OUT2, .clear_password = true});
	o = written(odd_only(*state, FINDING_CLEAR_CREDENTIALS));
	assert_null(member(o, "client"));
	assert_int_equal(json_object_array_length(member(o, "clients")), 2);
	assert_null(member(o, "more_clients"));
	json_object_put(o);
}

static void
a_tester_with_tests_has_each_that_was_sent(void **state)
{
	struct json_object *o, *test;

	odd_feed(*state, (struct odd_txn){.helo = "nmap.scanme.org",
				 .from = "<antispam@[" S "]>",
				 .to = "<relaytest%nmap.scanme.org@[" S "]>",
				 .code = 554});
	o = written(odd_only(*state, FINDING_RELAY_PROBE));
	assert_string_equal(json_object_get_string(
				    json_object_array_get_idx(member(o, "testers"), 0)),
		"nmap smtp-open-relay");
	assert_int_equal(json_object_array_length(member(o, "tests")), 1);
	test = json_object_array_get_idx(member(o, "tests"), 0);
	assert_int_equal(json_object_get_int(member(test, "number")), 5);
	assert_string_equal(text(test, "answer"), "refused");
	assert_int_equal(json_object_get_int(member(test, "code")), 554);
	assert_string_equal(text(test, "rcpt_to"), "<relaytest%nmap.scanme.org@[" S "]>");
	json_object_put(o);
}

static void
what_peers_say_stays_valid_json(void **state)
{
	struct json_object *o;

	odd_feed(*state, (struct odd_txn){.from = "<antispam@a.test>",
				 .to = "<relaytest@a.test>",
				 .name = "m\"ail\x01.test",
				 .code = 550,
				 .text = "5.7.1 \x1b[2J\xff\"} no"});
	o = written(odd_only(*state, FINDING_RELAY_PROBE));
	assert_non_null(
		strstr(text(json_object_array_get_idx(member(o, "evidence"), 0), "what"),
			"550"));
	json_object_put(o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ODD(a_finding_has_its_kind_place_time_and_words),
		ODD(several_clients_are_a_list),
		ODD(a_tester_with_tests_has_each_that_was_sent),
		ODD(what_peers_say_stays_valid_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
