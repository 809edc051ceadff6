/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of what is remembered: bounded, counted, and without a name left behind. */
#include "feed.h"

#include <stdio.h>

#include "sensor/infer/server.h"

#define SERVERS_MAX  64
#define ATTEMPTS_MAX 100
#define MANY	     10000u

struct made {
	struct words words;
	struct servers servers;
};

static int
setup(void **state)
{
	static struct made m;

	words_init(&m.words, NULL);
	servers_init(&m.servers, &m.words, SERVERS_MAX, ATTEMPTS_MAX);
	*state = &m;
	return 0;
}

static int
teardown(void **state)
{
	struct made *m = *state;

	servers_free(&m->servers);
	/* A name that outlives its table was taken once too often. */
	assert_int_equal(HASH_COUNT(m->words.table), 0);
	assert_int_equal(m->servers.attempts, 0);
	assert_int_equal(m->servers.patrons, 0);
	assert_int_equal(m->servers.tallies, 0);
	assert_null(m->servers.hosts);
	words_free(&m->words);
	return 0;
}

static struct ip_addr
addr_of(uint32_t n)
{
	const uint8_t a[4] = {11, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

	return ip_addr_v4(a);
}

static struct identity *
identity(struct made *m, uint32_t server, const char *name)
{
	struct ip_addr a = addr_of(server);

	return identity_insert(&m->servers, server_insert(&m->servers, &a, 25),
		name ? span_of_text(name) : SPAN_NONE);
}

static struct attempt *
attempt(struct made *m, struct identity *id, uint32_t n, const char *domain)
{
	struct attempt_key key;
	struct attempt *a;

	memset(&key, 0, sizeof(key));
	key.client = addr_of(n);
	key.domain = word_take(&m->words, span_of_text(domain));
	a = attempt_insert(&m->servers, id, &key);
	word_drop(&m->words, key.domain);
	return a;
}

static void
ten_thousand_servers_keep_to_the_bound_and_the_newest_stay(void **state)
{
	struct made *m = *state;
	struct ip_addr last = addr_of(MANY - 1), first = addr_of(0);

	for (uint32_t i = 0; i < MANY; i++)
		assert_non_null(identity(m, i, "mail.corp.test"));
	assert_int_equal(HASH_COUNT(m->servers.table), SERVERS_MAX);
	assert_int_equal(HASH_COUNT(m->servers.hosts), SERVERS_MAX);
	assert_int_equal(m->servers.evicted, MANY - SERVERS_MAX);
	assert_non_null(server_find(&m->servers, &last, 25));
	assert_null(server_find(&m->servers, &first, 25));
}

static void
ten_thousand_attempts_keep_to_the_bound_and_are_counted(void **state)
{
	struct made *m = *state;
	struct identity *id = identity(m, 1, "mail.corp.test");

	for (uint32_t i = 0; i < MANY; i++)
		assert_non_null(attempt(m, id, i, "victim.test"));
	assert_int_equal(HASH_COUNT(id->attempts), ATTEMPTS_MAX);
	assert_int_equal(m->servers.attempts, ATTEMPTS_MAX);
	assert_int_equal(id->unkept, MANY - ATTEMPTS_MAX);
}

static void
a_flood_of_useless_attempts_does_not_wash_out_the_proof(void **state)
{
	struct made *m = *state;
	struct identity *id = identity(m, 1, "mail.corp.test");
	struct attempt *proof = attempt(m, id, 7, "victim.test");
	struct attempt_key key = proof->key;

	attempt_mark(proof, REACH_SENT, (struct moment){1, 0, 1});
	for (uint32_t i = 1000; i < 1000 + MANY; i++)
		attempt_mark(attempt(m, id, i, "noise.test"), REACH_DEFERRED,
			(struct moment){2, 0, 2});
	assert_non_null(attempt_find(id, &key));
}

static void
a_full_table_gives_a_server_without_attempts_none(void **state)
{
	struct made *m = *state;
	struct identity *full = identity(m, 1, "a.test"),
			*empty = identity(m, 2, "b.test");

	for (uint32_t i = 0; i < ATTEMPTS_MAX; i++)
		attempt(m, full, i, "victim.test");
	assert_null(attempt(m, empty, 1, "victim.test"));
	assert_int_equal(empty->unkept, 1);
	assert_int_equal(HASH_COUNT(full->attempts), ATTEMPTS_MAX);
}

static struct tally *
tally(struct made *m, struct identity *id, uint32_t n)
{
	struct tally *t;
	struct word *w;
	char name[24];

	snprintf(name, sizeof(name), "d%u.test", n);
	w = word_take(&m->words, span_of_text(name));
	t = tally_insert(&m->servers, id, w);
	word_drop(&m->words, w);
	return t;
}

static struct patron *
patron(struct made *m, struct identity *id, uint32_t n)
{
	struct ip_addr a = addr_of(n);

	return patron_insert(&m->servers, id, &a);
}

static void
patrons_and_tallies_of_one_server_are_bounded(void **state)
{
	struct made *m = *state;
	struct identity *id = identity(m, 1, "mail.corp.test");

	m->servers.max_attempts = MANY;
	for (uint32_t i = 0; i < MANY; i++) {
		patron(m, id, i)->connections++;
		tally(m, id, i)->taken++;
	}
	assert_true(HASH_COUNT(id->patrons) < MANY);
	assert_true(HASH_COUNT(id->tallies) < MANY);
	assert_int_equal(m->servers.patrons_evicted, MANY - HASH_COUNT(id->patrons));
	assert_int_equal(m->servers.tallies_evicted, MANY - HASH_COUNT(id->tallies));
	/* Names of the tallies that went, went with them. */
	assert_int_equal(HASH_COUNT(m->words.table), HASH_COUNT(id->tallies) + 1);
}

/* Of a size that no identity has alone. */
static void
patrons_and_tallies_of_all_servers_together_are_bounded(void **state)
{
	struct made *m = *state;

	for (uint32_t i = 0; i < MANY; i++) {
		struct identity *id = identity(m, i % SERVERS_MAX, "mail.corp.test");

		patron(m, id, i);
		tally(m, id, i);
	}
	assert_int_equal(m->servers.patrons, ATTEMPTS_MAX);
	assert_int_equal(m->servers.tallies, ATTEMPTS_MAX);
	assert_int_equal(m->servers.patrons_evicted, MANY - ATTEMPTS_MAX);
	assert_int_equal(m->servers.tallies_evicted, MANY - ATTEMPTS_MAX);
	assert_int_equal(HASH_COUNT(m->words.table), ATTEMPTS_MAX + 1);
	/* What goes with a server is room for others. */
	for (uint32_t i = 0; i < SERVERS_MAX; i++)
		identity(m, MANY + i, "mail.corp.test");
	assert_int_equal(m->servers.patrons, 0);
	assert_int_equal(m->servers.tallies, 0);
	assert_non_null(patron(m, identity(m, MANY, "mail.corp.test"), 1));
}

static void
the_newest_patron_and_tally_of_a_server_take_the_place_of_its_oldest(void **state)
{
	struct made *m = *state;
	struct identity *id = identity(m, 1, "a.test"), *empty = identity(m, 2, "b.test");
	struct ip_addr first = addr_of(0), second = addr_of(1);

	for (uint32_t i = 0; i < ATTEMPTS_MAX; i++) {
		patron(m, id, i);
		tally(m, id, i);
	}
	/* One that has none has nothing to give. */
	assert_null(patron(m, empty, 1));
	assert_null(tally(m, empty, 1));
	assert_non_null(patron(m, id, MANY));
	assert_non_null(tally(m, id, MANY));
	assert_null(patron_find(id, &first));
	assert_non_null(patron_find(id, &second));
	assert_int_equal(m->servers.patrons_evicted, 2);
	assert_int_equal(m->servers.tallies_evicted, 2);
}

static void
what_is_read_back_keeps_to_the_bound_too(void **state)
{
	struct made *m = *state;
	struct identity *id = identity(m, 1, "a.test");
	struct patron p = {.addr = addr_of(MANY)};
	struct tally t = {.domain = NULL};

	for (uint32_t i = 0; i < ATTEMPTS_MAX; i++) {
		patron(m, id, i);
		tally(m, id, i);
	}
	assert_false(patron_adopt(&m->servers, id, &p));
	assert_false(tally_adopt(&m->servers, id, &t));
	assert_int_equal(m->servers.patrons, ATTEMPTS_MAX);
}

static void
the_same_again_is_the_same(void **state)
{
	struct made *m = *state;
	struct identity *id = identity(m, 1, "mail.corp.test");
	struct ip_addr a = addr_of(5);

	assert_ptr_equal(identity(m, 1, "MAIL.corp.test."), id);
	assert_ptr_equal(
		attempt(m, id, 5, "victim.test"), attempt(m, id, 5, "Victim.test"));
	assert_ptr_not_equal(
		attempt(m, id, 5, "victim.test"), attempt(m, id, 6, "victim.test"));
	assert_ptr_equal(
		patron_insert(&m->servers, id, &a), patron_insert(&m->servers, id, &a));
	assert_int_equal(m->servers.attempts, 2);
}

static void
a_server_met_in_mid_connection_gets_its_name_later(void **state)
{
	struct made *m = *state;
	struct identity *id = identity(m, 1, NULL);

	assert_null(id->name);
	assert_ptr_equal(identity(m, 1, "mail.corp.test"), id);
	assert_string_equal(id->name->text, "mail.corp.test");
	/* Without a name again it is the one there is. */
	assert_ptr_equal(identity(m, 1, NULL), id);
	assert_ptr_not_equal(identity(m, 1, "other.corp.test"), id);
}

static void
a_server_that_greets_with_a_new_name_each_time_does_not_grow(void **state)
{
	struct made *m = *state;
	struct ip_addr a = addr_of(1);
	size_t count = 0;

	for (uint32_t i = 0; i < 1000; i++) {
		char name[24];

		snprintf(name, sizeof(name), "m%u.test", i);
		assert_non_null(identity(m, 1, name));
	}
	for (struct identity *id = server_find(&m->servers, &a, 25)->identities; id;
		id = id->next)
		count++;
	assert_true(count >= 2 && count <= 16);
	assert_int_equal(HASH_COUNT(m->words.table), count);
}

static void
a_moment_is_first_or_last_by_its_time_not_by_its_turn(void **state)
{
	struct attempt a;

	(void)state;
	memset(&a, 0, sizeof(a));
	attempt_mark(&a, REACH_SENT, (struct moment){20, 0, 2});
	attempt_mark(&a, REACH_SENT, (struct moment){10, 0, 1});
	attempt_mark(&a, REACH_SENT, (struct moment){15, 0, 3});
	assert_int_equal(a.count[REACH_SENT], 3);
	assert_int_equal(a.first[REACH_SENT].frame, 1);
	assert_int_equal(a.last[REACH_SENT].frame, 2);
	assert_int_equal(a.count[REACH_TRIED], 0);
}

static void
an_address_is_known_as_a_host_over_all_its_ports(void **state)
{
	struct made *m = *state;
	struct ip_addr a = addr_of(1);
	struct server *mail = server_insert(&m->servers, &a, 25), *of = NULL;
	struct server *submission = server_insert(&m->servers, &a, 587);
	struct identity *id =
		identity_insert(&m->servers, submission, SPAN_LITERAL("sub.test"));
	struct word *other;

	assert_ptr_equal(mail->host, submission->host);
	assert_ptr_equal(mail->host, host_find(&m->servers, &a));
	assert_ptr_equal(identity_at(&m->servers, &a, id->name, &of), id);
	assert_ptr_equal(of, submission);
	other = word_take(&m->words, SPAN_LITERAL("other.test"));
	assert_null(identity_at(&m->servers, &a, other, &of));
	word_drop(&m->words, other);
	assert_null(server_find(&m->servers, &a, 465));
}

static void
next_hops_are_kept_newest_and_each_once(void **state)
{
	struct made *m = *state;
	struct ip_addr a = addr_of(1), hop;
	struct host *host = server_insert(&m->servers, &a, 25)->host;
	size_t found = 0;

	for (uint32_t i = 0; i < 100; i++) {
		hop = addr_of(100 + i);
		host_note_hop(host, &hop, 1000 + i);
		host_note_hop(host, &hop, 1000 + i);
	}
	assert_int_equal(host->onward_seen, 200);
	assert_int_equal(host->onward_last, 1099);
	for (size_t i = 0; i < HOST_HOPS; i++) {
		assert_true(host->hops[i].last >= 1100 - HOST_HOPS);
		found += ip_addr_equal(&host->hops[i].addr, &hop);
	}
	assert_int_equal(found, 1);
	/* An older record of the same hop does not turn its time back. */
	host_note_hop(host, &hop, 5);
	assert_int_equal(host->onward_last, 1099);
}

static void
each_tie_has_its_name(void **state)
{
	(void)state;
	assert_string_equal(tie_name(TIE_NONE), "none");
	assert_string_equal(tie_name(TIE_RECEIVED), "received-header");
	assert_string_equal(tie_name(TIE_FINGERPRINT), "envelope-and-body");
	assert_string_equal(tie_name(TIE_MESSAGE_ID), "message-id");
	assert_string_equal(tie_name(TIE_QUEUE_ID), "queue-id");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(ten_thousand_servers_keep_to_the_bound_and_the_newest_stay),
		T(ten_thousand_attempts_keep_to_the_bound_and_are_counted),
		T(a_flood_of_useless_attempts_does_not_wash_out_the_proof),
		T(a_full_table_gives_a_server_without_attempts_none),
		T(patrons_and_tallies_of_one_server_are_bounded),
		T(patrons_and_tallies_of_all_servers_together_are_bounded),
		T(the_newest_patron_and_tally_of_a_server_take_the_place_of_its_oldest),
		T(what_is_read_back_keeps_to_the_bound_too),
		T(the_same_again_is_the_same),
		T(a_server_met_in_mid_connection_gets_its_name_later),
		T(a_server_that_greets_with_a_new_name_each_time_does_not_grow),
		cmocka_unit_test(a_moment_is_first_or_last_by_its_time_not_by_its_turn),
		T(an_address_is_known_as_a_host_over_all_its_ports),
		T(next_hops_are_kept_newest_and_each_once),
		cmocka_unit_test(each_tie_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
