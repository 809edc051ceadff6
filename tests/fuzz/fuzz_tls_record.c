/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both directions of a TLS session. Input: pieces, each a control octet (bit 0:
 * direction, bit 1: the next two octets are the length of a hole and not of octets), a
 * length of two octets, and octets. Fed whole and octet by octet, the facts must be the
 * same.
 */
#include <stdlib.h>

#include "dissect/dissect.h"
#include "dissect/tls_hello.h"
#include "dissect/tls_session.h"
#include "dissect/tls_suite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Large enough for any message in either direction, so that cuts make no difference. */
static uint8_t room[4 * TLS_MESSAGE_MAX];

#define CHECK(truth)                                                                     \
	do {                                                                             \
		if (!(truth))                                                            \
			abort();                                                         \
	} while (0)

static void
check_event(const struct tls_event *e)
{
	const struct tls_suite *suite;
	uint32_t least, most;

	switch (e->kind) {
	case TLS_EVENT_RECORD:
		CHECK(e->record.sslv2 || e->record.length <= TLS_RECORD_MAX);
		suite = tls_suite_find(0xc027);
		if (tls_suite_plain(
			    suite, e->record.version, e->record.length, &least, &most))
			CHECK(least <= most && most < e->record.length);
		break;
	case TLS_EVENT_MESSAGE:
		CHECK(e->message.body.len <= e->message.length);
		CHECK(e->message.cut == (e->message.body.len < e->message.length));
		CHECK(e->message.length <= TLS_MESSAGE_MAX);
		break;
	case TLS_EVENT_ALERT:
		break;
	}
}

static void
feed(struct tls_session *s, enum dis_dir dir, struct span octets, uint32_t frame,
	size_t step)
{
	for (size_t i = 0; i < octets.len; i += step) {
		struct moment at = {.ns = frame, .frame = frame};
		struct tls_event e;

		tls_session_feed(s, dir, span_slice(octets, i, i + step), at);
		while (tls_session_next(s, &e) == DIS_OK)
			check_event(&e);
		CHECK(s->pending.len == 0);
	}
}

static void
run(struct tls_session *s, struct span input, size_t step)
{
	struct cursor c = cursor_of(input);

	tls_session_reset(s);
	tls_session_lend(s, room, sizeof(room));
	for (uint32_t frame = 1; cursor_left(&c) > 0 && !c.overrun; frame++) {
		uint8_t control = dis_u8(&c);
		enum dis_dir dir = control & 1 ? DIS_SERVER : DIS_CLIENT;
		uint16_t length = dis_u16(&c);
		size_t left = cursor_left(&c);

		if (control & 2)
			(void)tls_session_gap(s, dir, length);
		else
			feed(s, dir, cursor_take(&c, length < left ? length : left),
				frame, step);
	}
}

static void
check_same(const struct tls_session *a, const struct tls_session *b)
{
	size_t from = offsetof(struct tls_session, hello_at);

	CHECK(a->phase == b->phase);
	CHECK(memcmp(a->side, b->side, sizeof(a->side)) == 0);
	CHECK(memcmp((const uint8_t *)a + from, (const uint8_t *)b + from,
		      offsetof(struct tls_session, trace) - from) == 0);
	CHECK(a->trace.used == b->trace.used && a->trace.beyond == b->trace.beyond);
	for (size_t i = 0; i < a->trace.used; i++) {
		CHECK(a->trace.at[i].octets == b->trace.at[i].octets);
		CHECK(a->trace.at[i].records == b->trace.at[i].records);
		CHECK(a->trace.at[i].type == b->trace.at[i].type);
		CHECK(a->trace.at[i].dir == b->trace.at[i].dir);
	}
}

/* Every record is in the trace or counted as beyond it. */
static void
check_trace(const struct tls_session *s)
{
	uint64_t records = s->trace.beyond, octets = 0;
	uint16_t place = 0, names = 0;
	struct span name;

	for (size_t i = 0; i < s->trace.used; i++) {
		records += s->trace.at[i].records;
		octets += s->trace.at[i].octets;
	}
	CHECK(records == s->side[0].records + s->side[1].records);
	CHECK(s->trace.beyond > 0 || octets == s->side[0].octets + s->side[1].octets);
	while (tls_session_cert_name_next(s, &place, &name)) {
		CHECK(name.len > 0 &&
			name.at + name.len <= s->cert_names_at + TLS_NAMES_MAX);
		names++;
	}
	CHECK(names <= s->cert_names);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tls_session whole, pieces;

	run(&whole, span_of(data, size), SIZE_MAX / 2);
	run(&pieces, span_of(data, size), 1);
	check_same(&whole, &pieces);
	check_trace(&whole);
	return 0;
}
