/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_reply.h"

static const struct {
	const char *lines; /* separated by LF */
	uint16_t code, count;
	struct smtp_enhanced enhanced;
	const char *text;
	bool vary;
	int bad; /* lines that are no reply lines */
} cases[] = {
	{"250 2.1.0 Ok", 250, 1, {2, 1, 0}, "Ok", false, 0},
	{"250 OK", 250, 1, {0, 0, 0}, "OK", false, 0},
	{"250", 250, 1, {0, 0, 0}, "", false, 0},
	{"250 ", 250, 1, {0, 0, 0}, "", false, 0},
	{"334 ", 334, 1, {0, 0, 0}, "", false, 0},
	{"250\ttext", 250, 1, {0, 0, 0}, "text", false, 0},
	{"100 low", 100, 1, {0, 0, 0}, "low", false, 0},
	{"599 high", 599, 1, {0, 0, 0}, "high", false, 0},
	{"250-a\n250-b\n250 c", 250, 3, {0, 0, 0}, "a\nb\nc", false, 0},
	{"250-\n250-\n250", 250, 3, {0, 0, 0}, "\n\n", false, 0},
	{"250-x\n250", 250, 2, {0, 0, 0}, "x\n", false, 0},
	/* The enhanced code is repeated on every line (RFC 2034 4). */
	{"550-5.1.1 The email account\n550-5.1.1 does not\n550 5.1.1 exist", 550, 3,
		{5, 1, 1}, "The email account\ndoes not\nexist", false, 0},
	{"550-first\n550 5.7.1 second", 550, 2, {0, 0, 0}, "first\nsecond", false, 0},
	/* RFC 5321 4.2.1: "the last one is used". */
	{"250-a\n550 b", 550, 2, {0, 0, 0}, "a\nb", true, 0},
	{"550 5.7.606 Access denied", 550, 1, {5, 7, 606}, "Access denied", false, 0},
	{"550 5.7.1: no", 550, 1, {5, 7, 1}, "no", false, 0},
	{"550 5.7.1", 550, 1, {5, 7, 1}, "", false, 0},
	{"550 5.7.1  two", 550, 1, {5, 7, 1}, " two", false, 0},
	/* Not enhanced codes. */
	{"550 5.7.1000 x", 550, 1, {0, 0, 0}, "5.7.1000 x", false, 0},
	{"220 2.0.0.1 x", 220, 1, {0, 0, 0}, "2.0.0.1 x", false, 0},
	{"220 5.7 x", 220, 1, {0, 0, 0}, "5.7 x", false, 0},
	{"550 3.7.1 x", 550, 1, {0, 0, 0}, "3.7.1 x", false, 0},
	{"550 5..1 x", 550, 1, {0, 0, 0}, "5..1 x", false, 0},
	{"550 5.7.x", 550, 1, {0, 0, 0}, "5.7.x", false, 0},
	{"550 #5.7.1 x", 550, 1, {0, 0, 0}, "#5.7.1 x", false, 0},
	/* What is no reply line is told, and the reply in hand goes on. */
	{"junk\n250 ok", 250, 1, {0, 0, 0}, "ok", false, 1},
	{"250-a\njunk\n250 b", 250, 2, {0, 0, 0}, "a\nb", false, 1},
	{"\n250 ok", 250, 1, {0, 0, 0}, "ok", false, 1},
	{"25\n2500 a\n250x\n600 a\n099 a\n 250 a\n250 ok", 250, 1, {0, 0, 0}, "ok", false,
		6},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static void
each_reply_has_code_text_and_enhanced_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct span rest = span_of_text(cases[i].lines);
		struct smtp_reply_reader r;
		struct smtp_reply reply;
		enum dis_status got = DIS_MORE;
		int bad = 0;

		smtp_reply_reset(&r);
		while (got != DIS_OK) {
			size_t end = span_find(rest, '\n');
			struct guarded g = guarded_new(rest.at, end);
			bool last = end == rest.len;

			got = smtp_reply_next(&r, guarded_span(&g), &reply);
			guarded_free(&g);
			bad += got == DIS_BAD;
			assert_int_equal(got == DIS_OK, last);
			rest = span_slice(rest, end + 1, rest.len);
		}
		assert_int_equal(bad, cases[i].bad);
		assert_int_equal(reply.code, cases[i].code);
		assert_int_equal(reply.lines, cases[i].count);
		assert_int_equal(reply.enhanced.class, cases[i].enhanced.class);
		assert_int_equal(reply.enhanced.subject, cases[i].enhanced.subject);
		assert_int_equal(reply.enhanced.detail, cases[i].enhanced.detail);
		assert_true(span_equal(reply.text, span_of_text(cases[i].text)));
		assert_int_equal(reply.codes_vary, cases[i].vary);
		assert_false(reply.cut);
	}
}

static void
a_truncated_line_never_reads_past_its_end(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		size_t len = span_find(span_of_text(cases[i].lines), '\n');

		for (size_t n = 0; n <= len; n++) {
			struct guarded g = guarded_new(cases[i].lines, n);
			struct smtp_reply_reader r;
			struct smtp_reply reply;

			smtp_reply_reset(&r);
			if (n < 3)
				assert_int_equal(
					smtp_reply_next(&r, guarded_span(&g), &reply),
					DIS_BAD);
			else
				(void)smtp_reply_next(&r, guarded_span(&g), &reply);
			guarded_free(&g);
		}
	}
}

static void
an_endless_reply_keeps_its_head(void **state)
{
	struct smtp_reply_reader r;
	struct smtp_reply reply;
	char line[105];

	(void)state;
	memset(line, 'a', sizeof(line));
	memcpy(line, "250-", 4);
	smtp_reply_reset(&r);
	for (int i = 0; i < 70000; i++)
		assert_int_equal(smtp_reply_next(&r, span_of(line, sizeof(line)), &reply),
			DIS_MORE);
	assert_int_equal(smtp_reply_next(&r, SPAN_LITERAL("250 end"), &reply), DIS_OK);
	assert_true(reply.cut);
	assert_int_equal(reply.lines, UINT16_MAX);
	assert_int_equal(reply.text.len, SMTP_REPLY_TEXT_MAX);
	assert_int_equal(reply.text.at[101], '\n');
	/* The next reply begins anew. */
	assert_int_equal(smtp_reply_next(&r, SPAN_LITERAL("221 bye"), &reply), DIS_OK);
	assert_false(reply.cut);
	assert_int_equal(reply.lines, 1);
	assert_true(span_equal(reply.text, SPAN_LITERAL("bye")));
}

static void
enhanced_codes_are_written_as_they_were_read(void **state)
{
	static const char *const texts[] = {"2.0.0", "5.7.1", "4.10.999", "5.999.999"};
	static const struct smtp_enhanced none = {0, 7, 1}, huge = {5, 65535, 65535};
	struct smtp_enhanced e;
	char out[12];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct span text = span_of_text(texts[i]);

		assert_true(smtp_enhanced_parse(&text, &e));
		assert_int_equal(text.len, 0);
		smtp_enhanced_write(&e, out);
		assert_string_equal(out, texts[i]);
	}
	smtp_enhanced_write(&none, out);
	assert_string_equal(out, "");
	/* Never more than the twelve octets the caller has. */
	smtp_enhanced_write(&huge, out);
	assert_string_equal(out, "5.999.999");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reply_has_code_text_and_enhanced_code),
		cmocka_unit_test(a_truncated_line_never_reads_past_its_end),
		cmocka_unit_test(an_endless_reply_keeps_its_head),
		cmocka_unit_test(enhanced_codes_are_written_as_they_were_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
