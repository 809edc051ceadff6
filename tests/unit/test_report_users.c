/* SPDX-License-Identifier: Apache-2.0 */
#include "report_rig.h"

#include "sensor/report/report_users.h"

static void
one_line_a_client_and_domain(void **state)
{
	struct report_rig r;
	struct report_users u;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 3);
	report_rig_refusal(&r, REPORT_RIG_SERVER, "mail.corp.test");
	report_rig_rank(&r);
	report_users_fill(&u, r.scene.in, &r.ranking.at[0]);
	assert_int_equal(u.count, 2);
	assert_int_equal(u.clients, 2);
	assert_int_equal(u.domains, 1);
	/* Most messages first. */
	assert_true(u.at[0].messages > 2.99 && u.at[0].messages < 3.01);
	assert_int_equal(u.at[0].taken, 3);
	assert_int_equal(u.at[0].refused, 0);
	assert_true(u.at[0].first < u.at[0].last);
	assert_int_equal(u.at[1].refused, 1);
	assert_int_equal(u.at[1].taken, 0);
	report_users_free(&u);
	report_rig_free(&r);
}

static void
who_has_logged_in_is_no_stranger(void **state)
{
	struct report_rig r;
	struct report_users u;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	scene_mail(&r.scene, (struct scene_mail){.client = "198.51.100.99",
				     .server = REPORT_RIG_SERVER,
				     .name = "mail.corp.test",
				     .from = "<me@corp.test>",
				     .auth = RECORD_AUTH_OK,
				     .rcpt = {{"<bob@victim.test>", 250, NULL}},
				     .data = 250});
	report_rig_rank(&r);
	report_users_fill(&u, r.scene.in, &r.ranking.at[0]);
	assert_int_equal(u.count, 1);
	assert_true(u.trusted > 0.99 && u.trusted < 1.01);
	report_users_free(&u);
	report_rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_a_client_and_domain),
		cmocka_unit_test(who_has_logged_in_is_no_stranger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
