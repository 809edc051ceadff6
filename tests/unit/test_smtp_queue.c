/* SPDX-License-Identifier: Apache-2.0 */
#include "reply_of.h"

#include "dissect/smtp_meaning.h"

static const struct {
	const char *lines, *id;
} ids[] = {
	/* Postfix: short, long, BDAT; behind a content filter the innermost counts. */
	{"250 2.0.0 Ok: queued as 83D3BAC0102", "83D3BAC0102"},
	{"250 2.0.0 Ok: queued as 4Szq3y2XbTz9sWk", "4Szq3y2XbTz9sWk"},
	{"250 2.0.0 Ok: 224 bytes queued as 61072AD07CB", "61072AD07CB"},
	{"250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 1A2B3C",
		"1A2B3C"},
	{"250 2.6.0 Ok, id=01234-05, from MTA([127.0.0.1]:10025): 250 2.0.0 Ok: queued "
	 "as 1A2B3C",
		"1A2B3C"},
	{"250 2.0.0 Ok: queued as OUTER, then 250 Ok: queued as INNER", "INNER"},
	{"250 Ok, queued as <ABC1>.", "ABC1"},
	{"250 2.7.0 Ok, discarded, id=01234-05 - spam", "01234-05"},
	/* Exim, also after BDAT */
	{"250 OK id=1xVZg9-00000A-01", "1xVZg9-00000A-01"},
	{"250 OK id=1pZ2aB-000000001Ab-3Cde", "1pZ2aB-000000001Ab-3Cde"},
	{"250- 112 byte chunk, total 224\n250 OK id=1xVZg9-00000A-01",
		"1xVZg9-00000A-01"},
	{"250 Requested mail action okay, completed: id=0MXXXX-1abc2d3Efg-00Wxyz",
		"0MXXXX-1abc2d3Efg-00Wxyz"},
	/* Sendmail, OpenSMTPD, CommuniGate */
	{"250 2.0.0 6ANJkCH0000007 Message accepted for delivery", "6ANJkCH0000007"},
	{"250 2.0.0 b950a147 Message accepted for delivery", "b950a147"},
	{"250 12345678 message accepted for delivery", "12345678"},
	{"250 Message accepted for delivery", ""},
	{"250 Ok, Message accepted for delivery", ""},
	/* Exchange */
	{"250 2.6.0 <x1@c.test> [InternalId=123, Hostname=ex.corp.test] Queued mail for "
	 "delivery",
		"123"},
	{"250 2.6.0 <x1@c.test> [InternalId=4567, Hostname=ex.corp.test] 12345 bytes in "
	 "0.112, "
	 "107.6 KB/sec Queued mail for delivery",
		"4567"},
	{"250 2.6.0 <x1@c.test> Queued mail for delivery", ""},
	{"250 ok 1700000000 qp 1234", "1700000000 qp 1234"},
	{"250 ok 1700000000 qp", ""},
	{"250 2.0.0 OK  1700000000 abc123si1234567wrb.12 - gsmtp",
		"abc123si1234567wrb.12"},
	{"250 Message Queued (2D0D1D2C-9B1C-4F7B-8A5E-112233445566.1)",
		"2D0D1D2C-9B1C-4F7B-8A5E-112233445566.1"},
	{"250 Queued (0.1 seconds)", ""},
	{"250 Queued (0.125)", "0.125"},
	{"250 2.0.0 Message queued with id 18c2f1d2a3b4.", "18c2f1d2a3b4"},
	{"250 Ok. 00000000000B0B82.0000000065432100.00001234",
		"00000000000B0B82.0000000065432100.00001234"},
	{"250 Ok 0102018c12345678-aaaabbbb-cccc-dddd-eeee-ffff00001111-000000",
		"0102018c12345678-aaaabbbb-cccc-dddd-eeee-ffff00001111-000000"},
	{"250 ok:  Message 12345678 accepted", "12345678"},
	{"250 2.5.0 Ok, envelope id <0PABC00DEF@mx.test>", "0PABC00DEF@mx.test"},
	{"250 2.0.0 Ok: queued on mxback1.mail.test as 1700000000-AbCdEf12",
		"1700000000-AbCdEf12"},
	{"250 2.0.0 Ok: queued on mxback1.mail.test 1700000000-AbCdEf12",
		"1700000000-AbCdEf12"},
	{"250 2.6.0 Ok, message saved <Message-ID: x1@c.test>", ""},
	/* None at all */
	{"250 2.0.0 Ok", ""},
	{"250", ""},
	{"250 OK, thank you very much", ""},
	{"250 Ok accepted", ""},
	{"250 queued as", ""},
	{"250 queued as ", ""},
	{"250 OK id=", ""},
	{"250 queued on ", ""},
	{"250 valid=1 x", ""},
	/* A refusal queues nothing. */
	{"550 5.7.1 queued as 83D3BAC0102", ""},
	{"354 Ok: queued as 83D3BAC0102", ""},
};

static const struct {
	const char *lines, *address;
} addresses[] = {
	{"250 2.1.5 relaytest%contoso.net@northwind.test",
		"relaytest%contoso.net@northwind.test"},
	{"250 2.1.5 <a@b.test>... Recipient ok", "a@b.test"},
	{"250 2.1.5 a@b.test, Recipient ok", "a@b.test"},
	{"250 <\"a b\"@c.test> is fine", "\"a b\"@c.test"},
	{"250 recipient (a@b.test).", "a@b.test"},
	{"250 <>, a@b.test", "a@b.test"},
	{"250 2.1.5 Ok", ""},
	{"250 @", "@"},
	{"250 <a> b@c.test>", "b@c.test"},
	{"550 5.1.1 <a@b.test>... User unknown", ""},
};

static void
the_queue_id_is_found_in_the_words_of_each_server(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct smtp_reply_reader r;
		struct smtp_reply reply = reply_of(&r, ids[i].lines);
		struct span id = smtp_queue_id(&reply);

		if (!span_equal(id, span_of_text(ids[i].id)))
			fail_msg("%s: \"%.*s\"", ids[i].lines, (int)id.len,
				(const char *)id.at);
	}
}

static void
a_truncated_text_gives_no_more_than_it_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct smtp_reply_reader r;
		struct smtp_reply reply = reply_of(&r, ids[i].lines);
		struct span whole = reply.text;

		for (size_t n = 0; n < whole.len; n++) {
			struct guarded g = guarded_new(whole.at, n);
			struct span id;

			reply.text = guarded_span(&g);
			id = smtp_queue_id(&reply);
			assert_true(id.len <= n);
			if (id.len)
				assert_true(id.at >= g.at && id.at + id.len <= g.at + n);
			id = smtp_reply_address(&reply);
			if (id.len)
				assert_true(id.at >= g.at && id.at + id.len <= g.at + n);
			guarded_free(&g);
		}
	}
}

static void
an_address_that_the_server_repeats_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		struct smtp_reply_reader r;
		struct smtp_reply reply = reply_of(&r, addresses[i].lines);
		struct span a = smtp_reply_address(&reply);

		if (!span_equal(a, span_of_text(addresses[i].address)))
			fail_msg("%s: \"%.*s\"", addresses[i].lines, (int)a.len,
				(const char *)a.at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_queue_id_is_found_in_the_words_of_each_server),
		cmocka_unit_test(a_truncated_text_gives_no_more_than_it_holds),
		cmocka_unit_test(an_address_that_the_server_repeats_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
