/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of all sizes over a cable, in real time: the same records with the middle of
 * them withheld as from every frame, each packet sent is accounted for, and most octets
 * were never copied.
 */
#include <pthread.h>

#include "sensor/pipeline_live.h"
#include "tests/bpf/kernel.h"
#include "tests/bpf/tls_by_dice.h"
#include "tests/bpf/wire.h"

/* ns between segments of 1448 octets: 38 Mbit/s, a quick client on a wide network. */
#define PACE_NS 300000

static const char *const b0[] = {"b0"};

static int
wire_up(void **state)
{
	(void)state;
	wire_add('0');
	return 0;
}

static int
wire_down(void **state)
{
	(void)state;
	wire_del('0');
	return 0;
}

/* --- one connection, messages of all sizes ----------------------------------------- */

static void
message(size_t len, bool text)
{
	size_t from;

	says(DIS_CLIENT, "MAIL FROM:<x@shop.test>\r\n");
	says(DIS_SERVER, "250 2.1.0 Ok\r\n");
	says(DIS_CLIENT, "RCPT TO:<a@victim.test>\r\n");
	says(DIS_SERVER, "250 2.1.5 Ok\r\n");
	says(DIS_CLIENT, "DATA\r\n");
	says(DIS_SERVER, "354 go\r\n");
	from = used;
	put("Message-ID: <1@shop.test>\r\nSubject: s\r\n\r\n");
	if (text)
		put_text(len);
	else
		put_base64(len);
	put(".\r\n");
	send_from(from, 1448);
	says(DIS_SERVER, "250 2.0.0 Ok: queued as 4XyZ\r\n");
}

/* Few are big, and these have most of the octets. */
static const size_t mixed[] = {3000, 12000, 7000, 900000, 30000, 4000, 250000, 9000,
	60000, 15000, 5000, 1200000, 20000, 120000, 6000, 400000};
#define MIXED (sizeof(mixed) / sizeof(*mixed))

static void
make_messages(const size_t *sizes, size_t count)
{
	segments = 0;
	used = 0;
	now = 1;
	next_seq[DIS_CLIENT] = 0u - 100000;
	next_seq[DIS_SERVER] = 77;
	add(DIS_CLIENT, 0, 0, SYN);
	add(DIS_SERVER, 0, 0, SYN | ACK);
	add(DIS_CLIENT, 0, 0, ACK);
	says(DIS_SERVER, "220 mail.corp.test ESMTP Postfix\r\n");
	says(DIS_CLIENT, "EHLO c.test\r\n");
	says(DIS_SERVER, "250-mail.corp.test\r\n250 PIPELINING\r\n");
	for (size_t i = 0; i < count; i++)
		message(sizes[i], i % 5 == 4);
	says(DIS_CLIENT, "QUIT\r\n");
	says(DIS_SERVER, "221 bye\r\n");
	add(DIS_CLIENT, 0, 0, FIN | ACK);
	add(DIS_SERVER, 0, 0, FIN | ACK);
}

/* The same messages in TLS, in records as large as a mail server writes them. */
static void
make_tls_messages(const size_t *sizes, size_t count, size_t full)
{
	tls_start(false);
	for (size_t i = 0; i < count; i++)
		tls_message(sizes[i], full, 1448);
	tls_end();
}

/* --- over the cable ---------------------------------------------------------------- */

static volatile bool sent_all;

/* A turn of the dialogue takes a while, as on any network. */
static void *
send_paced(void *at)
{
	int *s = at;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (size_t i = 0; i < segments; i++) {
		next.tv_nsec += segment[i].len >= 1000	  ? PACE_NS
				: segment[i].flags == PSH ? 10 * PACE_NS
							  : 0;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
		build(&segment[i]);
		wire_send(*s, &frame);
	}
	sent_all = true;
	return NULL;
}

static void
listen_until_sent(struct capture_live *l, struct reader *r)
{
	struct capture *c = capture_live_thread(l, 0);
	unsigned idle = 0;
	struct capture_frame f;

	for (;;)
		switch (capture_next(c, &f)) {
		case CAPTURE_FRAME:
			pipeline_frame(r->p, &f);
			break;
		case CAPTURE_END:
			return;
		default:
			if (sent_all && ++idle == 5)
				capture_live_stop(l);
			break;
		}
}

static void
leave_out_numbers(char *text, const char *key)
{
	for (char *at = text; (at = strstr(at, key));) {
		char *to;

		at += strlen(key);
		to = at + strspn(at, "0123456789");
		memmove(at, to, strlen(to) + 1);
	}
}

/* Times are the cable's, and frames are numbered as they come. */
static void
reduce(char *text)
{
	leave_out(text, "\"id\":\"", '"');
	leave_out(text, "\"time\":\"", '"');
	leave_out(text, "\"end\":\"", '"');
	leave_out(text, "\"connection\":\"", '"');
	leave_out(text, "\"frames\":[", ']');
	leave_out_numbers(text, "frame\":");
}

static void
compare(struct reader *live)
{
	struct reader plain;

	reader_open(&plain);
	for (size_t i = 0; i < segments; i++)
		reader_take(&plain, i);
	reader_end(&plain);
	reduce(plain.text);
	reduce(live->text);
	if (strcmp(plain.text, live->text) != 0) {
		printf("--- all of it\n%s--- without the middle\n%s", plain.text,
			live->text);
		fail_msg("the records differ");
	}
	reader_close(&plain);
}

/* What stands in segment is sent. Transactions: what is read of it. */
static void
run_over_cable(const char *what, uint32_t retire_ms, uint64_t transactions)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live_counters n;
	struct capture_live *l;
	struct reader r;
	int s = wire_sender("a0");
	pthread_t sender;
	uint64_t payload = 0;

	o.tick_ms = 50;
	o.retire_ms = retire_ms;
	l = wire_open(&o);
	reader_open(&r);
	pipeline_live(r.p, l, true);
	sent_all = false;
	assert_int_equal(pthread_create(&sender, NULL, send_paced, &s), 0);
	listen_until_sent(l, &r);
	pthread_join(sender, NULL);
	reader_end(&r);
	assert_int_equal(r.p->counters.transactions, transactions);
	compare(&r);
	capture_live_counters(l, &n);
	assert_int_equal(n.delivered + n.filtered + n.withheld + n.dropped, segments);
	assert_int_equal(n.withheld, r.p->counters.shunt.withheld);
	for (size_t i = 0; i < segments; i++)
		payload += segment[i].len;
	printf("%s, blocks of %u ms: %.1f %% of the octets of mail were withheld\n", what,
		retire_ms,
		100 * (double)n.kernel[TAP_STAGE_FILTER].shunted_octets /
			(double)payload);
	assert_true(n.kernel[TAP_STAGE_FILTER].shunted_octets > payload / 2);
	close(s);
	reader_close(&r);
	capture_live_close(l);
}

static void
big_messages_are_read_the_same_and_hardly_copied(void **state)
{
	(void)state;
	make_messages(mixed, MIXED);
	run_over_cable("in clear", 10, MIXED);
	make_messages(mixed, MIXED);
	run_over_cable("in clear", 4, MIXED);
}

static void
big_messages_in_tls_are_read_the_same_and_hardly_copied(void **state)
{
	(void)state;
	make_tls_messages(mixed, MIXED, 16384);
	run_over_cable("TLS, records of 16 KiB", 10, 0);
	make_tls_messages(mixed, MIXED, 16384);
	run_over_cable("TLS, records of 16 KiB", 4, 0);
	make_tls_messages(mixed, MIXED, 4096);
	run_over_cable("TLS, records of 4 KiB", 4, 0);
}

static void
mail_on_another_port_is_heard_from_its_first_segment_on(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live_counters n;
	struct capture_live *l;
	struct reader r;
	int s = wire_sender("a0");
	pthread_t sender;

	(void)state;
	o.tick_ms = 50;
	o.ports.any_tcp = true;
	/* However late the verdict on a machine that does much else. */
	o.probe_segments = 100000;
	make_messages(mixed, MIXED);
	server_port = 8025;
	l = wire_open(&o);
	reader_open(&r);
	pipeline_live(r.p, l, true);
	sent_all = false;
	assert_int_equal(pthread_create(&sender, NULL, send_paced, &s), 0);
	listen_until_sent(l, &r);
	pthread_join(sender, NULL);
	reader_end(&r);
	server_port = 25;
	assert_int_equal(r.p->counters.probes_smtp, 1);
	assert_int_equal(r.p->counters.transactions, MIXED);
	assert_null(strstr(r.text, "late_start"));
	capture_live_counters(l, &n);
	/* All but the SYN, what has no payload before the verdict, and what is withheld.
	 */
	assert_true(n.delivered + n.withheld > segments * 3 / 4);
	assert_int_equal(n.withheld, r.p->counters.shunt.withheld);
	assert_true(n.withheld > segments / 4);
	assert_int_equal(n.kernel[TAP_STAGE_FILTER].probes_over, 0);
	close(s);
	reader_close(&r);
	capture_live_close(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_on_another_port_is_heard_from_its_first_segment_on),
		cmocka_unit_test(big_messages_are_read_the_same_and_hardly_copied),
		cmocka_unit_test(big_messages_in_tls_are_read_the_same_and_hardly_copied),
	};

	if (!kernel_permits("test_live_body") || !wire_permitted("test_live_body"))
		return 0;
	return cmocka_run_group_tests(tests, wire_up, wire_down);
}
