/* SPDX-License-Identifier: Apache-2.0 */
/* A struct as JSON and back, by its table: the same to the octet, or refused. */
#include "feed.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "sensor/infer/state_field.h"

struct inner {
	struct moment at;
	char text[8];
};

struct thing {
	uint8_t small;
	uint32_t sizes[4];
	bool yes;
	double shares;
	struct ip_addr addr;
	char text[16];
	struct word *name, *other;
	struct word *names[3];
	uint8_t name_count;
	struct moment at;
	struct inner parts[2];
	struct inner *apart;
};

static const struct state_field inner_fields[] = {
	STATE_ONE(STATE_MOMENT, struct inner, at, "at"),
	STATE_ONE(STATE_TEXT, struct inner, text, "text"),
	STATE_END,
};

static const struct state_field fields[] = {
	STATE_UPTO(struct thing, small, "small", 7),
	STATE_NUMBERS(struct thing, sizes, "sizes"),
	STATE_ONE(STATE_BOOL, struct thing, yes, "yes"),
	STATE_ONE(STATE_DOUBLE, struct thing, shares, "shares"),
	STATE_ONE(STATE_ADDR, struct thing, addr, "addr"),
	STATE_ONE(STATE_TEXT, struct thing, text, "text"),
	STATE_NAMED(struct thing, name, "name"),
	STATE_ONE(STATE_WORD, struct thing, other, "other"),
	STATE_LIST(STATE_WORD, struct thing, names, name_count, "names"),
	STATE_ONE(STATE_MOMENT, struct thing, at, "at"),
	{.name = "parts",
		.sort = STATE_PART,
		STATE_PLACES(struct thing, parts),
		.part = inner_fields},
	{.name = "apart",
		.sort = STATE_PART,
		.at = offsetof(struct thing, apart),
		.size = sizeof(struct inner),
		.part = inner_fields,
		.apart = true},
	STATE_END,
};

struct desk {
	struct words words;
	struct record_files files;
	struct json_out json;
};

static int
setup(void **state)
{
	static struct desk d;

	words_init(&d.words, NULL);
	record_files_init(&d.files);
	record_files_add(&d.files, SPAN_LITERAL("a.pcap"));
	record_files_add(&d.files, SPAN_LITERAL("b\xff.pcap"));
	json_out_init(&d.json);
	*state = &d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;

	/* Every word that was taken was let go again. */
	assert_null(d->words.table);
	words_free(&d->words);
	record_files_free(&d->files);
	json_out_free(&d->json);
	return 0;
}

/* What is written of from; the text lives until the next. */
static const char *
written(struct desk *d, const struct thing *from)
{
	static char text[2048];

	json_out_object(&d->json, NULL);
	state_fields_write(fields, from, &d->files, &d->json);
	json_out_object_end(&d->json);
	span_copy(span_of(d->json.at, d->json.used), text, sizeof(text));
	json_out_reset(&d->json);
	return text;
}

static bool
read_back(struct desk *d, const char *text, struct thing *to)
{
	struct json_object *o = json_tokener_parse(text);
	bool understood;

	assert_non_null(o);
	memset(to, 0, sizeof(*to));
	understood = state_fields_read(fields, o, &d->words, &d->files, to);
	json_object_put(o);
	return understood;
}

static void
zeros_are_left_out_and_read_as_zeros(void **state)
{
	struct desk *d = *state;
	struct thing zero, back;

	memset(&zero, 0, sizeof(zero));
	zero.name = word_take(&d->words, SPAN_NONE);
	assert_string_equal(written(d, &zero), "{\"name\":\"\"}");
	assert_true(read_back(d, written(d, &zero), &back));
	assert_memory_equal(&back, &zero, sizeof(zero));
	state_fields_release(fields, &zero, &d->words);
	state_fields_release(fields, &back, &d->words);
}

static void
fill(struct desk *d, struct thing *t)
{
	memset(t, 0, sizeof(*t));
	t->small = 7;
	t->sizes[0] = UINT32_MAX;
	t->sizes[2] = 5;
	t->yes = true;
	t->shares = 1.0 / 3.0 + 1e6;
	assert_true(ip_addr_parse(SPAN_LITERAL("2001:db8::7"), &t->addr));
	memcpy(t->text, "q\"\\\x01\xc3", 5);
	t->name = word_take(&d->words, SPAN_LITERAL("Dots.test.."));
	t->names[0] = word_take(&d->words, SPAN_LITERAL("\xe4.test"));
	t->names[1] = word_share(t->name);
	t->name_count = 2;
	t->at = (struct moment){UINT64_MAX, 1, 9};
	t->parts[1].at = (struct moment){1, 0, 0};
	memcpy(t->parts[1].text, "seven77", 8);
	t->apart = calloc(1, sizeof(*t->apart));
	assert_non_null(t->apart);
}

static void
everything_comes_back_to_the_octet(void **state)
{
	struct desk *d = *state;
	struct thing t, back;

	fill(d, &t);
	assert_true(read_back(d, written(d, &t), &back));
	assert_string_equal(t.name->text, "dots.test.");
	assert_non_null(back.apart);
	assert_memory_equal(back.apart, t.apart, sizeof(*t.apart));
	free(back.apart);
	back.apart = t.apart;
	assert_memory_equal(&back, &t, sizeof(t));
	back.apart = NULL;
	state_fields_release(fields, &t, &d->words);
	state_fields_release(fields, &back, &d->words);
}

static void
a_moments_file_goes_by_its_name(void **state)
{
	struct desk *d = *state;
	struct thing back;

	assert_true(read_back(d, "{\"name\":\"a\",\"at\":[5,6,\"new.pcap\"]}", &back));
	assert_int_equal(back.at.file, 2);
	assert_string_equal(record_files_name(&d->files, 2), "new.pcap");
	state_fields_release(fields, &back, &d->words);
}

static void
what_does_not_fit_is_refused_and_nothing_is_lost(void **state)
{
	static const char *const cases[] = {
		"{}",
		"{\"name\":7}",
		"{\"name\":[\"zz\"]}",
		"{\"name\":[\"abc\"]}",
		"{\"name\":[\"61\",\"62\"]}",
		"{\"name\":\"a\",\"small\":8}",
		"{\"name\":\"a\",\"small\":-1}",
		"{\"name\":\"a\",\"small\":true}",
		"{\"name\":\"a\",\"sizes\":[4294967296]}",
		"{\"name\":\"a\",\"sizes\":[1,2,3,4,5]}",
		"{\"name\":\"a\",\"sizes\":5}",
		"{\"name\":\"a\",\"yes\":1}",
		"{\"name\":\"a\",\"shares\":9218868437227405312}",  /* infinity */
		"{\"name\":\"a\",\"shares\":13830554455654793216}", /* -1 */
		"{\"name\":\"a\",\"addr\":\"here\"}",
		"{\"name\":\"a\",\"text\":\"0123456789abcdef\"}",
		"{\"name\":\"a\",\"names\":[\"b\",null]}",
		"{\"name\":\"a\",\"names\":[\"b\",\"c\",\"d\",\"e\"]}",
		"{\"name\":\"a\",\"at\":[1,2]}",
		"{\"name\":\"a\",\"at\":[1,4294967296,\"x\"]}",
		"{\"name\":\"a\",\"parts\":[{\"text\":\"12345678\"}]}",
		"{\"name\":\"a\",\"parts\":[7]}",
		"{\"name\":\"a\",\"apart\":[]}",
	};
	struct desk *d = *state;
	struct thing back;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (read_back(d, cases[i], &back))
			fail_msg("%s", cases[i]);
		state_fields_release(fields, &back, &d->words);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(zeros_are_left_out_and_read_as_zeros),
		T(everything_comes_back_to_the_octet),
		T(a_moments_file_goes_by_its_name),
		T(what_does_not_fit_is_refused_and_nothing_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
