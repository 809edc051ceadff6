/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/mail_received.h"

struct wanted {
	const char *value;
	const char *helo, *rdns, *addr, *by, *with;
	enum mail_answer auth;
	enum mail_auth_reason reason;
	enum mail_answer tls;
	const char *id, *to, *sender;
	bool local;
	enum mail_mta mta;
};

#define DATE "; Mon, 23 Nov 2026 19:45:28 +0000 (UTC)"
/* date -u -d '2026-11-23 19:45:28' +%s */
#define DATE_SECONDS 1795463128

static const struct wanted servers[] = {
	/* Postfix */
	{"from client.example.org (rdns.example.org [198.51.100.66])\t"
	 "by mail.example.net (Postfix) with ESMTP id 61072AD07CB\tfor "
	 "<a@example.com>" DATE,
		"client.example.org", "rdns.example.org", "198.51.100.66",
		"mail.example.net", "ESMTP", MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_NO,
		"61072AD07CB", "a@example.com", "", false, MAIL_MTA_POSTFIX},
	{"from [10.0.0.1] (unknown [198.51.100.66]) by mail.example.net (Postfix) with "
	 "SMTP "
	 "id 4ZxYq21Kz0z9sRN" DATE,
		"[10.0.0.1]", "", "198.51.100.66", "mail.example.net", "SMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "4ZxYq21Kz0z9sRN", "", "", false,
		MAIL_MTA_POSTFIX},
	{"from pc (unknown [IPv6:2001:db8::5]) (using TLSv1.3 with cipher "
	 "TLS_AES_256_GCM_SHA384"
	 " (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits))"
	 " (Client CN \"x [10.0.0.1]\", Issuer \"y\" (not verified))"
	 " (Authenticated sender: alice [10.0.0.2]) by mail.example.net (Postfix) with "
	 "ESMTPSA"
	 " id A1" DATE,
		"pc", "", "2001:db8::5", "mail.example.net", "ESMTPSA", MAIL_YES,
		MAIL_AUTH_COMMENT, MAIL_YES, "A1", "", "", false, MAIL_MTA_POSTFIX},
	{"by mail.example.net (Postfix, from userid 0) id 311D1AF8588" DATE, "", "", "",
		"mail.example.net", "", MAIL_UNKNOWN, MAIL_AUTH_LOCAL, MAIL_UNKNOWN,
		"311D1AF8588", "", "", true, MAIL_MTA_POSTFIX},
	{"by mail.example.net (Postfix) id 311D1AF8588" DATE, "", "", "",
		"mail.example.net", "", MAIL_UNKNOWN, MAIL_AUTH_NOTHING, MAIL_UNKNOWN,
		"311D1AF8588", "", "", false, MAIL_MTA_POSTFIX},
	{"from x (x.example.org [198.51.100.66]) by mail.example.net (Postfix) with "
	 "UTF8SMTPSA "
	 "id B2" DATE,
		"x", "x.example.org", "198.51.100.66", "mail.example.net", "UTF8SMTPSA",
		MAIL_YES, MAIL_AUTH_KEYWORD, MAIL_YES, "B2", "", "", false,
		MAIL_MTA_POSTFIX},
	/* Exim */
	{"from [198.51.100.66] (helo=client.example.org) by mail.example.net with esmtp "
	 "(Exim 4.96) (envelope-from <s@example.org>) id 1xVaDp-000009-0M for "
	 "a@example.com" DATE,
		"client.example.org", "", "198.51.100.66", "mail.example.net", "ESMTP",
		MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_NO, "1xVaDp-000009-0M", "a@example.com",
		"s@example.org", false, MAIL_MTA_EXIM},
	{"from client.example.org ([198.51.100.66]) by mail.example.net with esmtpsa "
	 "(TLS1.3) "
	 "tls TLS_AES_256_GCM_SHA384 (Exim 4.96) (envelope-from <>) id "
	 "1xVaDp-000009-0M" DATE,
		"client.example.org", "client.example.org", "198.51.100.66",
		"mail.example.net", "ESMTPSA", MAIL_YES, MAIL_AUTH_KEYWORD, MAIL_YES,
		"1xVaDp-000009-0M", "", "", false, MAIL_MTA_EXIM},
	{"from rdns.example.org ([198.51.100.66]:4711 helo=[10.0.0.1] ident=[10.0.0.2]) "
	 "by "
	 "mail.example.net with smtp (Exim 4.96) id 1xVaDp-000009-0M" DATE,
		"[10.0.0.1]", "rdns.example.org", "198.51.100.66", "mail.example.net",
		"SMTP", MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_NO, "1xVaDp-000009-0M", "", "",
		false, MAIL_MTA_EXIM},
	{"from [198.51.100.66] (port=4711 helo=[10.0.0.1]) by mail.example.net with "
	 "esmtps "
	 "(TLSv1:AES256-SHA:256) (Exim 4.63) id 1abcde-0001ab-Cd" DATE,
		"[10.0.0.1]", "", "198.51.100.66", "mail.example.net", "ESMTPS", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_YES, "1abcde-0001ab-Cd", "", "", false,
		MAIL_MTA_EXIM},
	{"from [198.51.100.66] by mail.example.net with smtp (Exim 4.96) id 1a" DATE, "",
		"", "198.51.100.66", "mail.example.net", "SMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "1a", "", "", false, MAIL_MTA_EXIM},
	{"from root by mail.example.net with local (Exim 4.96) (envelope-from "
	 "<root@example.net>) id 1xVakQ-00000G-29 for a@example.com" DATE,
		"root", "", "", "mail.example.net", "LOCAL", MAIL_UNKNOWN,
		MAIL_AUTH_LOCAL, MAIL_UNKNOWN, "1xVakQ-00000G-29", "a@example.com",
		"root@example.net", true, MAIL_MTA_EXIM},
	/* Sendmail */
	{"from client (rdns.example.org [198.51.100.66] (may be forged)) (authenticated "
	 "bits=0) "
	 "by mail.example.net (8.17.1.9/8.17.1.9/Debian-2+deb12u2) with ESMTPSA id "
	 "6ANK2FkD000007 (version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 "
	 "verify=NOT) "
	 "for <a@example.com>; Mon, 23 Nov 2026 19:45:28 GMT",
		"client", "rdns.example.org", "198.51.100.66", "mail.example.net",
		"ESMTPSA", MAIL_YES, MAIL_AUTH_COMMENT, MAIL_YES, "6ANK2FkD000007",
		"a@example.com", "", false, MAIL_MTA_SENDMAIL},
	{"from client (IDENT:[10.0.0.1]@rdns.example.org [198.51.100.66]) by "
	 "mail.example.net "
	 "(8.14.4/8.14.4) with ESMTP id q1" DATE,
		"client", "rdns.example.org", "198.51.100.66", "mail.example.net",
		"ESMTP", MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_NO, "q1", "", "", false,
		MAIL_MTA_SENDMAIL},
	{"(from root@localhost) by mail.example.net (8.17.1.9/8.17.1.9/Submit) id "
	 "6AN" DATE,
		"", "", "", "mail.example.net", "", MAIL_UNKNOWN, MAIL_AUTH_LOCAL,
		MAIL_UNKNOWN, "6AN", "", "", true, MAIL_MTA_SENDMAIL},
	/* OpenSMTPD */
	{"from client (rdns.example.org [198.51.100.66]) by mail.example.net (OpenSMTPD) "
	 "with "
	 "ESMTPS id 433e6a49 (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO) for "
	 "<a@example.com>" DATE,
		"client", "rdns.example.org", "198.51.100.66", "mail.example.net",
		"ESMTPS", MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_YES, "433e6a49",
		"a@example.com", "", false, MAIL_MTA_OPENSMTPD},
	{"from localhost (example.net [local]) by mail.example.net (OpenSMTPD) with "
	 "ESMTPA id "
	 "433e6a49" DATE,
		"localhost", "example.net", "", "mail.example.net", "ESMTPA",
		MAIL_UNKNOWN, MAIL_AUTH_LOCAL, MAIL_NO, "433e6a49", "", "", true,
		MAIL_MTA_OPENSMTPD},
	/* Exchange */
	{"from client.example.org (198.51.100.66) by EX1.example.net (192.0.2.5) with "
	 "Microsoft "
	 "SMTP Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id "
	 "15.1.2507.39 via Frontend Transport; Mon, 23 Nov 2026 19:45:28 +0000",
		"client.example.org", "", "198.51.100.66", "EX1.example.net", "Microsoft",
		MAIL_UNKNOWN, MAIL_AUTH_HIDDEN, MAIL_YES, "", "", "", false,
		MAIL_MTA_EXCHANGE},
	{"from A.example.net (2001:db8::10) by B.example.net (2001:db8::11) with mapi id "
	 "15.20.4523.20; Mon, 23 Nov 2026 19:45:28 +0000",
		"A.example.net", "", "2001:db8::10", "B.example.net", "MAPI",
		MAIL_UNKNOWN, MAIL_AUTH_HIDDEN, MAIL_UNKNOWN, "", "", "", false,
		MAIL_MTA_EXCHANGE},
	/* qmail, Yahoo's and James's way */
	{"from unknown (HELO [10.0.0.1]) (198.51.100.66) by mail.example.net with SMTP; "
	 "23 Nov 2026 19:45:28 -0000",
		"[10.0.0.1]", "", "198.51.100.66", "mail.example.net", "SMTP",
		MAIL_UNKNOWN, MAIL_AUTH_HIDDEN, MAIL_UNKNOWN, "", "", "", false,
		MAIL_MTA_QMAIL},
	{"from rdns.example.org (HELO x) (a@10.0.0.1@198.51.100.66) by mail.example.net "
	 "with "
	 "(DHE-RSA-AES256-SHA encrypted) ESMTPA; 23 Nov 2026 19:45:28 -0000",
		"x", "rdns.example.org", "198.51.100.66", "mail.example.net", "ESMTPA",
		MAIL_YES, MAIL_AUTH_KEYWORD, MAIL_YES, "", "", "", false, MAIL_MTA_QMAIL},
	{"from 127.0.0.1 (EHLO localhost) ([198.51.100.66]) by mail.example.net (Kerio "
	 "Connect 9)"
	 " with ESMTP ID 5" DATE,
		"localhost", "", "198.51.100.66", "mail.example.net", "ESMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "5", "", "", false, MAIL_MTA_KERIO},
	/* Gmail */
	{"from mail.example.org (mail.example.org. [198.51.100.66]) by mx.google.com "
	 "with ESMTPS "
	 "id d9443c01a7336-1a2b3c.4.2026.11.23 for <a@example.com> (version=TLS1_3 "
	 "cipher=TLS_AES_256_GCM_SHA384 bits=256/256); Mon, 23 Nov 2026 11:45:28 -0800 "
	 "(PST)",
		"mail.example.org", "mail.example.org", "198.51.100.66", "mx.google.com",
		"ESMTPS", MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_YES,
		"d9443c01a7336-1a2b3c.4.2026.11.23", "a@example.com", "", false,
		MAIL_MTA_GMAIL},
	{"by 2002:a05:6a10:1234:b0:1c2:3d4e:5f60 with SMTP id x1csp123; Mon, 23 Nov 2026 "
	 "11:45:28 -0800 (PST)",
		"", "", "", "2002:a05:6a10:1234:b0:1c2:3d4e:5f60", "SMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "x1csp123", "", "", false, MAIL_MTA_GMAIL},
	/* others */
	{"from [198.51.100.66] (account alice@example.net HELO [10.0.0.1]) by "
	 "example.net "
	 "(CommuniGate Pro SMTP 6.2.7) with ESMTPSA id 123 for a@example.com" DATE,
		"[10.0.0.1]", "", "198.51.100.66", "example.net", "ESMTPSA", MAIL_YES,
		MAIL_AUTH_COMMENT, MAIL_YES, "123", "a@example.com", "", false,
		MAIL_MTA_COMMUNIGATE},
	{"from [198.51.100.66] (HELO [10.0.0.1]) by example.net (CommuniGate Pro SMTP "
	 "6.2.7) "
	 "with ESMTP id 124" DATE,
		"[10.0.0.1]", "", "198.51.100.66", "example.net", "ESMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "124", "", "", false, MAIL_MTA_COMMUNIGATE},
	{"from client (rdns.example.org [::ffff:198.51.100.66]) (AUTH: PLAIN alice, TLS: "
	 "TLSv1.2,256bits,ECDHE) by mail.example.net with ESMTPSA id "
	 "00000000000A1.0000" DATE,
		"client", "rdns.example.org", "198.51.100.66", "mail.example.net",
		"ESMTPSA", MAIL_YES, MAIL_AUTH_COMMENT, MAIL_YES, "00000000000A1.0000",
		"", "", false, MAIL_MTA_UNKNOWN},
	{"from client (rdns.example.org [198.51.100.66]) by mail.example.net "
	 "(Haraka/3.0.2) with "
	 "ESMTPSA id 0A1B.1 envelope-from <s@example.org> (authenticated bits=0) "
	 "(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 verify=NO)" DATE,
		"client", "rdns.example.org", "198.51.100.66", "mail.example.net",
		"ESMTPSA", MAIL_YES, MAIL_AUTH_COMMENT, MAIL_YES, "0A1B.1", "",
		"s@example.org", false, MAIL_MTA_HARAKA},
	{"from client (rdns.example.org [198.51.100.66]) (using TLSv1.3 with cipher "
	 "TLS13_AES_256_GCM_SHA384) by mail.example.net (Stalwart SMTP) with ESMTPS id "
	 "1F2" DATE,
		"client", "rdns.example.org", "198.51.100.66", "mail.example.net",
		"ESMTPS", MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_YES, "1F2", "", "", false,
		MAIL_MTA_STALWART},
	{"from client (Unknown [198.51.100.66]) by mail.example.net with ESMTPA " DATE,
		"client", "", "198.51.100.66", "mail.example.net", "ESMTPA", MAIL_YES,
		MAIL_AUTH_KEYWORD, MAIL_NO, "", "", "", false, MAIL_MTA_UNKNOWN},
	{"from client ([198.51.100.66]) by mail.example.net (MDaemon PRO v22.0.1) with "
	 "ESMTP id "
	 "md5001.msg for <a@example.com>" DATE,
		"client", "", "198.51.100.66", "mail.example.net", "ESMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "md5001.msg", "a@example.com", "", false,
		MAIL_MTA_MDAEMON},
	{"from mail.example.net ([127.0.0.1]) by localhost (mail.example.net "
	 "[192.0.2.1]) "
	 "(amavisd-new, port 10024) with ESMTP id X1 for <a@example.com>" DATE,
		"mail.example.net", "", "127.0.0.1", "localhost", "ESMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "X1", "a@example.com", "", false,
		MAIL_MTA_AMAVIS},
	{"from mail.example.net ([unix socket]) by mail.example.net (Cyrus v2.4.17) with "
	 "LMTPA" DATE,
		"mail.example.net", "", "", "mail.example.net", "LMTPA", MAIL_UNKNOWN,
		MAIL_AUTH_LOCAL, MAIL_NO, "", "", "", true, MAIL_MTA_CYRUS},
	{"from mail.example.net by box with LMTP id A/B (envelope-from <s@example.org>) "
	 "for "
	 "<a@example.com>" DATE,
		"mail.example.net", "", "", "box", "LMTP", MAIL_NO, MAIL_AUTH_KEYWORD,
		MAIL_NO, "A/B", "a@example.com", "s@example.org", false,
		MAIL_MTA_UNKNOWN},
	{"from pop.example.net [192.0.2.9] by pc with POP3 (fetchmail-6.4.37) for "
	 "<a@localhost> "
	 "(single-drop)" DATE,
		"pop.example.net", "", "", "pc", "POP3", MAIL_UNKNOWN, MAIL_AUTH_NOTHING,
		MAIL_UNKNOWN, "", "a@localhost", "", false, MAIL_MTA_FETCHMAIL},
	{"from s1.example.org (s1.example.org [198.51.100.66]) by "
	 "inbound-smtp.us-west-2.amazonaws.com with SMTP id abc123 for "
	 "a@example.com" DATE,
		"s1.example.org", "s1.example.org", "198.51.100.66",
		"inbound-smtp.us-west-2.amazonaws.com", "SMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "abc123", "a@example.com", "", false,
		MAIL_MTA_UNKNOWN},
};

/* The client's words are hostile; what the server wrote must come out of all of them. */
static const struct wanted hostile[] = {
	{"from evil (with ESMTPA id 1 [10.0.0.1]) ([198.51.100.66]) by mail.example.net "
	 "with "
	 "ESMTP id Q" DATE,
		"evil", "", "198.51.100.66", "mail.example.net", "ESMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "Q", "", "", false, MAIL_MTA_UNKNOWN},
	{"from evil ([10.0.0.1]) (Authenticated sender: a) (using TLSv1.3) "
	 "(rdns.example.org "
	 "[198.51.100.66]) by mail.example.net (Postfix) with ESMTP id Q" DATE,
		"evil", "rdns.example.org", "198.51.100.66", "mail.example.net", "ESMTP",
		MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_NO, "Q", "", "", false,
		MAIL_MTA_POSTFIX},
	{"from evil (x [local]) (rdns.example.org [198.51.100.66]) by mail.example.net "
	 "(Postfix) "
	 "with ESMTP id Q" DATE,
		"evil", "rdns.example.org", "198.51.100.66", "mail.example.net", "ESMTP",
		MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_NO, "Q", "", "", false,
		MAIL_MTA_POSTFIX},
	{"from [10.0.0.1] (helo=x) (rdns.example.org [198.51.100.66]) by "
	 "mail.example.net "
	 "(Postfix) with ESMTP id Q" DATE,
		"x", "rdns.example.org", "198.51.100.66", "mail.example.net", "ESMTP",
		MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_NO, "Q", "", "", false,
		MAIL_MTA_POSTFIX},
	{"from [198.51.100.66] (HELO account a) by example.net (CommuniGate Pro SMTP 6) "
	 "with "
	 "ESMTP id 1" DATE,
		"account a", "", "198.51.100.66", "example.net", "ESMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "1", "", "", false, MAIL_MTA_COMMUNIGATE},
	/* CommuniGate's comment where another server writes */
	{"from x (account a) (rdns.example.org [198.51.100.66]) by mail.example.net "
	 "(Postfix) "
	 "with ESMTP id Q" DATE,
		"x", "rdns.example.org", "198.51.100.66", "mail.example.net", "ESMTP",
		MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_NO, "Q", "", "", false,
		MAIL_MTA_POSTFIX},
	/* an address alone, by a server that writes what HELO said */
	{"from [10.0.0.1] by mail.example.net with SMTP id Q" DATE, "", "", "",
		"mail.example.net", "SMTP", MAIL_NO, MAIL_AUTH_KEYWORD, MAIL_NO, "Q", "",
		"", false, MAIL_MTA_UNKNOWN},
	/* recipients and senders of a client's choice */
	{"from x (x [198.51.100.66]) by mail.example.net (Postfix) with ESMTP id Q for "
	 "<\" with "
	 "ESMTPA (authenticated bits=0) by z\"@example.com>" DATE,
		"x", "x", "198.51.100.66", "mail.example.net", "ESMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "Q",
		"\" with ESMTPA (authenticated bits=0) by z\"@example.com", "", false,
		MAIL_MTA_POSTFIX},
	{"from x ([198.51.100.66]) by mail.example.net with esmtp (Exim 4.96) id Q for "
	 "\"a; b) "
	 "(authenticated bits=0\"@example.com (authenticated bits=0)" DATE,
		"x", "x", "198.51.100.66", "mail.example.net", "ESMTP", MAIL_NO,
		MAIL_AUTH_KEYWORD, MAIL_NO, "Q",
		"\"a; b) (authenticated bits=0\"@example.com", "", false, MAIL_MTA_EXIM},
};

/* The shape itself is in doubt: no address, no answer. */
static const char *const odd[] = {
	"from x by y with ESMTPA id 1; (unknown [198.51.100.66]) by z (Postfix) with "
	"ESMTP id 2",
	"from evil( (unknown [198.51.100.66]) by mail (Postfix) with ESMTP id Q for "
	"<\")([10.0.0.1]) by real with ESMTPA\"@example.com>" DATE,
	"from evil( (unknown [198.51.100.66]) by mail (Postfix) with ESMTPA id Q" DATE,
	"from \" ([198.51.100.66]) by mail with ESMTP for <\"([10.0.0.1]) by z with "
	"ESMTPA\"@example.com>" DATE,
	"from < ([198.51.100.66]) by mail with ESMTP for <a> ([10.0.0.1]) by z with "
	"ESMTPA",
	"from x ([198.51.100.66]) by mail with esmtp (Exim 4.96) (envelope-from <\"a) "
	"(authenticated bits=0) id x (\"@example.org>) id Q" DATE,
	"from x ([198.51.100.66]) by mail with esmtp (Exim 4.96) (envelope-from <\"a>) "
	"id F "
	"(\"@example.org>) id Q" DATE,
	"from x ([198.51.100.66] ident=y) ([10.0.0.1]) by mail with esmtp (Exim 4.96) id "
	"Q" DATE,
	"from x (rdns [198.51.100.66])",
	"from",
	"from x",
};

static void
is_text(struct span got, const char *want)
{
	if (!span_equal(got, span_of_text(want)))
		fail_msg("got '%.*s', want '%s'", (int)got.len, (const char *)got.at,
			want);
}

static void
is_addr(const struct ip_addr *got, const char *want)
{
	struct ip_addr addr = {{0}};

	if (*want)
		assert_true(ip_addr_parse(span_of_text(want), &addr));
	assert_true(ip_addr_equal(got, &addr));
}

static void
check(const struct wanted *w)
{
	struct guarded g = guarded_new(w->value, strlen(w->value));
	struct mail_received r;

	print_message("%s\n", w->value);
	assert_true(mail_received_parse(guarded_span(&g), &r));
	is_text(r.from_helo, w->helo);
	is_text(r.from_rdns, w->rdns);
	is_addr(&r.from_addr, w->addr);
	is_text(r.by_host, w->by);
	assert_string_equal(mail_with_name(r.with), w->with);
	assert_int_equal(r.authenticated, w->auth);
	assert_string_equal(
		mail_auth_reason_name(r.auth_reason), mail_auth_reason_name(w->reason));
	assert_int_equal(r.tls, w->tls);
	is_text(r.id, w->id);
	is_text(r.for_address, w->to);
	is_text(r.envelope_from, w->sender);
	assert_int_equal(r.local, w->local);
	assert_int_equal(r.mta, w->mta);
	assert_true(r.has_date);
	assert_int_equal(r.date.seconds, DATE_SECONDS);
	guarded_free(&g);
}

static void
each_server_is_read_in_its_own_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++)
		check(&servers[i]);
}

static void
a_clients_words_forge_neither_address_nor_authentication(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++)
		check(&hostile[i]);
}

static void
a_shape_in_doubt_gives_no_answer(void **state)
{
	struct mail_received r;

	(void)state;
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		print_message("%s\n", odd[i]);
		assert_false(mail_received_parse(span_of_text(odd[i]), &r));
		assert_true(r.odd);
		assert_int_equal(r.authenticated, MAIL_UNKNOWN);
		assert_int_equal(r.auth_reason, MAIL_AUTH_ODD);
		is_addr(&r.from_addr, "");
	}
}

static void
exchange_tells_its_own_address(void **state)
{
	struct mail_received r;

	(void)state;
	assert_true(mail_received_parse(span_of_text(servers[17].value), &r));
	is_addr(&r.by_addr, "192.0.2.5");
}

static void
qmails_lines_without_a_by_clause_are_told_as_its_own(void **state)
{
	struct mail_received r;

	(void)state;
	assert_false(mail_received_parse(
		SPAN_LITERAL("(qmail 123 invoked by uid 0); 23 Nov 2026 19:45:28 -0000"),
		&r));
	assert_int_equal(r.mta, MAIL_MTA_QMAIL);
	assert_true(r.local);
	assert_false(r.odd);
	assert_int_equal(r.date.seconds, DATE_SECONDS);
	assert_false(mail_received_parse(
		SPAN_LITERAL(
			"(qmail 123 invoked from network); 23 Nov 2026 19:45:28 -0000"),
		&r));
	assert_int_equal(r.mta, MAIL_MTA_QMAIL);
	assert_false(r.local);
	assert_int_equal(r.authenticated, MAIL_UNKNOWN);
}

/* Cut short, it may tell less; a spoofed address or an A must not appear. */
static void
a_field_cut_anywhere_never_tells_another_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		size_t len = strlen(hostile[i].value);

		for (size_t n = 0; n <= len; n++) {
			struct guarded g = guarded_new(hostile[i].value, n);
			struct mail_received r;

			(void)mail_received_parse(guarded_span(&g), &r);
			assert_int_not_equal(r.authenticated, MAIL_YES);
			if (!ip_addr_is_none(&r.from_addr))
				is_addr(&r.from_addr, hostile[i].addr);
			guarded_free(&g);
		}
	}
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++)
		for (size_t n = strlen(servers[i].value); n > 0; n--) {
			struct guarded g = guarded_new(servers[i].value, n);
			struct mail_received r;

			(void)mail_received_parse(guarded_span(&g), &r);
			assert_true(r.from_helo.len <= n);
			guarded_free(&g);
		}
}

static void
an_empty_value_tells_nothing(void **state)
{
	struct mail_received r;

	(void)state;
	assert_false(mail_received_parse(SPAN_NONE, &r));
	assert_false(r.has_date);
	assert_int_equal(r.auth_reason, MAIL_AUTH_NOTHING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_server_is_read_in_its_own_form),
		cmocka_unit_test(
			a_clients_words_forge_neither_address_nor_authentication),
		cmocka_unit_test(a_shape_in_doubt_gives_no_answer),
		cmocka_unit_test(exchange_tells_its_own_address),
		cmocka_unit_test(qmails_lines_without_a_by_clause_are_told_as_its_own),
		cmocka_unit_test(a_field_cut_anywhere_never_tells_another_address),
		cmocka_unit_test(an_empty_value_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
