/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "sensor/base/log.h"
#include "sensor/capture/capture_filter.h"

enum {
	ETHERNET = 1,
	RAW = 101,
	WLAN = 105,
	USER0 = 147
};

/* What was logged: here instead of on stderr. */
static unsigned logged;
static char last_line[1024];

void
log_warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(last_line, sizeof(last_line), format, args);
	va_end(args);
	logged++;
}

void
log_warn(const char *format, ...)
{
	(void)format;
	fail_msg("nothing here fails in the system");
}

static int
setup(void **state)
{
	(void)state;
	logged = 0;
	last_line[0] = '\0';
	return 0;
}

/* TCP from port 1024 to a port of 192.0.2.1, without payload; Ethernet before it. */
#define IP_TCP(port)                                                                     \
	"\x45\0\0\x28\0\0\0\0\x40\x06\0\0\xc0\0\x02\x02\xc0\0\x02\x01"                   \
	"\x04\0\0" port "\0\0\0\0\0\0\0\0\x50\x02\0\0\0\0\0\0"
#define ETHER "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0"

static bool
match(struct capture_filter *f, uint32_t linktype, const char *octets, size_t n)
{
	struct guarded g = guarded_new(octets, n);
	struct capture_frame frame = {.octets = guarded_span(&g),
		.wire_len = (uint32_t)n,
		.linktype = linktype};
	bool matched = capture_filter_match(f, &frame);

	guarded_free(&g);
	return matched;
}

#define MATCH(f, linktype, octets) match(f, linktype, octets, sizeof(octets) - 1)

static void
one_expression_serves_frames_of_any_link_type(void **state)
{
	struct capture_filter *f = capture_filter_new("tcp dst port 25");

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < 3; i++) {
		assert_true(MATCH(f, ETHERNET, ETHER IP_TCP("\x19")));
		assert_false(MATCH(f, ETHERNET, ETHER IP_TCP("\x1a")));
		assert_true(MATCH(f, RAW, IP_TCP("\x19")));
		assert_false(MATCH(f, RAW, IP_TCP("\x1a")));
		/* An Ethernet frame that says it is none. */
		assert_false(MATCH(f, RAW, ETHER IP_TCP("\x19")));
	}
	assert_int_equal(capture_filter_senseless(f), 0);
	assert_int_equal(logged, 0);
	capture_filter_free(f);
}

/* Nothing behind its end is looked at. */
static void
a_frame_cut_at_any_octet_matches_only_with_its_port(void **state)
{
	static const char octets[] = ETHER IP_TCP("\x19");
	struct capture_filter *f = capture_filter_new("tcp dst port 25");

	(void)state;
	/* Ethernet 14, IP 20, and of TCP the two ports. */
	for (size_t cut = 0; cut < sizeof(octets); cut++)
		assert_int_equal(match(f, ETHERNET, octets, cut), cut >= 14 + 20 + 4);
	capture_filter_free(f);
}

static void
an_empty_expression_matches_all(void **state)
{
	struct capture_filter *f = capture_filter_new("");

	(void)state;
	assert_non_null(f);
	assert_true(MATCH(f, ETHERNET, "x"));
	assert_true(MATCH(f, RAW, "x"));
	capture_filter_free(f);
}

static void
an_expression_that_makes_no_sense_at_all_is_told_and_escaped(void **state)
{
	(void)state;
	assert_null(capture_filter_new("port \x1b[31m"));
	assert_int_equal(logged, 1);
	assert_int_equal(strncmp(last_line, "filter \"port \\x1b[31m\": ", 24), 0);
	assert_null(capture_filter_new("and"));
	assert_int_equal(logged, 2);
	capture_filter_free(NULL);
}

/* Dropped, and that is said: once, and with the link type. */
static void
a_link_type_it_makes_no_sense_for_is_told_once_and_counted(void **state)
{
	struct capture_filter *f = capture_filter_new("ether dst 02:00:00:00:00:01");

	(void)state;
	assert_non_null(f);
	for (int i = 0; i < 5; i++) {
		assert_true(MATCH(f, ETHERNET, ETHER IP_TCP("\x19")));
		assert_false(MATCH(f, RAW, IP_TCP("\x19")));
	}
	assert_int_equal(capture_filter_senseless(f), 5);
	assert_int_equal(logged, 1);
	assert_non_null(strstr(
		last_line, "filter \"ether dst 02:00:00:00:00:01\" for link type 101: "));
	capture_filter_free(f);
}

/* It was accepted for the sake of another link type: of Ethernet nothing is kept. */
static void
that_it_makes_no_sense_for_ethernet_is_told_too(void **state)
{
	struct capture_filter *f = capture_filter_new("wlan type data");

	(void)state;
	assert_non_null(f);
	assert_int_equal(logged, 0);
	assert_true(MATCH(f, WLAN, "\x08\0\0\0aaaaaabbbbbbcccccc\0\0"));
	for (int i = 0; i < 5; i++)
		assert_false(MATCH(f, ETHERNET, ETHER IP_TCP("\x19")));
	assert_int_equal(capture_filter_senseless(f), 5);
	assert_int_equal(logged, 1);
	assert_non_null(strstr(last_line, "for link type 1: "));
	capture_filter_free(f);
}

/*
 * A file may bear as many link types as it likes, in turns: all are filtered rightly, and
 * the log does not grow with the frames.
 */
static void
more_link_types_than_are_kept_do_not_fill_the_log(void **state)
{
	struct capture_filter *f = capture_filter_new("ether dst 02:00:00:00:00:01");
	unsigned after_first = 0;

	(void)state;
	for (unsigned round = 0; round < 10; round++) {
		/* DLT_USER0 to DLT_USER15, and some before them. */
		for (uint32_t type = USER0; type < USER0 + 16; type++)
			assert_false(MATCH(f, type, ETHER IP_TCP("\x19")));
		assert_false(MATCH(f, RAW, IP_TCP("\x19")));
		assert_false(MATCH(f, 228, IP_TCP("\x19")));
		assert_false(MATCH(f, 229, IP_TCP("\x19")));
		assert_true(MATCH(f, ETHERNET, ETHER IP_TCP("\x19")));
		if (round == 0)
			after_first = logged;
	}
	assert_int_equal(capture_filter_senseless(f), 190);
	assert_int_equal(after_first, 15);
	assert_int_equal(logged, after_first);
	capture_filter_free(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			one_expression_serves_frames_of_any_link_type, setup),
		cmocka_unit_test_setup(
			a_frame_cut_at_any_octet_matches_only_with_its_port, setup),
		cmocka_unit_test_setup(an_empty_expression_matches_all, setup),
		cmocka_unit_test_setup(
			an_expression_that_makes_no_sense_at_all_is_told_and_escaped,
			setup),
		cmocka_unit_test_setup(
			a_link_type_it_makes_no_sense_for_is_told_once_and_counted,
			setup),
		cmocka_unit_test_setup(
			that_it_makes_no_sense_for_ethernet_is_told_too, setup),
		cmocka_unit_test_setup(
			more_link_types_than_are_kept_do_not_fill_the_log, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
