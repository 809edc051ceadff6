/* SPDX-License-Identifier: Apache-2.0 */
/* The page for Prometheus: every family once with HELP and TYPE, every series once, and
 * the values of the counters that they are named after. */
#include "watch_sensor.h"

static struct sensor s;
static struct text_out page;

static int
up(void **state)
{
	(void)state;
	sensor_init(&s, 2);
	text_out_init(&page);
	return 0;
}

static int
down(void **state)
{
	(void)state;
	text_out_free(&page);
	sensor_free(&s);
	return 0;
}

static void
collect(void)
{
	text_out_reset(&page);
	watch_metrics_collect(&s.w, &page);
}

/* The value behind that series, as text; fails if it is not there exactly once. */
static const char *
value_of(const char *series)
{
	static char value[64];
	size_t len = strlen(series), found = 0;

	for (const char *at = page.at; (at = strstr(at, series)); at += len) {
		if ((at != page.at && at[-1] != '\n') || at[len] != ' ')
			continue;
		found++;
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(at + len + 1, "\n"),
			at + len + 1);
	}
	if (found != 1)
		fail_msg("%s is there %zu times in\n%s", series, found, page.at);
	return value;
}

static bool
has(const char *text)
{
	return strstr(page.at, text) != NULL;
}

/* Two outputs that nobody hears, so that they keep waiting. */
static void
start_outputs(void)
{
	static char one[] = "siem", two[] = "odd \"\\\nname",
		    path[] = "/nonexistent/socket";
	static struct config_output at[2];

	at[0] = (struct config_output){.name = one, .to = CONFIG_TO_STDOUT};
	at[1] = (struct config_output){.name = two, .to = CONFIG_TO_UNIX, .path = path};
	s.w.outputs = (struct config_outputs){at, 2};
	assert_int_equal(watch_deliver_start(&s.w), 0);
}

/* --- form ------------------------------------------------------------------------- */

struct lines {
	char at[512][200];
	size_t count;
};

static int
by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* What comes before the value of each sample, or the name and kind of each comment. */
static void
split(struct lines *help, struct lines *type, struct lines *series)
{
	help->count = type->count = series->count = 0;
	for (const char *at = page.at; *at; at = strchr(at, '\n') + 1) {
		struct lines *to = strncmp(at, "# HELP ", 7) == 0   ? help
				   : strncmp(at, "# TYPE ", 7) == 0 ? type
								    : series;
		size_t len = strcspn(at, "\n");

		assert_int_equal(at[len], '\n');
		assert_true(to->count < 512 && len < 200);
		if (to == series)
			while (at[len] != ' ')
				len--;
		else {
			at += 7;
			len = strcspn(at, " ");
			/* A HELP that says something, a TYPE that there is. */
			assert_true(at[len] == ' ' && at[len + 1] > ' ');
			if (to == type)
				assert_true(strncmp(at + len, " counter\n", 9) == 0 ||
					    strncmp(at + len, " gauge\n", 7) == 0);
		}
		snprintf(to->at[to->count++], 200, "%.*s", (int)len, at);
	}
}

static void
assert_once_each(struct lines *l)
{
	qsort(l->at, l->count, sizeof(l->at[0]), by_text);
	for (size_t i = 1; i < l->count; i++)
		if (strcmp(l->at[i - 1], l->at[i]) == 0)
			fail_msg("twice: %s", l->at[i]);
}

static void
all_have_help_and_type_once_and_no_series_comes_twice(void **state)
{
	static struct lines help, type, series;

	(void)state;
	wire_interface("eth0", CAPTURE_LINK_UP);
	wire_interface("eth1", CAPTURE_LINK_GONE);
	start_outputs();
	collect();
	split(&help, &type, &series);
	assert_true(series.count > 60);
	assert_once_each(&help);
	assert_once_each(&type);
	assert_once_each(&series);
	assert_int_equal(help.count, type.count);
	for (size_t i = 0; i < help.count; i++) {
		assert_string_equal(help.at[i], type.at[i]);
		assert_ptr_equal(strstr(help.at[i], "relaytap_"), help.at[i]);
	}
	/* Each sample is of a family that was declared. */
	for (size_t i = 0; i < series.count; i++) {
		char name[200];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(series.at[i], "{ "),
			series.at[i]);
		if (!bsearch(name, help.at, help.count, sizeof(help.at[0]), by_text))
			fail_msg("no HELP for %s", name);
	}
}

static void
counters_end_in_total_and_gauges_do_not(void **state)
{
	(void)state;
	start_outputs();
	collect();
	for (const char *at = page.at; (at = strstr(at, "# TYPE ")); at++) {
		char name[100], type[16];

		assert_int_equal(sscanf(at, "# TYPE %99s %15s", name, type), 2);
		size_t len = strlen(name);
		bool total = len > 6 && strcmp(name + len - 6, "_total") == 0;

		/* Sum and count make up a summary by their names. */
		if (strstr(name, "_latency_seconds_"))
			continue;
		if (total != (strcmp(type, "counter") == 0))
			fail_msg("%s is a %s", name, type);
	}
}

/* --- values ----------------------------------------------------------------------- */

static void
each_stage_of_loss_has_its_own_series(void **state)
{
	struct pipeline_totals *t = &s.w.packet[1].totals;

	(void)state;
	wire.counters = (struct capture_live_counters){.delivered = 1001,
		.octets = 2002,
		.filtered = 3,
		.withheld = 4,
		.withheld_octets = 4000,
		.dropped = 5,
		.card = 6};
	t->flows.n[FLOW_COUNT_WINDOWS_DENIED] = 7;
	t->texts_refused = 8;
	collect();
	assert_string_equal(value_of("relaytap_packets_total"), "1001");
	assert_string_equal(value_of("relaytap_octets_total"), "2002");
	assert_string_equal(value_of("relaytap_packets_filtered_total"), "3");
	assert_string_equal(value_of("relaytap_packets_withheld_total"), "4");
	assert_string_equal(value_of("relaytap_octets_withheld_total"), "4000");
	assert_string_equal(value_of("relaytap_dropped_total{stage=\"ring\"}"), "5");
	assert_string_equal(value_of("relaytap_dropped_total{stage=\"card\"}"), "6");
	assert_string_equal(value_of("relaytap_dropped_total{stage=\"windows\"}"), "7");
	assert_string_equal(value_of("relaytap_dropped_total{stage=\"texts\"}"), "8");
	assert_string_equal(value_of("relaytap_dropped_total{stage=\"queue\"}"), "0");
}

static void
connections_and_packets_left_unread_are_told_by_reason(void **state)
{
	struct pipeline_totals *t = &s.w.packet[0].totals;

	(void)state;
	t->flows.n[FLOW_COUNT_OPENED] = 50;
	t->flows.n[FLOW_COUNT_RELEASED] = 8;
	t->flows.n[FLOW_COUNT_EVICTED_HALF_OPEN] = 1;
	t->flows.n[FLOW_COUNT_EVICTED_CLOSING] = 2;
	t->flows.n[FLOW_COUNT_EVICTED_OPEN] = 3;
	t->flows.tcp.n[TCP_COUNT_GAPS] = 4;
	t->flows.tcp.n[TCP_COUNT_GAP_OCTETS] = 555;
	t->counters.conflicts = 6;
	for (enum packet_reason r = PACKET_LINK_UNKNOWN; r < PACKET_REASON_COUNT; r++)
		t->counters.other[r] = 100 + r;
	collect();
	assert_string_equal(value_of("relaytap_connections_open"), "42");
	assert_string_equal(value_of("relaytap_connections_total"), "50");
	assert_string_equal(
		value_of("relaytap_connections_evicted_total{state=\"half-open\"}"), "1");
	assert_string_equal(
		value_of("relaytap_connections_evicted_total{state=\"closing\"}"), "2");
	assert_string_equal(
		value_of("relaytap_connections_evicted_total{state=\"open\"}"), "3");
	assert_string_equal(value_of("relaytap_gaps_total"), "4");
	assert_string_equal(value_of("relaytap_gap_octets_total"), "555");
	assert_string_equal(value_of("relaytap_conflicts_total"), "6");
	for (enum packet_reason r = PACKET_LINK_UNKNOWN; r < PACKET_REASON_COUNT; r++) {
		char series[100], want[16];

		snprintf(series, sizeof(series),
			"relaytap_packets_unread_total{reason=\"%s\"}",
			packet_reason_name(r));
		snprintf(want, sizeof(want), "%d", 100 + (int)r);
		assert_string_equal(value_of(series), want);
	}
}

static void
interfaces_are_one_while_they_are_heard(void **state)
{
	(void)state;
	wire_interface("eth0", CAPTURE_LINK_UP);
	wire_interface("eth1", CAPTURE_LINK_SILENT);
	wire_interface("eth2", CAPTURE_LINK_GONE);
	/* As for terminals first, and that as Prometheus wants it. */
	wire_interface("a\"b\\c", CAPTURE_LINK_UP);
	collect();
	assert_string_equal(value_of("relaytap_interface_up{interface=\"eth0\"}"), "1");
	assert_string_equal(value_of("relaytap_interface_up{interface=\"eth1\"}"), "0");
	assert_string_equal(value_of("relaytap_interface_up{interface=\"eth2\"}"), "0");
	assert_string_equal(
		value_of("relaytap_interface_up{interface=\"a\\\"b\\\\\\\\c\"}"), "1");
}

static void
verdicts_and_alerts_are_those_of_the_inference(void **state)
{
	(void)state;
	scene_mx(&s.scene, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(&s.scene, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	desk_look(s.w.desk, s.scene.now);
	watch_stats_count(&s.w);
	collect();
	assert_string_equal(value_of("relaytap_servers{verdict=\"open-relay\"}"), "1");
	assert_string_equal(value_of("relaytap_servers{verdict=\"restricted\"}"), "0");
	assert_string_equal(value_of("relaytap_transactions_total"), "1");
	assert_string_equal(value_of("relaytap_alerts_total"), "1");
	assert_string_equal(value_of("relaytap_verdict_changes_total"), "1");
	assert_true(s.w.known.records[RECORD_DNS] > 0);
}

static void
outputs_have_their_names_escaped_and_their_lines_counted(void **state)
{
	(void)state;
	collect();
	assert_false(has("relaytap_output_"));
	start_outputs();
	collect();
	assert_string_equal(value_of("relaytap_output_up{output=\"siem\"}"), "1");
	assert_string_equal(value_of("relaytap_output_waiting{output=\"siem\"}"), "0");
	assert_string_equal(value_of("relaytap_output_taken_total{output=\"odd "
				     "\\\"\\\\\\\\\\\\x0aname\"}"),
		"0");
}

static void
evidence_is_told_only_where_it_is_kept(void **state)
{
	char path[] = "/tmp/test_watch_metrics_XXXXXX", error[256];
	struct evidence_options o = {.file = path, .octets = 1 << 20, .threads = 2};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	collect();
	assert_false(has("relaytap_evidence"));
	s.w.evidence = evidence_open(&o, error, sizeof(error));
	assert_non_null(s.w.evidence);
	collect();
	assert_string_equal(value_of("relaytap_evidence_packets_total"), "0");
	value_of("relaytap_evidence_octets");
	evidence_close(s.w.evidence);
	s.w.evidence = NULL;
	unlink(path);
}

static void
reloads_and_the_start_are_told(void **state)
{
	(void)state;
	atomic_store(&s.w.reloads, 3);
	atomic_store(&s.w.reloads_failed, 2);
	s.w.started_ns = UINT64_C(1700000000123456789);
	collect();
	assert_string_equal(value_of("relaytap_reloads_total"), "3");
	assert_string_equal(value_of("relaytap_reloads_failed_total"), "2");
	assert_string_equal(value_of("relaytap_start_time_seconds"), "1700000000");
}

static void
reading_resets_nothing(void **state)
{
	char *first;

	(void)state;
	wire.counters.delivered = 5;
	s.w.packet[0].totals.counters.conflicts = 6;
	collect();
	first = strdup(page.at);
	collect();
	assert_string_equal(first, page.at);
	free(first);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_have_help_and_type_once_and_no_series_comes_twice),
		TEST(counters_end_in_total_and_gauges_do_not),
		TEST(each_stage_of_loss_has_its_own_series),
		TEST(connections_and_packets_left_unread_are_told_by_reason),
		TEST(interfaces_are_one_while_they_are_heard),
		TEST(verdicts_and_alerts_are_those_of_the_inference),
		TEST(outputs_have_their_names_escaped_and_their_lines_counted),
		TEST(evidence_is_told_only_where_it_is_kept),
		TEST(reloads_and_the_start_are_told),
		TEST(reading_resets_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
