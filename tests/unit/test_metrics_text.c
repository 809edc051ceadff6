/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <math.h>
#include <stdio.h>
#include <sys/wait.h>

#include "sensor/metrics/metrics.h"

static void
a_family_is_told_once_and_samples_follow(void **state)
{
	struct text_out out, labels;

	(void)state;
	text_out_init(&out);
	text_out_init(&labels);
	metrics_family(&out, "packets_total", "counter", "Packets taken.");
	metrics_label(&labels, "interface", SPAN_LITERAL("eth0"));
	metrics_label(&labels, "method", SPAN_LITERAL("xdp"));
	metrics_uint(&out, "packets_total", labels.at, UINT64_MAX);
	metrics_uint(&out, "packets_total", NULL, 0);
	metrics_double(&out, "load_ratio", "", 0.25);
	assert_string_equal(out.at,
		"# HELP relaytap_packets_total Packets taken.\n"
		"# TYPE relaytap_packets_total counter\n"
		"relaytap_packets_total{interface=\"eth0\",method=\"xdp\"} "
		"18446744073709551615\n"
		"relaytap_packets_total 0\n"
		"relaytap_load_ratio 0.25\n");
	text_out_free(&out);
	text_out_free(&labels);
}

static void
numbers_that_are_none_have_their_names(void **state)
{
	struct text_out out;

	(void)state;
	text_out_init(&out);
	metrics_double(&out, "x", NULL, NAN);
	metrics_double(&out, "x", NULL, INFINITY);
	metrics_double(&out, "x", NULL, -INFINITY);
	assert_string_equal(out.at, "relaytap_x NaN\nrelaytap_x +Inf\nrelaytap_x -Inf\n");
	text_out_free(&out);
}

static void
a_hostile_label_stays_a_label(void **state)
{
	static const struct {
		struct span value;
		const char *want;
	} cases[] = {
		{SPAN_LITERAL("a\"b"), "k=\"a\\\"b\""},
		/* For terminals two of them, and each of these two again. */
		{SPAN_LITERAL("a\\b"), "k=\"a\\\\\\\\b\""},
		{SPAN_LITERAL("a\nb"), "k=\"a\\\\x0ab\""},
		{SPAN_LITERAL("\xff"), "k=\"\\\\xff\""},
		{SPAN_LITERAL("\0"), "k=\"\\\\x00\""},
		{SPAN_LITERAL("\xc3\xa9"), "k=\"\xc3\xa9\""},
		{SPAN_LITERAL("} 1\n"), "k=\"} 1\\\\x0a\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text_out labels;

		text_out_init(&labels);
		metrics_label(&labels, "k", cases[i].value);
		assert_string_equal(labels.at, cases[i].want);
		text_out_free(&labels);
	}
}

static void
write_page(struct text_out *out)
{
	struct text_out labels;

	text_out_init(&labels);
	metrics_family(
		out, "packets_total", "counter", "Packets taken,\nand a \\ in it.");
	metrics_label(&labels, "interface", SPAN_LITERAL("e\"t\\h\n0\xff"));
	metrics_uint(out, "packets_total", labels.at, 12);
	metrics_family(out, "uptime_seconds", "gauge", "Since the start.");
	metrics_double(out, "uptime_seconds", NULL, 1e9 / 3);
	text_out_free(&labels);
}

/* Prometheus' own judge of such pages. */
static void
promtool_finds_no_fault(void **state)
{
	struct text_out out;
	FILE *judge;

	(void)state;
	if (system("promtool --version >/dev/null 2>&1") != 0) {
		printf("SKIP: metrics: no promtool (package prometheus)\n");
		return;
	}
	text_out_init(&out);
	write_page(&out);
	judge = popen("promtool check metrics", "w");
	assert_non_null(judge);
	assert_int_equal(fwrite(out.at, 1, out.used, judge), out.used);
	assert_int_equal(pclose(judge), 0);
	/* It can find one. */
	judge = popen("promtool check metrics >/dev/null 2>&1", "w");
	assert_int_equal(fwrite("x{a=\"\n\"} 1\n", 1, 11, judge), 11);
	assert_int_not_equal(pclose(judge), 0);
	text_out_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_family_is_told_once_and_samples_follow),
		cmocka_unit_test(numbers_that_are_none_have_their_names),
		cmocka_unit_test(a_hostile_label_stays_a_label),
		cmocka_unit_test(promtool_finds_no_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
