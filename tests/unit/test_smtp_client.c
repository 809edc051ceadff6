/* SPDX-License-Identifier: Apache-2.0 */
#include "dialogue.h"

static void
a_client_alone_is_followed_by_assumption(void **state)
{
	static const struct turn turns[] = {
		C("EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n"),
		C("Subject: x\r\n\r\ny\r\n.\r\n"),
		PRESS,
		C("MAIL FROM:<c@x>\r\nDATA\r\n"),
		C("RSET\r\n"),
		PRESS,
		C("DATA\r\n"),
		C("z\r\n"),
		PRESS,
		C_END,
	};

	(void)state;
	EXPECT(turns,
		"1 EHLO c\n2 MAIL FROM:<a@x>\n3 RCPT TO:<b@y>\n4 DATA\nnote "
		"data:assumed\n"
		"body 4 \"Subject: x\\r\\n\\r\\ny\\r\\n\" 17\n5 MAIL FROM:<c@x>\n6 DATA\n"
		"7 RSET\n8 DATA\nnote data:assumed\ncut 8 \"z\\r\\n\" 3\n");
}

static void
a_client_alone_passes_to_tls(void **state)
{
	static const struct turn tls[] = {
		C("EHLO c\r\nSTARTTLS\r\n"),
		C("\x16\x03\x01zz"),
		PRESS,
	};
	static const struct turn clear[] = {
		C("EHLO c\r\nSTARTTLS\r\n"),
		C("MAIL FROM:<>\r\n"),
		PRESS,
	};

	(void)state;
	EXPECT(tls, "1 EHLO c\n2 STARTTLS\nTLS\nclient \\x16\\x03\\x01zz\nserver \n");
	EXPECT(clear, "1 EHLO c\n2 STARTTLS\n3 MAIL FROM:<>\n");
}

static void
nothing_is_waited_for_when_the_server_is_gone(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("DATA\r\ntext\r\n.\r\n"),
		S_END,
		C("AUTH PLAIN\r\nc2VjcmV0\r\nQUIT\r\n"),
		C_END,
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 DATA\nnote data:assumed\nbody 2 \"text\\r\\n\" 6\n3 AUTH PLAIN\n"
		"auth unseen PLAIN <> 0\n4 QUIT\n");
}

/* The client closes behind all it has to say, while the server is still at work. */
static void
what_was_sent_before_the_end_is_told_after_it(void **state)
{
	static const struct turn data[] = {
		HELLO,
		C("DATA\r\ntext\r\n.\r\nDATA\r\nmore"),
		C_END,
		S("354 go\r\n250 ok\r\n354 go\r\n"),
		S_END,
	};
	static const struct turn chunk[] = {
		S("220 mx\r\n"),
		C("EHLO c\r\n"),
		S("250 mx\r\n"),
		C("BDAT 4 LAST\r\ntext"),
		C_END,
		S("250 ok\r\n"),
	};

	(void)state;
	EXPECT(data, HELLO_WANT "2 DATA\n=2 DATA 354\nbody 2 \"text\\r\\n\" 6\n3 DATA\n"
				"=2 DATA 250!\n=3 DATA 354\ncut 3 \"more\" 4\n");
	EXPECT(chunk, "220\n1 EHLO c\n=1 EHLO 250\n2 BDAT 4 LAST\n=2 BDAT 250!\n"
		      "body 2 bdat \"text\" 4\n");
}

static void
a_hole_among_commands_costs_the_lines_it_touches(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("MAIL FR"),
		C_GAP(20),
		C("to:<x>\r\nText that is none\r\nRCPT TO:<b@y>\r\n"),
		S("250 ok\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT "lost client 20\n2 RCPT TO:<b@y>\n=2 RCPT 250\n");
}

static void
a_hole_behind_data_is_part_of_the_message(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("DATA\r\n"),
		C_GAP(9),
		C("x\r\n.\r\n"),
		S("354 a\r\n250 b\r\n"),
	};
	static const struct turn refused[] = {
		HELLO,
		C("DATA\r\n"),
		C_GAP(9),
		C("T TO:<x>\r\nQUIT\r\n"),
		S("503 a\r\n"),
		S("221 c\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 DATA\nlost client 9\n=2 DATA 354\nbody 2 \"[9]x\\r\\n\" 12\n"
		"=2 DATA 250!\n");
	EXPECT(refused,
		HELLO_WANT "2 DATA\nlost client 9\n=2 DATA 503\n3 QUIT\n=3 QUIT 221\n");
}

static void
a_hole_where_a_secret_was_shows_nothing_of_it(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("AUTH LOGIN\r\n"),
		S("334 a\r\n"),
		C("dXNl"),
		C_GAP(4),
		C("c2VjcmV0\r\n"),
		S("535 no\r\n"),
		C("c2VjcmV0\r\nQUIT\r\n"),
		S("221 bye\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT "2 AUTH LOGIN\n=2 AUTH 334\nlost client 4\n=2 AUTH 535\n"
				 "auth failed LOGIN <> 1\n3 QUIT\n=3 QUIT 221\n");
}

static void
a_reply_that_was_lost_is_not_waited_for(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("DATA\r\n"),
		S_GAP(8),
		C("x\r\n.\r\n"),
		S("250 ok\r\n"),
	};
	static const struct turn tls[] = {
		HELLO,
		C("STARTTLS\r\n"),
		S_GAP(8),
		C("\x16\x03\x01zz"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 DATA\nlost server 8\nnote data:assumed\nbody 2 \"x\\r\\n\" 3\n"
		"=2 DATA 250!\n");
	EXPECT(tls, HELLO_WANT
		"2 STARTTLS\nlost server 8\nTLS\nclient \\x16\\x03\\x01zz\nserver \n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_alone_is_followed_by_assumption),
		cmocka_unit_test(a_client_alone_passes_to_tls),
		cmocka_unit_test(nothing_is_waited_for_when_the_server_is_gone),
		cmocka_unit_test(what_was_sent_before_the_end_is_told_after_it),
		cmocka_unit_test(a_hole_among_commands_costs_the_lines_it_touches),
		cmocka_unit_test(a_hole_behind_data_is_part_of_the_message),
		cmocka_unit_test(a_hole_where_a_secret_was_shows_nothing_of_it),
		cmocka_unit_test(a_reply_that_was_lost_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
