/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sum of what was seen. The numbers of the table may be tuned; what is asserted here
 * is what they must never say: that more proof is less sure, that one client said twice
 * is two, or that anything is certain.
 */
#include "feed.h"

#include "sensor/infer/weigh.h"

#define MANY 40

struct made {
	struct words words;
	struct word *domain[MANY];
	struct attempt a[MANY];
	struct weighed w[MANY];
};

/* Attempt n: of client 198.51.100.client for a domain of that number. */
static struct weighed *
made_add(struct made *m, size_t n, unsigned client, unsigned domain, enum reach reach)
{
	const uint8_t addr[4] = {198, 51, 100, (uint8_t)client};

	m->a[n].key.client = ip_addr_v4(addr);
	m->a[n].key.domain = m->domain[domain];
	m->w[n] = (struct weighed){.a = &m->a[n],
		.client = CLIENT_OUTSIDE,
		.domain = {DOMAIN_FOREIGN_MX, {0}},
		.reach = reach,
		.taken_first = {1000 + n, 0, 1}};
	return &m->w[n];
}

static int
setup(void **state)
{
	static struct made m;

	memset(&m, 0, sizeof(m));
	words_init(&m.words, NULL);
	for (size_t i = 0; i < MANY; i++) {
		char name[] = "dNN.test";

		name[1] = (char)('a' + i / 10);
		name[2] = (char)('0' + i % 10);
		m.domain[i] = word_take(&m.words, span_of_text(name));
	}
	*state = &m;
	return 0;
}

static int
teardown(void **state)
{
	struct made *m = *state;

	for (size_t i = 0; i < MANY; i++)
		word_drop(&m->words, m->domain[i]);
	words_free(&m->words);
	return 0;
}

/* The confidence of one attempt alone. */
static double
alone(const struct weighed *w)
{
	struct weighed copy = *w;

	return weigh_confidence(&copy, 1);
}

static void
without_any_attempt_the_chance_is_that_of_any_server(void **state)
{
	(void)state;
	assert_true(weigh_confidence(NULL, 0) > 0.005);
	assert_true(weigh_confidence(NULL, 0) < 0.02);
}

static void
each_further_stage_makes_surer_and_a_recipient_alone_claims_nothing(void **state)
{
	struct made *m = *state;
	double rcpt = alone(made_add(m, 0, 1, 0, REACH_RCPT));
	double message = alone(made_add(m, 0, 1, 0, REACH_MESSAGE));
	double tried = alone(made_add(m, 0, 1, 0, REACH_TRIED));
	double sent = alone(made_add(m, 0, 1, 0, REACH_SENT));

	assert_true(rcpt < WEIGH_CLAIM);
	assert_true(message > rcpt);
	assert_true(message > WEIGH_CLAIM);
	assert_true(tried > message);
	assert_true(sent > tried);
	assert_true(sent > 0.98);
}

static void
a_message_that_stayed_although_the_way_out_is_seen_claims_nothing(void **state)
{
	struct made *m = *state;
	struct weighed *w = made_add(m, 0, 1, 0, REACH_MESSAGE);
	double plain = alone(w), looked_up, next_hop;

	w->stayed = true;
	assert_true(alone(w) < 0.5);
	w->looked_up = true;
	looked_up = alone(w);
	assert_true(looked_up > plain);
	/* Both together are one hint, the stronger: a wrong sum would add them. */
	w->next_hop = true;
	next_hop = alone(w);
	assert_true(next_hop > looked_up);
	w->looked_up = false;
	assert_true(alone(w) == next_hop);
}

static void
what_was_seen_on_the_way_out_counts_only_while_the_message_itself_was_not(void **state)
{
	struct made *m = *state;
	struct weighed *w = made_add(m, 0, 1, 0, REACH_SENT);
	double sent = alone(w);

	w->stayed = true;
	assert_true(alone(w) == sent);
	w->next_hop = true;
	assert_true(alone(w) == sent);
}

static void
a_headers_word_weighs_less_than_a_leg_that_was_read(void **state)
{
	struct made *m = *state;
	struct weighed *w = made_add(m, 0, 1, 0, REACH_MESSAGE);
	double read = weigh_attempt(w), seen, unseen;

	m->a[0].key.told = TOLD_FOR;
	unseen = weigh_attempt(w);
	w->told_seen = true;
	seen = weigh_attempt(w);
	assert_true(seen < read);
	assert_true(unseen < seen);
	m->a[0].key.told = TOLD_WITHOUT_FOR;
	assert_true(weigh_attempt(w) < seen);
}

static void
a_sender_of_the_servers_own_domain_makes_less_sure(void **state)
{
	struct made *m = *state;
	struct weighed *w = made_add(m, 0, 1, 0, REACH_MESSAGE);
	double stranger = weigh_attempt(w);

	w->tricks = TRICK_SENDER_DOMAIN;
	assert_true(weigh_attempt(w) < stranger);
	w->tricks = TRICK_PERCENT;
	assert_true(weigh_attempt(w) == stranger);
}

static void
a_known_border_is_surer_than_a_guessed_one_and_a_mask_less(void **state)
{
	struct made *m = *state;
	struct weighed *w = made_add(m, 0, 1, 0, REACH_MESSAGE);
	double guessed = weigh_attempt(w);

	w->client = CLIENT_OUTSIDE_CONFIG;
	assert_true(weigh_attempt(w) > guessed);
	w->client = CLIENT_MASKED;
	assert_true(weigh_attempt(w) < guessed);
}

static void
no_source_that_calls_a_domain_foreign_is_forgotten_in_the_table(void **state)
{
	struct made *m = *state;
	struct weighed *w = made_add(m, 0, 1, 0, REACH_MESSAGE);
	double unknown;

	w->domain.source = DOMAIN_UNKNOWN;
	unknown = weigh_attempt(w);
	for (enum judge_domain d = DOMAIN_FOREIGN_CONFIG; d <= DOMAIN_FOREIGN_LITERAL;
		d++) {
		w->domain.source = d;
		/* A spread over several places is a doubt; a row left out would weigh 0.
		 */
		if (d == DOMAIN_FOREIGN_SPREAD)
			assert_true(weigh_attempt(w) < unknown);
		else
			assert_true(weigh_attempt(w) > unknown);
	}
}

static void
one_client_and_domain_count_once(void **state)
{
	struct made *m = *state;
	double one = alone(made_add(m, 0, 1, 0, REACH_MESSAGE));

	made_add(m, 1, 1, 0, REACH_MESSAGE);
	made_add(m, 2, 1, 0, REACH_RCPT);
	assert_true(weigh_confidence(m->w, 3) == one);
	made_add(m, 0, 1, 0, REACH_MESSAGE);
	made_add(m, 1, 2, 1, REACH_MESSAGE);
	assert_true(weigh_confidence(m->w, 2) > one);
}

static void
the_order_of_the_attempts_does_not_matter(void **state)
{
	struct made *m = *state;
	double forth, back;

	for (size_t i = 0; i < 9; i++)
		made_add(m, i, (unsigned)i + 1, (unsigned)i,
			i % 2 ? REACH_SENT : REACH_RCPT);
	forth = weigh_confidence(m->w, 9);
	/* Heaviest first; of equal ones the earliest. */
	assert_ptr_equal(m->w[0].a, &m->a[1]);
	assert_ptr_equal(m->w[3].a, &m->a[7]);
	assert_ptr_equal(m->w[4].a, &m->a[0]);
	for (size_t i = 0; i < 9; i++)
		made_add(m, 8 - i, (unsigned)i + 1, (unsigned)i,
			i % 2 ? REACH_SENT : REACH_RCPT);
	back = weigh_confidence(m->w, 9);
	assert_true(forth == back);
}

static void
nothing_is_certain_however_much_was_seen(void **state)
{
	struct made *m = *state;

	for (size_t i = 0; i < MANY; i++) {
		made_add(m, i, (unsigned)i + 1, (unsigned)i, REACH_SENT);
		m->w[i].client = CLIENT_OUTSIDE_CONFIG;
		m->w[i].domain.source = DOMAIN_FOREIGN_CONFIG;
	}
	assert_true(weigh_confidence(m->w, MANY) > 0.99);
	assert_true(weigh_confidence(m->w, MANY) < 0.9996);
}

static void
a_sink_that_keeps_forty_messages_shows_no_more_than_with_one(void **state)
{
	struct made *m = *state;
	double one;

	for (size_t i = 0; i < MANY; i++)
		made_add(m, i, (unsigned)i + 1, (unsigned)i, REACH_MESSAGE)->stayed =
			true;
	one = alone(&m->w[0]);
	assert_true(weigh_confidence(m->w, MANY) == one);
}

static void
recipients_without_a_message_do_not_add_up_to_a_claim(void **state)
{
	struct made *m = *state;

	for (size_t i = 0; i < MANY; i++)
		made_add(m, i, (unsigned)i + 1, (unsigned)i, REACH_RCPT);
	assert_true(weigh_confidence(m->w, MANY) < WEIGH_CLAIM);
}

static void
more_denials_make_surer_up_to_a_bound_below_certainty(void **state)
{
	(void)state;
	for (size_t n = 0; n < 6; n++)
		assert_true(weigh_restricted(n + 1) > weigh_restricted(n));
	assert_true(weigh_restricted(1) > 0.9);
	assert_true(weigh_restricted(1000000) == weigh_restricted(6));
	assert_true(weigh_restricted(1000000) < 1.0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_any_attempt_the_chance_is_that_of_any_server),
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		T(each_further_stage_makes_surer_and_a_recipient_alone_claims_nothing),
		T(a_message_that_stayed_although_the_way_out_is_seen_claims_nothing),
		T(what_was_seen_on_the_way_out_counts_only_while_the_message_itself_was_not),
		T(a_headers_word_weighs_less_than_a_leg_that_was_read),
		T(a_sender_of_the_servers_own_domain_makes_less_sure),
		T(a_known_border_is_surer_than_a_guessed_one_and_a_mask_less),
		T(no_source_that_calls_a_domain_foreign_is_forgotten_in_the_table),
		T(one_client_and_domain_count_once),
		T(the_order_of_the_attempts_does_not_matter),
		T(nothing_is_certain_however_much_was_seen),
		T(a_sink_that_keeps_forty_messages_shows_no_more_than_with_one),
		T(recipients_without_a_message_do_not_add_up_to_a_claim),
		cmocka_unit_test(more_denials_make_surer_up_to_a_bound_below_certainty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
