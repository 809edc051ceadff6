/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>

#include "sensor/report/markdown_out.h"

static const struct {
	const char *from, *to;
} cases[] = {
	{"", ""},
	{"mail.corp.test", "mail\\.corp\\.test"},
	{"at 20:22:53, twice.", "at 20:22:53, twice."},
	{"-4.5 -", "\\-4.5 -"},
	{"12) x", "12\\) x"},
	{"    code", "code"},
	{"[a](b)", "\\[a\\]\\(b)"},
	{"`x` *y* _z_ ~w~ |", "\\`x\\` \\*y\\* \\_z\\_ \\~w\\~ \\|"},
	{"<b>&amp;", "&lt;b&gt;&amp;amp;"},
	/* Looked for when the backslashes are gone. */
	{"@all", "`@`all"},
	{"$x$ $$", "`$`x`$` `$$`"},
	{"#12 a@#b", "`#`12 a`@#`b"},
	{"https://x", "https`:`//x"},
	{"WWW.x", "WWW`.`x"},
	{"/close", "\\/close"},
	{"a/b", "a/b"},
	{"a\nb", "a\\\\x0ab"},
};

static void
what_could_be_markup_is_escaped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct markdown_out d;
		char *text = NULL;
		size_t len;
		FILE *to = open_memstream(&text, &len);

		assert_non_null(to);
		markdown_out_init(&d, to, CONFIG_REDACT_NONE);
		markdown_out_prose(&d, cases[i].from);
		markdown_out_free(&d);
		fclose(to);
		assert_string_equal(text, cases[i].to);
		free(text);
	}
}

static void
a_long_text_is_cut(void **state)
{
	char name[MARKDOWN_OUT_PEER_MAX + 10], want[MARKDOWN_OUT_PEER_MAX + 4];
	struct markdown_out d;
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	(void)state;
	assert_non_null(to);
	memset(name, 'n', sizeof(name));
	memset(want, 'n', MARKDOWN_OUT_PEER_MAX);
	strcpy(want + MARKDOWN_OUT_PEER_MAX, "...");
	markdown_out_init(&d, to, CONFIG_REDACT_NONE);
	markdown_out_peer(&d, span_of(name, sizeof(name)));
	markdown_out_free(&d);
	fclose(to);
	assert_string_equal(text, want);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_could_be_markup_is_escaped),
		cmocka_unit_test(a_long_text_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
