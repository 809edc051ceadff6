/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members out of a database that may be damaged or somebody else's: what is in bounds is
 * read to the octet, and nothing else; whatever was half read can be let go.
 */
#include "feed.h"

#include <json-c/json.h>
#include <stdio.h>

#include "sensor/infer/state_field.h"

struct small {
	struct word *name;
	uint8_t n;
};

struct thing {
	uint8_t one;
	uint16_t two;
	uint32_t four;
	uint64_t eight;
	bool yes;
	double shares;
	struct ip_addr addr;
	char text[8];
	char last; /* right behind text */
	struct word *name;
	struct moment at;
	uint16_t list[3];
	uint32_t list_count;
	struct small *many; /* two of them, apart */
	struct small one_part;
};

static const struct state_field small_fields[] = {
	STATE_NAMED(struct small, name, "name"),
	STATE_NUMBER(struct small, n, "n"),
	STATE_END,
};

static const struct state_field fields[] = {
	STATE_NUMBER(struct thing, one, "one"),
	STATE_NUMBER(struct thing, two, "two"),
	STATE_UPTO(struct thing, four, "four", 100000),
	STATE_NUMBER(struct thing, eight, "eight"),
	STATE_ONE(STATE_BOOL, struct thing, yes, "yes"),
	STATE_ONE(STATE_DOUBLE, struct thing, shares, "shares"),
	STATE_ONE(STATE_ADDR, struct thing, addr, "addr"),
	STATE_ONE(STATE_TEXT, struct thing, text, "text"),
	STATE_ONE(STATE_WORD, struct thing, name, "name"),
	STATE_ONE(STATE_MOMENT, struct thing, at, "at"),
	STATE_LIST(STATE_UINT, struct thing, list, list_count, "list"),
	{.name = "many",
		.sort = STATE_PART,
		.at = offsetof(struct thing, many),
		.size = sizeof(struct small),
		.many = 2,
		.part = small_fields,
		.apart = true},
	{.name = "part",
		.sort = STATE_PART,
		STATE_PLACE(struct thing, one_part),
		.part = small_fields},
	STATE_END,
};

struct desk {
	struct words words;
	struct record_files files;
	struct thing t;
};

static int
setup(void **state)
{
	static struct desk d;

	memset(&d, 0, sizeof(d));
	words_init(&d.words, NULL);
	record_files_init(&d.files);
	*state = &d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;

	/* No word is left behind, whatever was refused where. */
	assert_null(d->words.table);
	words_free(&d->words);
	record_files_free(&d->files);
	return 0;
}

/* Into d->t; d->t.last stands behind the text and must stay. */
static bool
reads(struct desk *d, const char *json)
{
	struct json_object *o = json_tokener_parse(json);
	bool understood;

	assert_non_null(o);
	memset(&d->t, 0, sizeof(d->t));
	d->t.last = 'L';
	understood = state_fields_read(fields, o, &d->words, &d->files, &d->t);
	json_object_put(o);
	assert_int_equal(d->t.last, 'L');
	return understood;
}

static void
let_go(struct desk *d)
{
	state_fields_release(fields, &d->t, &d->words);
}

static void
refused(struct desk *d, const char *json)
{
	if (reads(d, json))
		fail_msg("taken: %s", json);
	let_go(d);
}

static void
taken(struct desk *d, const char *json)
{
	if (!reads(d, json))
		fail_msg("refused: %s", json);
}

static void
numbers_go_up_to_their_bound(void **state)
{
	struct desk *d = *state;

	taken(d, "{\"one\":255,\"two\":65535,\"four\":100000,"
		 "\"eight\":18446744073709551615}");
	assert_int_equal(d->t.one, 255);
	assert_int_equal(d->t.two, 65535);
	assert_int_equal(d->t.four, 100000);
	assert_true(d->t.eight == UINT64_MAX);
	let_go(d);
	refused(d, "{\"one\":256}");
	refused(d, "{\"two\":65536}");
	refused(d, "{\"four\":100001}");
	refused(d, "{\"eight\":-1}");
	refused(d, "{\"eight\":-9223372036854775808}");
	refused(d, "{\"one\":1.0}");
	refused(d, "{\"one\":\"1\"}");
	refused(d, "{\"one\":null}");
}

static void
a_missing_member_stays_as_it_was(void **state)
{
	struct desk *d = *state;
	struct thing zero;

	memset(&zero, 0, sizeof(zero));
	zero.last = 'L';
	taken(d, "{\"unknown\":[1,{\"x\":null}]}");
	assert_memory_equal(&d->t, &zero, sizeof(zero));
	let_go(d);
}

/* As JSON: the bits of a double. */
static const char *
shares(double value)
{
	static char text[64];
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	snprintf(text, sizeof(text), "{\"shares\":%llu}", (unsigned long long)bits);
	return text;
}

static void
shares_are_numbers_that_can_still_grow(void **state)
{
	struct desk *d = *state;

	taken(d, shares(0.1));
	assert_true(d->t.shares == 0.1);
	taken(d, shares(9007199254740992.0)); /* 2^53 */
	refused(d, shares(9007199254740994.0));
	refused(d, shares(-0.5));
	refused(d, "{\"shares\":9218868437227405312}");	 /* infinity */
	refused(d, "{\"shares\":9221120237041090560}");	 /* not a number */
	refused(d, "{\"shares\":18444492273895866368}"); /* the same, negative */
	refused(d, "{\"shares\":0.5}");
	refused(d, "{\"shares\":-1}");
}

static void
an_address_is_one_and_nothing_behind_it(void **state)
{
	struct desk *d = *state;
	struct ip_addr want;

	assert_true(ip_addr_parse(SPAN_LITERAL("2001:db8::7"), &want));
	taken(d, "{\"addr\":\"2001:db8::7\"}");
	assert_true(ip_addr_equal(&d->t.addr, &want));
	refused(d, "{\"addr\":\"\"}");
	refused(d, "{\"addr\":\"192.0.2.1 \"}");
	refused(d, "{\"addr\":\"192.0.2.256\"}");
	refused(d, "{\"addr\":\"192.0.2.1\\u0000.evil.test\"}");
	refused(d, "{\"addr\":[\"192.0.2.1\"]}");
	refused(d, "{\"addr\":3221225985}");
}

static void
a_text_has_room_for_its_end(void **state)
{
	struct desk *d = *state;

	taken(d, "{\"text\":\"1234567\"}");
	assert_string_equal(d->t.text, "1234567");
	taken(d, "{\"text\":\"\"}");
	assert_string_equal(d->t.text, "");
	refused(d, "{\"text\":\"12345678\"}");
	/* As hexadecimal digits, two an octet. */
	taken(d, "{\"text\":[\"ff0041\"]}");
	assert_memory_equal(d->t.text, "\xff\0A\0", 4);
	taken(d, "{\"text\":[\"31323334353637\"]}");
	assert_string_equal(d->t.text, "1234567");
	refused(d, "{\"text\":[\"3132333435363738\"]}");
	refused(d, "{\"text\":[\"3\"]}");
	refused(d, "{\"text\":[\"313\"]}");
	/* Only lower case is ever written. */
	refused(d, "{\"text\":[\"4A\"]}");
	refused(d, "{\"text\":[\"4g\"]}");
	refused(d, "{\"text\":[\"g4\"]}");
	refused(d, "{\"text\":[]}");
	refused(d, "{\"text\":[\"31\",\"32\"]}");
	refused(d, "{\"text\":[[\"31\"]]}");
	refused(d, "{\"text\":[7]}");
	refused(d, "{\"text\":{}}");
}

/* before, n times c, after. */
static const char *
long_text(const char *before, size_t n, const char *after)
{
	static char text[16384];
	size_t used = strlen(before);

	assert_true(used + n + strlen(after) < sizeof(text));
	memcpy(text, before, used);
	memset(text + used, 'a', n);
	memcpy(text + used + n, after, strlen(after) + 1);
	return text;
}

static void
a_name_has_as_many_octets_as_names_have(void **state)
{
	struct desk *d = *state;

	taken(d, long_text("{\"name\":\"", 320, "\"}"));
	assert_int_equal(d->t.name->len, 320);
	let_go(d);
	refused(d, long_text("{\"name\":\"", 321, "\"}"));
	/* "aa" are the digits of an octet. */
	taken(d, long_text("{\"name\":[\"", 640, "\"]}"));
	assert_int_equal(d->t.name->len, 320);
	let_go(d);
	refused(d, long_text("{\"name\":[\"", 642, "\"]}"));
	refused(d, long_text("{\"name\":\"", 5000, "\"}"));
	refused(d, long_text("{\"name\":[\"", 10000, "\"]}"));
	refused(d, "{\"name\":null}");
}

static void
a_name_keeps_its_own_last_dot(void **state)
{
	struct desk *d = *state;

	taken(d, "{\"name\":\"corp.test.\"}");
	assert_string_equal(d->t.name->text, "corp.test.");
	let_go(d);
	taken(d, "{\"name\":\"corp.test\"}");
	assert_string_equal(d->t.name->text, "corp.test");
	let_go(d);
	taken(d, "{\"name\":\"\"}");
	assert_int_equal(d->t.name->len, 0);
	let_go(d);
}

static void
a_moment_is_whole_or_empty(void **state)
{
	struct desk *d = *state;

	taken(d, "{\"at\":[]}");
	assert_int_equal(d->t.at.ns + d->t.at.frame + d->files.count, 0);
	taken(d, "{\"at\":[18446744073709551615,4294967295,\"a.pcap\"]}");
	assert_true(d->t.at.ns == UINT64_MAX);
	assert_int_equal(d->t.at.frame, UINT32_MAX);
	assert_string_equal(record_files_name(&d->files, d->t.at.file), "a.pcap");
	taken(d, "{\"at\":[1,0,[\"62ff\"]]}");
	assert_string_equal(record_files_name(&d->files, d->t.at.file), "b\xff");
	refused(d, "{\"at\":[1]}");
	refused(d, "{\"at\":[1,2]}");
	refused(d, "{\"at\":[1,2,\"a\",3]}");
	refused(d, "{\"at\":[1,4294967296,\"a\"]}");
	refused(d, "{\"at\":[-1,2,\"a\"]}");
	refused(d, "{\"at\":[\"1\",2,\"a\"]}");
	refused(d, "{\"at\":[1,2,3]}");
	refused(d, "{\"at\":[1,2,null]}");
	refused(d, "{\"at\":5}");
	refused(d, "{\"at\":{}}");
	/* A file name longer than any. */
	taken(d, long_text("{\"at\":[1,2,\"", 4095, "\"]}"));
	refused(d, long_text("{\"at\":[1,2,\"", 4096, "\"]}"));
}

static void
a_list_says_how_many_it_has(void **state)
{
	struct desk *d = *state;

	taken(d, "{\"list\":[]}");
	assert_int_equal(d->t.list_count, 0);
	taken(d, "{\"list\":[0,7,65535]}");
	assert_int_equal(d->t.list_count, 3);
	assert_int_equal(d->t.list[0], 0);
	assert_int_equal(d->t.list[1], 7);
	assert_int_equal(d->t.list[2], 65535);
	refused(d, "{\"list\":[1,2,3,4]}");
	refused(d, "{\"list\":[1,null]}");
	refused(d, "{\"list\":7}");
	refused(d, "{\"list\":{}}");
}

static void
parts_apart_are_memory_of_their_own(void **state)
{
	struct desk *d = *state;

	taken(d, "{\"many\":[{\"name\":\"a\"},{\"name\":\"b\",\"n\":9}]}");
	assert_non_null(d->t.many);
	assert_string_equal(d->t.many[0].name->text, "a");
	assert_string_equal(d->t.many[1].name->text, "b");
	assert_int_equal(d->t.many[1].n, 9);
	let_go(d);
	taken(d, "{\"many\":[{\"name\":\"a\"}]}");
	assert_null(d->t.many[1].name);
	let_go(d);
	taken(d, "{\"many\":[]}");
	let_go(d);
	/* The first is read, and then given up with the second. */
	refused(d, "{\"many\":[{\"name\":\"a\"},{\"n\":9}]}");
	refused(d, "{\"many\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"}]}");
	refused(d, "{\"many\":[{\"name\":\"a\"},[]]}");
	refused(d, "{\"many\":{}}");
}

static void
a_part_without_what_it_needs_is_refused(void **state)
{
	struct desk *d = *state;

	taken(d, "{\"part\":{\"name\":\"a\",\"n\":1}}");
	assert_string_equal(d->t.one_part.name->text, "a");
	let_go(d);
	refused(d, "{\"part\":{}}");
	refused(d, "{\"part\":{\"n\":1}}");
	refused(d, "{\"part\":{\"name\":\"a\",\"n\":256}}");
	refused(d, "{\"part\":[]}");
	refused(d, "{\"part\":null}");
}

/* Each member as each kind of value: taken or refused, and nothing is lost or overrun. */
static void
any_value_anywhere_is_survived(void **state)
{
	static const char *const values[] = {"null", "true", "0", "-1", "1e300",
		"99999999999999999999999", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "[]",
		"[[]]", "[{}]", "[\"61\"]", "[0,0,\"\"]", "{}", "{\"name\":\"a\"}"};
	struct desk *d = *state;

	for (const struct state_field *f = fields; f->name; f++)
		for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
			char json[128];

			snprintf(json, sizeof(json), "{\"%s\":%s}", f->name, values[i]);
			(void)reads(d, json);
			let_go(d);
		}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(numbers_go_up_to_their_bound),
		T(a_missing_member_stays_as_it_was),
		T(shares_are_numbers_that_can_still_grow),
		T(an_address_is_one_and_nothing_behind_it),
		T(a_text_has_room_for_its_end),
		T(a_name_has_as_many_octets_as_names_have),
		T(a_name_keeps_its_own_last_dot),
		T(a_moment_is_whole_or_empty),
		T(a_list_says_how_many_it_has),
		T(parts_apart_are_memory_of_their_own),
		T(a_part_without_what_it_needs_is_refused),
		T(any_value_anywhere_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
