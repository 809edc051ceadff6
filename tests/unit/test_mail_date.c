/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/mail_date.h"

/* Seconds by date(1): date -u -d '2026-11-23 19:45:28' +%s, and so on. */
static const struct {
	const char *text;
	int64_t seconds;
	int zone;
	bool told;
} good[] = {
	{"Mon, 23 Nov 2026 19:45:28 +0000 (UTC)", 1795463128, 0, true},
	{"Mon, 23 Nov 2026 11:45:28 -0800 (PST)", 1795463128, -480, true},
	{"23 Nov 2026 19:45:28 -0000", 1795463128, 0, false},
	{"Mon,23 Nov 2026 19:45:28 GMT", 1795463128, 0, true},
	{"Mon, 23 Nov 26 14:45:28 EST", 1795463128, -300, true},
	{"Mon, 23 Nov 2026 12:45:28 PDT", 1795463128, -420, true},
	{"Mon, 23 Nov 2026 19:45:28 Z", 1795463128, 0, false},
	{"Mon, 23 Nov 2026 19:45:28", 1795463128, 0, false},
	{"(x) Mon (y), 23 (z) nov 2026 19:45:28 +0000", 1795463128, 0, true},
	{"Tue, 24 Nov 2026 01:15:28 +0530", 1795463128, 330, true},
	{"Mon, 23 Nov 2026 19:45 +0000", 1795463100, 0, true},
	{"Thu, 1 Jan 1970 00:00:00 +0000", 0, 0, true},
	{"1 Jan 70 00:00:00 +0000", 0, 0, true},
	{"1 Jan 70 00:00:00 +0100", -3600, 60, true},
	{"29 Feb 2000 00:00:00 +0000", 951782400, 0, true},
	{"29 Feb 2024 12:00:00 +0000", 1709208000, 0, true},
	{"1 Mar 2100 00:00:00 +0000", 4107542400, 0, true},
	{"1 Jan 101 00:00:00 +0000", 978307200, 0, true}, /* 2001, RFC 5322 4.3 */
	{"31 Dec 2016 23:59:60 +0000", 1483228800, 0, true},
};

static const char *const bad[] = {"", "Mon", "Mon, 32 Nov 2026 19:45:28 +0000",
	"31 Nov 2026 19:45:28 +0000", "29 Feb 2026 00:00:00 +0000",
	"29 Feb 2100 00:00:00 +0000", "0 Nov 2026 00:00:00 +0000",
	"1 Foo 2026 00:00:00 +0000", "1 Nov 2026 24:00:00 +0000",
	"1 Nov 2026 23:60:00 +0000", "1 Nov 2026 23:59:61 +0000", "1 Nov 2026 2359 +0000",
	"1 Nov 6 00:00 +0000", "1 Nov 99999 00:00:00 +0000",
	"1 Nov 2026 00:00:00:00 +0000", "2026-11-23 19:45:28",
	"31 Dec 1899 23:59:59 +0000"};

static void
each_date_is_its_second(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct guarded g = guarded_new(good[i].text, strlen(good[i].text));
		struct mail_date d = {7, 7, true};

		print_message("%s\n", good[i].text);
		assert_true(mail_date_parse(guarded_span(&g), &d));
		assert_true(d.seconds == good[i].seconds);
		assert_int_equal(d.zone, good[i].zone);
		assert_int_equal(d.zone_told, good[i].told);
		guarded_free(&g);
	}
}

static void
what_is_no_date_is_refused_and_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct mail_date d = {7, 8, true};

		print_message("%s\n", bad[i]);
		assert_false(mail_date_parse(span_of_text(bad[i]), &d));
		assert_true(d.seconds == 7 && d.zone == 8 && d.zone_told);
	}
}

/* Short of its zone it is the same second in UTC or no date. */
static void
a_date_cut_anywhere_is_near_or_none(void **state)
{
	const char *text = good[0].text;

	(void)state;
	for (size_t n = 0; n < strlen(text); n++) {
		struct guarded g = guarded_new(text, n);
		struct mail_date d;
		bool ok = mail_date_parse(guarded_span(&g), &d);

		assert_true(n >= strlen("Mon, 23 Nov 2026 1:4") || !ok);
		if (n >= strlen("Mon, 23 Nov 2026 19:45:28"))
			assert_true(ok && d.seconds == good[0].seconds);
		guarded_free(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_date_is_its_second),
		cmocka_unit_test(what_is_no_date_is_refused_and_changes_nothing),
		cmocka_unit_test(a_date_cut_anywhere_is_near_or_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
