/* SPDX-License-Identifier: Apache-2.0 */
#include "dialogue.h"

#define TLS_HELLO "\x16\x03\x01\x00\x05hello"

static void
tls_begins_after_the_220_and_stays_with_the_caller(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("STARTTLS\r\n"),
		S("220 go\r\n"),
		C(TLS_HELLO),
		S("\x16\x03\x03zz"),
	};
	static const struct turn ahead[] = {
		HELLO,
		C("STARTTLS\r\n" TLS_HELLO),
		S("220 go\r\n"),
	};
	static const struct turn anonymous[] = {
		HELLO,
		C("X-ANONYMOUSTLS\r\n"),
		S("220 go\r\n"),
		C(TLS_HELLO),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 STARTTLS\n=2 STARTTLS 220\nTLS\n"
		"client \\x16\\x03\\x01\\x00\\x05hello\nserver \\x16\\x03\\x03zz\n");
	EXPECT(ahead, HELLO_WANT "2 STARTTLS\n=2 STARTTLS 220\nTLS\n"
				 "client \\x16\\x03\\x01\\x00\\x05hello\nserver \n");
	EXPECT(anonymous, HELLO_WANT "2 X-ANONYMOUSTLS\n=2 X-ANONYMOUSTLS 220\nTLS\n"
				     "client \\x16\\x03\\x01\\x00\\x05hello\nserver \n");
}

static void
commands_injected_before_tls_are_noted(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("STARTTLS\r\nMAIL FROM:<evil@z>\r\n"),
		S("220 go\r\n"),
		C(TLS_HELLO),
	};
	static const struct turn refused[] = {
		HELLO,
		C("STARTTLS\r\nMAIL FROM:<a@x>\r\n"),
		S("454 no\r\n250 ok\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 STARTTLS\n=2 STARTTLS 220\nnote starttls:command-injected\nTLS\n"
		"client \\x16\\x03\\x01\\x00\\x05hello\nserver \n");
	EXPECT(refused,
		HELLO_WANT "2 STARTTLS\n=2 STARTTLS 454\nnote starttls:command-injected\n"
			   "note starttls:refused\n3 MAIL FROM:<a@x>\n=3 MAIL 250\n");
}

static void
replies_injected_before_tls_are_noted(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("STARTTLS\r\n"),
		S("220 go\r\n250 injected\r\n250 too\r\n"),
		C(TLS_HELLO),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 STARTTLS\n=2 STARTTLS 220\nnote starttls:reply-injected\nTLS\n"
		"client \\x16\\x03\\x01\\x00\\x05hello\nserver \n");
}

static void
clear_text_after_the_220_goes_on(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("STARTTLS\r\n"),
		S("220 go\r\n"),
		C("EHLO c\r\n"),
		S("250 hi\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 STARTTLS\n=2 STARTTLS 220\nnote starttls:clear-text-went-on\n"
		"3 EHLO c\n=3 EHLO 250\n");
}

static void
tls_from_the_first_octet_is_believed_of_the_server(void **state)
{
	static const struct turn turns[] = {C(TLS_HELLO), S("\x16\x03\x03zz")};
	static const struct turn alert[] = {C(TLS_HELLO), S("\x15\x03\x03zz")};
	static const struct turn alone[] = {C(TLS_HELLO), PRESS};
	static const struct turn server[] = {S("\x16\x03\x03zz")};
	static const char want[] = "TLS\nclient \\x16\\x03\\x01\\x00\\x05hello\n";
	char text[128];

	(void)state;
	sprintf(text, "%s%s", want, "server \\x16\\x03\\x03zz\n");
	EXPECT(turns, text);
	sprintf(text, "%s%s", want, "server \\x15\\x03\\x03zz\n");
	EXPECT(alert, text);
	sprintf(text, "%s%s", want, "server \n");
	EXPECT(alone, text);
	EXPECT(server, "TLS\nclient \nserver \\x16\\x03\\x03zz\n");
}

/* Else one octet would blind us. */
static void
a_tls_octet_to_a_server_in_clear_is_a_line(void **state)
{
	static const struct turn before[] = {
		C("\x16\x03\x01\r\nHELO c\r\n"),
		S("220 mx\r\n500 what\r\n250 hi\r\n"),
	};
	static const struct turn after[] = {
		S("220 mx\r\n"),
		C("\x16\x03\x01\r\nHELO c\r\n"),
		S("500 what\r\n250 hi\r\n"),
	};

	(void)state;
	/* Sent before the greeting, told after it: the client was held till then. */
	EXPECT(before,
		"note starttls:hello-unasked\n220\n1 OTHER \nnote command:unknown-verb\n"
		"note client:pipelining-not-offered\n2 HELO c\n=1 OTHER 500\n=2 HELO "
		"250\n");
	EXPECT(after,
		"220\nnote starttls:hello-unasked\n1 OTHER \nnote command:unknown-verb\n"
		"note client:pipelining-not-offered\n2 HELO c\n=1 OTHER 500\n=2 HELO "
		"250\n");
}

static void
a_line_that_is_no_reply_answers_nothing(void **state)
{
	static const struct turn turns[] = {
		HELLO,
		C("NOOP\r\n"),
		S("hello?\r\n999 x\r\n250-a\r\n251 b\r\n"),
	};

	(void)state;
	EXPECT(turns, HELLO_WANT
		"2 NOOP\nnote reply:malformed\nnote reply:codes-vary\n=2 NOOP 251\n");
}

static void
the_last_line_may_lack_its_end(void **state)
{
	static const struct turn turns[] = {HELLO, C("QUIT\r\n"), S("221 bye"), S_END};

	(void)state;
	EXPECT(turns, HELLO_WANT "2 QUIT\n=2 QUIT 221\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tls_begins_after_the_220_and_stays_with_the_caller),
		cmocka_unit_test(commands_injected_before_tls_are_noted),
		cmocka_unit_test(replies_injected_before_tls_are_noted),
		cmocka_unit_test(clear_text_after_the_220_goes_on),
		cmocka_unit_test(tls_from_the_first_octet_is_believed_of_the_server),
		cmocka_unit_test(a_tls_octet_to_a_server_in_clear_is_a_line),
		cmocka_unit_test(a_line_that_is_no_reply_answers_nothing),
		cmocka_unit_test(the_last_line_may_lack_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
