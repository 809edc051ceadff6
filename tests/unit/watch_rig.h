/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the sensor's queues: records that are told apart by their number. */
#ifndef WATCH_RIG_H
#define WATCH_RIG_H

#include "feed.h"

#include <stdio.h>

#include "sensor/watch/watch_queue.h"

#define SECOND UINT64_C(1000000000)
#define T0     (UINT64_C(1700000000) * SECOND)

/* A transaction whose texts are as long as asked for, all made of its number. */
struct rig_record {
	struct record record;
	char text[4096];
};

static inline const struct record *
rig_record(struct rig_record *r, uint32_t number, size_t octets)
{
	memset(r->text, 'a' + (int)(number % 26), sizeof(r->text));
	r->record = (struct record){.kind = RECORD_TRANSACTION};
	r->record.txn.index = number;
	r->record.txn.message.subject = span_of(r->text, octets);
	return &r->record;
}

static inline void
rig_check(const struct record *r, uint32_t number, size_t octets)
{
	assert_non_null(r);
	assert_int_equal(r->txn.index, number);
	assert_int_equal(r->txn.message.subject.len, octets);
	for (size_t i = 0; i < octets; i++)
		assert_int_equal(r->txn.message.subject.at[i], 'a' + number % 26);
}

#endif
