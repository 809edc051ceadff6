/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/capture/progress.h"

#define SECOND UINT64_C(1000000000)

static void
it_tells_share_rates_and_time_left(void **state)
{
	/* A quarter of 8 GB in 20 s: 100 MB/s, so 60 s for the other 6 GB. */
	struct timeline_totals totals = {
		.size = 8000000000, .done = 2000000000, .frames = 3000000};
	char text[100];

	(void)state;
	assert_int_equal(progress_text(&totals, 20 * SECOND, text, sizeof(text)),
		strlen("25 %, 100 MB/s, 150000 packets/s, 1:00 left"));
	assert_string_equal(text, "25 %, 100 MB/s, 150000 packets/s, 1:00 left");
	totals.done = 1000000;
	progress_text(&totals, SECOND, text, sizeof(text));
	assert_string_equal(text, "0 %, 1 MB/s, 3000000 packets/s, 2:13:19 left");
}

static void
without_a_size_it_tells_what_was_read(void **state)
{
	struct timeline_totals totals = {.done = 50000000, .frames = 1000};
	char text[100];

	(void)state;
	progress_text(&totals, 2 * SECOND, text, sizeof(text));
	assert_string_equal(text, "50 MB read, 25 MB/s, 500 packets/s");
}

static void
a_file_that_grew_is_never_more_than_whole(void **state)
{
	struct timeline_totals totals = {.size = 10, .done = 20};
	char text[100], little[5];

	(void)state;
	progress_text(&totals, SECOND, text, sizeof(text));
	assert_string_equal(text, "100 %, 0 MB/s, 0 packets/s, 0:00 left");
	assert_int_equal(progress_text(&totals, 0, little, sizeof(little)), 4);
}

static void
nothing_is_shown_without_a_terminal(void **state)
{
	struct progress p;
	int pipes[2], kept = dup(STDERR_FILENO);
	char got;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	dup2(pipes[1], STDERR_FILENO);
	close(pipes[1]);
	progress_init(&p, false);
	for (int i = 0; i < 100000; i++)
		progress_tick(&p, NULL);
	progress_close(&p);
	dup2(kept, STDERR_FILENO);
	close(kept);
	assert_int_equal(read(pipes[0], &got, 1), 0);
	close(pipes[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_tells_share_rates_and_time_left),
		cmocka_unit_test(without_a_size_it_tells_what_was_read),
		cmocka_unit_test(a_file_that_grew_is_never_more_than_whole),
		cmocka_unit_test(nothing_is_shown_without_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
