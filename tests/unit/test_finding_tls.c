/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rig.h"

static void
offer(struct scene *s, const char *client, uint32_t caps)
{
	odd_connect(s, (struct odd_conn){.client = client, .caps = caps});
}

static void
passwords_in_clear_are_one_finding_a_server(void **state)
{
	const struct finding *f;

	odd_connect(*state, (struct odd_conn){.clear_password = true, .failed = 2});
	f = odd_only(*state, FINDING_CLEAR_CREDENTIALS);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	odd_connect(*state,
		(struct odd_conn){.client = OUT2, .clear_password = true, .ok = 1});
	f = odd_only(*state, FINDING_CLEAR_CREDENTIALS);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_int_equal(f->count, 2);
	assert_int_equal(f->client_count, 2);
	assert_int_equal(f->of.auth.ok, 1);
	assert_int_equal(f->of.auth.failed, 2);
}

static void
a_login_that_shows_no_password_is_none(void **state)
{
	odd_connect(*state, (struct odd_conn){.ok = 1});
	odd_connect(*state, (struct odd_conn){.tls = RECORD_TLS_STARTTLS});
	odd_connect(
		*state, (struct odd_conn){.tls = RECORD_TLS_IMPLICIT, .no_ehlo = true});
	assert_int_equal(odd_count(*state), 0);
}

static void
a_blanked_offer_is_worse_when_a_password_follows(void **state)
{
	const struct finding *f;

	odd_connect(*state,
		(struct odd_conn){.caps = SMTP_CAP_BLANKED, .tls = RECORD_TLS_STRIPPED});
	f = odd_only(*state, FINDING_STARTTLS_STRIPPED);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	odd_connect(*state, (struct odd_conn){.caps = SMTP_CAP_BLANKED,
				    .tls = RECORD_TLS_STRIPPED,
				    .clear_password = true,
				    .ok = 1});
	assert_int_equal(f->severity, SEVERITY_CRITICAL);
	assert_int_equal(f->count, 2);
	/* And the password is a finding of its own. */
	assert_int_equal(odd_count(*state), 2);
}

static void
an_offer_that_vanishes_after_two_is_told(void **state)
{
	const struct finding *f;

	offer(*state, OUT1, SMTP_CAP_STARTTLS);
	offer(*state, OUT1, SMTP_CAP_STARTTLS);
	assert_int_equal(odd_count(*state), 0);
	offer(*state, OUT2, SMTP_CAP_SIZE);
	f = odd_only(*state, FINDING_STARTTLS_VANISHED);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_int_equal(f->of.tls.offers, 2);
	assert_int_equal(f->of.tls.missing, 1);
	/* One who had it before: nothing about the client explains it. */
	offer(*state, OUT1, SMTP_CAP_SIZE);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	offer(*state, OUT1, SMTP_CAP_STARTTLS);
	assert_int_equal(f->of.tls.again, 1);
	assert_int_equal(f->count, 2);
}

static void
one_offer_before_is_too_little(void **state)
{
	offer(*state, OUT1, SMTP_CAP_STARTTLS);
	offer(*state, OUT1, 0);
	assert_int_equal(odd_count(*state), 0);
}

static void
a_server_that_never_offered_and_one_that_begins_to_are_fine(void **state)
{
	for (int i = 0; i < 5; i++)
		offer(*state, OUT1, SMTP_CAP_SIZE);
	for (int i = 0; i < 5; i++)
		offer(*state, OUT1, SMTP_CAP_STARTTLS);
	assert_int_equal(odd_count(*state), 0);
}

static void
nothing_vanishes_behind_xclient_without_ehlo_or_inside_tls(void **state)
{
	offer(*state, OUT1, SMTP_CAP_STARTTLS);
	odd_connect(*state,
		(struct odd_conn){.caps = SMTP_CAP_STARTTLS, .tls = RECORD_TLS_STARTTLS});
	odd_connect(*state, (struct odd_conn){.xclient = true});
	odd_connect(*state, (struct odd_conn){.no_ehlo = true});
	odd_connect(*state, (struct odd_conn){.tls = RECORD_TLS_IMPLICIT});
	assert_int_equal(odd_count(*state), 0);
}

static void
two_hosts_behind_one_address_may_differ(void **state)
{
	for (int i = 0; i < 4; i++) {
		odd_connect(*state, (struct odd_conn){.name = "a.corp.test",
					    .caps = SMTP_CAP_STARTTLS});
		odd_connect(*state, (struct odd_conn){.name = "b.corp.test"});
	}
	assert_int_equal(odd_count(*state), 0);
}

static void
one_refusal_is_a_hiccup_and_three_are_told(void **state)
{
	struct odd_conn o = {.caps = SMTP_CAP_STARTTLS, .tls = RECORD_TLS_REFUSED};
	const struct finding *f;

	odd_connect(*state, o);
	odd_connect(*state, o);
	assert_int_equal(odd_count(*state), 0);
	odd_connect(*state, o);
	f = odd_only(*state, FINDING_STARTTLS_REFUSED);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_int_equal(f->count, 3);
}

static void
a_client_that_asks_for_what_was_not_offered_is_no_finding(void **state)
{
	for (int i = 0; i < 5; i++)
		odd_connect(*state, (struct odd_conn){.tls = RECORD_TLS_REFUSED});
	assert_int_equal(odd_count(*state), 0);
}

static void
commands_before_tls_are_milder_where_tls_did_not_begin(void **state)
{
	const struct finding *f;

	odd_connect(*state, (struct odd_conn){.caps = SMTP_CAP_STARTTLS,
				    .tls = RECORD_TLS_REFUSED,
				    .notes = NOTE(SMTP_NOTE_PIPELINED_TLS)});
	f = odd_only(*state, FINDING_COMMAND_INJECTION);
	assert_int_equal(f->severity, SEVERITY_LOW);
	odd_connect(*state, (struct odd_conn){.caps = SMTP_CAP_STARTTLS,
				    .tls = RECORD_TLS_STARTTLS,
				    .notes = NOTE(SMTP_NOTE_PIPELINED_TLS)});
	f = odd_only(*state, FINDING_COMMAND_INJECTION);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
}

static void
replies_before_tls_count_only_where_tls_began(void **state)
{
	odd_connect(*state, (struct odd_conn){.notes = NOTE(SMTP_NOTE_REPLY_INJECTED)});
	assert_int_equal(odd_count(*state), 0);
	odd_connect(*state, (struct odd_conn){.caps = SMTP_CAP_STARTTLS,
				    .tls = RECORD_TLS_STARTTLS,
				    .notes = NOTE(SMTP_NOTE_REPLY_INJECTED)});
	assert_int_equal(
		odd_only(*state, FINDING_REPLY_INJECTION)->severity, SEVERITY_HIGH);
}

static void
opportunistic_tls_is_fine(void **state)
{
	for (int i = 0; i < 20; i++)
		odd_connect(*state,
			(struct odd_conn){.client = i % 2 ? OUT1 : OUT2,
				.caps = SMTP_CAP_STARTTLS,
				.tls = i % 3 ? RECORD_TLS_STARTTLS : RECORD_TLS_NONE});
	assert_int_equal(odd_count(*state), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ODD(passwords_in_clear_are_one_finding_a_server),
		ODD(a_login_that_shows_no_password_is_none),
		ODD(a_blanked_offer_is_worse_when_a_password_follows),
		ODD(an_offer_that_vanishes_after_two_is_told),
		ODD(one_offer_before_is_too_little),
		ODD(a_server_that_never_offered_and_one_that_begins_to_are_fine),
		ODD(nothing_vanishes_behind_xclient_without_ehlo_or_inside_tls),
		ODD(two_hosts_behind_one_address_may_differ),
		ODD(one_refusal_is_a_hiccup_and_three_are_told),
		ODD(a_client_that_asks_for_what_was_not_offered_is_no_finding),
		ODD(commands_before_tls_are_milder_where_tls_did_not_begin),
		ODD(replies_before_tls_count_only_where_tls_began),
		ODD(opportunistic_tls_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
