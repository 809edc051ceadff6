/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rig.h"

#define LF_DOT_CRLF NOTE(SMTP_NOTE_SMUGGLE_LF_DOT_CRLF)

/* A message with the notes, then what was hidden in it, answered by mail_code. */
static void
carrier_and_cargo(struct scene *s, uint32_t notes, unsigned mail_code)
{
	uint64_t conn = odd_feed(s,
		(struct odd_txn){.to = "<bob@corp.test>", .data = 250, .notes = notes});

	odd_feed(s, (struct odd_txn){.from = "<admin@corp.test>",
			    .to = "<carol@corp.test>",
			    .mail_code = mail_code,
			    .text = "2.1.0 Ok",
			    .mail_is_inside = true,
			    .conn = conn,
			    .index = 2});
}

static void
mail_hidden_in_a_message_and_answered_is_critical(void **state)
{
	const struct finding *f;

	carrier_and_cargo(*state, LF_DOT_CRLF | NOTE(SMTP_NOTE_ODD_END_TAKEN), 250);
	f = odd_only(*state, FINDING_SMUGGLING);
	assert_int_equal(f->severity, SEVERITY_CRITICAL);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->of.smuggling.taken, 1);
}

static void
a_server_that_reads_on_was_only_tried(void **state)
{
	const struct finding *f;

	/* It answers the hidden MAIL by what it says to QUIT. */
	carrier_and_cargo(*state, LF_DOT_CRLF | NOTE(SMTP_NOTE_ODD_END_TAKEN), 221);
	f = odd_only(*state, FINDING_SMUGGLING);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_int_equal(f->of.smuggling.taken, 0);
}

static void
the_next_mail_of_a_connection_was_not_hidden_in_the_last(void **state)
{
	uint64_t conn = odd_feed(*state,
		(struct odd_txn){
			.to = "<bob@corp.test>", .data = 250, .notes = LF_DOT_CRLF});

	odd_feed(*state,
		(struct odd_txn){
			.to = "<bob@corp.test>", .data = 250, .conn = conn, .index = 2});
	assert_int_equal(odd_only(*state, FINDING_SMUGGLING)->of.smuggling.taken, 0);
}

static void
a_client_that_never_ends_a_line_right_is_careless(void **state)
{
	const struct finding *f;

	odd_feed(*state, (struct odd_txn){.to = "<bob@corp.test>",
				 .data = 250,
				 .notes = NOTE(SMTP_NOTE_SMUGGLE_LF_DOT_LF) |
					  NOTE(SMTP_NOTE_BARE_LF) |
					  NOTE(SMTP_NOTE_ODD_END_TAKEN)});
	f = odd_only(*state, FINDING_SMUGGLING);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_true(f->of.smuggling.all_lines);
}

static void
bare_line_ends_in_a_body_are_no_smuggling(void **state)
{
	odd_feed(*state, (struct odd_txn){.to = "<bob@corp.test>",
				 .data = 250,
				 .notes = NOTE(SMTP_NOTE_BODY_BARE_LF) |
					  NOTE(SMTP_NOTE_BODY_BARE_CR)});
	assert_int_equal(odd_count(*state), 0);
}

/* --- backscatter ------------------------------------------------------------------ */

static void
taken(struct scene *s, const char *client, enum record_auth auth, const char *id)
{
	scene_mail(s, (struct scene_mail){.client = client,
			      .server = S,
			      .name = NAME,
			      .helo = "client.test",
			      .from = "<spoofed@innocent.test>",
			      .rcpt = {{.path = "<nosuch@corp.test>", .code = 250}},
			      .data = 250,
			      .message_id = id,
			      .auth = auth});
}

static void
returned(struct scene *s, const char *to, const char *of)
{
	scene_mail(s, (struct scene_mail){.client = S,
			      .server = MX_V,
			      .name = "mx.innocent.test",
			      .helo = NAME,
			      .from = "<>",
			      .rcpt = {{.path = to, .code = 250}},
			      .data = 250,
			      .message_id = "<bounce@mail.corp.test>",
			      .bounce_of = of,
			      .bounce_rcpt = "nosuch@corp.test"});
}

static void
a_bounce_to_the_sender_of_a_strangers_mail_is_backscatter(void **state)
{
	const struct finding *f;

	taken(*state, OUT1, RECORD_AUTH_NONE, "<1@client.test>");
	returned(*state, "<spoofed@innocent.test>", "<1@client.test>");
	f = odd_only(*state, FINDING_BACKSCATTER);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_int_equal(f->key.port, 25);
	assert_int_equal(f->count, 1);
}

static void
the_third_bounce_makes_it_a_habit(void **state)
{
	static const char *const id[] = {"<1@c.test>", "<2@c.test>", "<3@c.test>"};

	for (int i = 0; i < 3; i++) {
		taken(*state, i ? OUT1 : OUT2, RECORD_AUTH_NONE, id[i]);
		returned(*state, "<spoofed@innocent.test>", id[i]);
	}
	assert_int_equal(
		odd_only(*state, FINDING_BACKSCATTER)->severity, SEVERITY_MEDIUM);
}

static void
bounces_to_users_and_to_insiders_are_what_bounces_are_for(void **state)
{
	taken(*state, OUT1, RECORD_AUTH_OK, "<1@client.test>");
	returned(*state, "<spoofed@innocent.test>", "<1@client.test>");
	taken(*state, "10.0.0.5", RECORD_AUTH_NONE, "<2@client.test>");
	returned(*state, "<spoofed@innocent.test>", "<2@client.test>");
	assert_int_equal(odd_count(*state), 0);
}

static void
a_bounce_to_somebody_else_or_of_unseen_mail_tells_nothing(void **state)
{
	taken(*state, OUT1, RECORD_AUTH_NONE, "<1@client.test>");
	returned(*state, "<another@innocent.test>", "<1@client.test>");
	returned(*state, "<spoofed@innocent.test>", "<unseen@client.test>");
	assert_int_equal(odd_count(*state), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ODD(mail_hidden_in_a_message_and_answered_is_critical),
		ODD(a_server_that_reads_on_was_only_tried),
		ODD(the_next_mail_of_a_connection_was_not_hidden_in_the_last),
		ODD(a_client_that_never_ends_a_line_right_is_careless),
		ODD(bare_line_ends_in_a_body_are_no_smuggling),
		ODD(a_bounce_to_the_sender_of_a_strangers_mail_is_backscatter),
		ODD(the_third_bounce_makes_it_a_habit),
		ODD(bounces_to_users_and_to_insiders_are_what_bounces_are_for),
		ODD(a_bounce_to_somebody_else_or_of_unseen_mail_tells_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
