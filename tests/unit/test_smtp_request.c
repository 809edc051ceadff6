/* SPDX-License-Identifier: Apache-2.0 */
#include "dialogue.h"

/* "\0user\0secretpw", "user" and "secretpw" in base64. */
#define PLAIN_SECRET "AHVzZXIAc2VjcmV0cHc="
#define LOGIN_USER   "dXNlcg=="
#define LOGIN_SECRET "c2VjcmV0cHc="

static void
an_initial_response_never_shows(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("AUTH PLAIN " PLAIN_SECRET "\r\n"),
		S("235 ok\r\n"),
		C("MAIL FROM:<a@x>\r\n"),
		S("250 ok\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT "2 AUTH PLAIN\n=2 AUTH 235\nauth ok PLAIN <user> 0\n"
				 "3 MAIL FROM:<a@x>\n=3 MAIL 250\n");
}

static void
answers_to_challenges_are_no_commands(void **state)
{
	static const struct turn login[] = {
		HELLO,
		C("AUTH LOGIN\r\n"),
		S("334 VXNlcm5hbWU6\r\n"),
		C(LOGIN_USER "\r\n"),
		S("334 UGFzc3dvcmQ6\r\n"),
		C(LOGIN_SECRET "\r\n"),
		S("535 5.7.8 no\r\n"),
		C("QUIT\r\n"),
		S("221 bye\r\n"),
	};
	static const struct turn plain[] = {
		HELLO,
		C("auth plain\r\n"),
		S("334 \r\n"),
		C(PLAIN_SECRET "\r\n"),
		S("235 ok\r\n"),
	};

	(void)state;
	EXPECT(login, HELLO_WANT "2 AUTH LOGIN\n=2 AUTH 334\n=2 AUTH 334\n=2 AUTH 535\n"
				 "auth failed LOGIN <user> 2\n3 QUIT\n=3 QUIT 221\n");
	EXPECT(plain, HELLO_WANT
		"2 AUTH plain\n=2 AUTH 334\n=2 AUTH 235\nauth ok plain <user> 1\n");
}

static void
a_star_cancels(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("AUTH CRAM-MD5\r\n"),
		S("334 PDEyMz4=\r\n"),
		C("*\r\n"),
		S("501 ok\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT "2 AUTH CRAM-MD5\n=2 AUTH 334\nnote auth:cancelled\n"
				 "=2 AUTH 501\nauth cancelled CRAM-MD5 <> 1\n");
}

/* The server takes what follows a refused AUTH for commands; we must not repeat it. */
static void
secrets_sent_ahead_of_a_refusal_are_cut(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("AUTH LOGIN\r\n" LOGIN_USER "\r\n" LOGIN_SECRET
		  "\r\nMAIL FROM:<a@x>\r\n"
		  "XFOO\r\n"),
		S("504 no\r\n500 what is dXNlcg==\r\n500 what\r\n250 ok\r\n500 what\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 AUTH LOGIN\n=2 AUTH 504\nauth failed LOGIN <> 0\n3 OTHER \n"
		"note command:unknown-verb\n4 OTHER \n5 MAIL FROM:<a@x>\n6 OTHER XFOO\n"
		"note command:unknown-verb\n=3 OTHER 500\n=4 OTHER 500\n=5 MAIL 250\n"
		"=6 OTHER 500\n");
}

static void
secrets_in_odd_places_are_cut(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("AUTH " PLAIN_SECRET "\r\n"),
		S("504 what\r\n"),
		C("AUTH=PLAIN " PLAIN_SECRET "\r\n"),
		S("500 what\r\n"),
		C("AUTHPLAIN" PLAIN_SECRET "\r\n"),
		S("500 what\r\n"),
		C("MAIL FROM:<>\r\n"),
		S("334 give me more\r\n"),
		C(LOGIN_SECRET "\r\n"),
		S("500 what\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT "2 AUTH\n=2 AUTH 504\nauth failed  <> 0\n"
				 "3 OTHER \nnote command:unknown-verb\n=3 OTHER 500\n"
				 "4 OTHER \n=4 OTHER 500\n5 MAIL FROM:<>\n=5 MAIL 334\n"
				 "6 OTHER \nnote command:unknown-verb\n=6 OTHER 500\n");
}

static void
a_connection_that_ends_amid_auth_has_no_outcome(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("AUTH PLAIN " PLAIN_SECRET "\r\n"),
		S_END,
		C_END,
	};

	(void)state;
	EXPECT(turns, HELLO_WANT "2 AUTH PLAIN\nauth unseen PLAIN <user> 0\n");
}

static void
a_client_alone_shows_no_secret(void **state)
{
	static const struct turn turns[] = {
		C("EHLO c\r\nAUTH LOGIN\r\n"),
		C(LOGIN_USER "\r\n"),
		PRESS,
		C(LOGIN_SECRET "\r\nAUTH PLAIN\r\n"),
		C(PLAIN_SECRET "\r\n"),
		PRESS,
		C("MAIL FROM:<a@x>\r\n"),
	};

	(void)state;
	EXPECT(turns, "1 EHLO c\n2 AUTH LOGIN\nauth unseen LOGIN <user> 0\n3 AUTH PLAIN\n"
		      "auth unseen PLAIN <user> 0\n4 MAIL FROM:<a@x>\n");
}

static void
line_ends_are_noted_once_a_transaction(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("NO\rOP\r\n"),
		S("500 a\r\n"),
		C("NO\rOP\n"),
		S("500 b\r\n"),
		C("MAIL FROM:<>\n"),
		S("250 c\r\n"),
		C("X\0Y\n"),
		S("500 d\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"note line:bare-cr\n2 OTHER NO\\rOP\nnote command:unknown-verb\n"
		"=2 OTHER 500\nnote line:bare-lf\n3 OTHER NO\\rOP\n=3 OTHER 500\n"
		"note line:bare-lf\n4 MAIL FROM:<>\n=4 MAIL 250\n"
		"note line:nul\n5 OTHER X\\x00Y\nnote command:unknown-verb\n=5 OTHER "
		"500\n");
}

static void
a_line_too_long_has_a_reply_like_any_other(void **state)
{
	char line[3000];
	struct turn turns[] = {
		HELLO,
		{TURN_SAYS, DIS_CLIENT, line, sizeof(line)},
		C("QUIT\r\n"),
		S("500 long\r\n221 bye\r\n"),
	};
	struct dialogue *d = malloc(sizeof(*d));

	(void)state;
	assert_non_null(d);
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (size_t step = 1; step < 4000; step += 1311) {
		run(d, true, turns, sizeof(turns) / sizeof(turns[0]), step, 0, SIZE_MAX);
		assert_non_null(strstr(d->out, "note line:too-long\n2 OTHER xxx"));
		assert_non_null(strstr(d->out, "3 QUIT\n=2 OTHER 500\n=3 QUIT 221\n"));
	}
	free(d);
}

static void
roles_change_after_turn(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("ATRN x.example\r\n"),
		S("250 now you\r\n"),
		C("220 here\r\n"),
		S("EHLO mx\r\n"),
		C("250 hi\r\n"),
		S("MAIL FROM:<a@x>\r\nDATA\r\nx\r\n.\r\n"),
		C("250 ok\r\n354 go\r\n250 done\r\n"),
	};
	static const struct turn refused[] = {
		HELLO,
		C("TURN\r\nNOOP\r\n"),
		S("502 no\r\n250 ok\r\n"),
	};

	(void)state;
	EXPECT(turns,
		HELLO_WANT "2 ATRN x.example\n=2 ATRN 250\nturned\n220\n3 EHLO mx\n"
			   "=3 EHLO 250\n4 MAIL FROM:<a@x>\n"
			   "note client:pipelining-not-offered\n5 DATA\n=4 MAIL 250\n"
			   "=5 DATA 354\nbody 5 \"x\\r\\n\" 3\n=5 DATA 250!\n");
	EXPECT(refused, HELLO_WANT "2 TURN\n=2 TURN 502\n3 NOOP\n=3 NOOP 250\n");
}

static void
a_blob_is_no_command(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("XEXCH50 8 2\r\n"),
		S("354 send\r\n"),
		C("RSET\r\nQUMAIL FROM:<>\r\n"),
		S("250 ok\r\n250 ok\r\n"),
	};
	static const struct turn refused[] = {
		HELLO,
		C("XEXCH50 8 2\r\nRSET\r\n"),
		S("504 no\r\n250 ok\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT "2 XEXCH50 8 2\n=2 XEXCH50 354\n3 MAIL FROM:<>\n"
				 "=2 XEXCH50 250\n=3 MAIL 250\n");
	EXPECT(refused,
		HELLO_WANT "2 XEXCH50 8 2\n=2 XEXCH50 504\n3 RSET\n=3 RSET 250\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_initial_response_never_shows),
		cmocka_unit_test(answers_to_challenges_are_no_commands),
		cmocka_unit_test(a_star_cancels),
		cmocka_unit_test(secrets_sent_ahead_of_a_refusal_are_cut),
		cmocka_unit_test(secrets_in_odd_places_are_cut),
		cmocka_unit_test(a_connection_that_ends_amid_auth_has_no_outcome),
		cmocka_unit_test(a_client_alone_shows_no_secret),
		cmocka_unit_test(line_ends_are_noted_once_a_transaction),
		cmocka_unit_test(a_line_too_long_has_a_reply_like_any_other),
		cmocka_unit_test(roles_change_after_turn),
		cmocka_unit_test(a_blob_is_no_command),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
