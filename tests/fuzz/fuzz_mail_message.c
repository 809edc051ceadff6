/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message fed whole, then octets apart as its first octet says: the same events and
 * facts. Then with a hole in the middle: no crash, every octet counted.
 */
#include <stdlib.h>
#include <string.h>

#include "dissect/mail_message.h"
#include "dissect/mail_received.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct span words[] = {
	{(const uint8_t *)"203.0.113.11", 12}, {(const uint8_t *)"a", 1}};
static const struct mail_needles needles = {words, 2};

struct outcome {
	uint64_t hash; /* over all events */
	uint32_t events;
	struct mail_facts facts;
};

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static void
hash_number(struct outcome *o, uint64_t n)
{
	o->hash = (o->hash ^ n) * 1099511628211u;
}

static void
hash_span(struct outcome *o, struct span s)
{
	hash_number(o, s.len);
	for (size_t i = 0; i < s.len; i++)
		hash_number(o, s.at[i]);
}

static void
note(struct outcome *o, const struct mail_event *e)
{
	struct mail_received r;

	o->events++;
	hash_number(o, (uint64_t)e->kind);
	if (e->kind == MAIL_EVENT_FIELD) {
		require(e->field.value.len <= MAIL_VALUE_MAX);
		require(e->field.name != MAIL_NAME_OTHER);
		hash_number(o, (uint64_t)e->field.name << 32 | e->field.index);
		hash_number(o, (uint64_t)e->field.cut << 1 | e->field.gap);
		hash_span(o, e->field.value);
		if (e->field.name == MAIL_NAME_RECEIVED)
			(void)mail_received_parse(e->field.value, &r);
	} else if (e->kind == MAIL_EVENT_DSN) {
		hash_number(o, (uint64_t)e->dsn.what << 32 | e->dsn.group);
		hash_span(o, e->dsn.type);
		hash_span(o, e->dsn.value);
	}
}

static void
pull(struct mail_message *m, struct outcome *o)
{
	struct mail_event e;

	while (mail_message_next(m, &e) == DIS_OK)
		note(o, &e);
}

static void
feed(struct mail_message *m, struct span s, size_t step, struct outcome *o)
{
	for (size_t i = 0; i < s.len; i += step) {
		struct span part = span_slice(s, i, i + step);
		/* Octets of its own, so that a read past them or after them is seen. */
		uint8_t *own = malloc(part.len);

		require(own != NULL);
		memcpy(own, part.at, part.len);
		mail_message_feed(m, span_of(own, part.len));
		pull(m, o);
		free(own);
	}
}

static void
run(struct span s, size_t step, size_t hole_at, uint64_t hole, struct outcome *o)
{
	struct mail_message *m = malloc(sizeof(*m));

	require(m != NULL);
	memset(m, 0xa5, sizeof(*m));
	memset(o, 0, sizeof(*o));
	mail_message_reset(m, needles);
	feed(m, span_slice(s, 0, hole_at), step, o);
	if (hole)
		mail_message_gap(m, hole);
	feed(m, span_slice(s, hole_at, s.len), step, o);
	mail_message_end(m);
	pull(m, o);
	mail_message_facts(m, &o->facts);
	free(m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, pieces, holed;
	struct span s;

	if (size == 0)
		return 0;
	s = span_of(data + 1, size - 1);
	run(s, size, 0, 0, &whole);
	run(s, data[0] % 16 + 1u, 0, 0, &pieces);
	run(s, size, size / 2, 1000, &holed);
	require(whole.hash == pieces.hash && whole.events == pieces.events);
	require(memcmp(&whole.facts, &pieces.facts, sizeof(whole.facts)) == 0);
	require(whole.facts.header_octets + whole.facts.body_octets == s.len);
	require(holed.facts.header_octets + holed.facts.body_octets <= s.len + 1000);
	require(holed.facts.header_gap != holed.facts.body_gap);
	return 0;
}
