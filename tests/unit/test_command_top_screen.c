/* SPDX-License-Identifier: Apache-2.0 */
#include "top_rig.h"

#include "sensor/command/command_top.h"

static char *
draw(const struct top_view *v, const struct top_screen *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	command_top_draw(v, s, to);
	fclose(to);
	return text;
}

static void
assert_drawn(const struct top_screen *s, const char *want)
{
	char *text = draw(rig_view(), s);

	assert_string_equal(text, want);
	free(text);
}

static void
eighty_columns_hold_all_of_it(void **state)
{
	static const struct top_screen s = {.width = 80};

	(void)state;
	assert_drawn(&s,
		"relaytap  2026-11-23 20:22:53 UTC  up 2 h\n"
		"packets 12.3k/s  octets 4.5M/s  mail 3.4/s  transactions 2.1/s  alerts "
		"5  \n"
		"connections 120  of 65.5k  queue 7  dropped 0  \n"
		"\n"
		"! eth2: 17 packets dropped\n"
		"\n"
		"INTERFACE        STATE       BY        PACKETS  OCTETS  DROPPED   CARD\n"
		"eth1             up          xdp          1.2M    1.0G        0      0  "
		"\n"
		"eth2             no carrier  afpacket     9999   10.0k       17      3  "
		"\n"
		"\n"
		"OUTPUT           STATE  WAITING  DELIVERED  ERROR\n"
		"file             up           0         41  \n"
		"tls              down        12         29  siem.example.net: "
		"refused\\x0a\\x1b[2J\n"
		"\n"
		"SERVER              VERDICT           CONF   MAIL    SEEN  NAME\n"
		"203.0.113.11:25     open-relay        0.99    120     3 s  "
		"mail.corp.test\n"
		"[2001:db8::25]:587  open-submission?  0.50     12   2 min  "
		"evil\\x1b]0;x\\x07\\x0a\\\n"
		"203.0.113.12:25     restricted        0.70      0     1 d  \n");
}

static void
with_more_columns_grades_and_names_are_whole(void **state)
{
	static const struct top_screen s = {.width = 132};
	char *text = draw(rig_view(), &s);

	(void)state;
	assert_non_null(strstr(text,
		"SERVER              VERDICT                     CONF   MAIL    SEEN  "
		"NAME\n"
		"203.0.113.11:25     open-relay, confirmed       0.99    120     3 s  "
		"mail.corp.test\n"
		"[2001:db8::25]:587  open-submission, suspected  0.50     12   2 min  "
		"evil\\x1b]0;x\\x07\\x0a\\xff\n"));
	free(text);
}

static unsigned
columns_of(const char *from, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		if (from[i] == '\033')
			i += strcspn(from + i, "mHJK");
		else if (from[i] != '\r')
			n += ((unsigned char)from[i] & 0xc0) != 0x80;
	return n;
}

/* Whatever the size: never a line more or longer than it, and no scrolling. */
static void
it_fits_every_screen(void **state)
{
	struct top_view *v = rig_view();

	(void)state;
	for (size_t i = 0; i < 47; i++)
		rig_server(v, "2001:db8:1111:2222:3333:4444:5555:6666", 65535,
			"m\xc3\xa4il.example.com with a name that does not end and does "
			"not end",
			"accepts-then-drops", "suspected", 0.4, 99999999, 5);
	v->servers_known = 4711;
	v->interfaces = v->outputs = v->losses = TOP_LOSSES_MAX;
	for (unsigned width = 1; width < 140; width += 7)
		for (unsigned height = 1; height < 60; height++) {
			struct top_screen s = {.width = width,
				.height = height,
				.colour = width & 1,
				.terminal = true,
				.every_s = 2};
			char *text = draw(v, &s), *at = text;
			unsigned lines = 1;

			for (size_t n; *(at + (n = strcspn(at, "\n")));
				at += n + 1, lines++)
				assert_true(columns_of(at, n) <= width);
			assert_true(columns_of(at, strlen(at)) <= width);
			assert_true(lines <= height);
			assert_int_not_equal(text[strlen(text) - 1], '\n');
			free(text);
		}
}

static void
what_does_not_fit_is_counted(void **state)
{
	static const struct top_screen s = {.width = 80, .height = 24, .terminal = true};
	struct top_view *v = rig_view();
	char *text;

	(void)state;
	for (size_t i = 0; i < 47; i++)
		rig_server(v, "192.0.2.1", 25, "", "unknown", "", 0, 0, 5);
	v->servers_known = 60;
	text = draw(v, &s);
	/* 15 lines stand above the first server: 8 of 60 fit, and the line that says so.
	 */
	assert_non_null(strstr(text, "... and 52 more\033[K"));
	free(text);
}

static void
a_terminal_is_drawn_over_and_never_cleared(void **state)
{
	static const struct top_screen s = {.width = 80,
		.height = 40,
		.colour = true,
		.terminal = true,
		.every_s = 2};
	char *text = draw(rig_view(), &s);

	(void)state;
	assert_int_equal(strncmp(text, "\033[H", 3), 0);
	assert_null(strstr(text, "\033[2J"));
	assert_non_null(strstr(text, "\033[1;31mopen-relay"));
	assert_non_null(strstr(text, "each 2 s, q quits"));
	assert_string_equal(text + strlen(text) - 3, "\033[J");
	free(text);
}

static void
a_sensor_that_has_seen_nothing_says_so(void **state)
{
	static const struct top_screen s = {.width = 80};
	static struct top_view v;
	char *text = draw(&v, &s);

	(void)state;
	assert_non_null(strstr(text, "No mail server was seen yet.\n"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eighty_columns_hold_all_of_it),
		cmocka_unit_test(with_more_columns_grades_and_names_are_whole),
		cmocka_unit_test(it_fits_every_screen),
		cmocka_unit_test(what_does_not_fit_is_counted),
		cmocka_unit_test(a_terminal_is_drawn_over_and_never_cleared),
		cmocka_unit_test(a_sensor_that_has_seen_nothing_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
