/* SPDX-License-Identifier: Apache-2.0 */
#include "dialogue.h"

static void
lmtp_answers_for_each_recipient(void **state)
{
	static const struct turn turns[] = {
		S("220 lmtp\r\n"),
		C("LHLO c\r\n"),
		S("250-lmtp\r\n250 PIPELINING\r\n"),
		C("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nRCPT "
		  "TO:<d@y>\r\nDATA\r\n"),
		S("250 a\r\n250 b\r\n550 c\r\n250 d\r\n354 e\r\n"),
		C("x\r\n.\r\nQUIT\r\n"),
		S("250 b\r\n452 d\r\n221 bye\r\n"),
	};

	(void)state;
	EXPECT(turns,
		"220\n1 LHLO c\n=1 LHLO 250\n2 MAIL FROM:<a@x>\n3 RCPT TO:<b@y>\n"
		"4 RCPT TO:<c@y>\n5 RCPT TO:<d@y>\n6 DATA\n=2 MAIL 250\n=3 RCPT 250\n"
		"=4 RCPT 550\n=5 RCPT 250\n=6 DATA 354\nbody 6 \"x\\r\\n\" 3\n7 QUIT\n"
		"=6 DATA 250!#0\n=6 DATA 452!#1\n=7 QUIT 221\n");
}

static void
prdr_answers_for_each_recipient_and_for_all(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("MAIL FROM:<a@x> PRDR\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n"),
		S("250 a\r\n250 b\r\n250 c\r\n354 d\r\n"),
		C("x\r\n.\r\n"),
		S("353 content\r\n250 b\r\n550 c\r\n250 all\r\n"),
		C("QUIT\r\n"),
		S("221 bye\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 MAIL FROM:<a@x> PRDR\n3 RCPT TO:<b@y>\n4 RCPT TO:<c@y>\n5 DATA\n"
		"=2 MAIL 250\n=3 RCPT 250\n=4 RCPT 250\n=5 DATA 354\n"
		"body 5 \"x\\r\\n\" 3\n=5 DATA 353\n=5 DATA 250!#0\n"
		"=5 DATA 550!#1\n=5 DATA 250!\n6 QUIT\n=6 QUIT 221\n");
}

static void
a_250_to_data_means_what_the_client_makes_of_it(void **state)
{
	static const struct turn text[] = {
		HELLO,
		C("DATA\r\n"),
		S("250 go\r\n"),
		C("Subject: x\r\n.\r\n"),
		S("250 done\r\n"),
	};
	static const struct turn empty[] = {
		HELLO, C("DATA\r\n"), S("250 go\r\n"), C(".\r\n"), S("250 done\r\n")};
	static const struct turn commands[] = {
		HELLO,
		C("DATA\r\n"),
		S("250 go\r\n"),
		C("QUIT\r\n"),
		S("221 bye\r\n"),
	};

	(void)state;
	EXPECT(text, HELLO_WANT
		"2 DATA\n=2 DATA 250\nbody 2 \"Subject: x\\r\\n\" 12\n=2 DATA 250!\n");
	EXPECT(empty, HELLO_WANT "2 DATA\n=2 DATA 250\nbody 2 \"\" 0\n=2 DATA 250!\n");
	EXPECT(commands, HELLO_WANT "2 DATA\n=2 DATA 250\n3 QUIT\n=3 QUIT 221\n");
}

static void
lost_replies_do_not_shift_the_rest(void **state)
{
	/* This client waits for each reply: so RCPT was answered before DATA was sent. */
	static const struct turn lockstep[] = {
		HELLO,
		C("MAIL FROM:<a@x>\r\n"),
		S("250 a\r\n"),
		C("RCPT TO:<b@y>\r\n"),
		S_GAP(8),
		C("RCPT TO:<c@y>\r\n"),
		S("550 c\r\n"),
	};
	/* This one does not: only 354 tells where we are. */
	static const struct turn pipelined[] = {
		HELLO,
		C("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n"),
		S("250 a\r\n"),
		S_GAP(8),
		S("550 ?\r\n354 d\r\n"),
		C("x\r\n.\r\n"),
		S("250 e\r\n"),
		C("RSET\r\n"),
		S("250 f\r\n"),
	};

	(void)state;
	EXPECT(lockstep, HELLO_WANT
		"2 MAIL FROM:<a@x>\n=2 MAIL 250\n3 RCPT TO:<b@y>\nlost server 8\n"
		"4 RCPT TO:<c@y>\n=4 RCPT 550\n");
	EXPECT(pipelined,
		HELLO_WANT "2 MAIL FROM:<a@x>\n3 RCPT TO:<b@y>\n4 RCPT TO:<c@y>\n5 DATA\n"
			   "=2 MAIL 250\nlost server 8\n=? OTHER 550\n=5 DATA 354\n"
			   "body 5 \"x\\r\\n\" 3\n=5 DATA 250!\n6 RSET\n=6 RSET 250\n");
}

static void
lost_commands_do_not_shift_the_rest(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("MAIL FROM:<a@x>\r\n"),
		C_GAP(30),
		C("T TO:<c@y>\r\nDATA\r\n"),
		S("250 a\r\n550 ?\r\n250 c\r\n354 d\r\n"),
		C("x\r\n.\r\n"),
		S("250 e\r\n"),
	};

	(void)state;
	/* MAIL stands before the hole, and 354 belongs to DATA; the rest nobody knows. */
	EXPECT(turns,
		HELLO_WANT "2 MAIL FROM:<a@x>\nlost client 30\n3 DATA\n=2 MAIL 250\n"
			   "=? OTHER 550\n=? OTHER 250\n=3 DATA 354\n"
			   "body 3 \"x\\r\\n\" 3\n=3 DATA 250!\n");
}

/* Joined amid a group: what seemed to be the first command's reply is an older one's. */
static void
an_assumption_that_fails_is_given_up(void **state)
{
	static const struct turn turns[] = {
		C("DATA\r\n"),
		S("250 mail\r\n550 rcpt\r\n354 data\r\n"),
		C("x\r\n.\r\n"),
		S("250 ok\r\n"),
	};

	(void)state;
	EXPECT_JOINED(turns,
		"1 DATA\n=? OTHER 250\n=? OTHER 550\n=1 DATA 354\nbody 1 \"x\\r\\n\" 3\n"
		"=1 DATA 250!\n");
}

static void
the_server_alone_tells_what_its_codes_prove(void **state)
{
	static const struct turn turns[] = {
		S("220 mx\r\n250 hi\r\n334 x\r\n235 ok\r\n250 a\r\n250 b\r\n354 c\r\n"
		  "250 queued\r\n221 bye\r\n"),
		S_END,
	};

	(void)state;
	EXPECT(turns, "220\n=? OTHER 250\n=? AUTH 334\n=? AUTH 235\nauth ok  <> 1\n=? "
		      "OTHER 250\n"
		      "=? OTHER 250\n=? DATA 354\n=? DATA 250!\n=? QUIT 221\n");
}

static void
a_conversation_joined_in_its_middle_finds_its_feet(void **state)
{
	static const struct turn client_first[] = {
		C("e last line\r\nRCPT TO:<b@y>\r\n"),
		S("250 a\r\n"),
		C("DATA\r\n"),
		S("354 b\r\n"),
		C("x\r\n.\r\n"),
		S("250 c\r\n"),
	};
	static const struct turn server_first[] = {
		S("250 a\r\n"),
		C("RCPT TO:<b@y>\r\n"),
		S("550 b\r\n"),
	};
	static const struct turn in_body[] = {
		C("some text\r\nHelp me\r\n.\r\n"),
		S("250 queued\r\n"),
		C("QUIT\r\n"),
		S("221 bye\r\n"),
	};
	static const struct turn before_body[] = {
		S("354 go\r\n"),
		C("x\r\n.\r\n"),
		S("250 queued\r\n"),
	};
	static const struct turn in_auth[] = {
		S("334 VXNlcm5hbWU6\r\n"),
		C("dXNlcg==\r\n"),
		S("235 ok\r\n"),
		C("MAIL FROM:<a@x>\r\n"),
		S("250 ok\r\n"),
	};
	static const struct turn in_tls[] = {C("\x17\x03\x03zz"), S("\x17\x03\x03yy")};

	(void)state;
	EXPECT_JOINED(client_first, "1 RCPT TO:<b@y>\n=1 RCPT 250\n2 DATA\n=2 DATA 354\n"
				    "body 2 \"x\\r\\n\" 3\n=2 DATA 250!\n");
	EXPECT_JOINED(server_first, "=? OTHER 250\n1 RCPT TO:<b@y>\n=1 RCPT 550\n");
	EXPECT_JOINED(in_body, "=? OTHER 250\n1 QUIT\n=1 QUIT 221\n");
	EXPECT_JOINED(before_body, "=? DATA 354\n=? DATA 250!\n");
	EXPECT_JOINED(in_auth, "=? AUTH 334\n=? AUTH 235\nauth ok  <> 1\n1 MAIL "
			       "FROM:<a@x>\n=1 MAIL 250\n");
	EXPECT_JOINED(
		in_tls, "TLS\nclient \\x17\\x03\\x03zz\nserver \\x17\\x03\\x03yy\n");
}

static void
commands_given_up_are_counted_off(void **state)
{
	enum {
		N = SMTP_PENDING_MAX + 2
	};
	static const struct turn hello[] = {HELLO};
	struct dialogue *d = malloc(sizeof(*d));
	struct smtp_event e = {.id = 0};
	struct moment at = {0, 0, 0};
	size_t taken;

	(void)state;
	assert_non_null(d);
	run(d, true, hello, 3, SIZE_MAX, 0, SIZE_MAX);
	for (unsigned i = 0; i < N; i++) {
		bool full = i == SMTP_PENDING_MAX;

		smtp_session_feed(&d->s, DIS_CLIENT, SPAN_LITERAL("NOOP\r\n"), at);
		assert_int_equal(smtp_session_next(&d->s, &e, &taken), DIS_OK);
		assert_int_equal(e.id, i + 2);
		assert_int_equal(
			smtp_session_next(&d->s, &e, &taken), full ? DIS_OK : DIS_MORE);
		if (full) {
			assert_int_equal(e.note, SMTP_NOTE_PENDING_FULL);
			assert_int_equal(smtp_session_next(&d->s, &e, &taken), DIS_MORE);
		}
	}
	for (unsigned i = 0; i < N; i++) {
		smtp_session_feed(&d->s, DIS_SERVER, SPAN_LITERAL("250 ok\r\n"), at);
		assert_int_equal(smtp_session_next(&d->s, &e, &taken), DIS_OK);
		assert_int_equal(e.kind, SMTP_EVENT_REPLY);
		assert_int_equal(e.id, i + 2);
		assert_int_equal(e.verb, i < 2 ? SMTP_VERB_OTHER : SMTP_VERB_NOOP);
		assert_int_equal(smtp_session_next(&d->s, &e, &taken), DIS_MORE);
	}
	free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lmtp_answers_for_each_recipient),
		cmocka_unit_test(prdr_answers_for_each_recipient_and_for_all),
		cmocka_unit_test(a_250_to_data_means_what_the_client_makes_of_it),
		cmocka_unit_test(lost_replies_do_not_shift_the_rest),
		cmocka_unit_test(lost_commands_do_not_shift_the_rest),
		cmocka_unit_test(an_assumption_that_fails_is_given_up),
		cmocka_unit_test(the_server_alone_tells_what_its_codes_prove),
		cmocka_unit_test(a_conversation_joined_in_its_middle_finds_its_feet),
		cmocka_unit_test(commands_given_up_are_counted_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
