/* SPDX-License-Identifier: Apache-2.0 */
#include "format_rig.h"

#include "sensor/output/format_plain.h"

static void
pieces_are_characters_or_escapes(void **state)
{
	static const struct {
		struct span in;
		const char *want; /* with a | behind each piece */
	} cases[] = {
		{SPAN_LITERAL("ab"), "a|b|"},
		{SPAN_LITERAL("\xc3\xbc\xe6\x97\xa5\xf0\x9f\x93\xa7"),
			"\xc3\xbc|\xe6\x97\xa5|\xf0\x9f\x93\xa7|"},
		{SPAN_LITERAL("\n\0\x7f"), "\\x0a|\\x00|\\x7f|"},
		{SPAN_LITERAL("\xc2\x85\xe2\x80\xa8"), "\\xc2|\\x85|\\xe2|\\x80|\\xa8|"},
		{SPAN_LITERAL("\xc0\xaf\xed\xa0\x80"), "\\xc0|\\xaf|\\xed|\\xa0|\\x80|"},
		{SPAN_LITERAL("\xe2\x82"), "\\xe2|\\x82|"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct guarded g = guarded_new(cases[i].in.at, cases[i].in.len);
		struct span s = guarded_span(&g);
		char piece[FORMAT_PIECE];
		struct text_out out;
		size_t n;

		text_out_init(&out);
		while ((n = format_plain_next(&s, piece))) {
			text_out_span(&out, span_of(piece, n));
			text_out_char(&out, '|');
		}
		assert_string_equal(out.at, cases[i].want);
		text_out_free(&out);
		guarded_free(&g);
	}
}

static void
lists_are_joined(void **state)
{
	const struct span texts[] = {SPAN_LITERAL("a"), SPAN_LITERAL("b")};
	const struct ip_addr addrs[] = {rig_addr("192.0.2.1"), rig_addr("::1")};
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	text_out_init(&out);
	format_plain_texts(&out, texts, 2);
	text_out_char(&out, '/');
	format_plain_addrs(&out, addrs, 2);
	text_out_char(&out, '/');
	a->evidence[1].what = SPAN_LITERAL("more");
	a->evidence_count = 2;
	format_plain_evidence(&out, a);
	assert_string_equal(
		out.at, "a, b/192.0.2.1, ::1/sent on (x.pcap frame 31); more");
	text_out_free(&out);
	alert_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_characters_or_escapes),
		cmocka_unit_test(lists_are_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
