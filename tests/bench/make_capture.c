/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a capture to measure with: make_capture FILE MEGABYTES mixed|mail|other
 *
 * mixed: half of the octets mail, every twelfth packet DNS, the rest HTTPS, QUIC and odd
 * ports. mail: SMTP and DNS only. other: no mail. Some hundred conversations are under
 * way at a time. The same arguments give the same file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "talk.h"

#define TALKS 300u

/* Mean time between packets, in ns: some 50 Mbit/s. */
#define PACE 100000u

struct maker {
	struct wire wire;
	struct random random;
	struct talk talk[TALKS];
	uint64_t octets[2]; /* not mail, mail */
	uint64_t dns;	    /* packets */
	uint64_t count[TALK_ODD + 1];
	unsigned mail_share; /* of the octets, in percent */
};

static enum talk_kind
choose(const struct maker *m, struct random *r)
{
	uint64_t all = m->octets[0] + m->octets[1];

	if (m->dns * 12 < m->wire.packets)
		return TALK_DNS;
	if (m->mail_share && m->octets[1] * 100 <= all * m->mail_share)
		return TALK_MAIL;
	if (m->mail_share == 100)
		return TALK_MAIL;
	switch (random_between(r, 1, 10)) {
	case 1:
	case 2:
		return TALK_QUIC;
	case 3:
		return TALK_ODD;
	default:
		return TALK_WEB;
	}
}

static void
begin(struct maker *m, struct talk *t)
{
	talk_begin(t, choose(m, &m->random), &m->random);
	m->count[t->kind]++;
	m->octets[t->kind == TALK_MAIL] += t->script.len;
	if (t->kind == TALK_DNS)
		m->dns += 2;
}

static void
make(struct maker *m, uint64_t octets)
{
	for (unsigned i = 0; i < TALKS; i++)
		begin(m, &m->talk[i]);
	while (m->wire.octets < octets && !m->wire.failed) {
		struct talk *t = &m->talk[random_next(&m->random) % TALKS];

		m->wire.ns += random_between(&m->random, 1000, 2 * PACE);
		if (!talk_step(t, &m->wire, &m->random))
			begin(m, t);
	}
	for (unsigned i = 0; i < TALKS; i++)
		script_free(&m->talk[i].script);
}

static bool
share_of(const char *name, unsigned *share)
{
	static const char *const names[] = {"other", "mixed", "mail"};

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(name, names[i]) == 0) {
			*share = 50 * i;
			return true;
		}
	}
	return false;
}

int
main(int argc, char **argv)
{
	static struct maker m = {.random = {20231114}};

	if (argc != 4 || !share_of(argv[3], &m.mail_share)) {
		fprintf(stderr, "usage: make_capture FILE MEGABYTES mixed|mail|other\n");
		return 1;
	}
	if (!wire_open(&m.wire, argv[1])) {
		perror(argv[1]);
		return 1;
	}
	make(&m, strtoull(argv[2], NULL, 10) * 1000000);
	if (!wire_close(&m.wire)) {
		perror(argv[1]);
		return 1;
	}
	fprintf(stderr,
		"%s: %llu packets, %llu octets; connections: %llu mail, %llu HTTPS, "
		"%llu odd; %llu DNS questions, %llu QUIC\n",
		argv[1], (unsigned long long)m.wire.packets,
		(unsigned long long)m.wire.octets, (unsigned long long)m.count[TALK_MAIL],
		(unsigned long long)m.count[TALK_WEB],
		(unsigned long long)m.count[TALK_ODD],
		(unsigned long long)m.count[TALK_DNS],
		(unsigned long long)m.count[TALK_QUIC]);
	return 0;
}
