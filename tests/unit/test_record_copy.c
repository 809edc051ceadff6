/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy says what the record says, borrows nothing from it, and either fits whole or is
 * none. Records are read from their JSON form, which is compared.
 */
#include "feed.h"

#include <stdlib.h>

#include "sensor/record/record_copy.h"
#include "sensor/record/record_read.h"
#include "sensor/record/record_write.h"

#define TXN                                                                              \
	"{\"type\":\"transaction\",\"schema\":1,\"id\":\"000000000000002a-1\","          \
	"\"time\":\"2026-11-23T20:22:53.000000001Z\","                                   \
	"\"end\":\"2026-11-23T20:22:54.000000000Z\",\"file\":\"x.pcap\","                \
	"\"frames\":[4,31],\"client\":{\"ip\":\"198.51.100.66\",\"port\":40000,"         \
	"\"helo\":\"c.test\",\"hello\":\"EHLO\"},\"server\":{\"ip\":\"203.0.113.11\","   \
	"\"port\":25,\"name\":\"mail.corp.test\",\"capabilities\":[\"PIPELINING\"]},"    \
	"\"path\":{\"vlan\":[7],\"tunnel\":[\"vxlan:42\",\"gre:1\"]},"                   \
	"\"tls\":{\"state\":\"starttls\",\"version\":\"1.3\",\"sni\":\"m.test\"},"       \
	"\"auth\":{\"state\":\"ok\",\"mechanism\":\"PLAIN\",\"user\":\"u\",\"frame\":9}" \
	",\"mail_from\":{\"raw\":\"<x@shop.test>\",\"code\":250,\"text\":\"Ok\"},"       \
	"\"rcpt\":[{\"raw\":\"<a%victim.test@corp.test>\",\"code\":554,"                 \
	"\"enhanced\":\"5.7.1\",\"text\":\"Relay access denied\"},"                      \
	"{\"raw\":\"<b@corp.test>\",\"code\":250},{\"raw\":\"<c@corp.test>\","           \
	"\"code\":450,\"text\":\"later\"}],"                                             \
	"\"message\":{\"code\":250,\"queue_id\":\"Q1\",\"octets\":512,"                  \
	"\"message_id\":\"<1@shop.test>\",\"subject\":\"Hello\",\"from\":\"x@shop."      \
	"test\","                                                                        \
	"\"received\":[\"from a by b\",\"from c by d\"],"                                \
	"\"fingerprint\":\"00000000000000ff\",\"dsn\":{\"action\":\"failed\","           \
	"\"status\":\"5.7.1\"},\"how\":\"data\"},"                                       \
	"\"outcome\":\"accepted\",\"gaps\":0,\"notes\":[]}"
#define CONN                                                                             \
	"{\"type\":\"connection\",\"schema\":1,\"id\":\"000000000000002a\","             \
	"\"time\":\"2026-11-23T20:22:53.000000000Z\","                                   \
	"\"end\":\"2026-11-23T20:22:54.000000000Z\",\"frames\":[1,40],"                  \
	"\"client\":{\"ip\":\"2001:db8::1\",\"port\":40000},"                            \
	"\"server\":{\"ip\":\"2001:db8::2\",\"port\":465},\"tls\":{\"state\":"           \
	"\"implicit\"},\"auth\":{\"state\":\"unknown\"},\"transactions\":0,"             \
	"\"client_packets\":9,\"tls_records\":[\"ch517!\",\"sa37\",\"ca262144*16\"],"    \
	"\"greeting\":{\"code\":554,\"text\":\"no\"}}"
#define DNS                                                                              \
	"{\"type\":\"dns\",\"schema\":1,\"time\":\"2026-11-23T20:22:53.000000000Z\","    \
	"\"frame\":3,\"client\":\"203.0.113.11\",\"server\":\"198.51.100.53\","          \
	"\"query\":{\"name\":\"victim.test\",\"type\":\"MX\"},\"rcode\":0,"              \
	"\"answers\":[{\"name\":\"victim.test\",\"type\":\"MX\",\"ttl\":300,"            \
	"\"target\":\"mx1.victim.test\",\"preference\":10},"                             \
	"{\"name\":\"mx1.victim.test\",\"type\":\"A\",\"ttl\":60,"                       \
	"\"address\":\"192.0.2.25\"}]}"

static const char *const lines[] = {TXN, CONN, DNS};
#define LINES (sizeof(lines) / sizeof(*lines))

struct rig {
	struct record_files files;
	struct record_reader *reader;
	struct record record;
	struct json_out before, after;
};

static void
rig_read(struct rig *r, const char *line)
{
	const char *reason;

	record_files_init(&r->files);
	r->reader = record_reader_new(&r->files);
	json_out_init(&r->before);
	json_out_init(&r->after);
	assert_int_equal(
		record_read_line(r->reader, span_of_text(line), &r->record, &reason),
		RECORD_READ_OK);
	record_write(&r->record, &r->files, &r->before);
}

static void
rig_free(struct rig *r)
{
	record_reader_free(r->reader);
	record_files_free(&r->files);
	json_out_free(&r->before);
	json_out_free(&r->after);
}

static void
a_copy_outlives_the_record_and_says_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < LINES; i++) {
		struct rig r;
		struct record *copy;
		void *room;
		size_t size;

		rig_read(&r, lines[i]);
		size = record_copy_size(&r.record);
		room = malloc(size);
		copy = record_copy(&r.record, room, size);
		assert_ptr_equal(copy, room);
		/* What it borrowed is gone: the sanitizer sees any use of it. */
		record_reader_free(r.reader);
		r.reader = record_reader_new(&r.files);
		record_write(copy, &r.files, &r.after);
		assert_int_equal(r.after.used, r.before.used);
		assert_memory_equal(r.after.at, r.before.at, r.before.used);
		free(room);
		rig_free(&r);
	}
}

static void
a_copy_of_a_copy_takes_as_much(void **state)
{
	struct rig r;
	void *first, *second;
	size_t size;

	(void)state;
	rig_read(&r, TXN);
	size = record_copy_size(&r.record);
	first = malloc(size);
	second = malloc(size);
	assert_non_null(record_copy(&r.record, first, size));
	assert_int_equal(record_copy_size(first), size);
	assert_non_null(record_copy(first, second, size));
	memset(first, 0xa5, size);
	record_write(second, &r.files, &r.after);
	assert_int_equal(r.after.used, r.before.used);
	assert_memory_equal(r.after.at, r.before.at, r.before.used);
	free(first);
	free(second);
	rig_free(&r);
}

/* The room ends where the heap block does: one octet beyond is an error of the test. */
static void
too_little_room_gives_no_copy_at_any_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < LINES; i++) {
		struct rig r;
		size_t size;

		rig_read(&r, lines[i]);
		size = record_copy_size(&r.record);
		for (size_t room = 0; room < size; room++) {
			void *at = malloc(room ? room : 1);

			assert_null(record_copy(&r.record, at, room));
			free(at);
		}
		rig_free(&r);
	}
}

static void
a_record_without_texts_takes_no_more_than_itself(void **state)
{
	struct record r = {.kind = RECORD_TRANSACTION};

	(void)state;
	assert_true(record_copy_size(&r) >= sizeof(r));
	assert_true(record_copy_size(&r) < sizeof(r) + _Alignof(max_align_t));
	assert_int_equal(record_copy_size(&r) % _Alignof(max_align_t), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_outlives_the_record_and_says_the_same),
		cmocka_unit_test(a_copy_of_a_copy_takes_as_much),
		cmocka_unit_test(too_little_room_gives_no_copy_at_any_length),
		cmocka_unit_test(a_record_without_texts_takes_no_more_than_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
