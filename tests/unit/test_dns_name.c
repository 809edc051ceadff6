/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/dns_name.h"

static enum dis_status
parse(const char *message, size_t len, size_t from, struct dns_name *out, size_t *after)
{
	struct guarded g = guarded_new(message, len);
	struct cursor c = cursor_of(span_slice(guarded_span(&g), from, len));
	const uint8_t *start = c.at;
	enum dis_status status = dns_name_parse(&c, guarded_span(&g), out);

	*after = (size_t)(c.at - start);
	assert_int_equal(strlen(out->text), out->len);
	guarded_free(&g);
	return status;
}

/* Names at offset from of a message; used: octets they take there. */
static const struct {
	const char *message;
	size_t len, from;
	const char *text;
	size_t used;
} good[] = {
	{"\0", 1, 0, ".", 1},
	{"\3mx1\7example\3org\0", 17, 0, "mx1.example.org", 17},
	{"\3MX1\7eXample\3ORG\0", 17, 0, "mx1.example.org", 17},
	{"\7example\0\3mx1\300\0", 15, 9, "mx1.example", 6},
	{"\7example\0\300\0", 11, 9, "example", 2},
	/* A pointer to a name that ends in a pointer. */
	{"\1c\0\1b\300\0\1a\300\3zz", 13, 7, "a.b.c", 4},
	/* RFC 1035 5.1 escapes. */
	{"\7a.b\\\1\377 \0", 9, 0, "a\\.b\\\\\\001\\255\\032", 9},
	/* RFC 2317 and underscores are plain. */
	{"\4"
	 "5/26\6_dmarc\0",
		13, 0, "5/26._dmarc", 13},
};

static void
names_become_lower_case_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct dns_name name;
		size_t after;

		assert_int_equal(
			parse(good[i].message, good[i].len, good[i].from, &name, &after),
			DIS_OK);
		assert_string_equal(name.text, good[i].text);
		assert_int_equal(after, good[i].used);
		assert_int_equal(dns_name_is_root(&name), i == 0);
	}
}

static void
names_cut_anywhere_want_more_and_stay(void **state)
{
	static const char text[] = "\3mx1\7example\3org";
	static const char pointer[] = "\7example\0\3mx1\300";
	struct dns_name name;
	size_t after;

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		assert_int_equal(parse(text, n, 0, &name, &after), DIS_MORE);
		assert_int_equal(after, 0);
		assert_string_equal(name.text, ".");
	}
	for (size_t n = 9; n < sizeof(pointer); n++)
		assert_int_equal(parse(pointer, n, 9, &name, &after), DIS_MORE);
}

static void
pointers_that_do_not_lead_back_are_bad(void **state)
{
	static const struct {
		const char *message;
		size_t len, from;
	} cases[] = {
		{"\300\0", 2, 0},	   /* to itself */
		{"\1a\300\0", 4, 0},	   /* to its own first label */
		{"\300\2\300\0", 4, 0},	   /* forward */
		{"\1a\300\4\300\0", 6, 4}, /* back, then forward again */
		{"\377\377\0", 3, 0},	   /* beyond the message */
		{"\1a\300\2", 4, 2},	   /* to the pointer itself */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dns_name name;
		size_t after;

		assert_int_equal(parse(cases[i].message, cases[i].len, cases[i].from,
					 &name, &after),
			DIS_BAD);
		assert_int_equal(after, 0);
		assert_true(dns_name_is_root(&name));
	}
}

static void
label_types_nobody_uses_are_bad(void **state)
{
	struct dns_name name;
	size_t after;

	(void)state;
	assert_int_equal(parse("\100aa\0", 4, 0, &name, &after), DIS_BAD);
	assert_int_equal(parse("\200aa\0", 4, 0, &name, &after), DIS_BAD);
}

/* RFC 1035 2.3.4: 63 + 63 + 63 + 61 octets, four lengths and the root are 255. */
static void
the_longest_name_fits_and_one_more_octet_is_bad(void **state)
{
	char message[300];
	struct dns_name name;
	size_t after;

	(void)state;
	memset(message, 1, sizeof(message));
	message[0] = message[64] = message[128] = 63;
	message[192] = 61;
	message[254] = 0;
	assert_int_equal(parse(message, 255, 0, &name, &after), DIS_OK);
	assert_int_equal(after, 255);
	assert_int_equal(name.len, DNS_NAME_TEXT - 1);
	message[192] = 62;
	message[255] = 0;
	assert_int_equal(parse(message, 256, 0, &name, &after), DIS_BAD);
}

/* Each label points to the one before: legal, but longer than a name can be. */
static void
a_long_chain_of_pointers_ends(void **state)
{
	char message[4 * 200];
	struct dns_name name;
	size_t after;

	(void)state;
	memset(message, 0, sizeof(message));
	for (size_t i = 1; i < 200; i++) {
		size_t to = 4 * (i - 1);

		message[4 * i] = 1;
		message[4 * i + 1] = 'a';
		message[4 * i + 2] = (char)(0xc0 | to >> 8);
		message[4 * i + 3] = (char)(to & 0xff);
	}
	assert_int_equal(parse(message, sizeof(message), 4 * 127, &name, &after), DIS_OK);
	assert_int_equal(name.len, 2 * 127 - 1);
	assert_int_equal(
		parse(message, sizeof(message), 4 * 128, &name, &after), DIS_BAD);
	assert_int_equal(
		parse(message, sizeof(message), 4 * 199, &name, &after), DIS_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_lower_case_text),
		cmocka_unit_test(names_cut_anywhere_want_more_and_stay),
		cmocka_unit_test(pointers_that_do_not_lead_back_are_bad),
		cmocka_unit_test(label_types_nobody_uses_are_bad),
		cmocka_unit_test(the_longest_name_fits_and_one_more_octet_is_bad),
		cmocka_unit_test(a_long_chain_of_pointers_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
