/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_rig.h"

static void
each_line_is_a_datagram(void **state)
{
	int fd = rig_listen(SOCK_DGRAM, 0);
	struct config_output o = rig_output(CONFIG_TO_UDP);
	struct sink_line lines[] = {rig_line("one"), rig_line("two")};
	struct sink *s = rig_open(&o);
	char got[512], want[512];

	(void)state;
	assert_int_equal(sink_send(s, lines, 2, rig_error), 2);
	snprintf(want, sizeof(want),
		"<131>1 " RIG_STAMP " sensor-1 relaytap %ld open-relay - one", (long)getpid());
	got[recv(fd, got, sizeof(got) - 1, 0)] = '\0';
	assert_string_equal(got, want);
	got[recv(fd, got, sizeof(got) - 1, 0)] = '\0';
	assert_non_null(strstr(got, "- two"));
	sink_close(s);
	close(fd);
}

static void
that_nobody_listens_is_noticed_one_datagram_later(void **state)
{
	struct config_output o = rig_output(CONFIG_TO_UDP);
	struct sink_line lines[] = {rig_line("one"), rig_line("two"), rig_line("three")};
	struct sink *s;

	(void)state;
	close(rig_listen(SOCK_DGRAM, 0));
	s = rig_open(&o);
	assert_int_equal(sink_send(s, lines, 3, rig_error), 0);
	assert_non_null(strstr(rig_error, "udp to 127.0.0.1:"));
	assert_non_null(strstr(rig_error, "Connection refused; is the collector running?"));
	sink_close(s);
}

/* The cut must not fall into the two octets of a character. */
static void
what_no_datagram_holds_is_cut_between_characters(void **state)
{
	static char text[70001], got[70001];
	int fd = rig_listen(SOCK_DGRAM, 1 << 20);
	struct config_output o = rig_output(CONFIG_TO_UDP);
	struct sink_line line;
	struct sink *s = rig_open(&o);
	ssize_t n;

	(void)state;
	for (size_t i = 0; i < 70000; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	for (int odd = 0; odd < 2; odd++) {
		line = rig_line(text + odd * 2);
		line.msgid = odd ? "ab" : "abc";
		assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
		n = recv(fd, got, sizeof(got), 0);
		assert_in_range(n, 65506, 65507);
		assert_int_equal((uint8_t)got[n - 1], 0xa9);
	}
	sink_close(s);
	close(fd);
}

static void
a_name_without_address_is_told(void **state)
{
	struct config_output o = rig_output(CONFIG_TO_UDP);
	struct sink_line line = rig_line("x");
	double begin = rig_seconds();
	struct sink *s;

	(void)state;
	o.host = "collector.invalid";
	s = rig_open(&o);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	assert_true(rig_seconds() - begin < SINK_WAIT_MS / 1e3 + 1);
	assert_non_null(
		strstr(rig_error, "udp to collector.invalid:"));
	assert_non_null(strstr(rig_error, "cannot be resolved"));
	sink_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_a_datagram),
		cmocka_unit_test(that_nobody_listens_is_noticed_one_datagram_later),
		cmocka_unit_test(what_no_datagram_holds_is_cut_between_characters),
		cmocka_unit_test(a_name_without_address_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
