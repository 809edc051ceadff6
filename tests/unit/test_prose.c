/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict_rig.h"

#include "sensor/infer/prose.h"

static void
numbers_agree_with_their_nouns(void **state)
{
	char out[80];
	struct prose p;

	(void)state;
	prose_init(&p, out, sizeof(out));
	prose_count(&p, 0, "message");
	prose_add(&p, ", ");
	prose_count(&p, 1, "message");
	prose_add(&p, ", ");
	prose_count(&p, 2, "message");
	assert_string_equal(out, "0 messages, 1 message, 2 messages");
	assert_int_equal(p.used, strlen(out));
}

/* Every room from one octet up: a NUL inside it, nothing beyond it. */
static void
a_text_is_cut_where_the_room_ends(void **state)
{
	static const char whole[] = "abc 12 victim.test";

	(void)state;
	for (size_t room = 1; room <= sizeof(whole) + 1; room++) {
		char out[32];
		struct prose p;

		memset(out, '#', sizeof(out));
		prose_init(&p, out, room);
		prose_add(&p, "abc %d ", 12);
		prose_peer(&p, SPAN_LITERAL("victim.test"));
		assert_int_equal(
			p.used, room <= sizeof(whole) ? room - 1 : sizeof(whole) - 1);
		assert_memory_equal(out, whole, p.used);
		assert_int_equal(out[p.used], '\0');
		assert_int_equal(out[room], '#');
	}
}

static void
a_peers_text_is_one_line_of_bounded_length_without_a_nul(void **state)
{
	char out[PROSE_PEER_MAX + 50], longer[PROSE_PEER_MAX + 1];
	struct prose p;

	(void)state;
	prose_init(&p, out, sizeof(out));
	prose_peer(&p, SPAN_LITERAL("a\0b\nsecond line"));
	assert_string_equal(out, "a?b");

	memset(longer, 'x', sizeof(longer));
	prose_init(&p, out, sizeof(out));
	prose_peer(&p, span_of(longer, PROSE_PEER_MAX));
	assert_int_equal(p.used, PROSE_PEER_MAX);
	prose_init(&p, out, sizeof(out));
	prose_peer(&p, span_of(longer, PROSE_PEER_MAX + 1));
	assert_int_equal(p.used, PROSE_PEER_MAX + 3);
	assert_string_equal(out + PROSE_PEER_MAX, "...");
}

static void
a_server_is_named_by_as_much_as_is_known(void **state)
{
	char out[120];
	struct prose p;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_UNKNOWN, GRADE_NONE);
	prose_init(&p, out, sizeof(out));
	prose_server(&p, &r.v);
	assert_string_equal(out, "mail.corp.test (203.0.113.11:25, Postfix)");

	r.id.mta = SMTP_MTA_UNKNOWN;
	prose_init(&p, out, sizeof(out));
	prose_server(&p, &r.v);
	assert_string_equal(out, "mail.corp.test (203.0.113.11:25)");

	r.id.name = NULL;
	r.server.key.addr = rig_addr("2001:db8::25");
	prose_init(&p, out, sizeof(out));
	prose_server(&p, &r.v);
	assert_string_equal(out, "[2001:db8::25]:25");

	r.id.mta = SMTP_MTA_EXIM;
	prose_init(&p, out, sizeof(out));
	prose_server(&p, &r.v);
	assert_string_equal(out, "[2001:db8::25]:25 (Exim)");
	rig_free(&r);
}

static void
a_host_without_a_name_is_its_address(void **state)
{
	struct ip_addr addr = rig_addr("198.51.100.10");
	char out[80];
	struct prose p;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_UNKNOWN, GRADE_NONE);
	prose_init(&p, out, sizeof(out));
	prose_host(&p, NULL, &addr);
	prose_add(&p, " ");
	prose_host(&p, r.id.name, &addr);
	prose_add(&p, " ");
	prose_time(&p, RIG_TIME);
	assert_string_equal(out,
		"198.51.100.10 mail.corp.test (198.51.100.10) 2026-11-23 20:22:53 UTC");
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_agree_with_their_nouns),
		cmocka_unit_test(a_text_is_cut_where_the_room_ends),
		cmocka_unit_test(
			a_peers_text_is_one_line_of_bounded_length_without_a_nul),
		cmocka_unit_test(a_server_is_named_by_as_much_as_is_known),
		cmocka_unit_test(a_host_without_a_name_is_its_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
