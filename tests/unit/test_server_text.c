/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict_rig.h"

#include <stdio.h>

#include "sensor/output/server_text.h"
#include "sensor/output/server_text_part.h"

struct shown {
	char *text;
	size_t len;
};

static struct shown
show_table(const struct rig *r, size_t count, struct server_text_style style)
{
	struct verdict v[3] = {r->v, r->v, r->v};
	struct ranking ranking = {v, count};
	struct shown s;
	FILE *f = open_memstream(&s.text, &s.len);

	assert_non_null(f);
	server_text_table(&ranking, &style, f);
	fclose(f);
	return s;
}

static struct shown
show_detail(const struct rig *r, struct server_text_style style)
{
	struct record_files files;
	struct shown s;
	FILE *f = open_memstream(&s.text, &s.len);

	assert_non_null(f);
	record_files_init(&files);
	record_files_add(&files, SPAN_LITERAL("evil\x1b[2J\n.pcap"));
	server_text_detail(&r->v, &files, &style, f);
	record_files_free(&files);
	fclose(f);
	return s;
}

static size_t
longest_line(const char *text, bool commands)
{
	size_t longest = 0;

	while (*text) {
		size_t n = strcspn(text, "\n");

		/* Four blanks and no more: commands of the advice, which are not broken.
		 */
		if ((commands || strncmp(text, "    ", 4) != 0 || text[4] == ' ') &&
			n > longest)
			longest = n;
		text += n + (text[n] == '\n');
	}
	return longest;
}

static void
an_empty_table_says_so(void **state)
{
	struct rig r;
	struct shown s;

	(void)state;
	rig_init(&r, VERDICT_UNKNOWN, GRADE_NONE);
	s = show_table(&r, 0, (struct server_text_style){false, 80});
	assert_string_equal(s.text, "No mail server was seen.\n");
	free(s.text);
	rig_free(&r);
}

static void
the_reason_stands_below_where_it_is_narrow_and_beside_where_it_is_wide(void **state)
{
	struct rig r;
	struct shown s;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	rig_proof(&r);
	s = show_table(&r, 1, (struct server_text_style){false, 80});
	assert_string_equal(s.text,
		"SERVER           VERDICT                CONF  MAIL  FROM   FOR\n"
		"203.0.113.11:25  open-relay, confirmed  0.99     1     1     1\n"
		"    mail.corp.test (Postfix): Relays for strangers: 1 message from 1 "
		"client for\n"
		"    1 foreign domain, sent on.\n"
		"\n1 server. MAIL: messages taken from strangers, FROM so many clients, "
		"FOR so many\n"
		"domains. CONF: confidence, from 0 to 1.\n");
	free(s.text);
	s = show_table(&r, 1, (struct server_text_style){false, 0});
	assert_non_null(strstr(s.text, "203.0.113.11:25  open-relay, confirmed  0.99     "
				       "1     1     1  mail.corp.test "
				       "(Postfix): Relays for strangers: 1 message from "
				       "1 client for 1 foreign domain, "
				       "sent on.\n"));
	free(s.text);
	rig_free(&r);
}

static void
no_line_of_the_table_is_wider_than_the_terminal(void **state)
{
	static const unsigned widths[] = {80, 100, 120, 132, 160, 200};
	static const char *const servers[] = {
		"203.0.113.11", "2001:db8:1111:2222:3333:4444:5555:6666"};

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++)
		for (size_t k = 0; k < 2; k++) {
			struct rig r;
			struct shown s;

			rig_init(&r, VERDICT_PARTIAL_RELAY, GRADE_SUSPECTED);
			rig_proof(&r);
			r.v.tricks = TRICK_HELO;
			r.server.key.addr = rig_addr(servers[k]);
			r.server.key.port = 65535;
			rig_exposure(&r, 123456789, 4000000000u, 98765);
			s = show_table(
				&r, 3, (struct server_text_style){false, widths[i]});
			assert_in_range(longest_line(s.text, true), 60, widths[i]);
			assert_non_null(strstr(s.text, "123M    4G   98k"));
			free(s.text);
			rig_free(&r);
		}
}

static void
no_control_octet_of_a_peer_gets_through(void **state)
{
	static const struct span hostile =
		SPAN_LITERAL("x\x1b[2J\r\n\x07\x9b\xff\xe2\x80\xae\x00y");
	struct shown s[2];
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_PARTIAL_RELAY, GRADE_CONFIRMED);
	a = rig_proof(&r);
	r.v.tricks = TRICK_SENDER_DOMAIN | TRICK_HELO;
	r.id.name = rig_word(&r, hostile);
	a->key.domain = rig_word(&r, hostile);
	a->key.sender = a->key.domain;
	a->key.helo = a->key.domain;
	a->next_name = rig_word(&r, hostile);
	memcpy(a->queue_id, hostile.at, hostile.len);
	memcpy(a->reply, hostile.at, hostile.len);
	s[0] = show_table(&r, 2, (struct server_text_style){false, 100});
	s[1] = show_detail(&r, (struct server_text_style){false, 100});
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; i < s[k].len; i++) {
			unsigned char c = (unsigned char)s[k].text[i];

			assert_true(c == '\n' || (c >= 0x20 && c < 0x7f));
		}
		assert_non_null(strstr(s[k].text, "x\\x1b[2j\\x0d"));
		free(s[k].text);
	}
	rig_free(&r);
}

static void
colours_come_only_when_they_are_asked_for_and_are_always_ended(void **state)
{
	struct rig r;
	struct shown s;
	size_t begun = 0, ended = 0;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	rig_proof(&r);
	s = show_detail(&r, (struct server_text_style){false, 80});
	assert_null(memchr(s.text, '\x1b', s.len));
	free(s.text);
	s = show_detail(&r, (struct server_text_style){true, 80});
	for (const char *at = s.text; (at = strchr(at, '\x1b')); at++) {
		bool end = strncmp(at, "\033[0m", 4) == 0;

		ended += end;
		begun += !end;
		assert_in_range(begun - ended, 0, 1);
	}
	assert_true(begun > 3);
	assert_int_equal(begun, ended);
	free(s.text);
	rig_free(&r);
}

static void
the_detail_has_verdict_evidence_with_its_place_and_advice(void **state)
{
	struct rig r;
	struct shown s;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	rig_proof(&r);
	s = show_detail(&r, (struct server_text_style){false, 80});
	assert_ptr_equal(strstr(s.text, "mail.corp.test (203.0.113.11:25, Postfix)\n"
					"  open-relay, confirmed, confidence 0.99\n\n"
					"  mail.corp.test (203.0.113.11:25, Postfix) is "
					"an open relay: it took 1 "
					"message\n"),
		s.text);
	assert_non_null(
		strstr(s.text, "\nExposure\n  2026-11-23 20:22:53 UTC to "
			       "2026-11-23 20:25:12 UTC (2 min 19 s): 1 message, 1\n"
			       "  client, 1 domain\n"));
	assert_non_null(
		strstr(s.text, "  2026-11-23 20:22:53  message from 198.51.100.66 for "
			       "victim.test sent on to\n"));
	assert_non_null(strstr(s.text, "evil\\x1b[2J\\x0a.pcap frame 31, weight 10.0\n"));
	assert_non_null(strstr(s.text, "\nContain it now\n"));
	assert_non_null(strstr(s.text, "\n    postfix reload\n"));
	assert_non_null(strstr(s.text, "\nConfirm from outside\n"));
	assert_in_range(longest_line(s.text, false), 60, 80);
	free(s.text);
	rig_free(&r);
}

static void
a_server_of_which_nothing_is_known_needs_no_advice(void **state)
{
	struct rig r;
	struct shown s;

	(void)state;
	rig_init(&r, VERDICT_UNKNOWN, GRADE_NONE);
	r.v.confidence = 0;
	r.v.missing = MISSING_ONE_SIDED;
	s = show_detail(&r, (struct server_text_style){false, 0});
	assert_null(strstr(s.text, "confidence"));
	assert_null(strstr(s.text, "Contain"));
	assert_null(strstr(s.text, "Evidence"));
	assert_non_null(strstr(s.text, "both fibres"));
	free(s.text);
	rig_free(&r);
}

static void
confidence_is_cut_and_never_shown_as_certain(void **state)
{
	(void)state;
	assert_true(server_text_confidence(0.9995) < 0.9901);
	assert_true(server_text_confidence(0.7) > 0.6999);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_table_says_so),
		cmocka_unit_test(
			the_reason_stands_below_where_it_is_narrow_and_beside_where_it_is_wide),
		cmocka_unit_test(no_line_of_the_table_is_wider_than_the_terminal),
		cmocka_unit_test(no_control_octet_of_a_peer_gets_through),
		cmocka_unit_test(
			colours_come_only_when_they_are_asked_for_and_are_always_ended),
		cmocka_unit_test(
			the_detail_has_verdict_evidence_with_its_place_and_advice),
		cmocka_unit_test(a_server_of_which_nothing_is_known_needs_no_advice),
		cmocka_unit_test(confidence_is_cut_and_never_shown_as_certain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
