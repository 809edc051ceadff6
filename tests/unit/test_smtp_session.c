/* SPDX-License-Identifier: Apache-2.0 */
#include "dialogue.h"

static void
a_message_is_told_from_greeting_to_quit(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("MAIL FROM:<a@x>\r\n"),
		S("250 ok\r\n"),
		C("RCPT TO:<b@y>\r\n"),
		S("550 5.7.1 no\r\n"),
		C("RCPT TO:<c@y>\r\n"),
		S("250-yes\r\n250 ok\r\n"),
		C("DATA\r\n"),
		S("354 go\r\n"),
		C("Subject: x\r\n\r\n..dot\r\n.\r\n"),
		S("250 2.0.0 queued\r\n"),
		C("QUIT\r\n"),
		S("221 bye\r\n"),
		C_END,
		S_END,
	};

	(void)state;
	EXPECT(turns, HELLO_WANT "2 MAIL FROM:<a@x>\n=2 MAIL 250\n"
				 "3 RCPT TO:<b@y>\n=3 RCPT 550\n"
				 "4 RCPT TO:<c@y>\n=4 RCPT 250\n"
				 "5 DATA\n=5 DATA 354\n"
				 "body 5 \"Subject: x\\r\\n\\r\\n.dot\\r\\n\" 20\n"
				 "=5 DATA 250!\n"
				 "6 QUIT\n=6 QUIT 221\n");
}

static void
a_pipelined_group_gives_each_command_its_own_reply(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nXFOO bar\r\n\r\nRCPT "
		  "TO:<c@y>\r\nDATA\r\n"),
		S("250 a\r\n550 b\r\n500 c\r\n500 d\r\n250 e\r\n354 f\r\n"),
		C("x\r\n.\r\nQUIT\r\n"),
		S("250 g\r\n221 h\r\n"),
	};

	(void)state;
	EXPECT(turns,
		HELLO_WANT "2 MAIL FROM:<a@x>\n3 RCPT TO:<b@y>\n"
			   "4 OTHER XFOO bar\nnote command:unknown-verb\n"
			   "5 OTHER \n6 RCPT TO:<c@y>\n7 DATA\n"
			   "=2 MAIL 250\n=3 RCPT 550\n=4 OTHER 500\n=5 OTHER 500\n"
			   "=6 RCPT 250\n=7 DATA 354\n"
			   "body 7 \"x\\r\\n\" 3\n8 QUIT\n=7 DATA 250!\n=8 QUIT 221\n");
}

/* All the client has to say in one piece, and all the server says in one. */
static void
a_body_sent_ahead_of_its_354_waits_for_it(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\ntext\r\n.\r\nRSET\r\n"),
		S("250 a\r\n250 b\r\n354 c\r\n250 d\r\n250 e\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 MAIL FROM:<a@x>\n3 RCPT TO:<b@y>\n4 DATA\n"
		"=2 MAIL 250\n=3 RCPT 250\n=4 DATA 354\n"
		"body 4 \"text\\r\\n\" 6\n5 RSET\n=4 DATA 250!\n=5 RSET 250\n");
}

static void
a_body_sent_ahead_of_a_refusal_is_commands(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("DATA\r\nMAIL FROM:<a@x>\r\n.\r\n"),
		S("503 first MAIL\r\n250 ok\r\n500 what\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 DATA\n=2 DATA 503\n3 MAIL FROM:<a@x>\n"
		"4 OTHER .\nnote command:unknown-verb\n=3 MAIL 250\n=4 OTHER 500\n");
}

static void
an_early_talker_gets_its_reply_after_the_greeting(void **state)
{
	static const struct turn turns[] = {
		C("HELO c\r\nMAIL FROM:<>\r\n"),
		S("220 mx\r\n250 hi\r\n250 ok\r\n"),
	};

	(void)state;
	EXPECT(turns, "1 HELO c\n2 MAIL FROM:<>\n220\nnote client:early-talker\n"
		      "=1 HELO 250\n=2 MAIL 250\n");
}

static void
pipelining_that_was_not_offered_is_noted_once(void **state)
{
	static const struct turn turns[] = {
		S("220 mx\r\n"),
		C("HELO c\r\n"),
		S("250 hi\r\n"),
		C("MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRSET\r\n"),
		S("250 1\r\n250 2\r\n250 3\r\n"),
	};

	(void)state;
	EXPECT(turns, "220\n1 HELO c\n=1 HELO 250\n2 MAIL FROM:<>\n"
		      "note client:pipelining-not-offered\n3 RCPT TO:<a@b>\n4 RSET\n"
		      "=2 MAIL 250\n=3 RCPT 250\n=4 RSET 250\n");
}

static void
a_421_out_of_turn_is_no_stray(void **state)
{
	static const struct turn turns[] = {HELLO, S("421 too slow\r\n"), S_END, C_END};
	static const struct turn stray[] = {HELLO, S("250 what\r\n")};

	(void)state;
	EXPECT(turns, HELLO_WANT "=? OTHER 421\n");
	EXPECT(stray, HELLO_WANT "=? OTHER 250\nnote reply:stray\n");
}

static void
a_port_is_known_by_what_is_spoken_on_it(void **state)
{
	static const struct {
		struct turn turns[3];
		bool smtp, other;
	} cases[] = {
		{{S("220 mx\r\n"), C("EHLO c\r\n"), S("250 hi\r\n")}, true, false},
		{{S("220 ftp\r\n"), C("USER u\r\n"), S("331 pass\r\n")}, false, true},
		{{C("GET / HTTP/1.1\r\n"), S("HTTP/1.1 200 OK\r\n"), PRESS}, false, true},
		{{S("+OK pop\r\n"), C("CAPA\r\n"), S("+OK\r\n")}, false, true},
		{{S("* OK imap\r\n"), C("a LOGIN u p\r\n"), S("a OK\r\n")}, false, true},
		{{S("SSH-2.0-x\r\n"), C("SSH-2.0-y\r\n"), PRESS}, false, true},
		{{C("HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\n"), PRESS, PRESS}, true,
			false},
		{{S("220 a\r\n250 b\r\n250 c\r\n"), PRESS, PRESS}, true, false},
		{{S("220 mx\r\n"), PRESS, PRESS}, false, false},
	};
	struct dialogue *d = malloc(sizeof(*d));

	(void)state;
	assert_non_null(d);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		run(d, true, cases[i].turns, 3, 1, 0, SIZE_MAX);
		assert_int_equal(smtp_session_is_smtp(&d->s), cases[i].smtp);
		assert_int_equal(smtp_session_is_other(&d->s), cases[i].other);
	}
	free(d);
}

static void
a_session_fits_the_memory_it_was_promised(void **state)
{
	(void)state;
	print_message("struct smtp_session: %zu octets\n", sizeof(struct smtp_session));
	assert_true(sizeof(struct smtp_session) <= 12 * KiB);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_told_from_greeting_to_quit),
		cmocka_unit_test(a_pipelined_group_gives_each_command_its_own_reply),
		cmocka_unit_test(a_body_sent_ahead_of_its_354_waits_for_it),
		cmocka_unit_test(a_body_sent_ahead_of_a_refusal_is_commands),
		cmocka_unit_test(an_early_talker_gets_its_reply_after_the_greeting),
		cmocka_unit_test(pipelining_that_was_not_offered_is_noted_once),
		cmocka_unit_test(a_421_out_of_turn_is_no_stray),
		cmocka_unit_test(a_port_is_known_by_what_is_spoken_on_it),
		cmocka_unit_test(a_session_fits_the_memory_it_was_promised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
