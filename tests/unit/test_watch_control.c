/* SPDX-License-Identifier: Apache-2.0 */
/* What the sensor answers to who asks, whatever it is asked. */
#include "watch_sensor.h"

#include <sys/socket.h>

#include "sensor/control/control_client.h"

#define T0 UINT64_C(1700000000000000000)

static struct sensor s;
static struct text_out out;

static int
up(void **state)
{
	(void)state;
	sensor_init(&s, 2);
	text_out_init(&out);
	return 0;
}

static int
down(void **state)
{
	(void)state;
	text_out_free(&out);
	sensor_free(&s);
	return 0;
}

/* The answer's lines are in out; NULL or the reason. */
static const char *
ask(const char *word, const char *more)
{
	char first[64], *words[2] = {first, NULL};
	const char *error;

	snprintf(first, sizeof(first), "%s", word);
	words[1] = more ? strdup(more) : NULL;
	text_out_reset(&out);
	error = watch_control_answer(&s.w, words, more ? 2 : 1, &out);
	free(words[1]);
	return error;
}

static size_t
count(const char *part)
{
	size_t n = 0;

	for (const char *at = out.used ? out.at : ""; (at = strstr(at, part)); at++)
		n++;
	return n;
}

/* A server that is an open relay, another that refuses, both known by name. */
static void
two_servers(void)
{
	scene_mx(&s.scene, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(&s.scene, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	scene_mail(&s.scene, (struct scene_mail){.client = OUT1,
				     .server = "203.0.113.12",
				     .name = "other.corp.test",
				     .helo = "c.test",
				     .from = "<x@shop.test>",
				     .rcpt = {{"<a@victim.test>", 554, NULL}}});
	desk_look(s.w.desk, s.scene.now);
}

static void
what_is_no_command_is_told_all_that_are(void **state)
{
	static const char *const wrong[] = {"nonsense", "", "STATS", "stat", "statss",
		"help;", "\xff\xfe\x80", "\xed\xa0\x80", "%s%n"};
	char list[512] = "";

	(void)state;
	assert_null(ask("help", NULL));
	for (const char *at = out.at; (at = strstr(at, "\"name\":\"")); at++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%.*s ",
			(int)strcspn(at + 8, "\""), at + 8);
	assert_string_equal(list, "stats servers show why flows top reload rotate help ");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		const char *error = ask(wrong[i], "203.0.113.11");

		assert_non_null(error);
		assert_null(strchr(error, '\n'));
		assert_int_equal(out.used, 0);
		for (char *at = list; *at; at += strcspn(at, " ") + 1) {
			char word[32];

			snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, " "), at);
			if (!strstr(error, word))
				fail_msg("%s is not in: %s", word, error);
		}
	}
}

static void
each_answer_is_lines_of_the_types_documented(void **state)
{
	static const struct {
		const char *word, *more, *type;
		size_t lines;
	} cases[] = {
		{"stats", NULL, "{\"type\":\"capture\"", 2},
		{"servers", NULL, "{\"type\":\"server\"", 2},
		{"show", S, "{\"type\":\"server\"", 1},
		{"show", "other.corp.test", "{\"type\":\"server\"", 1},
		{"why", S ":25", "{\"type\":\"why\",\"server\":\"" S "\",\"port\":25,",
			1},
		{"flows", NULL, "{\"type\":\"flows\",\"open\":0,\"listed\":0}", 1},
		{"top", NULL, "{\"type\":\"top\",\"schema\":1,", 1},
		{"help", NULL, "{\"type\":\"command\",\"name\":\"stats\"", 9},
	};

	(void)state;
	two_servers();
	sensor_start(&s);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_null(ask(cases[i].word, cases[i].more));
		assert_int_equal(count("\n"), cases[i].lines);
		assert_ptr_equal(strstr(out.at, cases[i].type), out.at);
		assert_int_equal(out.at[out.used - 1], '\n');
		assert_int_equal(count("}\n"), cases[i].lines);
	}
}

static void
the_most_serious_server_comes_first(void **state)
{
	(void)state;
	two_servers();
	sensor_start(&s);
	assert_null(ask("servers", NULL));
	assert_true(strstr(out.at, "\"verdict\":\"open-relay\"") <
		    strstr(out.at, "\"verdict\":\"restricted\""));
}

static void
a_server_has_to_be_named_and_known(void **state)
{
	static const char *const unknown[] = {"192.0.2.250", S ":26", "nobody.test", "",
		"\xff\xff", "[", "[]:", ":::::", "203.0.113.11:99999999999999999999",
		"%s%s%n", "203.0.113.11 "};
	static const char *const words[] = {"show", "why"};

	(void)state;
	two_servers();
	sensor_start(&s);
	for (size_t w = 0; w < 2; w++) {
		const char *error = ask(words[w], NULL);

		assert_string_equal(
			error, "name a server: address, address:port or its name");
		for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++) {
			error = ask(words[w], unknown[i]);
			assert_string_equal(error, "no such server; servers lists them");
			assert_int_equal(out.used, 0);
		}
	}
}

static void
a_server_without_a_name_is_not_found_by_none(void **state)
{
	(void)state;
	scene_mail(&s.scene, (struct scene_mail){.client = OUT1,
				     .server = S,
				     .helo = "c.test",
				     .from = "<x@shop.test>",
				     .rcpt = {{"<a@victim.test>", 554, NULL}}});
	sensor_start(&s);
	assert_null(ask("show", S));
	assert_int_equal(count("\"name\""), 0);
	/* A port and no name. */
	assert_string_equal(ask("show", ":25"), "no such server; servers lists them");
}

static void
peers_octets_come_escaped(void **state)
{
	(void)state;
	scene_mail(&s.scene, (struct scene_mail){.client = OUT1,
				     .server = S,
				     .name = "\xff\033[2J\"\n.test",
				     .helo = "c.test",
				     .from = "<x@shop.test>",
				     .rcpt = {{"<a@victim.test>", 250, NULL}},
				     .data = 250,
				     .queue_id = "Q1"});
	sensor_start(&s);
	for (size_t i = 0; i < 4; i++) {
		static const char *const words[] = {"servers", "show", "why", "top"};

		assert_null(ask(words[i], i == 1 || i == 2 ? S : NULL));
		assert_int_equal(count("\n"), 1);
		for (size_t k = 0; k + 1 < out.used; k++)
			assert_true((unsigned char)out.at[k] >= ' ' &&
				    (unsigned char)out.at[k] < 0x7f);
	}
}

static void
connections_are_listed_with_both_ends(void **state)
{
	struct wire_talk t;

	(void)state;
	wire_open(&t, 40000, 25, T0);
	sensor_start(&s);
	sensor_await(ask("flows", NULL) == NULL && count("\"type\":\"flow\"") == 1 &&
		     count("\"octets\":34") == 1);
	assert_ptr_equal(
		strstr(out.at, "{\"type\":\"flow\",\"thread\":0,\"kind\":\"mail\","
			       "\"tls\":false,\"first\":\"2023-11-14T22:13:20."
			       "001000000Z\",\"last\":\"2023-11-14T22:13:20.004000000Z"
			       "\",\"client\":{\"ip\":\"192.0.2.1\",\"port\":40000,"
			       "\"packets\":2,\"octets\":0},\"server\":{\"ip\":"
			       "\"198.51.100.2\",\"port\":25,\"packets\":2,\"octets\":"
			       "34}}\n{\"type\":\"flows\",\"open\":1,\"listed\":1}\n"),
		out.at);
}

static void
a_sensor_that_ends_says_so(void **state)
{
	static const char *const words[] = {"stats", "servers", "flows", "top"};

	(void)state;
	sensor_start(&s);
	sensor_stop(&s);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		assert_string_equal(ask(words[i], NULL),
			"the sensor is ending, or too busy to answer");
	assert_non_null(ask("show", S));
}

/* --- orders, by a main thread of its own ------------------------------------------ */

static atomic_bool over;

static void *
serve_orders(void *arg)
{
	struct watch *w = arg;

	while (!atomic_load(&over)) {
		watch_box_serve(&w->main_box);
		usleep(500);
	}
	watch_box_close(&w->main_box);
	return NULL;
}

static void
orders_are_given_to_the_main_thread(void **state)
{
	pthread_t thread;
	const char *error;

	(void)state;
	atomic_store(&over, false);
	watch_box_init(&s.w.main_box, NULL, NULL);
	assert_int_equal(pthread_create(&thread, NULL, serve_orders, &s.w), 0);
	sensor_start(&s);
	assert_null(ask("rotate", NULL));
	assert_int_equal(out.used, 0);
	s.o.config_file = "/nonexistent/relaytap.conf";
	error = ask("reload", NULL);
	assert_non_null(error);
	assert_non_null(strstr(error, "the old one stays"));
	assert_null(strchr(error, '\n'));
	assert_int_equal(atomic_load(&s.w.reloads_failed), 1);
	atomic_store(&over, true);
	pthread_join(thread, NULL);
	assert_string_equal(
		ask("rotate", NULL), "the sensor is ending, or too busy to answer");
	watch_box_free(&s.w.main_box);
}

/* --- as octets on the socket ------------------------------------------------------ */

/* What a client gets for these octets, until the end of one answer. */
static const char *
told(const void *octets, size_t len)
{
	static char got[65536];
	struct control_client c;
	int pair[2];
	size_t used = 0;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	control_client_init(&c, pair[0], 0);
	assert_int_equal(send(pair[1], octets, len, MSG_NOSIGNAL), len);
	for (int i = 0; i < 100 && control_client_move(&c, watch_control_answer, &s.w, 0);
		i++) {
		ssize_t n = recv(pair[1], got + used, sizeof(got) - used - 1, 0);

		used += n > 0 ? (size_t)n : 0;
		if (used && memmem(got, used, "{\"type\":\"end\"", 13))
			break;
	}
	if (!used) {
		ssize_t n = recv(pair[1], got, sizeof(got) - 1, 0);

		used = n > 0 ? (size_t)n : 0;
	}
	got[used] = '\0';
	control_client_close(&c);
	close(pair[1]);
	return got;
}

static void
hostile_octets_get_one_line_and_do_nothing(void **state)
{
	static char huge[4096];

	(void)state;
	two_servers();
	sensor_start(&s);
	assert_string_equal(told("stats\0x\n", 8),
		"{\"type\":\"end\",\"ok\":false,\"error\":\"control characters are no "
		"command\"}\n");
	memset(huge, 'A', sizeof(huge));
	assert_string_equal(told(huge, sizeof(huge)),
		"{\"type\":\"end\",\"ok\":false,\"error\":\"the line is too long\"}\n");
	/* The longest name of a server that there may be. */
	memcpy(huge, "show ", 5);
	huge[4095] = '\n';
	assert_string_equal(told(huge, sizeof(huge)),
		"{\"type\":\"end\",\"ok\":false,\"error\":\"no such server; servers "
		"lists "
		"them\"}\n");
	assert_string_equal(told("why \xff\xc0\x80\n", 8),
		"{\"type\":\"end\",\"ok\":false,\"error\":\"no such server; servers "
		"lists "
		"them\"}\n");
	assert_ptr_equal(strstr(told("\xff\xff\n", 3),
				 "{\"type\":\"end\",\"ok\":false,\"error\":\"no such "
				 "command; write stats"),
		told("\xff\xff\n", 3));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_no_command_is_told_all_that_are),
		TEST(each_answer_is_lines_of_the_types_documented),
		TEST(the_most_serious_server_comes_first),
		TEST(a_server_has_to_be_named_and_known),
		TEST(a_server_without_a_name_is_not_found_by_none),
		TEST(peers_octets_come_escaped),
		TEST(connections_are_listed_with_both_ends),
		TEST(a_sensor_that_ends_says_so),
		TEST(orders_are_given_to_the_main_thread),
		TEST(hostile_octets_get_one_line_and_do_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
