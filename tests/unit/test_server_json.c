/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict_rig.h"

#include <json-c/json.h>

#include "sensor/output/server_json.h"

struct written {
	struct json_out j;
	struct record_files files;
	struct json_object *o;
};

/* Parsed strictly: one object, and nothing after it. */
static struct json_object *
write_and_parse(struct written *w, const struct rig *r)
{
	struct json_tokener *t = json_tokener_new();

	json_out_init(&w->j);
	record_files_init(&w->files);
	record_files_add(&w->files, SPAN_LITERAL("x.pcap"));
	server_json_write(&r->v, &w->files, &w->j);
	json_tokener_set_flags(t, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	w->o = json_tokener_parse_ex(t, w->j.at, (int)w->j.used);
	assert_int_equal(json_tokener_get_error(t), json_tokener_success);
	assert_int_equal(json_tokener_get_parse_end(t), w->j.used);
	json_tokener_free(t);
	assert_non_null(w->o);
	return w->o;
}

static void
written_free(struct written *w)
{
	json_object_put(w->o);
	json_out_free(&w->j);
	record_files_free(&w->files);
}

static struct json_object *
member(struct json_object *o, const char *key)
{
	struct json_object *m = NULL;

	assert_true(json_object_object_get_ex(o, key, &m));
	return m;
}

static const char *
text(struct json_object *o, const char *key)
{
	return json_object_get_string(member(o, key));
}

static int64_t
number(struct json_object *o, const char *key)
{
	assert_true(json_object_is_type(member(o, key), json_type_int));
	return json_object_get_int64(member(o, key));
}

static bool
has(struct json_object *o, const char *key)
{
	return json_object_object_get_ex(o, key, NULL);
}

/* No member is empty: what is not known is left out. */
static void
assert_nothing_empty(struct json_object *o)
{
	if (json_object_is_type(o, json_type_object)) {
		assert_true(json_object_object_length(o) > 0);
		json_object_object_foreach(o, key, value)
		{
			assert_true(*key != '\0');
			assert_nothing_empty(value);
		}
	} else if (json_object_is_type(o, json_type_array)) {
		assert_true(json_object_array_length(o) > 0);
		for (size_t i = 0; i < json_object_array_length(o); i++)
			assert_nothing_empty(json_object_array_get_idx(o, i));
	} else if (json_object_is_type(o, json_type_string)) {
		assert_true(json_object_get_string_len(o) > 0);
	} else {
		assert_non_null(o);
	}
}

static void
an_open_relay_has_every_member_that_users_rely_on(void **state)
{
	struct written w;
	struct json_object *o, *e;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	rig_proof(&r);
	o = write_and_parse(&w, &r);
	assert_nothing_empty(o);
	assert_string_equal(text(o, "type"), "server");
	assert_int_equal(number(o, "schema"), 1);
	assert_string_equal(text(member(o, "server"), "ip"), "203.0.113.11");
	assert_int_equal(number(member(o, "server"), "port"), 25);
	assert_string_equal(text(member(o, "server"), "name"), "mail.corp.test");
	assert_string_equal(text(member(o, "server"), "mta"), "Postfix");
	assert_string_equal(text(o, "address_family"), "ipv4");
	assert_string_equal(text(o, "verdict"), "open-relay");
	assert_string_equal(text(o, "grade"), "confirmed");
	assert_non_null(strstr(w.j.at, "\"confidence\":0.991,"));
	assert_string_equal(text(o, "first_seen"), "2026-11-23T20:22:53.000000000Z");
	assert_string_equal(text(o, "last_seen"), "2026-11-23T20:24:23.000000000Z");
	assert_string_equal(
		text(member(o, "exposure"), "from"), "2026-11-23T20:22:53.000000000Z");
	assert_string_equal(
		text(member(o, "exposure"), "to"), "2026-11-23T20:25:12.000000000Z");
	assert_int_equal(number(member(o, "exposure"), "messages"), 1);
	assert_int_equal(number(member(o, "exposure"), "clients"), 1);
	assert_int_equal(number(member(o, "exposure"), "domains"), 1);
	assert_int_equal(number(member(o, "seen"), "transactions"), 12);
	assert_int_equal(number(member(o, "seen"), "encrypted"), 0);
	assert_int_equal(number(member(o, "seen"), "one_sided"), 0);
	assert_non_null(strstr(text(o, "explanation"), "is an open relay"));
	assert_non_null(
		strstr(text(member(o, "advice"), "mend"), "smtpd_relay_restrictions"));

	assert_int_equal(json_object_array_length(member(o, "evidence")), 2);
	e = json_object_array_get_idx(member(o, "evidence"), 1);
	assert_string_equal(text(e, "kind"), "sent-on");
	assert_non_null(strstr(text(e, "what"), "sent on to mx1.victim.test"));
	assert_true(json_object_get_double(member(e, "weight")) == 10.0);
	assert_string_equal(text(e, "time"), "2026-11-23T20:22:53.000000000Z");
	assert_string_equal(text(e, "file"), "x.pcap");
	assert_int_equal(number(e, "frame"), 31);
	assert_string_equal(text(e, "client"), "198.51.100.66");
	assert_string_equal(text(e, "domain"), "victim.test");
	assert_string_equal(text(e, "next_hop"), "198.51.100.10");
	assert_string_equal(text(e, "queue_id"), "4XyZ1a2b3c");
	assert_false(has(o, "cause") || has(o, "tricks") || has(o, "missing") ||
		     has(o, "identities") || has(o, "masked_as"));
	written_free(&w);
	rig_free(&r);
}

static void
what_is_not_known_is_absent(void **state)
{
	static const char *const absent[] = {"grade", "confidence", "cause", "tricks",
		"exposure", "evidence", "first_seen", "last_seen", "advice",
		"last_denied", "trusted_client", "masked_as", "identities"};
	struct written w;
	struct json_object *o;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_UNKNOWN, GRADE_NONE);
	r.v.confidence = 0;
	r.v.missing = MISSING_ENCRYPTED | MISSING_ONWARD;
	r.id.name = NULL;
	r.id.mta = SMTP_MTA_UNKNOWN;
	r.id.first = r.id.last = 0;
	r.id.transactions = 0;
	o = write_and_parse(&w, &r);
	assert_nothing_empty(o);
	for (size_t i = 0; i < sizeof(absent) / sizeof(*absent); i++)
		assert_false(has(o, absent[i]));
	assert_false(has(member(o, "server"), "name") || has(member(o, "server"), "mta"));
	assert_int_equal(number(member(o, "seen"), "transactions"), 0);
	assert_int_equal(json_object_array_length(member(o, "missing")), 2);
	written_free(&w);
	rig_free(&r);
}

static void
cause_tricks_and_the_other_names_are_listed(void **state)
{
	struct written w;
	struct json_object *o;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_PARTIAL_RELAY, GRADE_SUSPECTED);
	rig_proof(&r);
	r.v.cause = CAUSE_SOURCE_MASKING;
	r.v.masked_as = rig_addr("172.17.0.1");
	r.v.tricks = TRICK_PERCENT | TRICK_SENDER_DOMAIN;
	r.server.key.addr = rig_addr("2001:db8::25");
	r.id.next = &r.other;
	r.other.name = rig_word(&r, SPAN_LITERAL("two.corp.test"));
	o = write_and_parse(&w, &r);
	assert_string_equal(text(o, "address_family"), "ipv6");
	assert_string_equal(text(o, "grade"), "suspected");
	assert_string_equal(text(o, "cause"), "source-masking");
	assert_string_equal(text(o, "masked_as"), "172.17.0.1");
	assert_string_equal(json_object_to_json_string_ext(
				    member(o, "tricks"), JSON_C_TO_STRING_PLAIN),
		"[\"percent\",\"sender-domain\"]");
	assert_string_equal(json_object_to_json_string_ext(
				    member(o, "identities"), JSON_C_TO_STRING_PLAIN),
		"[\"mail.corp.test\",\"two.corp.test\"]");
	written_free(&w);
	rig_free(&r);
}

/* An attempt keeps the reply of one stage: another stage must not show it as its own. */
static void
a_reply_is_given_only_to_the_stage_it_answers(void **state)
{
	struct written w;
	struct json_object *o, *e;
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_REMEDIATED, GRADE_CONFIRMED);
	a = rig_proof(&r);
	rig_evidence(&r, EVIDENCE_DENIED, a, DOMAIN_FOREIGN_MX);
	rig_denial(&r, 1);
	o = write_and_parse(&w, &r);
	e = json_object_array_get_idx(member(o, "evidence"), 0);
	assert_int_equal(number(e, "reply_code"), 250);
	e = json_object_array_get_idx(member(o, "evidence"), 2);
	assert_string_equal(text(e, "kind"), "denied");
	assert_false(has(e, "reply_code") || has(e, "reply") || has(e, "queue_id"));
	e = json_object_array_get_idx(member(o, "evidence"), 3);
	assert_int_equal(number(e, "reply_code"), 554);
	assert_string_equal(text(e, "reply"), "Relay access denied");
	assert_string_equal(text(o, "last_denied"), "2026-11-23T20:22:53.000000000Z");
	written_free(&w);
	rig_free(&r);
}

static void
hostile_names_stay_within_their_strings(void **state)
{
	static const struct span names[] = {
		SPAN_LITERAL("\",\"verdict\":\"restricted\",\"x\":\""),
		SPAN_LITERAL("a\x00\x01\x1b[31m\x7f\r\n\tb\\"),
		SPAN_LITERAL("\xff\xfe\xc0\xaf\xed\xa0\x80\xe2\x82"),
		SPAN_LITERAL("\xe2\x80\xae gpj.exe"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct written w;
		struct json_object *o;
		struct attempt *a;
		struct rig r;

		rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
		a = rig_proof(&r);
		r.id.name = rig_word(&r, names[i]);
		a->key.domain = rig_word(&r, names[i]);
		a->next_name = rig_word(&r, names[i]);
		memset(a->reply, 0, sizeof(a->reply));
		memcpy(a->reply, names[i].at, names[i].len);
		memset(a->queue_id, 0, sizeof(a->queue_id));
		memcpy(a->queue_id, names[i].at, names[i].len < 39 ? names[i].len : 39);
		o = write_and_parse(&w, &r);
		assert_string_equal(text(o, "verdict"), "open-relay");
		assert_null(memchr(w.j.at, '\n', w.j.used));
		assert_null(memchr(w.j.at, '\x1b', w.j.used));
		written_free(&w);
		rig_free(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_relay_has_every_member_that_users_rely_on),
		cmocka_unit_test(what_is_not_known_is_absent),
		cmocka_unit_test(cause_tricks_and_the_other_names_are_listed),
		cmocka_unit_test(a_reply_is_given_only_to_the_stage_it_answers),
		cmocka_unit_test(hostile_names_stay_within_their_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
