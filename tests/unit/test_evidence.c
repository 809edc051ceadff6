/* SPDX-License-Identifier: Apache-2.0 */
/* From frames and an alert to a file whose mail reads like what was heard. */
#include "pipeline_rig.h"

#include <sys/stat.h>

#include "sensor/capture/capture_file.h"
#include "sensor/watch/evidence.h"

static const char *const names[] = {"tap0"};
static struct evidence *evidence;
static char path[64];

/* The pump's frames go by here, too. */
static void
both(struct pump *u, struct wire *w, enum dis_dir dir, const char *text, uint8_t flags)
{
	struct capture_frame c = {.linktype = 1};

	pump_segment(u, w, dir, text, strlen(text), flags);
	c.octets = frame_span(&u->frame);
	c.wire_len = (uint32_t)u->frame.len;
	c.at = (struct moment){u->now, 0, u->number};
	evidence_frame(evidence, 0, &c);
}

static void
talk(struct pump *u, unsigned port)
{
	struct wire w = {{port, 25}, {1000, 5000}};

	both(u, &w, DIS_CLIENT, "", PACKET_TCP_SYN);
	both(u, &w, DIS_SERVER, "", PACKET_TCP_SYN | PACKET_TCP_ACK);
	for (size_t i = 0; i < PUMP_TURNS; i++)
		both(u, &w, i % 2 ? DIS_CLIENT : DIS_SERVER, pump_mail[i],
			PACKET_TCP_ACK | PACKET_TCP_PSH);
	both(u, &w, DIS_CLIENT, "", PACKET_TCP_ACK | PACKET_TCP_FIN);
	both(u, &w, DIS_SERVER, "", PACKET_TCP_ACK | PACKET_TCP_FIN);
}

static struct evidence *
open_it(uint64_t file_octets)
{
	struct evidence_options o = {.file = path,
		.file_octets = file_octets,
		.octets = 1u << 20,
		.threads = 1,
		.interface = names,
		.interfaces = 1};
	char error[256] = "";
	struct evidence *e = evidence_open(&o, error, sizeof(error));

	if (!e)
		fail_msg("%s", error);
	return e;
}

static int
setup(void **state)
{
	snprintf(path, sizeof(path), "/tmp/test_evidence.%d", (int)getpid());
	unlink(path);
	pump_setup(state);
	evidence = open_it(0);
	return 0;
}

static int
teardown(void **state)
{
	evidence_close(evidence);
	unlink(path);
	return pump_teardown(state);
}

static void
alert_about(uint32_t frame)
{
	struct alert made = {.action = ALERT_OPENED}, *a = &made;

	memcpy(a->id, "01HZX0000000000000000000AB", ALERT_ID);
	a->rule = SPAN_LITERAL("open-relay");
	a->server = ip_addr_v4((const uint8_t[]){198, 51, 100, 2});
	a->evidence_count = 1;
	a->evidence[0].frame = frame;
	a->evidence[0].client = ip_addr_v4((const uint8_t[]){192, 0, 2, 1});
	evidence_alerted(evidence, a);
	evidence_turn(evidence, 0);
	evidence_write(evidence);
}

/* Frames of the file, and the records a pipeline of its own makes of them, malloced. */
static size_t
read_back(struct pump *u, char **text)
{
	struct capture_file_opened o;
	struct capture_frame frame;
	size_t n = 0, len;
	FILE *records = open_memstream(text, &len);
	struct pipeline *p = pipeline_new(&u->config, &u->files, NULL, records);

	capture_file_open(&o, path, 0);
	assert_int_equal(o.answer, CAPTURE_FILE_OPEN);
	while (capture_next(o.capture, &frame) == CAPTURE_FRAME) {
		pipeline_frame(p, &frame);
		n++;
	}
	capture_close(o.capture);
	pipeline_drain(p);
	pipeline_free(p);
	fclose(records);
	return n;
}

static void
the_file_holds_just_the_connection_and_reads_alike(void **state)
{
	struct pump *u = *state;
	struct evidence_counters n;
	struct stat s;
	char *text;

	talk(u, 40000);
	pipeline_drain(u->p);
	alert_about(5);
	talk(u, 40001);
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_mode & 0777, 0600);
	evidence_counters(evidence, &n);
	assert_int_equal(n.kept, 2 * (PUMP_TURNS + 4));
	assert_int_equal(n.written, PUMP_TURNS + 4);
	assert_int_equal(n.octets, s.st_size);
	assert_int_equal(read_back(u, &text), PUMP_TURNS + 4);
	/* As they were heard before the second conversation. */
	assert_memory_equal(pump_text(u), text, strlen(text));
	free(text);
}

static void
a_packet_is_written_once(void **state)
{
	struct evidence_counters n;

	talk(*state, 40000);
	alert_about(5);
	alert_about(6);
	evidence_counters(evidence, &n);
	assert_int_equal(n.alerts, 2);
	assert_int_equal(n.written, PUMP_TURNS + 4);
}

static void
a_frame_of_another_server_is_not_meant(void **state)
{
	struct evidence_counters n;

	talk(*state, 40000);
	alert_about(500);
	evidence_counters(evidence, &n);
	assert_int_equal(n.written, 0);
}

static void
a_file_that_is_full_stays_as_it_is(void **state)
{
	struct evidence_counters n;
	struct stat s;

	evidence_close(evidence);
	evidence = open_it(5000);
	talk(*state, 40000);
	alert_about(5);
	evidence_counters(evidence, &n);
	assert_int_equal(stat(path, &s), 0);
	assert_true(s.st_size <= 5000);
	assert_true(n.written > 0 && n.no_room > 0);
	assert_int_equal(n.written + n.no_room, PUMP_TURNS + 4);
}

static void
a_file_that_was_there_is_continued(void **state)
{
	struct pump *u = *state;
	char *text;

	talk(u, 40000);
	alert_about(5);
	evidence_close(evidence);
	evidence = open_it(0);
	u->number = 0;
	talk(u, 40001);
	alert_about(5);
	assert_int_equal(read_back(u, &text), 2 * (PUMP_TURNS + 4));
	assert_non_null(strstr(text, "\"port\":40001"));
	free(text);
}

static void
exchange(void)
{
	struct evidence_file f;
	char error[256];

	assert_int_equal(evidence_file_open(evidence, &f, error, sizeof(error)), 0);
	evidence_exchange(evidence, &f);
	assert_int_equal(fclose(f.file), 0);
}

/* What a packet thread handed over before it is in the old file: here a whole talk. */
static void
after_a_rotation_the_new_file_is_whole(void **state)
{
	struct pump *u = *state;
	struct evidence_counters n;
	struct stat s;
	char old[80], *text;

	snprintf(old, sizeof(old), "%s.1", path);
	talk(u, 40000);
	alert_about(5);
	assert_int_equal(rename(path, old), 0);
	talk(u, 40001);
	alert_about(u->number);
	exchange();
	evidence_counters(evidence, &n);
	assert_int_equal(n.octets, 0);
	talk(u, 40002);
	alert_about(u->number);
	evidence_counters(evidence, &n);
	assert_int_equal(n.written, 3 * (PUMP_TURNS + 4));
	assert_int_equal(stat(path, &s), 0);
	assert_int_equal(s.st_size, n.octets);
	assert_int_equal(s.st_mode & 0777, 0600);
	/* A section and an interface of its own, or it would not be read. */
	assert_int_equal(read_back(u, &text), PUMP_TURNS + 4);
	assert_non_null(strstr(text, "\"port\":40002"));
	free(text);
	assert_int_equal(rename(old, path), 0);
	assert_int_equal(read_back(u, &text), 2 * (PUMP_TURNS + 4));
	assert_null(strstr(text, "\"port\":40002"));
	free(text);
}

static void
the_same_file_opened_anew_goes_on_in_a_section_of_its_own(void **state)
{
	struct pump *u = *state;
	char *text;

	talk(u, 40000);
	alert_about(5);
	exchange();
	talk(u, 40001);
	alert_about(u->number);
	assert_int_equal(read_back(u, &text), 2 * (PUMP_TURNS + 4));
	assert_non_null(strstr(text, "\"port\":40001"));
	free(text);
}

static void
a_file_that_was_full_makes_room_by_rotation(void **state)
{
	struct evidence_counters n;

	evidence_close(evidence);
	evidence = open_it(5000);
	talk(*state, 40000);
	alert_about(5);
	assert_int_equal(truncate(path, 0), 0);
	exchange();
	evidence_counters(evidence, &n);
	assert_int_equal(n.octets, 0);
	assert_true(n.no_room > 0);
	talk(*state, 40001);
	alert_about(((struct pump *)*state)->number);
	evidence_counters(evidence, &n);
	assert_true(n.octets > 0 && n.octets <= 5000);
}

static void
more_alerts_than_can_wait_are_counted(void **state)
{
	struct alert made = {.action = ALERT_OPENED}, *a = &made;
	struct evidence_counters n;

	talk(*state, 40000);
	a->evidence_count = 1;
	for (unsigned i = 0; i < EVIDENCE_WAITING_MAX + 3; i++)
		evidence_alerted(evidence, a);
	evidence_counters(evidence, &n);
	assert_int_equal(n.refused, 3);
}

static void
a_file_that_cannot_be_opened_is_named(void **state)
{
	struct evidence_options o = {
		.file = "/nonexistent/x.pcapng", .octets = 65536, .threads = 1};
	char error[256] = "";

	(void)state;
	assert_null(evidence_open(&o, error, sizeof(error)));
	assert_non_null(strstr(error, "/nonexistent/x.pcapng"));
	o.file = "/dev/null";
	assert_null(evidence_open(&o, error, sizeof(error)));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(the_file_holds_just_the_connection_and_reads_alike),
		WITH(a_packet_is_written_once),
		WITH(a_frame_of_another_server_is_not_meant),
		WITH(a_file_that_is_full_stays_as_it_is),
		WITH(a_file_that_was_there_is_continued),
		WITH(after_a_rotation_the_new_file_is_whole),
		WITH(the_same_file_opened_anew_goes_on_in_a_section_of_its_own),
		WITH(a_file_that_was_full_makes_room_by_rotation),
		WITH(more_alerts_than_can_wait_are_counted),
		WITH(a_file_that_cannot_be_opened_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
