/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_trace.h"

void
tls_trace_reset(struct tls_trace *t)
{
	t->used = 0;
	t->turn = 0;
	t->beyond = 0;
}

static bool
joins(const struct tls_trace *t, const struct tls_run *last, const struct tls_run *record)
{
	if (last->dir != record->dir || last->type != record->type)
		return false;
	if (last->clear != record->clear || last->records == UINT16_MAX)
		return false;
	return (last->bulk && record->bulk) || t->turn >= TLS_TRACE_TURN;
}

void
tls_trace_insert(
	struct tls_trace *t, enum dis_dir dir, uint8_t type, uint16_t length, bool clear)
{
	struct tls_run *last = t->used > 0 ? &t->at[t->used - 1] : NULL;
	struct tls_run record = {
		.octets = length,
		.records = 1,
		.type = type,
		.dir = dir == DIS_SERVER,
		.clear = clear,
		.bulk = length >= TLS_TRACE_BULK,
	};

	/* After the first record without a place order is lost: nothing joins any more.
	 */
	if (t->beyond == 0 && last && joins(t, last, &record)) {
		last->octets += length;
		last->records++;
		last->bulk = last->bulk && record.bulk;
		return;
	}
	if (t->used == TLS_TRACE_MAX) {
		if (t->beyond < UINT32_MAX)
			t->beyond++;
		return;
	}
	t->turn = last && last->dir == record.dir ? (uint16_t)(t->turn + 1) : 1;
	t->at[t->used++] = record;
}
