/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_tls_rig.h"

static struct config_output
tls_output(void)
{
	struct config_output o = rig_output(CONFIG_TO_TLS);

	o.ca = tls_rig_file("ca.pem");
	o.server_name = "collector.test";
	return o;
}

/* One line to the peer and the end. How many were taken. */
static size_t
send_one(struct config_output *o, struct tls_peer *p)
{
	struct sink_line line = rig_line("one");
	struct sink *s;
	size_t taken;

	tls_peer_start(p);
	s = rig_open(o);
	taken = sink_send(s, &line, 1, rig_error);
	sink_close(s);
	tls_peer_end(p);
	return taken;
}

/* The line must say where to, what is wrong, and the mend; and nothing went out. */
static void
assert_fails(struct config_output o, struct tls_peer p, const char *want)
{
	char where[64];

	assert_int_equal(send_one(&o, &p), 0);
	snprintf(where, sizeof(where), "tls to 127.0.0.1:%s: ", rig_port);
	if (strncmp(rig_error, where, strlen(where)) || !strstr(rig_error, want))
		fail_msg("said: %s", rig_error);
	assert_string_equal(p.got, "");
}

static void
a_line_goes_encrypted_and_ends_in_order(void **state)
{
	struct tls_peer p = {.certificate = "good"};
	struct config_output o = tls_output();

	(void)state;
	assert_int_equal(send_one(&o, &p), 1);
	assert_true(p.close_notify);
	assert_non_null(strstr(p.got, "open-relay - one"));
	assert_true(atoi(p.got) > 40);
}

static void
tls_1_2_is_enough_and_1_1_is_not(void **state)
{
	struct tls_peer p = {.certificate = "good", .version = TLS1_2_VERSION};
	struct config_output o = tls_output();

	(void)state;
	assert_int_equal(send_one(&o, &p), 1);
	assert_true(p.close_notify);
	assert_fails(o, (struct tls_peer){.certificate = "good", .version = TLS1_1_VERSION},
		"it has to offer TLS 1.2 or later");
}

static void
an_address_is_found_among_the_addresses(void **state)
{
	struct tls_peer p = {.certificate = "address"};
	struct config_output o = tls_output();

	(void)state;
	o.server_name = NULL; /* then it is host, 127.0.0.1 */
	assert_int_equal(send_one(&o, &p), 1);
}

static void
a_wrong_name_is_refused_and_both_names_are_told(void **state)
{
	struct config_output o = tls_output();

	(void)state;
	o.server_name = "siem.example.org";
	assert_fails(o, (struct tls_peer){.certificate = "good"},
		"its certificate is for collector.test, not for siem.example.org; mend it, or "
		"set server_name");
	o.server_name = NULL;
	assert_fails(o, (struct tls_peer){.certificate = "good"},
		"its certificate is for collector.test, not for 127.0.0.1");
	o.server_name = "127.0.0.9";
	assert_fails(o, (struct tls_peer){.certificate = "address"},
		"its certificate is for 127.0.0.1, ::1, not for 127.0.0.9");
}

static void
a_certificate_of_a_stranger_is_refused(void **state)
{
	(void)state;
	assert_fails(tls_output(), (struct tls_peer){.certificate = "foreign"},
		"certificate collector.test by relaytap test other-ca is not trusted; set ca to "
		"a file with that authority");
}

static void
the_systems_authorities_are_trusted_without_ca(void **state)
{
	struct config_output o = tls_output();
	struct tls_peer p = {.certificate = "good"};

	(void)state;
	o.ca = NULL;
	assert_fails(o, p, "is not trusted");
	setenv("SSL_CERT_FILE", tls_rig_file("ca.pem"), 1);
	assert_int_equal(send_one(&o, &p), 1);
	unsetenv("SSL_CERT_FILE");
}

static void
the_collectors_own_certificate_may_be_the_ca(void **state)
{
	struct tls_peer p = {.certificate = "good"};
	struct config_output o = tls_output();

	(void)state;
	o.ca = tls_rig_file("good.pem");
	assert_int_equal(send_one(&o, &p), 1);
}

static void
an_expired_certificate_is_refused(void **state)
{
	(void)state;
	assert_fails(tls_output(), (struct tls_peer){.certificate = "expired"},
		"certificate collector.test expired on 2020-02-01; renew it");
}

static void
our_certificate_is_shown(void **state)
{
	struct tls_peer p = {.certificate = "good", .wants_certificate = true};
	struct config_output o = tls_output();

	(void)state;
	o.certificate = tls_rig_file("client.pem");
	o.key = tls_rig_file("client.key");
	assert_int_equal(send_one(&o, &p), 1);
}

/* With TLS 1.3 the client is done before the collector has looked at its certificate. */
static void
a_refusal_behind_the_handshake_loses_nothing(void **state)
{
	struct config_output o = tls_output();

	(void)state;
	assert_fails(o, (struct tls_peer){.certificate = "good", .wants_certificate = true},
		"it may want certificate and key");
	assert_fails(o,
		(struct tls_peer){.certificate = "good",
			.wants_certificate = true,
			.version = TLS1_2_VERSION},
		"it may want certificate and key");
	assert_fails(o, (struct tls_peer){.certificate = "good", .close_soon = true},
		"does it permit our certificate's name?");
}

static void *
answer_in_the_clear(void *ctx)
{
	int peer = accept(*(int *)ctx, NULL, NULL);

	assert_int_equal(write(peer, "220 mail ready\r\n", 16), 16);
	rig_settle();
	close(peer);
	return NULL;
}

static void
a_port_without_tls_is_told(void **state)
{
	struct config_output o = tls_output();
	struct sink_line line = rig_line("one");
	int fd = rig_listen(SOCK_STREAM, 0);
	pthread_t thread;
	struct sink *s = rig_open(&o);

	(void)state;
	pthread_create(&thread, NULL, answer_in_the_clear, &fd);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	assert_non_null(strstr(rig_error, "does not seem to speak TLS at this port"));
	pthread_join(thread, NULL);
	sink_close(s);
	close(fd);
}

static void
a_silent_port_holds_nobody_up(void **state)
{
	struct tls_peer p = {.certificate = "good", .hang = true};
	struct config_output o = tls_output();
	struct sink_line line = rig_line("one");
	double begin = rig_seconds();
	struct sink *s;

	(void)state;
	tls_peer_start(&p);
	s = rig_open(&o);
	sink_hurry(s, 300);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	assert_true(rig_seconds() - begin < 1);
	assert_non_null(strstr(rig_error, "no answer; is TLS spoken at this port?"));
	sink_close(s);
	tls_peer_end(&p);
}

/* --- files -------------------------------------------------------------------------- */

static void
assert_file_refused(struct config_output o, const char *want)
{
	assert_null(sink_open(&o, "h", rig_error));
	if (!strstr(rig_error, want))
		fail_msg("said: %s", rig_error);
}

static void
a_file_that_cannot_be_used_is_told_at_once(void **state)
{
	struct config_output o = tls_output();

	(void)state;
	o.ca = tls_rig_file("none.pem");
	assert_file_refused(o, "cannot read ca ");
	assert_file_refused(o, "/none.pem: No such file or directory");
	o.ca = tls_rig_file("client.key");
	assert_file_refused(o, "no usable PEM in ca ");
	o = tls_output();
	o.certificate = tls_rig_file("client.pem");
	o.key = tls_rig_file("none.key");
	assert_file_refused(o, "cannot read key ");
	o.key = tls_rig_file("good.key");
	assert_file_refused(o, "good.key does not belong to certificate");
	o.key = tls_rig_file("locked.key");
	assert_file_refused(o, "a key may have no pass phrase");
	o.certificate = tls_rig_file("none.pem");
	assert_file_refused(o, "cannot read certificate ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_goes_encrypted_and_ends_in_order),
		cmocka_unit_test(tls_1_2_is_enough_and_1_1_is_not),
		cmocka_unit_test(an_address_is_found_among_the_addresses),
		cmocka_unit_test(a_wrong_name_is_refused_and_both_names_are_told),
		cmocka_unit_test(a_certificate_of_a_stranger_is_refused),
		cmocka_unit_test(the_systems_authorities_are_trusted_without_ca),
		cmocka_unit_test(the_collectors_own_certificate_may_be_the_ca),
		cmocka_unit_test(an_expired_certificate_is_refused),
		cmocka_unit_test(our_certificate_is_shown),
		cmocka_unit_test(a_refusal_behind_the_handshake_loses_nothing),
		cmocka_unit_test(a_port_without_tls_is_told),
		cmocka_unit_test(a_silent_port_holds_nobody_up),
		cmocka_unit_test(a_file_that_cannot_be_used_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, tls_rig_begin, rig_end);
}
