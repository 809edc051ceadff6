/* SPDX-License-Identifier: Apache-2.0 */
#include "dialogue.h"

#define MAIL_TO_DATA                                                                     \
	HELLO, C("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n"),                        \
		S("250 a\r\n250 b\r\n354 c\r\n")
#define MAIL_TO_DATA_WANT                                                                \
	HELLO_WANT "2 MAIL FROM:<a@x>\n3 RCPT TO:<b@y>\n4 DATA\n"                        \
		   "=2 MAIL 250\n=3 RCPT 250\n=4 DATA 354\n"

static void
a_look_alike_that_the_server_ignores_is_content(void **state)
{
	static const struct {
		struct turn turn;
		const char *want;
	} cases[] = {
		{C("a\n.\nb\r\n.\r\n"), "note smuggling:lf-dot-lf\nnote body:bare-lf\n"
					"body 4 \"a\\n.\\nb\\r\\n\" 7\n"},
		{C("a\n.\r\nb\r\n.\r\n"),
			"note smuggling:lf-dot-crlf\nnote body:bare-lf\n"
			"body 4 \"a\\n.\\r\\nb\\r\\n\" 8\n"},
		/* The dot stands at the start of a line, so it counts as stuffed. */
		{C("a\r\n.\nb\r\n.\r\n"),
			"note smuggling:crlf-dot-lf\nnote body:bare-lf\n"
			"body 4 \"a\\r\\n\\nb\\r\\n\" 7\n"},
		{C("a\r.\rb\r\n.\r\n"), "note smuggling:cr-dot-cr\nnote body:bare-cr\n"
					"body 4 \"a\\r.\\rb\\r\\n\" 7\n"},
		{C("a\r.\r\nb\r\n.\r\n"), "note smuggling:cr-dot-cr\nnote body:bare-cr\n"
					  "body 4 \"a\\r.\\r\\nb\\r\\n\" 8\n"},
		{C("a\r\n\0.\r\nb\r\n.\r\n"),
			"note smuggling:nul-dot\n"
			"body 4 \"a\\r\\n\\x00.\\r\\nb\\r\\n\" 10\n"},
		/* Two in a row, and the true end right behind one. */
		{C("a\n.\n.\n\r\n.\r\n"), "note smuggling:lf-dot-lf\nnote body:bare-lf\n"
					  "body 4 \"a\\n.\\n.\\n\\r\\n\" 8\n"},
		/* A word that begins like a command. */
		{C("a\n.\nMAILED\r\n.\r\n"),
			"note smuggling:lf-dot-lf\nnote body:bare-lf\n"
			"body 4 \"a\\n.\\nMAILED\\r\\n\" 12\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct turn turns[] = {MAIL_TO_DATA, cases[i].turn, S("250 d\r\n")};
		char want[1024];

		sprintf(want, "%s%s=4 DATA 250!\n", MAIL_TO_DATA_WANT, cases[i].want);
		EXPECT(turns, want);
	}
}

static void
a_look_alike_that_the_server_takes_ends_the_message(void **state)
{
	static const struct turn turns[] = {
		MAIL_TO_DATA,
		C("a\r\n.\nMAIL FROM:<evil@z>\r\nRCPT TO:<c@w>\r\nDATA\r\nb\r\n.\r\n"),
		S("250 d\r\n250 e\r\n250 f\r\n354 g\r\n250 h\r\n"),
	};

	(void)state;
	EXPECT(turns, MAIL_TO_DATA_WANT
		"note smuggling:crlf-dot-lf\nnote smuggling:end-taken\n"
		"note body:bare-lf\nbody 4 \"a\\r\\n\" 3\n=4 DATA 250!\n"
		"5 MAIL FROM:<evil@z>\n6 RCPT TO:<c@w>\n7 DATA\n"
		"=5 MAIL 250\n=6 RCPT 250\n=7 DATA 354\nbody 7 \"b\\r\\n\" 3\n"
		"=7 DATA 250!\n");
}

static void
commands_behind_a_look_alike_are_content_if_the_server_stays_silent(void **state)
{
	static const struct turn turns[] = {
		MAIL_TO_DATA,
		C("a\n.\nRSET\r\n"),
		C("b\r\n.\r\n"),
		PRESS,
		S("250 d\r\n"),
	};

	(void)state;
	EXPECT(turns, MAIL_TO_DATA_WANT
		"note smuggling:lf-dot-lf\nnote body:bare-lf\n"
		"body 4 \"a\\n.\\nRSET\\r\\nb\\r\\n\" 13\n=4 DATA 250!\n");
}

static void
a_client_of_bare_lf_ends_where_the_server_answers(void **state)
{
	static const struct turn turns[] = {
		S("220 mx\n"),
		C("HELO c\n"),
		S("250 hi\n"),
		C("DATA\n"),
		S("354 go\n"),
		C("text\n.\n"),
		C_END,
		S("250 queued\n"),
	};
	static const struct turn cr[] = {
		MAIL_TO_DATA,
		C("text\r.\r"),
		S("250 queued\n"),
	};

	(void)state;
	EXPECT(turns,
		"note line:bare-lf\n220\n1 HELO c\n=1 HELO 250\n2 DATA\n=2 DATA 354\n"
		"note smuggling:lf-dot-lf\nnote smuggling:end-taken\nnote body:bare-lf\n"
		"body 2 \"text\\n\" 5\n=2 DATA 250!\n");
	EXPECT(cr, MAIL_TO_DATA_WANT "note line:bare-lf\nnote smuggling:cr-dot-cr\n"
				     "note smuggling:end-taken\nnote body:bare-cr\n"
				     "body 4 \"text\\r\" 5\n"
				     "=4 DATA 250!\n");
}

static void
a_hole_in_a_message_is_told_and_its_end_still_found(void **state)
{
	static const struct turn turns[] = {
		MAIL_TO_DATA,
		C("abc"),
		C_GAP(5),
		C("xyz\r\n.\r\n"),
		S("250 d\r\n"),
		C("QUIT\r\n"),
		S("221 e\r\n"),
	};

	(void)state;
	EXPECT(turns, MAIL_TO_DATA_WANT "lost client 5\nbody 4 \"abc[5]xyz\\r\\n\" 13\n"
					"=4 DATA 250!\n5 QUIT\n=5 QUIT 221\n");
}

static void
a_hole_that_swallows_the_end_is_ended_by_the_reply(void **state)
{
	static const struct turn turns[] = {
		MAIL_TO_DATA,
		C("abc"),
		C_GAP(40),
		S("250 d\r\n"),
		/* This client pipelines: what else the hole held is not known up to 354.
		 */
		C("MAIL FROM:<n@x>\r\n"),
		S("250 e\r\n"),
		C("DATA\r\n"),
		S("354 f\r\n"),
	};

	(void)state;
	EXPECT(turns, MAIL_TO_DATA_WANT
		"lost client 40\ncut 4 \"abc[40]\" 43\n=4 DATA 250!\n"
		"5 MAIL FROM:<n@x>\n=? OTHER 250\n6 DATA\n=6 DATA 354\n");
}

static void
chunks_make_one_message(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nBDAT 7\r\n.\r\nab\r\nBDAT 3 "
		  "last\r\ncd\n"
		  "QUIT\r\n"),
		S("250 a\r\n250 b\r\n250 c\r\n250 d\r\n221 e\r\n"),
	};
	static const struct turn zero[] = {
		HELLO,
		C("BDAT 4\r\nBDAT"),
		S("250 a\r\n"),
		C("BDAT 0\r\n"),
		S("250 b\r\n"),
		C("BDAT 0 LAST\r\n"),
		S("250 c\r\n"),
	};

	(void)state;
	EXPECT(turns,
		HELLO_WANT "2 MAIL FROM:<a@x>\n3 RCPT TO:<b@y>\n4 BDAT 7\n5 BDAT 3 last\n"
			   "body 5 bdat \".\\r\\nab\\r\\ncd\\n\" 10\n6 QUIT\n"
			   "=2 MAIL 250\n=3 RCPT 250\n=4 BDAT 250\n=5 BDAT 250!\n"
			   "=6 QUIT 221\n");
	EXPECT(zero, HELLO_WANT "2 BDAT 4\n=2 BDAT 250\n3 BDAT 0\n=3 BDAT 250\n"
				"4 BDAT 0 LAST\nbody 4 bdat \"BDAT\" 4\n=4 BDAT 250!\n");
}

static void
a_refused_chunk_is_sent_nevertheless(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("BDAT 6 LAST\r\nQUIT\r\nRSET\r\n"),
		S("503 a\r\n250 b\r\n"),
	};
	static const struct turn reset[] = {
		HELLO,
		C("BDAT 6\r\nQUIT\r\n"),
		S("452 a\r\n"),
		C("RSET\r\n"),
		S("250 b\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT "2 BDAT 6 LAST\nbody 2 bdat \"QUIT\\r\\n\" 6\n3 RSET\n"
				 "=2 BDAT 503!\n=3 RSET 250\n");
	EXPECT(reset,
		HELLO_WANT "2 BDAT 6\n=2 BDAT 452\ncut 2 bdat \"QUIT\\r\\n\" 6\n3 RSET\n"
			   "=3 RSET 250\n");
}

/* Where a server knows no BDAT, it takes the chunk for commands. */
static void
a_chunk_is_commands_to_a_server_without_chunking(void **state)
{
	static const struct turn turns[] = {
		S("220 mx\r\n"),
		C("EHLO c\r\n"),
		S("250 mx\r\n"),
		C("BDAT 22 LAST\r\nMAIL FROM:<evil@z>\r\n\r\n"),
		S("500 what\r\n250 ok\r\n500 what\r\n"),
	};

	(void)state;
	EXPECT(turns, "220\n1 EHLO c\n=1 EHLO 250\n2 BDAT 22 LAST\n=2 BDAT 500!\n"
		      "cut 2 bdat \"\" 0\n3 MAIL FROM:<evil@z>\n"
		      "note client:pipelining-not-offered\n4 OTHER \n"
		      "note command:unknown-verb\n=3 MAIL 250\n=4 OTHER 500\n");
}

static void
a_bad_chunk_size_takes_no_octets(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("BDAT abc\r\nBDAT -1\r\nBDAT 9223372036854775808\r\nBDAT\r\nBDAT 1 "
		  "FIRST\r\n"
		  "NOOP\r\n"),
		S("501 a\r\n501 b\r\n501 c\r\n501 d\r\n501 e\r\n250 f\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 BDAT abc\nnote bdat:bad-size\n3 BDAT -1\nnote bdat:bad-size\n"
		"4 BDAT 9223372036854775808\nnote bdat:bad-size\n"
		"5 BDAT\nnote bdat:bad-size\n6 BDAT 1 FIRST\nnote bdat:bad-size\n"
		"7 NOOP\n=2 BDAT 501\n=3 BDAT 501\n=4 BDAT 501\n=5 BDAT 501\n"
		"=6 BDAT 501\n=7 NOOP 250\n");
}

static void
chunks_without_a_last_are_unfinished(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("BDAT 1\r\nxMAIL FROM:<>\r\nBDAT 2\r\nyz"),
		S("250 a\r\n250 b\r\n250 c\r\n"),
		C_END,
	};

	(void)state;
	EXPECT(turns,
		HELLO_WANT "2 BDAT 1\nnote bdat:unfinished\ncut 2 bdat \"x\" 1\n"
			   "3 MAIL FROM:<>\n4 BDAT 2\n=2 BDAT 250\n=3 MAIL 250\n"
			   "=4 BDAT 250\nnote bdat:unfinished\ncut 4 bdat \"yz\" 2\n");
}

static void
a_hole_inside_a_chunk_keeps_the_place(void **state)
{
	static const struct turn inside[] = {
		HELLO,
		C("BDAT 9 LAST\r\nab"),
		C_GAP(5),
		C("cdQUIT\r\n"),
		S("250 a\r\n221 b\r\n"),
	};
	static const struct turn beyond[] = {
		HELLO,
		C("BDAT 9 LAST\r\nab"),
		C_GAP(20),
		C("xyz\r\nQUIT\r\n"),
		S("250 a\r\n250 ?\r\n221 b\r\n"),
	};

	(void)state;
	EXPECT(inside, HELLO_WANT
		"2 BDAT 9 LAST\nlost client 5\nbody 2 bdat \"ab[5]cd\" 9\n3 QUIT\n"
		"=2 BDAT 250!\n=3 QUIT 221\n");
	/* BDAT stands before the hole, and 221 is QUIT's; what is between is unknown. */
	EXPECT(beyond, HELLO_WANT
		"2 BDAT 9 LAST\nlost client 20\ncut 2 bdat \"ab[7]\" 9\n3 QUIT\n"
		"=2 BDAT 250!\n=? OTHER 250\n=3 QUIT 221\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_look_alike_that_the_server_ignores_is_content),
		cmocka_unit_test(a_look_alike_that_the_server_takes_ends_the_message),
		cmocka_unit_test(
			commands_behind_a_look_alike_are_content_if_the_server_stays_silent),
		cmocka_unit_test(a_client_of_bare_lf_ends_where_the_server_answers),
		cmocka_unit_test(a_hole_in_a_message_is_told_and_its_end_still_found),
		cmocka_unit_test(a_hole_that_swallows_the_end_is_ended_by_the_reply),
		cmocka_unit_test(chunks_make_one_message),
		cmocka_unit_test(a_refused_chunk_is_sent_nevertheless),
		cmocka_unit_test(a_chunk_is_commands_to_a_server_without_chunking),
		cmocka_unit_test(a_bad_chunk_size_takes_no_octets),
		cmocka_unit_test(chunks_without_a_last_are_unfinished),
		cmocka_unit_test(a_hole_inside_a_chunk_keeps_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
