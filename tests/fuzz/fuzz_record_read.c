/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as a line of records. What is read can be written, and what was written
 * reads back to the very same octets; what is refused has a reason.
 */
#include <stdlib.h>

#include "sensor/record/record_read.h"
#include "sensor/record/record_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(truth)                                                                     \
	do {                                                                             \
		if (!(truth))                                                            \
			abort();                                                         \
	} while (0)

static void
check_record(const struct record *r)
{
	uint32_t listed = 0;

	CHECK((unsigned)r->kind <= RECORD_DNS);
	CHECK((unsigned)r->conn.tls.state <= RECORD_TLS_STRIPPED);
	CHECK((unsigned)r->conn.auth.state <= RECORD_AUTH_INFERRED_NONE);
	CHECK(r->conn.path.vlans <= PACKET_VLANS_MAX);
	CHECK(r->conn.path.tunnels <= RECORD_TUNNELS_MAX);
	if (r->kind == RECORD_CONNECTION)
		CHECK(r->connection.tls_run_count <= TLS_TRACE_MAX);
	if (r->kind != RECORD_TRANSACTION)
		return;
	for (const struct record_rcpt *p = r->txn.rcpts; p; p = p->next)
		listed++;
	CHECK(listed == r->txn.rcpt_count);
	CHECK((unsigned)r->txn.outcome <= RECORD_ABANDONED);
}

/* What was written, read and written again. False: it does not read. */
static bool
rewritten(struct record_reader *reader, struct record_files *files, enum record_kind kind,
	const struct json_out *from, struct json_out *to)
{
	const char *reason = NULL;
	struct record back;

	if (record_read_line(reader, span_of(from->at, from->used), &back, &reason) !=
		RECORD_READ_OK)
		return false;
	check_record(&back);
	CHECK(back.kind == kind);
	record_write(&back, files, to);
	return true;
}

/* A first writing may drop what does not fit together; the next ones drop nothing more.
 */
static void
check_round(
	struct record_reader *reader, struct record_files *files, const struct record *r)
{
	struct json_out first, second, third;

	json_out_init(&first);
	json_out_init(&second);
	json_out_init(&third);
	record_write(r, files, &first);
	if (rewritten(reader, files, r->kind, &first, &second)) {
		CHECK(rewritten(reader, files, r->kind, &second, &third));
		CHECK(second.used == third.used);
		CHECK(memcmp(second.at, third.at, second.used) == 0);
	}
	json_out_free(&first);
	json_out_free(&second);
	json_out_free(&third);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_files files;
	struct record_reader *reader;
	enum record_read_status status, again;
	const char *reason = NULL;
	struct record record;

	record_files_init(&files);
	reader = record_reader_new(&files);
	status = record_read_line(reader, span_of(data, size), &record, &reason);
	/* The reader keeps nothing of a line that could change how the next one reads. */
	again = record_read_line(reader, span_of(data, size), &record, &reason);
	CHECK(status == again);
	if (status == RECORD_READ_BAD)
		CHECK(reason && reason[0]);
	if (status == RECORD_READ_OK) {
		check_record(&record);
		check_round(reader, &files, &record);
	}
	record_reader_free(reader);
	record_files_free(&files);
	return 0;
}
