/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict_rig.h"

#include "sensor/infer/advice.h"

typedef size_t advice_fn(const struct verdict *, char *, size_t);

static advice_fn *const all[] = {advice_contain, advice_mend, advice_confirm};

static const char *
given(advice_fn *advice, const struct rig *r)
{
	static char out[ADVICE_MAX];
	size_t n = advice(&r->v, out, sizeof(out));

	assert_int_equal(n, strlen(out));
	return out;
}

static void
relay_verdicts_have_all_three_and_harmless_ones_none(void **state)
{
	struct rig r;

	(void)state;
	for (enum verdict_kind k = VERDICT_OPEN_RELAY; k <= VERDICT_UNKNOWN; k++) {
		rig_init(&r, k, GRADE_CONFIRMED);
		for (size_t i = 0; i < 3; i++) {
			size_t n = strlen(given(all[i], &r));

			if (verdict_is_relay(k))
				assert_true(n > 50);
			else if (k == VERDICT_RESTRICTED || k == VERDICT_UNKNOWN)
				assert_int_equal(n, 0);
		}
		rig_free(&r);
	}
}

/*
 * Whatever the peers are called: every line is ASCII, ends, fits, and holds nothing that
 * a peer wrote.
 */
static void
no_octet_of_a_peer_is_in_any_advice(void **state)
{
	(void)state;
	for (int mta = 0; mta < SMTP_MTA_COUNT; mta++)
		for (enum verdict_kind k = VERDICT_OPEN_RELAY; k <= VERDICT_UNKNOWN;
			k++) {
			struct attempt *a;
			struct rig r;

			rig_init(&r, k, GRADE_CONFIRMED);
			a = rig_proof(&r);
			a->key.domain = a->key.helo = a->key.sender = r.id.name =
				rig_word(&r, SPAN_LITERAL("hostile'; rm -rf /\n\x1b"));
			r.id.mta = (enum smtp_mta)mta;
			r.server.key.addr =
				rig_addr("2001:db8:1111:2222:3333:4444:5555:6666");
			r.server.key.port = 587;
			r.v.cause = CAUSE_SOURCE_MASKING;
			r.v.masked_as = rig_addr("172.17.0.1");
			r.v.tricks =
				k == VERDICT_PARTIAL_RELAY ? (1u << TRICK_COUNT) - 1 : 0;
			for (size_t i = 0; i < 3; i++) {
				const char *text = given(all[i], &r);
				size_t n = strlen(text);

				assert_true(n + 1 < ADVICE_MAX);
				assert_true(n == 0 || text[n - 1] == '\n');
				assert_null(strstr(text, "hostile"));
				for (size_t at = 0; at < n; at++)
					assert_true(text[at] == '\n' ||
						    (text[at] >= ' ' && text[at] <= '~'));
			}
			rig_free(&r);
		}
}

static void
a_firewall_rule_is_for_this_address_family_and_port(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	assert_non_null(strstr(given(advice_contain, &r),
		"\n  nft add rule inet contain in ip daddr "
		"203.0.113.11 tcp dport 25 ip saddr != "));
	assert_non_null(strstr(given(advice_contain, &r),
		"\n  nft add rule inet contain out oifname != lo tcp dport 25 drop\n"));
	assert_non_null(strstr(given(advice_contain, &r), "\n  postsuper -h ALL\n"));
	r.server.key.addr = rig_addr("2001:db8::25");
	r.server.key.port = 2525;
	assert_non_null(strstr(given(advice_contain, &r),
		"in ip6 daddr 2001:db8::25 tcp dport 2525 ip6 saddr != '{ ::1, "));
	rig_free(&r);
}

/* One of each server's own options, as its manual spells it. */
static void
each_mail_server_is_mended_by_its_own_options(void **state)
{
	static const struct {
		enum smtp_mta mta;
		const char *relay, *masked, *word;
	} cases[] = {
		{SMTP_MTA_POSTFIX,
			"  smtpd_relay_restrictions = permit_mynetworks, "
			"permit_sasl_authenticated, reject_unauth_destination\n",
			"  smtpd_upstream_proxy_protocol = haproxy\n",
			"check_sender_access"},
		{SMTP_MTA_EXIM,
			"          domains = +local_domains : +relay_to_domains\n",
			"  hosts_proxy = ", "$sender_helo_name"},
		{SMTP_MTA_SENDMAIL, "  FEATURE(`promiscuous_relay')\n", "relay-domains",
			"  FEATURE(`relay_local_from')\n"},
		{SMTP_MTA_OPENSMTPD,
			"  match auth from any for any action \"outbound\"\n", "proxy-v2",
			"mail-from"},
		{SMTP_MTA_EXCHANGE, "ms-Exch-SMTP-Accept-Any-Recipient", "RemoteIPRanges",
			"client's address"},
		{SMTP_MTA_QMAIL, "control/rcpthosts", "RELAYCLIENT", "RELAYCLIENT"},
		{SMTP_MTA_UNKNOWN, "only from clients that have authenticated",
			"PROXY protocol", "whatever the client writes"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rig r;

		rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
		r.id.mta = cases[i].mta;
		assert_non_null(strstr(given(advice_mend, &r), cases[i].relay));
		assert_null(strstr(given(advice_mend, &r), "userland-proxy"));
		r.v.cause = CAUSE_SOURCE_MASKING;
		r.v.masked_as = rig_addr("172.17.0.1");
		assert_non_null(strstr(
			given(advice_mend, &r), "takes everybody for 172.17.0.1."));
		assert_non_null(strstr(given(advice_mend, &r), cases[i].masked));
		r.v.cause = CAUSE_NONE;
		r.v.tricks = TRICK_SENDER_DOMAIN;
		assert_non_null(strstr(given(advice_mend, &r), cases[i].word));
		rig_free(&r);
	}
}

static void
the_command_to_confirm_repeats_the_trick(void **state)
{
	static const struct {
		unsigned trick;
		const char *want;
	} cases[] = {
		{0, " --from 'tester@example.com' --to 'tester@example.net'\n"},
		{TRICK_PERCENT, " --to 'tester%example.net@own.example'\n"},
		{TRICK_BANG, " --to 'example.net!tester@own.example'\n"},
		{TRICK_SOURCE_ROUTE, " --to '@own.example:tester@example.net'\n"},
		{TRICK_DOUBLE_AT, " --to 'tester@example.net@own.example'\n"},
		{TRICK_TRAILING_AT, " --to 'tester@example.net@'\n"},
		{TRICK_QUOTED, " --to '\"tester@example.net\"'\n"},
		{TRICK_LITERAL, " --to 'tester@[192.0.2.1]'\n"},
		{TRICK_HELO, " --helo mail.own.example --from "},
		{TRICK_NULL_SENDER, " --from '<>' --to 'tester@example.net'\n"},
		{TRICK_SENDER_DOMAIN,
			" --from 'tester@own.example' --to 'tester@example.net'\n"},
		{TRICK_SENDER_LITERAL, " --from 'tester@[203.0.113.11]' --to "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct rig r;

		rig_init(&r, VERDICT_PARTIAL_RELAY, GRADE_CONFIRMED);
		r.v.tricks = cases[i].trick;
		assert_non_null(strstr(given(advice_confirm, &r), cases[i].want));
		assert_non_null(strstr(given(advice_confirm, &r),
			"\n  swaks --server 203.0.113.11 --port 25 --quit-after RCPT"));
		rig_free(&r);
	}
}

static void
the_command_to_confirm_fits_port_and_family(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_SUBMISSION, GRADE_CONFIRMED);
	r.server.key.addr = rig_addr("2001:db8::25");
	r.server.key.port = 465;
	assert_non_null(strstr(given(advice_confirm, &r),
		"\n  swaks -6 --server 2001:db8::25 --port 465 --tls-on-connect "
		"--quit-after RCPT "
		"--from 'tester@example.com' --to 'postmaster@own.example'\n"));
	assert_non_null(
		strstr(given(advice_mend, &r), "permit_sasl_authenticated,reject\n"));
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relay_verdicts_have_all_three_and_harmless_ones_none),
		cmocka_unit_test(no_octet_of_a_peer_is_in_any_advice),
		cmocka_unit_test(a_firewall_rule_is_for_this_address_family_and_port),
		cmocka_unit_test(each_mail_server_is_mended_by_its_own_options),
		cmocka_unit_test(the_command_to_confirm_repeats_the_trick),
		cmocka_unit_test(the_command_to_confirm_fits_port_and_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
