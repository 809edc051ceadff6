/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>

#include "sensor/report/html_out.h"

struct page {
	char *text;
	size_t len;
	FILE *to;
	struct html_out h;
};

static void
begin(struct page *p, enum config_redact level)
{
	p->to = open_memstream(&p->text, &p->len);
	assert_non_null(p->to);
	html_out_init(&p->h, p->to, level);
}

static void
assert_page(struct page *p, const char *want)
{
	assert_int_equal(fclose(p->to), 0);
	assert_string_equal(p->text, want);
	html_out_free(&p->h);
	free(p->text);
}

static void
marks_of_html_are_escaped(void **state)
{
	struct page p;

	(void)state;
	begin(&p, CONFIG_REDACT_NONE);
	html_out_ours(&p.h, SPAN_LITERAL("<a b=\"c\">&'`"));
	assert_page(&p, "&lt;a b&#61;&quot;c&quot;&gt;&amp;&#39;&#96;");
}

static void
no_octet_but_a_printable_one_reaches_the_page_as_it_is(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		uint8_t octet = (uint8_t)c;
		struct page p;

		begin(&p, CONFIG_REDACT_NONE);
		html_out_peer(&p.h, span_of(&octet, 1));
		assert_int_equal(fclose(p.to), 0);
		for (size_t i = 0; i < p.len; i++)
			assert_in_range((uint8_t)p.text[i], 0x20, 0x7e);
		if (c == '<' || c == '>' || c == '"' || c == '&')
			assert_null(strstr(p.text + strlen("<bdi>"), (char[]){(char)c, '<', 0}));
		html_out_free(&p.h);
		free(p.text);
	}
}

static void
a_long_name_is_cut(void **state)
{
	static uint8_t name[10000];
	struct page p;

	(void)state;
	memset(name, 'x', sizeof(name));
	begin(&p, CONFIG_REDACT_NONE);
	html_out_peer(&p.h, span_of(name, sizeof(name)));
	assert_int_equal(fflush(p.to), 0);
	assert_in_range(p.len, 10, 1000);
	assert_non_null(strstr(p.text, "..."));
	fclose(p.to);
	html_out_free(&p.h);
	free(p.text);
}

static void
an_address_is_shown_as_far_as_it_may_be(void **state)
{
	static const struct {
		enum config_redact level;
		bool user, domain;
	} cases[] = {{CONFIG_REDACT_NONE, true, true}, {CONFIG_REDACT_LOCAL_PART, false, true},
		{CONFIG_REDACT_ALL, false, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct page p;

		begin(&p, cases[i].level);
		html_out_address(&p.h, SPAN_LITERAL("bob@victim.test"));
		assert_int_equal(fflush(p.to), 0);
		assert_int_equal(strstr(p.text, "bob") != NULL, cases[i].user);
		assert_int_equal(strstr(p.text, "victim.test") != NULL, cases[i].domain);
		fclose(p.to);
		html_out_free(&p.h);
		free(p.text);
	}
}

static void
numbers_have_groups_of_three(void **state)
{
	struct page p;

	(void)state;
	begin(&p, CONFIG_REDACT_NONE);
	html_out_number(&p.h, 999);
	html_out_markup(&p.h, " ");
	html_out_number(&p.h, 1234567);
	assert_page(&p, "999 1,234,567");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_of_html_are_escaped),
		cmocka_unit_test(no_octet_but_a_printable_one_reaches_the_page_as_it_is),
		cmocka_unit_test(a_long_name_is_cut),
		cmocka_unit_test(an_address_is_shown_as_far_as_it_may_be),
		cmocka_unit_test(numbers_have_groups_of_three),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
