/* SPDX-License-Identifier: Apache-2.0 */
#include "dialogue.h"

static void
a_proxy_header_names_the_client(void **state)
{
	static const struct turn v1[] = {
		C("PROXY TCP4 192.0.2.1 198.51.100.1 5000 25\r\nHELO c\r\n"),
		S("220 mx\r\n250 hi\r\n"),
	};
	/* Signature, version 2 PROXY, TCP over IPv4, 12 octets of addresses. */
	static const struct turn v2[] = {
		C("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x01\x13"
		  "\x88\0\x19"
		  "HELO c\r\n"),
		S("220 mx\r\n250 hi\r\n"),
	};

	(void)state;
	EXPECT(v1, "peer proxy-v1 [192.0.2.1]:5000   \n1 HELO c\n220\n"
		   "note client:early-talker\n=1 HELO 250\n");
	EXPECT(v2, "peer proxy-v2 [192.0.2.1]:5000   \n1 HELO c\n220\n"
		   "note client:early-talker\n=1 HELO 250\n");
}

static void
long_tlvs_of_a_proxy_header_are_skipped(void **state)
{
	/* 12 octets of addresses and 300 of a TLV of type PP2_TYPE_NOOP. */
	static const char head[] =
		"\r\n\r\n\0\r\nQUIT\n\x21\x11\x01\x38\xc0\0\x02\x01\xc6\x33"
		"\x64\x01\x13\x88\0\x19\x04\x01\x29";
	char text[16 + 12 + 300 + 6];
	const struct turn turns[] = {{TURN_SAYS, DIS_CLIENT, text, sizeof(text)}};

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, head, sizeof(head) - 1);
	memcpy(text + sizeof(text) - 6, "NOOP\r\n", 6);
	EXPECT(turns, "peer proxy-v2 [192.0.2.1]:5000   \n1 NOOP\n");
}

static void
what_only_looks_like_a_proxy_header_is_a_command(void **state)
{
	static const struct turn bad[] = {C("PROXY TCP4 nonsense\r\nHELO c\r\n")};
	static const struct turn near[] = {C("PROXX\r\n\r\n\r\n\0\r\nHELO c\r\n")};
	static const struct turn blank[] = {C("\r\n\r\nHELO c\r\n")};

	(void)state;
	EXPECT(bad, "note proxy:malformed\n1 OTHER PROXY TCP4 nonsense\n"
		    "note command:unknown-verb\n2 HELO c\n");
	EXPECT(near, "1 OTHER PROXX\nnote command:unknown-verb\n2 OTHER \n3 OTHER \n"
		     "note line:nul\n4 OTHER \\x00\n5 HELO c\n");
	EXPECT(blank, "1 OTHER \nnote command:unknown-verb\n2 OTHER \n3 HELO c\n");
}

static void
a_front_server_is_believed_by_the_server_first(void **state)
{
	static const struct turn turns[] = {
		S("220 mx\r\n"),
		C("EHLO f\r\n"),
		S("250-mx\r\n250 XCLIENT NAME ADDR\r\n"),
		C("XCLIENT NAME=a+2Bb.example ADDR=192.0.2.7 PORT=99 LOGIN=u HELO=h\r\n"),
		S("220 mx\r\n"),
		C("EHLO c\r\n"),
		S("250 hi\r\n"),
		C("XFORWARD ADDR=IPV6:2001:db8::1 NAME=[UNAVAILABLE]\r\n"),
		S("250 ok\r\n"),
		C("XCLIENT ADDR=192.0.2.8\r\n"),
		S("550 no\r\n"),
	};

	(void)state;
	EXPECT(turns,
		"220\n1 EHLO f\n=1 EHLO 250\n"
		"2 XCLIENT NAME=a+2Bb.example ADDR=192.0.2.7 PORT=99 LOGIN=u HELO=h\n"
		"=2 XCLIENT 220\npeer xclient [192.0.2.7]:99 a+b.example h u\n3 EHLO c\n"
		"=3 EHLO 250\n4 XFORWARD ADDR=IPV6:2001:db8::1 NAME=[UNAVAILABLE]\n"
		"=4 XFORWARD 250\npeer xforward [2001:db8::1]:0   \n"
		"5 XCLIENT ADDR=192.0.2.8\n=5 XCLIENT 550\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proxy_header_names_the_client),
		cmocka_unit_test(long_tlvs_of_a_proxy_header_are_skipped),
		cmocka_unit_test(what_only_looks_like_a_proxy_header_is_a_command),
		cmocka_unit_test(a_front_server_is_believed_by_the_server_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
