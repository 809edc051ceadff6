/* SPDX-License-Identifier: Apache-2.0 */
#include "alert.h"

#include <stdlib.h>

#include "sensor/base/siphash.h"

/* Octets of a chunk of texts; a longer text has a chunk of its own. */
#define CHUNK 4000u

struct alert_text {
	struct alert_text *next;
	size_t used;
	size_t room;
	uint8_t at[];
};

static const char *const kind_names[] = {
	[ALERT_RELAY] = "relay",
	[ALERT_FINDING] = "finding",
	[ALERT_SENSOR] = "sensor",
};

static const char *const action_names[] = {
	[ALERT_OPENED] = "opened",
	[ALERT_ESCALATED] = "escalated",
	[ALERT_CHANGED] = "changed",
	[ALERT_REPEATED] = "repeated",
	[ALERT_CLOSED] = "closed",
};

static const char *const severity_names[] = {
	[ALERT_SEVERITY_LOW] = "low",
	[ALERT_SEVERITY_MEDIUM] = "medium",
	[ALERT_SEVERITY_HIGH] = "high",
	[ALERT_SEVERITY_CRITICAL] = "critical",
};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

struct alert *
alert_new(void)
{
	struct alert *a = calloc(1, sizeof(*a));

	if (!a)
		abort();
	return a;
}

void
alert_free(struct alert *a)
{
	if (!a)
		return;
	while (a->texts) {
		struct alert_text *t = a->texts;

		a->texts = t->next;
		free(t);
	}
	free(a);
}

/* A chunk of its own goes behind the first one, which may still have room. */
static struct alert_text *
chunk_for(struct alert *a, size_t octets)
{
	struct alert_text *t = a->texts;
	size_t room = octets > CHUNK ? octets : CHUNK;

	if (t && t->room - t->used >= octets)
		return t;
	t = malloc(sizeof(*t) + room);
	if (!t)
		abort();
	*t = (struct alert_text){.room = room};
	if (a->texts && octets > CHUNK) {
		t->next = a->texts->next;
		a->texts->next = t;
	} else {
		t->next = a->texts;
		a->texts = t;
	}
	return t;
}

struct span
alert_keep(struct alert *a, struct span s)
{
	struct alert_text *t;
	uint8_t *to;

	if (s.len == 0)
		return SPAN_NONE;
	t = chunk_for(a, s.len);
	to = t->at + t->used;
	memcpy(to, s.at, s.len);
	t->used += s.len;
	return span_of(to, s.len);
}

struct span
alert_keep_text(struct alert *a, const char *s)
{
	return s ? alert_keep(a, span_of_text(s)) : SPAN_NONE;
}

/* --- identity --------------------------------------------------------------------- */

/* Crockford's base 32. */
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* What an alert is about, in one buffer; bounded, a rule has a few dozen octets. */
struct subject {
	uint8_t at[256];
	size_t used;
};

static void
subject_add(struct subject *s, const void *octets, size_t n)
{
	if (n > sizeof(s->at) - s->used)
		n = sizeof(s->at) - s->used;
	if (n)
		memcpy(s->at + s->used, octets, n);
	s->used += n;
}

/* Big-endian, so that every machine gives the same id. */
static void
subject_add_number(struct subject *s, uint64_t number)
{
	uint8_t octets[8];

	for (int i = 0; i < 8; i++)
		octets[i] = (uint8_t)(number >> (56 - 8 * i));
	subject_add(s, octets, sizeof(octets));
}

static void
subject_of(struct subject *s, const struct alert *a)
{
	*s = (struct subject){.used = 0};
	subject_add_number(s, a->last);
	subject_add_number(s, (uint64_t)a->action);
	subject_add_number(s, (uint64_t)a->severity);
	subject_add_number(s, a->port);
	subject_add(s, a->server.at, sizeof(a->server.at));
	/* The clients of a server's trouble come and go; a finding's is what it is about.
	 */
	if (a->kind == ALERT_FINDING)
		subject_add(s, a->client.at, sizeof(a->client.at));
	subject_add(s, a->incident, strlen(a->incident));
	subject_add(s, a->rule.at, a->rule.len);
}

/*
 * The ULID specification: 128 bits, the most significant first, as 26 digits of 5 bits;
 * the first digit has 3.
 */
static void
ulid_write(uint64_t milliseconds, const uint8_t hash[10], char out[ALERT_ID])
{
	for (int i = 9; i >= 0; i--) {
		out[i] = digits[milliseconds & 31];
		milliseconds >>= 5;
	}
	for (int i = 0; i < 16; i++) {
		int bit = 5 * i, octet = bit / 8;
		unsigned pair =
			(unsigned)hash[octet] << 8 | (octet < 9 ? hash[octet + 1] : 0);

		out[10 + i] = digits[pair >> (11 - bit % 8) & 31];
	}
	out[ALERT_ID - 1] = '\0';
}

void
alert_identify(struct alert *a)
{
	/* No secrets: the same packets have to give the same id at every sensor. */
	static const uint8_t first_key[16] = "relaytap alert 1";
	static const uint8_t second_key[16] = "relaytap alert 2";
	struct subject s;
	uint64_t high, low;
	uint8_t hash[10];

	subject_of(&s, a);
	high = siphash(first_key, span_of(s.at, s.used));
	low = siphash(second_key, span_of(s.at, s.used));
	for (int i = 0; i < 8; i++)
		hash[i] = (uint8_t)(high >> (56 - 8 * i));
	hash[8] = (uint8_t)(low >> 8);
	hash[9] = (uint8_t)low;
	ulid_write(a->time / 1000000 & UINT64_C(0xffffffffffff), hash, a->id);
	if (!a->incident[0])
		memcpy(a->incident, a->id, sizeof(a->incident));
}

bool
alert_id_parse(struct span text, char out[ALERT_ID])
{
	if (text.len != ALERT_ID - 1 || text.at[0] < '0' || text.at[0] > '7')
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (!memchr(digits, text.at[i], sizeof(digits) - 1))
			return false;
	span_copy(text, out, ALERT_ID);
	return true;
}

/* --- names ------------------------------------------------------------------------ */

const char *
alert_kind_name(enum alert_kind kind)
{
	return kind_names[kind];
}

const char *
alert_action_name(enum alert_action action)
{
	return action_names[action];
}

const char *
alert_severity_name(enum alert_severity severity)
{
	return severity_names[severity];
}

static bool
find_name(const char *const *names, size_t count, struct span name, unsigned *out)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal(name, span_of_text(names[i]))) {
			*out = (unsigned)i;
			return true;
		}
	return false;
}

bool
alert_kind_of_name(struct span name, enum alert_kind *out)
{
	unsigned i;

	if (!find_name(kind_names, COUNT(kind_names), name, &i))
		return false;
	*out = (enum alert_kind)i;
	return true;
}

bool
alert_action_of_name(struct span name, enum alert_action *out)
{
	unsigned i;

	if (!find_name(action_names, COUNT(action_names), name, &i))
		return false;
	*out = (enum alert_action)i;
	return true;
}

bool
alert_severity_of_name(struct span name, enum alert_severity *out)
{
	unsigned i;

	if (!find_name(severity_names, COUNT(severity_names), name, &i))
		return false;
	*out = (enum alert_severity)i;
	return true;
}
