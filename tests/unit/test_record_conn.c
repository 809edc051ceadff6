/* SPDX-License-Identifier: Apache-2.0 */
/* What each event says of the connection as a whole; above all, whether it authenticated.
 */
#include "feed.h"

#include "sensor/record/record_conn.h"

struct desk {
	struct config config;
	struct arena_pool *pool;
	struct record_builder b;
};

static const uint8_t client_at[4] = {198, 51, 100, 66}, server_at[4] = {203, 0, 113, 11};

static void
start(struct desk *d, bool whole)
{
	struct record_path path;

	memset(&path, 0, sizeof(path));
	record_build_release(&d->b);
	record_build_init(&d->b, d->pool, &d->config);
	record_build_start(&d->b, 1, (struct record_end){ip_addr_v4(client_at), 40000},
		(struct record_end){ip_addr_v4(server_at), 25}, &path, whole);
}

static int
setup(void **state)
{
	static struct desk d;

	memset(&d, 0, sizeof(d));
	d.config.users = CONFIG_USERS_PLAIN;
	d.pool = arena_pool_new(1u * MiB);
	record_build_init(&d.b, d.pool, &d.config);
	start(&d, true);
	*state = &d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;

	record_build_release(&d->b);
	arena_pool_free(d->pool);
	return 0;
}

#define IS(span, text) assert_true(span_equal((span), SPAN_LITERAL(text)))

static void
greets(struct desk *d, uint16_t code, const char *text)
{
	struct smtp_event e = {.kind = SMTP_EVENT_GREETING, .dir = DIS_SERVER};

	e.reply.code = code;
	e.reply.text = span_of_text(text);
	record_conn_event(&d->b, &e);
}

static void
authenticates(struct desk *d, enum smtp_auth_outcome outcome, const char *mechanism,
	const char *user)
{
	struct smtp_event e = {.kind = SMTP_EVENT_AUTH, .at = {.frame = 9}};

	e.auth.outcome = outcome;
	e.auth.mechanism = span_of_text(mechanism);
	e.auth.user = span_of_text(user);
	record_conn_event(&d->b, &e);
}

static void
goes_dark(struct desk *d)
{
	struct smtp_event e = {.kind = SMTP_EVENT_TLS};

	record_conn_event(&d->b, &e);
}

static void
commands(struct desk *d, enum smtp_verb verb, const char *args)
{
	struct smtp_event e = {.kind = SMTP_EVENT_COMMAND, .verb = verb};

	e.command.args = span_of_text(args);
	record_conn_command(&d->b, &e);
}

static void
loses(struct desk *d, enum dis_dir dir, uint64_t octets, bool in_body)
{
	struct smtp_event e = {.kind = SMTP_EVENT_LOST, .dir = dir};

	e.octets = octets;
	record_conn_lost(&d->b, &e, in_body);
}

static void
a_greeting_names_the_server(void **state)
{
	struct desk *d = *state;

	greets(d, 220, "mail.corp.test ESMTP Postfix");
	IS(d->b.conn.banner, "mail.corp.test ESMTP Postfix");
	IS(d->b.conn.server_name, "mail.corp.test");
	assert_int_equal(d->b.conn.mta, SMTP_MTA_POSTFIX);
	assert_true(d->b.greeting_seen);
	assert_int_equal(d->b.totals.banner_reply.code, 0);
}

static void
a_greeting_that_refuses_is_kept_as_a_reply(void **state)
{
	struct desk *d = *state;

	greets(d, 554, "no service here");
	assert_int_equal(d->b.conn.banner.len + d->b.conn.server_name.len, 0);
	assert_int_equal(d->b.totals.banner_reply.code, 554);
	IS(d->b.totals.banner_reply.text, "no service here");
}

static void
a_greeting_shows_that_nothing_came_before(void **state)
{
	struct desk *d = *state;

	start(d, false);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_UNKNOWN);
	greets(d, 220, "mail.corp.test ESMTP");
	assert_true(d->b.conn.whole);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_NONE);
	/* But not behind a command, or a hole where one could be. */
	start(d, false);
	commands(d, SMTP_VERB_EHLO, "c.test");
	greets(d, 220, "mail.corp.test ESMTP");
	assert_false(d->b.conn.whole);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_UNKNOWN);
	start(d, false);
	loses(d, DIS_CLIENT, 5, false);
	greets(d, 220, "mail.corp.test ESMTP");
	assert_false(d->b.conn.whole);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_UNKNOWN);
}

static void
what_came_of_auth_is_the_state(void **state)
{
	static const struct {
		enum smtp_auth_outcome outcome;
		enum record_auth want;
	} cases[] = {
		{SMTP_AUTH_OK, RECORD_AUTH_OK},
		{SMTP_AUTH_FAILED, RECORD_AUTH_FAILED},
		{SMTP_AUTH_CANCELLED, RECORD_AUTH_FAILED},
		{SMTP_AUTH_UNSEEN, RECORD_AUTH_UNKNOWN},
	};
	struct desk *d = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		start(d, true);
		assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_NONE);
		authenticates(d, cases[i].outcome, "CRAM-MD5", "alice");
		assert_int_equal(d->b.conn.auth.state, cases[i].want);
		IS(d->b.conn.auth.mechanism, "CRAM-MD5");
		IS(d->b.conn.auth.user, "alice");
		assert_int_equal(d->b.conn.auth.at.frame, 9);
	}
}

static void
once_authenticated_nothing_takes_it_back(void **state)
{
	struct desk *d = *state;

	authenticates(d, SMTP_AUTH_OK, "PLAIN", "alice");
	authenticates(d, SMTP_AUTH_FAILED, "LOGIN", "mallory");
	authenticates(d, SMTP_AUTH_UNSEEN, "LOGIN", "mallory");
	loses(d, DIS_CLIENT, 5, false);
	goes_dark(d);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_OK);
	IS(d->b.conn.auth.user, "alice");
	IS(d->b.conn.auth.mechanism, "PLAIN");
	assert_int_equal(d->b.totals.auths.ok, 1);
	assert_int_equal(d->b.totals.auths.failed, 1);
	assert_int_equal(d->b.totals.auths.cancelled, 0);
}

static void
a_failure_does_not_make_the_unknown_known(void **state)
{
	struct desk *d = *state;

	start(d, false);
	authenticates(d, SMTP_AUTH_FAILED, "PLAIN", "alice");
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_UNKNOWN);
	authenticates(d, SMTP_AUTH_OK, "PLAIN", "bob");
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_OK);
	IS(d->b.conn.auth.user, "bob");
}

static void
a_password_is_shown_by_plain_and_login_that_were_sent(void **state)
{
	struct desk *d = *state;

	authenticates(d, SMTP_AUTH_FAILED, "CRAM-MD5", "a");
	authenticates(d, SMTP_AUTH_FAILED, "", "");
	authenticates(d, SMTP_AUTH_CANCELLED, "PLAIN", "a");
	assert_false(d->b.totals.clear_password);
	authenticates(d, SMTP_AUTH_FAILED, "login", "a");
	assert_true(d->b.totals.clear_password);
	start(d, true);
	authenticates(d, SMTP_AUTH_UNSEEN, "PLAIN", "a");
	assert_true(d->b.totals.clear_password);
	/* What follows takes it not back. */
	authenticates(d, SMTP_AUTH_OK, "CRAM-MD5", "a");
	assert_true(d->b.totals.clear_password);
}

static void
users_are_kept_as_configured(void **state)
{
	struct desk *d = *state;
	char first[20], key[] = "secret";

	d->config.users = CONFIG_USERS_NONE;
	authenticates(d, SMTP_AUTH_OK, "PLAIN", "alice");
	assert_int_equal(d->b.conn.auth.user.len, 0);
	d->config.users = CONFIG_USERS_HASH;
	start(d, true);
	authenticates(d, SMTP_AUTH_OK, "PLAIN", "alice");
	assert_int_equal(d->b.conn.auth.user.len, 17);
	assert_int_equal(d->b.conn.auth.user.at[0], '#');
	memcpy(first, d->b.conn.auth.user.at, 17);
	/* The same user is the same, another is another, and so with another key. */
	start(d, true);
	authenticates(d, SMTP_AUTH_OK, "LOGIN", "alice");
	assert_memory_equal(d->b.conn.auth.user.at, first, 17);
	start(d, true);
	authenticates(d, SMTP_AUTH_OK, "PLAIN", "bob");
	assert_memory_not_equal(d->b.conn.auth.user.at, first, 17);
	d->config.hash_key = key;
	start(d, true);
	authenticates(d, SMTP_AUTH_OK, "PLAIN", "alice");
	assert_memory_not_equal(d->b.conn.auth.user.at, first, 17);
	/* Nobody is nobody. */
	start(d, true);
	authenticates(d, SMTP_AUTH_OK, "PLAIN", "");
	assert_int_equal(d->b.conn.auth.user.len, 0);
}

static void
is_named(struct desk *d, int by, const char *helo, const char *login)
{
	struct smtp_event e = {.kind = SMTP_EVENT_CLIENT, .at = {.frame = 3}};
	const uint8_t real[4] = {192, 0, 2, 7};

	start(d, true);
	e.peer.by = (__typeof__(e.peer.by))by;
	e.peer.addr = ip_addr_v4(real);
	e.peer.port = 50000;
	e.peer.helo = span_of_text(helo);
	e.peer.login = span_of_text(login);
	record_conn_event(&d->b, &e);
}

static void
a_proxy_names_the_client_that_the_server_sees(void **state)
{
	struct desk *d = *state;
	const uint8_t real[4] = {192, 0, 2, 7};
	struct ip_addr want = ip_addr_v4(real);

	is_named(d, SMTP_PEER_PROXY_V1, "h.test", "alice");
	assert_int_equal(d->b.conn.real_by, RECORD_REAL_PROXY);
	assert_true(ip_addr_equal(&d->b.conn.real.addr, &want));
	assert_int_equal(d->b.conn.real.port, 50000);
	/* A PROXY header has neither. */
	assert_int_equal(d->b.conn.helo.len, 0);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_NONE);
	is_named(d, SMTP_PEER_PROXY_V2, "", "");
	assert_int_equal(d->b.conn.real_by, RECORD_REAL_PROXY);
}

static void
xclient_names_who_has_authenticated_too(void **state)
{
	struct desk *d = *state;

	is_named(d, SMTP_PEER_XCLIENT, "h.test", "alice");
	assert_int_equal(d->b.conn.real_by, RECORD_REAL_XCLIENT);
	IS(d->b.conn.helo, "h.test");
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_OK);
	IS(d->b.conn.auth.mechanism, "XCLIENT");
	IS(d->b.conn.auth.user, "alice");
	is_named(d, SMTP_PEER_XCLIENT, "", "");
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_NONE);
}

static void
xforward_is_for_the_log_alone(void **state)
{
	struct desk *d = *state;

	is_named(d, SMTP_PEER_XFORWARD, "h.test", "alice");
	assert_int_equal(d->b.conn.real_by, RECORD_REAL_XFORWARD);
	assert_true(ip_addr_is_none(&d->b.conn.real.addr));
	assert_int_equal(d->b.conn.real.port, 0);
	assert_int_equal(d->b.conn.helo.len, 0);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_NONE);
}

/* last: the last octet of the address, 192.0.2.0/24; 0: none is told. */
static void
is_told(struct desk *d, int by, uint8_t last, uint16_t port)
{
	struct smtp_event e = {.kind = SMTP_EVENT_CLIENT, .at = {.frame = 3}};
	const uint8_t real[4] = {192, 0, 2, last};

	e.peer.by = (__typeof__(e.peer.by))by;
	if (last)
		e.peer.addr = ip_addr_v4(real);
	e.peer.port = port;
	record_conn_event(&d->b, &e);
}

static void
really_is(const struct desk *d, enum record_real by, uint8_t last, uint16_t port)
{
	const uint8_t real[4] = {192, 0, 2, last};
	struct ip_addr want = ip_addr_v4(real);

	assert_int_equal(d->b.conn.real_by, by);
	assert_true(ip_addr_equal(&d->b.conn.real.addr, &want));
	assert_int_equal(d->b.conn.real.port, port);
}

static void
an_address_stays_with_who_told_it(void **state)
{
	struct desk *d = *state;

	/* The server judges the client of the PROXY header, whatever XFORWARD says. */
	start(d, true);
	is_told(d, SMTP_PEER_PROXY_V1, 7, 50000);
	is_told(d, SMTP_PEER_XFORWARD, 8, 50001);
	really_is(d, RECORD_REAL_PROXY, 7, 50000);
	/* XCLIENT makes it another client's connection. */
	is_told(d, SMTP_PEER_XCLIENT, 9, 50002);
	really_is(d, RECORD_REAL_XCLIENT, 9, 50002);
	is_told(d, SMTP_PEER_XFORWARD, 8, 50001);
	really_is(d, RECORD_REAL_XCLIENT, 9, 50002);
	/* One after XFORWARD alone. */
	start(d, true);
	is_told(d, SMTP_PEER_XFORWARD, 8, 50001);
	is_told(d, SMTP_PEER_XCLIENT, 9, 50002);
	really_is(d, RECORD_REAL_XCLIENT, 9, 50002);
	/* XCLIENT LOGIN=… changes no address. */
	start(d, true);
	is_told(d, SMTP_PEER_PROXY_V2, 7, 50000);
	is_told(d, SMTP_PEER_XCLIENT, 0, 0);
	really_is(d, RECORD_REAL_PROXY, 7, 50000);
}

static void
in_the_dark_there_may_be_an_auth(void **state)
{
	struct desk *d = *state;

	goes_dark(d);
	assert_int_equal(d->b.conn.tls.state, RECORD_TLS_IMPLICIT);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_UNKNOWN);
	start(d, true);
	authenticates(d, SMTP_AUTH_FAILED, "PLAIN", "a");
	commands(d, SMTP_VERB_STARTTLS, "");
	goes_dark(d);
	assert_int_equal(d->b.conn.tls.state, RECORD_TLS_STARTTLS);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_UNKNOWN);
	start(d, true);
	commands(d, SMTP_VERB_ANONTLS, "");
	goes_dark(d);
	assert_int_equal(d->b.conn.tls.state, RECORD_TLS_STARTTLS);
}

static void
a_hole_may_hide_an_auth_where_the_client_gives_commands(void **state)
{
	struct desk *d = *state;

	loses(d, DIS_SERVER, 10, false);
	loses(d, DIS_CLIENT, 20, true);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_NONE);
	assert_false(d->b.hole);
	loses(d, DIS_CLIENT, 30, false);
	assert_int_equal(d->b.conn.auth.state, RECORD_AUTH_UNKNOWN);
	assert_true(d->b.hole);
	assert_int_equal(d->b.totals.gaps, 3);
	assert_int_equal(d->b.totals.gap_octets, 60);
}

static void
a_client_is_called_by_its_last_introduction(void **state)
{
	struct desk *d = *state;

	commands(d, SMTP_VERB_EHLO, "c.test and more");
	IS(d->b.conn.helo, "c.test");
	assert_int_equal(d->b.conn.hello, SMTP_VERB_EHLO);
	commands(d, SMTP_VERB_HELO, "d.test");
	IS(d->b.conn.helo, "d.test");
	assert_int_equal(d->b.conn.hello, SMTP_VERB_HELO);
	commands(d, SMTP_VERB_LHLO, "");
	assert_int_equal(d->b.conn.helo.len, 0);
	assert_int_equal(d->b.conn.hello, SMTP_VERB_LHLO);
}

static void
commands_that_sound_out_are_counted_each(void **state)
{
	struct desk *d = *state;

	for (int i = 0; i < 4; i++)
		commands(d, SMTP_VERB_VRFY, "root");
	for (int i = 0; i < 3; i++)
		commands(d, SMTP_VERB_EXPN, "all");
	for (int i = 0; i < 2; i++)
		commands(d, SMTP_VERB_ETRN, "x");
	commands(d, SMTP_VERB_OTHER, "x");
	commands(d, SMTP_VERB_NOOP, "");
	assert_int_equal(d->b.totals.vrfy, 4);
	assert_int_equal(d->b.totals.expn, 3);
	assert_int_equal(d->b.totals.etrn, 2);
	assert_int_equal(d->b.totals.unknown_verbs, 1);
	assert_int_equal(d->b.conn.helo.len, 0);
}

static void
answers(struct desk *d, enum smtp_verb verb, uint16_t code, const char *text)
{
	struct smtp_event e = {.kind = SMTP_EVENT_REPLY, .dir = DIS_SERVER, .verb = verb};

	e.reply.code = code;
	e.reply.text = span_of_text(text);
	record_conn_reply(&d->b, &e);
}

static void
what_is_offered_is_in_the_reply_to_ehlo(void **state)
{
	struct desk *d = *state;

	answers(d, SMTP_VERB_HELO, 250, "m.test\nSTARTTLS");
	answers(d, SMTP_VERB_EHLO, 502, "m.test\nSTARTTLS");
	assert_false(d->b.conn.ehlo_seen);
	answers(d, SMTP_VERB_EHLO, 250, "m.test\nPIPELINING\nSTARTTLS\nAUTH PLAIN");
	assert_true(d->b.conn.ehlo_seen);
	assert_int_equal(d->b.conn.caps & (SMTP_CAP_PIPELINING | SMTP_CAP_STARTTLS),
		SMTP_CAP_PIPELINING | SMTP_CAP_STARTTLS);
	assert_int_equal(d->b.conn.mechs, SMTP_MECH_PLAIN);
	IS(d->b.conn.server_name, "m.test");
	/* The last one counts; the name is the first that was heard. */
	answers(d, SMTP_VERB_EHLO, 250, "other.test\nSIZE");
	assert_int_equal(d->b.conn.caps & (SMTP_CAP_PIPELINING | SMTP_CAP_STARTTLS), 0);
	assert_int_equal(d->b.conn.mechs, 0);
	IS(d->b.conn.server_name, "m.test");
}

static void
an_offer_that_was_blanked_out_was_stripped(void **state)
{
	struct desk *d = *state;

	answers(d, SMTP_VERB_EHLO, 250, "m.test\nXXXXXXXA\nPIPELINING");
	assert_int_equal(d->b.conn.tls.state, RECORD_TLS_STRIPPED);
	/* It is offered all the same: something else was blanked out. */
	start(d, true);
	answers(d, SMTP_VERB_EHLO, 250, "m.test\nXXXXXXXA\nSTARTTLS");
	assert_int_equal(d->b.conn.tls.state, RECORD_TLS_NONE);
}

static void
a_refused_starttls_is_noted(void **state)
{
	struct desk *d = *state;
	struct smtp_event e = {.kind = SMTP_EVENT_NOTE};

	e.note = SMTP_NOTE_TLS_REFUSED;
	record_conn_note(&d->b, &e);
	assert_int_equal(d->b.conn.tls.state, RECORD_TLS_REFUSED);
	assert_true(record_noted(&d->b.totals.notes, SMTP_NOTE_TLS_REFUSED));
	start(d, true);
	e.note = SMTP_NOTE_TLS_BROKEN;
	record_conn_note(&d->b, &e);
	assert_int_equal(d->b.conn.tls.state, RECORD_TLS_REFUSED);
	start(d, true);
	e.note = (enum smtp_note)0;
	record_conn_note(&d->b, &e);
	assert_int_equal(d->b.conn.tls.state, RECORD_TLS_NONE);
	assert_true(record_noted(&d->b.totals.notes, (enum smtp_note)0));
}

static void
a_message_is_searched_for_the_servers_address(void **state)
{
	struct desk *d = *state;
	struct mail_needles n = record_conn_needles(&d->b);

	assert_int_equal(n.count, 1);
	IS(n.at[0], "203.0.113.11");
}

static void
texts_are_copies(void **state)
{
	struct desk *d = *state;
	char banner[] = "mail.corp.test ESMTP Postfix", helo[] = "c.test";

	greets(d, 220, banner);
	commands(d, SMTP_VERB_EHLO, helo);
	memset(banner, 'x', sizeof(banner) - 1);
	memset(helo, 'x', sizeof(helo) - 1);
	IS(d->b.conn.server_name, "mail.corp.test");
	IS(d->b.conn.helo, "c.test");
}

static void
the_handshakes_facts_are_taken_over(void **state)
{
	static struct tls_session tls;
	struct desk *d = *state;

	memset(&tls, 0, sizeof(tls));
	record_build_tls(&d->b, &tls);
	assert_int_equal(d->b.conn.tls.version.len + d->b.conn.tls.cipher.len, 0);
	assert_int_equal(d->b.conn.tls.cert_to, 0);
	tls.version = 0x0303;
	tls.suite = 0xc02f;
	tls.cert_not_before = -5;
	tls.cert_not_after = 7;
	record_build_tls(&d->b, &tls);
	IS(d->b.conn.tls.version, "1.2");
	IS(d->b.conn.tls.cipher, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	/* Dates count only where the certificate had them. */
	assert_int_equal(d->b.conn.tls.cert_to, 0);
	tls.cert_has_dates = true;
	record_build_tls(&d->b, &tls);
	assert_true(d->b.conn.tls.cert_from == -5);
	assert_int_equal(d->b.conn.tls.cert_to, 7);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_greeting_names_the_server),
		T(a_greeting_that_refuses_is_kept_as_a_reply),
		T(a_greeting_shows_that_nothing_came_before),
		T(what_came_of_auth_is_the_state),
		T(once_authenticated_nothing_takes_it_back),
		T(a_failure_does_not_make_the_unknown_known),
		T(a_password_is_shown_by_plain_and_login_that_were_sent),
		T(users_are_kept_as_configured),
		T(a_proxy_names_the_client_that_the_server_sees),
		T(xclient_names_who_has_authenticated_too),
		T(xforward_is_for_the_log_alone),
		T(an_address_stays_with_who_told_it),
		T(in_the_dark_there_may_be_an_auth),
		T(a_hole_may_hide_an_auth_where_the_client_gives_commands),
		T(a_client_is_called_by_its_last_introduction),
		T(commands_that_sound_out_are_counted_each),
		T(what_is_offered_is_in_the_reply_to_ehlo),
		T(an_offer_that_was_blanked_out_was_stripped),
		T(a_refused_starttls_is_noted),
		T(a_message_is_searched_for_the_servers_address),
		T(texts_are_copies),
		T(the_handshakes_facts_are_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
