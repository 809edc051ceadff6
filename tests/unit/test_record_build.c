/* SPDX-License-Identifier: Apache-2.0 */
#include "record_rig.h"

#define HELLO                                                                            \
	S("220 mail.corp.test ESMTP Postfix\r\n"), C("EHLO c.test\r\n"),                 \
		S("250-mail.corp.test\r\n250-PIPELINING\r\n250-CHUNKING\r\n250 AUTH "    \
		  "PLAIN\r\n")

static void
expect_started(bool whole, const struct rig_turn *turns, size_t count, const char *want)
{
	static struct record_rig r;

	rig_init(&r, whole);
	rig_run(&r, turns, count);
	assert_string_equal(r.out, want);
	rig_free(&r);
}

#define EXPECT(want, ...)                                                                \
	do {                                                                             \
		static const struct rig_turn turns[] = {__VA_ARGS__};                    \
		expect_started(true, turns, sizeof(turns) / sizeof(*turns), want);       \
	} while (0)

static void
each_recipient_has_its_own_reply(void **state)
{
	(void)state;
	EXPECT("<x@a.test>=250 <b@c.test>=250/accepted <d@e.test>=554/refused-relay "
	       "<f@g.test>=450/deferred message=250/Q1 accepted auth=none\n",
		HELLO, C("MAIL FROM:<x@a.test>\r\n"), S("250 2.1.0 Ok\r\n"),
		C("RCPT TO:<b@c.test>\r\nRCPT TO:<d@e.test>\r\nRCPT TO:<f@g.test>\r\nDATA\r\n"),
		S("250 2.1.5 Ok\r\n554 5.7.1 <d@e.test>: Relay access denied\r\n"
		  "450 4.2.0 Greylisted\r\n354 go\r\n"),
		C("Subject: s\r\n\r\nb\r\n.\r\n"), S("250 2.0.0 Ok: queued as Q1\r\n"));
}

static void
the_reply_behind_the_end_of_data_is_waited_for_when_quit_is_pipelined(void **state)
{
	(void)state;
	EXPECT("<x@a.test>=250 <b@c.test>=250/accepted message=250/Q1 accepted auth=none\n",
		HELLO, C("MAIL FROM:<x@a.test>\r\nRCPT TO:<b@c.test>\r\nDATA\r\n"),
		S("250 ok\r\n250 ok\r\n354 go\r\n"),
		C("Subject: s\r\n\r\nb\r\n.\r\nQUIT\r\n"),
		S("250 2.0.0 Ok: queued as Q1\r\n221 bye\r\n"));
}

static void
a_second_mail_inherits_nothing(void **state)
{
	(void)state;
	EXPECT("<x@a.test>=250 <b@c.test>=550/refused-other refused auth=none\n"
	       "<y@a.test>=250 <d@e.test>=250/accepted message=250/Q2 accepted auth=none\n",
		HELLO, C("MAIL FROM:<x@a.test>\r\n"), S("250 ok\r\n"),
		C("RCPT TO:<b@c.test>\r\n"), S("550 5.1.1 <b@c.test>: User unknown\r\n"),
		C("RSET\r\n"), S("250 ok\r\n"), C("MAIL FROM:<y@a.test>\r\n"),
		S("250 ok\r\n"), C("RCPT TO:<d@e.test>\r\n"), S("250 ok\r\n"), C("DATA\r\n"),
		S("354 go\r\n"), C("a: b\r\n\r\n.\r\n"), S("250 Ok: queued as Q2\r\n"));
}

static void
whole_transactions_pipelined_with_rset_keep_their_replies(void **state)
{
	(void)state;
	EXPECT("<1@a.test>=250 <b@c.test>=550/refused-relay refused auth=none\n"
	       "<2@a.test>=250 <b@c.test>=250/accepted abandoned auth=none\n"
	       "<3@a.test>=501 <b@c.test>=503/refused-other refused auth=none\n",
		HELLO,
		C("MAIL FROM:<1@a.test>\r\nRCPT TO:<b@c.test>\r\nRSET\r\n"
		  "MAIL FROM:<2@a.test>\r\nRCPT TO:<b@c.test>\r\nRSET\r\n"
		  "MAIL FROM:<3@a.test>\r\nRCPT TO:<b@c.test>\r\nQUIT\r\n"),
		S("250 ok\r\n550 relay not permitted\r\n250 reset\r\n"
		  "250 ok\r\n250 ok\r\n250 reset\r\n"
		  "501 syntax\r\n503 need MAIL\r\n221 bye\r\n"));
}

static void
chunks_are_one_message(void **state)
{
	(void)state;
	EXPECT("<x@a.test>=250 <b@c.test>=250/accepted message=250/1xVZg9-00000A-01 accepted "
	       "auth=none\n",
		HELLO, C("MAIL FROM:<x@a.test>\r\nRCPT TO:<b@c.test>\r\n"),
		S("250 OK\r\n250 Accepted\r\n"), C("BDAT 8\r\na: b\r\n\r\n"),
		S("250 8 byte chunk received\r\n"), C("BDAT 4 LAST\r\nend\n"),
		S("250- 4 byte chunk, total 12\r\n250 OK id=1xVZg9-00000A-01\r\n"));
}

static void
authentication_holds_for_the_mails_behind_it_alone(void **state)
{
	(void)state;
	EXPECT("<x@a.test>=530 refused auth=none\n"
	       "<x@a.test>=250 <b@c.test>=250/accepted abandoned auth=ok\n",
		HELLO, C("MAIL FROM:<x@a.test>\r\n"), S("530 5.7.0 Authentication required\r\n"),
		C("AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n"), S("235 2.7.0 good\r\n"),
		C("MAIL FROM:<x@a.test>\r\n"), S("250 ok\r\n"), C("RCPT TO:<b@c.test>\r\n"),
		S("250 ok\r\n"), C("QUIT\r\n"), S("221 bye\r\n"));
}

static void
a_refused_authentication_is_told_as_failed(void **state)
{
	(void)state;
	EXPECT("<x@a.test>=250 <b@c.test>=250/accepted abandoned auth=failed\n", HELLO,
		C("AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n"), S("535 5.7.8 no\r\n"),
		C("MAIL FROM:<x@a.test>\r\n"), S("250 ok\r\n"), C("RCPT TO:<b@c.test>\r\n"),
		S("250 ok\r\n"), C("QUIT\r\n"), S("221 bye\r\n"));
}

static void
a_hole_in_what_the_client_said_leaves_authentication_unknown(void **state)
{
	(void)state;
	EXPECT("<x@a.test>=250 <b@c.test>=250/accepted abandoned auth=unknown\n", HELLO,
		C_GAP(40), C("MAIL FROM:<x@a.test>\r\n"), S("250 ok\r\n"),
		C("RCPT TO:<b@c.test>\r\n"), S("250 ok\r\n"), C("QUIT\r\n"),
		S("221 bye\r\n"));
}

static void
a_late_start_leaves_authentication_unknown(void **state)
{
	static const struct rig_turn turns[] = {C("MAIL FROM:<x@a.test>\r\n"), S("250 ok\r\n"),
		C("RCPT TO:<b@c.test>\r\n"), S("250 ok\r\n"), C("QUIT\r\n"),
		S("221 bye\r\n")};

	(void)state;
	expect_started(false, turns, sizeof(turns) / sizeof(*turns),
		"<x@a.test>=250 <b@c.test>=250/accepted abandoned auth=unknown\n");
}

static void
the_client_alone_tells_that_it_went_on(void **state)
{
	(void)state;
	EXPECT("<x@a.test>=0 <b@c.test>=0/unknown message=0/ accepted auth=none "
	       "data:assumed\n",
		C("EHLO c.test\r\n"), C("MAIL FROM:<x@a.test>\r\n"),
		C("RCPT TO:<b@c.test>\r\n"), C("DATA\r\n"),
		C("Subject: s\r\n\r\nb\r\n.\r\n"), C("QUIT\r\n"));
}

static void
the_server_alone_tells_of_a_message(void **state)
{
	(void)state;
	EXPECT("=0 message=250/Q1 accepted auth=unknown\n", S("220 m.test ESMTP\r\n"),
		S("250 m.test\r\n"), S("250 ok\r\n"), S("250 ok\r\n"), S("354 go\r\n"),
		S("250 2.0.0 Ok: queued as Q1\r\n"), S("221 bye\r\n"));
}

static void
lmtp_answers_for_each_recipient(void **state)
{
	(void)state;
	EXPECT("<x@a.test>=250 <b@c.test>=250/accepted/250 <d@c.test>=250/accepted/552 "
	       "message=250/ accepted auth=none\n",
		S("220 m.test LMTP\r\n"), C("LHLO c.test\r\n"),
		S("250-m.test\r\n250 PIPELINING\r\n"),
		C("MAIL FROM:<x@a.test>\r\nRCPT TO:<b@c.test>\r\nRCPT TO:<d@c.test>\r\nDATA\r\n"),
		S("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"), C("a: b\r\n\r\nx\r\n.\r\n"),
		S("250 2.1.5 delivered\r\n552 5.2.2 over quota\r\n"));
}

static void
a_mail_that_dies_with_the_connection_is_given_out(void **state)
{
	(void)state;
	EXPECT("<x@a.test>=250 <b@c.test>=0/unknown unknown auth=none\n", HELLO,
		C("MAIL FROM:<x@a.test>\r\n"), S("250 ok\r\n"), C("RCPT TO:<b@c.test>\r\n"));
}

static void
secrets_are_in_no_record(void **state)
{
	static const struct rig_turn turns[] = {HELLO, C("AUTH LOGIN\r\n"),
		S("334 VXNlcm5hbWU6\r\n"), C("YWxpY2U=\r\n"), S("334 UGFzc3dvcmQ6\r\n"),
		C("c2VjcmV0MTIz\r\n"), S("235 good\r\n"), C("MAIL FROM:<x@a.test>\r\n"),
		S("250 ok\r\n"), C("QUIT\r\n"), S("221 bye\r\n")};
	static struct record_rig r;
	struct record record;

	(void)state;
	rig_init(&r, true);
	rig_run(&r, turns, sizeof(turns) / sizeof(*turns));
	record_build_connection(&r.builder, &record);
	assert_true(record.connection.clear_password);
	assert_true(span_equal(record.conn.auth.user, SPAN_LITERAL("alice")));
	record_write(&record, &r.files, &r.json);
	assert_null(memmem(r.json.at, r.json.used, "c2VjcmV0", 8));
	assert_null(memmem(r.json.at, r.json.used, "secret", 6));
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_recipient_has_its_own_reply),
		cmocka_unit_test(
			the_reply_behind_the_end_of_data_is_waited_for_when_quit_is_pipelined),
		cmocka_unit_test(a_second_mail_inherits_nothing),
		cmocka_unit_test(whole_transactions_pipelined_with_rset_keep_their_replies),
		cmocka_unit_test(chunks_are_one_message),
		cmocka_unit_test(authentication_holds_for_the_mails_behind_it_alone),
		cmocka_unit_test(a_refused_authentication_is_told_as_failed),
		cmocka_unit_test(a_hole_in_what_the_client_said_leaves_authentication_unknown),
		cmocka_unit_test(a_late_start_leaves_authentication_unknown),
		cmocka_unit_test(the_client_alone_tells_that_it_went_on),
		cmocka_unit_test(the_server_alone_tells_of_a_message),
		cmocka_unit_test(lmtp_answers_for_each_recipient),
		cmocka_unit_test(a_mail_that_dies_with_the_connection_is_given_out),
		cmocka_unit_test(secrets_are_in_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
