/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "dissect/mail_header.h"

struct text {
	char at[32768];
	size_t len;
};

static void
add(struct text *t, struct mail_header_item *i)
{
	int n;

	if (i->what == MAIL_HEADER_END)
		n = snprintf(t->at + t->len, sizeof(t->at) - t->len, "END[%.*s]",
			(int)i->value.len, (const char *)i->value.at);
	else
		n = snprintf(t->at + t->len, sizeof(t->at) - t->len, "%u:%s=%.*s%s%s|",
			(unsigned)i->index, mail_name_text(i->name), (int)i->value.len,
			(const char *)i->value.at, i->cut ? "+cut" : "",
			i->gap ? "+gap" : "");
	assert_true(n >= 0 && (size_t)n < sizeof(t->at) - t->len);
	t->len += (size_t)n;
}

/* Feeds s, and returns what the reader left of it. */
static struct span
feed(struct mail_header *h, struct span s, struct text *t)
{
	struct mail_header_item item;

	while (mail_header_next(h, &s, &item) == DIS_OK)
		add(t, &item);
	return s;
}

static void
flush(struct mail_header *h, struct text *t)
{
	struct mail_header_item item;

	while (mail_header_flush(h, &item) == DIS_OK)
		add(t, &item);
}

static const struct {
	const char *message, *want;
	size_t left; /* octets of it that are the body's, those in END's lead not counted
		      */
	bool complete, malformed;
} cases[] = {
	{"From: a\r\nX-Foo: y\r\nSubject: b\r\n\r\nbody", "0:From=a|2:Subject=b|END[]", 4,
		true, false},
	{"from: a\nSUBJECT:b\n\nbody", "0:From=a|1:Subject=b|END[]", 4, true, false},
	{"Received: from a\r\n\tby b;\r\n  date\r\nX: 1\r\n 2\r\nTo: c\r\n\r\n",
		"0:Received=from a\tby b;  date|2:To=c|END[]", 0, true, false},
	{"Subject : a\r\n\r\n", "0:Subject=a|END[]", 0, true, false},
	{"Subject:\r\n\r\n", "0:Subject=|END[]", 0, true, false},
	{"Subject:\r\n a\r\n \r\n b\r\n\r\n", "0:Subject=a  b|END[]", 0, true, false},
	{"Subject: a\rb\r\r\n\r\n", "0:Subject=a\rb|END[]", 0, true, false},
	{"From x@y Mon Nov 23\r\n>From z\r\nTo: a\r\n\r\n", "0:To=a|END[]", 0, true,
		false},
	{"From : a\r\n\r\n", "0:From=a|END[]", 0, true, false},
	{"\r\nbody", "END[]", 4, true, false},
	{"\nbody", "END[]", 4, true, false},
	{"hello world\r\n", "END[hello ]", 7, false, true},
	{"To: a\r\nhello world: b\r\n", "0:To=a|END[hello ]", 10, false, true},
	{"To: a\r\nhello\r\n", "0:To=a|END[hello]", 2, false, true},
	{"To: a\r\n: b\r\n", "0:To=a|END[]", 5, false, true},
	{" x\r\nTo: a\r\n", "END[]", 11, false, true},
	{"To: a\r\n\rb\r\n", "0:To=a|END[\r]", 3, false, true},
	{"To: a\r\nFrom b\r\n", "0:To=a|END[From ]", 3, false, true},
	{"To: a\r\n\x80: b\r\n", "0:To=a|END[]", 6, false, true},
	/* the message ends inside its header */
	{"To: a", "0:To=a|END[]", 0, false, false},
	{"To: a\r", "0:To=a|END[]", 0, false, false},
	{"To: a\r\nSubj", "0:To=a|END[Subj]", 0, false, false},
	{"To: a\r\n\r", "0:To=a|END[\r]", 0, false, false},
	{"", "END[]", 0, false, false},
};

static void
run(size_t i, size_t cut)
{
	size_t len = strlen(cases[i].message);
	struct guarded a = guarded_new(cases[i].message, cut);
	struct guarded b = guarded_new(cases[i].message + cut, len - cut);
	struct mail_header h;
	struct text t = {.len = 0};
	struct span left;

	mail_header_reset(&h);
	left = feed(&h, guarded_span(&a), &t);
	if (left.len == 0 || !mail_header_is_over(&h)) {
		assert_int_equal(left.len, 0);
		left = feed(&h, guarded_span(&b), &t);
	} else {
		left.len += b.len;
	}
	flush(&h, &t);
	assert_string_equal(t.at, cases[i].want);
	assert_int_equal(left.len, cases[i].left);
	assert_int_equal(h.complete, cases[i].complete);
	assert_int_equal(h.malformed, cases[i].malformed);
	assert_int_equal(h.octets,
		len - cases[i].left - (size_t)(t.at + t.len - strstr(t.at, "END[") - 5));
	guarded_free(&a);
	guarded_free(&b);
}

static void
a_header_gives_its_fields_wherever_it_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].message);
		for (size_t cut = 0; cut <= strlen(cases[i].message); cut++)
			run(i, cut);
	}
}

static void
a_long_value_is_cut_and_told(void **state)
{
	static char message[MAIL_VALUE_MAX + 64];
	struct mail_header h;
	struct mail_header_item item;

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		size_t len = MAIL_VALUE_MAX + extra;
		struct span in = span_of(message, 3 + len + 4);

		memset(message, 'x', sizeof(message));
		memcpy(message, "To:", 3);
		memcpy(message + 3 + len, "\r\n\r\n", 4);
		mail_header_reset(&h);
		assert_int_equal(mail_header_next(&h, &in, &item), DIS_OK);
		assert_int_equal(item.value.len, MAIL_VALUE_MAX);
		assert_int_equal(item.cut, extra);
		assert_int_equal(mail_header_next(&h, &in, &item), DIS_OK);
		assert_int_equal(item.what, MAIL_HEADER_END);
		assert_int_equal(in.len, 0);
	}
}

static void
a_header_without_end_is_given_up(void **state)
{
	static char line[1024];
	struct mail_header h;
	struct mail_header_item item;
	enum dis_status status = DIS_MORE;
	size_t lines = 0;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[1] = ':';
	line[sizeof(line) - 1] = '\n';
	mail_header_reset(&h);
	while (status == DIS_MORE && lines < 1000) {
		struct span in = span_of(line, sizeof(line));

		status = mail_header_next(&h, &in, &item);
		lines += status == DIS_MORE;
	}
	assert_int_equal(lines, MAIL_HEADER_MAX / sizeof(line));
	assert_int_equal(item.what, MAIL_HEADER_END);
	assert_true(h.over);
	assert_int_equal(h.fields, lines);
}

static void
a_name_over_its_bound_begins_the_body(void **state)
{
	char line[MAIL_NAME_MAX + 8];
	struct text t = {.len = 0};
	struct mail_header h;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[MAIL_NAME_MAX] = ':';
	line[MAIL_NAME_MAX + 1] = '\n';
	mail_header_reset(&h);
	assert_int_equal(feed(&h, span_of(line, MAIL_NAME_MAX + 2), &t).len, 0);
	assert_false(mail_header_is_over(&h));
	line[MAIL_NAME_MAX] = 'x';
	line[MAIL_NAME_MAX + 1] = ':';
	mail_header_reset(&h);
	assert_int_equal(feed(&h, span_of(line, MAIL_NAME_MAX + 2), &t).len, 2);
	assert_true(h.malformed);
}

static void
a_hole_costs_the_line_it_falls_into(void **state)
{
	struct mail_header h;
	struct text t = {.len = 0};

	(void)state;
	mail_header_reset(&h);
	feed(&h, SPAN_LITERAL("To: a\r\nSubject: be"), &t);
	mail_header_gap(&h, 100);
	feed(&h, SPAN_LITERAL("ore\r\n more\r\nFrom: c\r\n\r\nbody"), &t);
	assert_string_equal(t.at, "0:To=a|1:Subject=be+gap|2:From=c|END[]");
	assert_true(h.gap);
	assert_int_equal(h.octets, 18 + 100 + 23);
}

static void
names_are_found_in_either_case_and_whole(void **state)
{
	(void)state;
	for (unsigned i = 1; i < MAIL_NAME_COUNT; i++)
		assert_int_equal(
			mail_name_of(span_of_text(mail_name_text((enum mail_name)i))), i);
	assert_int_equal(mail_name_of(SPAN_LITERAL("reCEIVED")), MAIL_NAME_RECEIVED);
	assert_int_equal(mail_name_of(SPAN_LITERAL("Receive")), MAIL_NAME_OTHER);
	assert_int_equal(mail_name_of(SPAN_LITERAL("ReceivedX")), MAIL_NAME_OTHER);
	assert_int_equal(mail_name_of(SPAN_NONE), MAIL_NAME_OTHER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_gives_its_fields_wherever_it_is_cut),
		cmocka_unit_test(a_long_value_is_cut_and_told),
		cmocka_unit_test(a_header_without_end_is_given_up),
		cmocka_unit_test(a_name_over_its_bound_begins_the_body),
		cmocka_unit_test(a_hole_costs_the_line_it_falls_into),
		cmocka_unit_test(names_are_found_in_either_case_and_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
