/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whoever sits on the wire and wants the kernel to withhold what the sensor should have
 * read: conversations by dice, in clear and in TLS, with segments among theirs that are
 * forged, overlap, repeat or lie. The records are those of a plain reading; where octets
 * are lost, no fewer are told as missing; and no transaction is made up.
 */
#include "tests/bpf/shunted.h"
#include "tests/bpf/tls_by_dice.h"

#define FRAME_PAYLOAD_MAX 3000u
#define RST		  0x04

/* --- conversations ----------------------------------------------------------------- */

/* Another connection between the same ports, behind what is there. */
static void
open_again(unsigned port)
{
	now += UINT64_C(2000000000);
	next_seq[DIS_CLIENT] = dice(3) ? 0u - dice(60000) : dice(1u << 30);
	next_seq[DIS_SERVER] = dice(1u << 30);
	server_port = port;
	add(DIS_CLIENT, 0, 0, SYN);
	add(DIS_SERVER, 0, 0, SYN | ACK);
	add(DIS_CLIENT, 0, 0, ACK);
}

static void
hello(const char *answer)
{
	says(DIS_SERVER, "220 mail.corp.test ESMTP Postfix\r\n");
	says(DIS_CLIENT, "EHLO c.test\r\n");
	says(DIS_SERVER, answer);
}

static void
envelope(void)
{
	says(DIS_CLIENT, "MAIL FROM:<x@shop.test>\r\n");
	says(DIS_SERVER, "250 2.1.0 Ok\r\n");
	says(DIS_CLIENT, "RCPT TO:<a@victim.test>\r\n");
	says(DIS_SERVER, "250 2.1.5 Ok\r\n");
	says(DIS_CLIENT, "DATA\r\n");
	says(DIS_SERVER, "354 go\r\n");
}

/* A message whose segments begin as records of TLS do. */
static void
message_like_records(void)
{
	envelope();
	says(DIS_CLIENT, "Message-ID: <1@shop.test>\r\nSubject: s\r\n\r\n");
	for (unsigned left = 5 + dice(25); left-- > 0;) {
		size_t from = used;
		uint32_t len = 200 + dice(1200);
		const uint8_t h[] = {23, 3, 3, (uint8_t)(len >> 8), (uint8_t)len};

		keep(h, 5);
		if (!dice(12))
			put(alike[dice(6)]);
		put_base64(dice(4) ? len - 2 : 30 + dice(1000));
		add(DIS_CLIENT, from, used - from, ACK);
		if (dice(2))
			add(DIS_SERVER, 0, 0, ACK);
	}
	says(DIS_CLIENT, "\r\n.\r\n");
	says(DIS_SERVER, "250 2.0.0 Ok: queued as 4XyZ\r\n");
}

static void
plain_message(void)
{
	size_t from;

	envelope();
	from = used;
	put("Message-ID: <1@shop.test>\r\nSubject: s\r\n\r\n");
	put_base64(4200 + dice(20000));
	if (!dice(3)) {
		put(alike[dice(6)]);
		put("MAIL FROM:<smuggled@shop.test>\r\nRCPT "
		    "TO:<v@victim.test>\r\nDATA\r\n");
		put_base64(dice(9000));
	}
	put(".\r\n");
	send_from(from, 400 + dice(1048));
	says(DIS_SERVER, "250 2.0.0 Ok: queued as 4XyZ\r\n");
}

static void
bye(void)
{
	says(DIS_CLIENT, "QUIT\r\n");
	says(DIS_SERVER, "221 bye\r\n");
	if (!dice(4))
		return;
	add(DIS_CLIENT, 0, 0, FIN | ACK);
	add(DIS_SERVER, 0, 0, FIN | ACK);
	add(DIS_CLIENT, 0, 0, ACK);
}

static void
talk_in_clear(void)
{
	bool refused = dice(2);

	open_again(25);
	hello("250-mail.corp.test\r\n250-STARTTLS\r\n250 8BITMIME\r\n");
	if (refused) {
		says(DIS_CLIENT, "STARTTLS\r\n");
		says(DIS_SERVER, "454 4.7.0 TLS not available\r\n");
	}
	for (unsigned left = 1 + dice(2); left-- > 0;) {
		if (dice(2))
			message_like_records();
		else
			plain_message();
	}
	bye();
}

static void
talk_in_tls(void)
{
	static const size_t full[] = {16384, 4096, 1400, 40};
	bool implicit = !dice(3);

	open_again(implicit ? 465 : 25);
	if (!implicit) {
		hello("250-mail.corp.test\r\n250-STARTTLS\r\n250 8BITMIME\r\n");
		/* Mail in clear before it. */
		if (!dice(3))
			plain_message();
		says(DIS_CLIENT, "STARTTLS\r\n");
		says(DIS_SERVER, "220 2.0.0 Ready to start TLS\r\n");
	}
	if (dice(2))
		handshake(handshake_tls12, sizeof(handshake_tls12));
	else
		handshake(handshake_tls13_retry, sizeof(handshake_tls13_retry));
	client_record(17 + 13);
	server_record(17 + 90);
	for (unsigned left = 1 + dice(3); left-- > 0;) {
		size_t f = full[dice(4)];

		tls_message(300 + dice(f < 100 ? 2000 : 40000), f, 300 + dice(1148));
	}
	tls_end();
}

static void
make_talks(void)
{
	segments = 0;
	used = 0;
	now = UINT64_C(1700000000) * 1000000000;
	for (unsigned left = 1 + !dice(4); left-- > 0;) {
		if (dice(3))
			talk_in_tls();
		else
			talk_in_clear();
		/* What waits for octets of the other side has waited long enough. */
		now += UINT64_C(2000000000);
		add(DIS_CLIENT, 0, 0, ACK);
	}
}

/* Octets of the client in the midst are no more what they were, for whoever reads. */
static void
spoil(void)
{
	for (unsigned left = dice(3); left-- > 0;) {
		const struct segment *s =
			&segment[segments / 2 + dice((uint32_t)segments / 2)];

		for (uint32_t i = 0; s->len && i < 7; i++)
			octets[s->at + dice(s->len)] = (uint8_t)dice(256);
	}
}

/* --- who disturbs them ------------------------------------------------------------- */

/* Behind segment number at. */
static void
insert(struct segment s, size_t at)
{
	if (segments == SEGMENTS_MAX || at + 1 >= segments)
		return;
	memmove(&segment[at + 2], &segment[at + 1],
		(segments - at - 1) * sizeof(*segment));
	segments++;
	s.ns = segment[at].ns + 1;
	s.ack = s.dir == segment[at].dir ? segment[at].ack : segment[at].seq;
	segment[at + 1] = s;
}

/* Some of the client's segments, from i on, that follow on each other, as one. */
static struct segment
joined(size_t i)
{
	struct segment s = segment[i];
	size_t from = used;

	if (used + 2 * FRAME_PAYLOAD_MAX > OCTETS_MAX)
		return s;
	s.len = 0;
	s.flags = ACK;
	for (unsigned n = 1 + dice(4); n > 0 && i < segments; i++) {
		const struct segment *next = &segment[i];

		if (next->dir != DIS_CLIENT || !next->len || next->words)
			continue;
		if (next->seq != s.seq + s.len || next->flags & (SYN | FIN | RST) ||
			s.len + next->len > FRAME_PAYLOAD_MAX)
			break;
		memmove(octets + used, octets + next->at, next->len);
		used += next->len;
		s.len += next->len;
		n--;
	}
	s.at = (uint32_t)from;
	return s;
}

/* A part of it, perhaps. */
static struct segment
part_of(struct segment s)
{
	uint32_t skip;

	if (s.len < 2 || !dice(3))
		return s;
	skip = dice(2) ? dice(s.len) : 0;
	s.seq += skip;
	s.at += skip;
	s.len -= skip;
	if (dice(2))
		s.len = 1 + dice(s.len);
	return s;
}

/* Other octets than were there, which may look like a record's header, or an end. */
static void
falsify(const struct segment *s)
{
	static const char evil[] =
		"\r\n.\r\nMAIL FROM:<evil@shop.test>\r\nRCPT TO:<v@victim.test>\r\n";
	const uint8_t h[] = {23, 3, 3, (uint8_t)dice(64), (uint8_t)dice(256)};
	size_t n = s->len < 5 ? s->len : 5;

	switch (dice(3)) {
	case 0:
		memcpy(octets + s->at + dice(s->len - (uint32_t)n + 1), h, n);
		break;
	case 1:
		n = s->len < sizeof(evil) - 1 ? s->len : sizeof(evil) - 1;
		memcpy(octets + s->at + dice(s->len - (uint32_t)n + 1), evil, n);
		break;
	default:
		for (uint32_t i = 0; i < s->len; i++)
			octets[s->at + i] = (uint8_t)dice(256);
		break;
	}
}

static struct segment
forged(const struct segment *where, uint8_t flags, size_t len)
{
	struct segment s = *where;

	len = used + len > OCTETS_MAX ? 0 : len;
	s.at = (uint32_t)used;
	s.len = (uint32_t)len;
	put_octets(len);
	s.flags = flags;
	if (s.len)
		falsify(&s);
	return s;
}

/* What a sensor that reads all of it makes nothing of. */
static void
disturb_in_vain(size_t i, bool resets)
{
	struct segment s = segment[i];
	uint32_t ahead;

	switch (dice(8)) {
	case 0:
		insert(part_of(joined(i)), i + dice(12));
		break;
	case 1:
		/* The window is closed: an octet, and then all. */
		s.len = 1;
		insert(segment[i], i);
		segment[i].len = 1;
		break;
	case 2:
		s = forged(&s, ACK, dice(2));
		s.seq--;
		insert(s, i - 1);
		break;
	case 3:
	case 4:
		insert(forged(&s, resets ? RST | ACK : SYN, dice(2) ? 5 + dice(400) : 0),
			i - 1);
		break;
	case 5:
		/* Payload from amid its header on. */
		s = forged(&s, ACK, 5 + dice(400));
		s.words = (uint8_t)(1 + dice(4));
		insert(s, i - 1);
		break;
	case 6:
		/* It is said to be read before it was. */
		ahead = s.seq + dice(5000);
		s.dir = DIS_SERVER;
		s.len = 0;
		s.flags = ACK;
		s.seq = segment[i].ack;
		insert(s, i - 1);
		segment[i].ack = ahead;
		break;
	default:
		s = forged(&s, ACK, 5 + dice(400));
		s.seq += (5u << 20) + dice(1u << 20);
		insert(s, i - 1);
		break;
	}
}

/* First come, first read: but these come first, or say otherwise later. */
static void
disturb_with_lies(size_t i)
{
	struct segment s = part_of(joined(i));

	if (!s.len || s.at == segment[i].at)
		return;
	switch (dice(6)) {
	case 0:
		falsify(&s);
		insert(s, i - 1);
		break;
	case 1:
		falsify(&s);
		s.flags = FIN | ACK;
		insert(s, dice(2) ? i - 1 : i + dice(8));
		break;
	default:
		falsify(&s);
		insert(s, i + dice(12));
		break;
	}
}

static bool
is_prey(const struct segment *s)
{
	return s->dir == DIS_CLIENT && s->len && !s->words &&
	       !(s->flags & (SYN | FIN | RST));
}

/* One in so many. */
static void
disturb_by(uint32_t vain, uint32_t lies)
{
	bool resets = dice(2);

	for (size_t i = 8; i + 12 < segments; i++) {
		if (!is_prey(&segment[i]))
			continue;
		if (vain && !dice(vain))
			disturb_in_vain(i, resets);
		else if (lies && !dice(lies))
			disturb_with_lies(i);
	}
}

/* --- both readings ----------------------------------------------------------------- */

static bool lost[SEGMENTS_MAX];
/* Octets of those, as far as they had passed. */
static uint64_t missing;

/* Of those that pass one in so many finds the ring full. */
static void
read_hostile(struct capture_bpf *b, struct reader *r, size_t lag, uint32_t losses,
	struct sums *t)
{
	static uint32_t passed[SEGMENTS_MAX];
	size_t read = 0;

	missing = 0;
	r->p->shunt = (struct pipeline_shunt){
		.ctx = b, .follow = follow, .order = order, .look = look, .leave = leave};
	for (size_t i = 0; i < segments; i++) {
		build(&segment[i]);
		passed[i] = kernel_run(capture_bpf_filter(b), frame_span(&frame));
		t->octets += frame.len;
		if (passed[i] > frame.len)
			passed[i] = (uint32_t)frame.len;
		t->withheld += frame.len - passed[i];
		t->cut += passed[i] > 0 && passed[i] < frame.len;
		lost[i] = passed[i] && segment[i].dir == DIS_CLIENT && segment[i].len &&
			  losses && !dice(losses);
		missing += lost[i] ? passed[i] - (frame.len - segment[i].len) : 0;
		for (; read + (i + 1 == segments ? 0 : lag) <= i; read++)
			if (passed[read] && !lost[read])
				reader_take_cut(r, read, passed[read]);
	}
	reader_end(r);
}

static uint64_t
sum_of(const char *text, const char *what)
{
	uint64_t sum = 0;

	for (const char *at = text; (at = strstr(at, what));) {
		at += strlen(what);
		sum += strtoull(at, NULL, 10);
	}
	return sum;
}

static size_t
count_of(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}

enum strictness {
	ALIKE,	 /* the records are the same */
	NOT_LESS /* what was lost is missing, and no transaction is new */
};

static void
compare(const struct reader *plain, const struct reader *shunted, enum strictness how)
{
	bool fits;

	if (how == ALIKE)
		fits = strcmp(plain->text, shunted->text) == 0;
	else
		fits = sum_of(shunted->text, "\"gap_octets\":") >= missing &&
		       count_of(shunted->text, "\"type\":\"transaction\"") <=
			       count_of(plain->text, "\"type\":\"transaction\"");
	if (fits)
		return;
	show("all of it", plain->text);
	show("without the middle", shunted->text);
	fail_msg("the records do not fit");
}

/* A number with its name. */
static void
strip(char *text, const char *name)
{
	for (char *at = text; (at = strstr(at, name));) {
		char *end = at + strlen(name);

		end += strspn(end, "0123456789");
		memmove(at, end, strlen(end) + 1);
	}
}

static void
read_both(struct capture_bpf *b, uint32_t losses, enum strictness how, struct sums *t)
{
	struct reader plain, shunted;
	size_t lag = dice(2) ? dice(4) : dice(LAG_MAX - 2);

	reader_open(&shunted);
	read_hostile(b, &shunted, lag, losses, t);
	reader_open(&plain);
	for (size_t i = 0; i < segments; i++)
		if (!lost[i])
			reader_take(&plain, i);
	reader_end(&plain);
	reduce(plain.text, true);
	reduce(shunted.text, true);
	/* A copy of what was withheld is no conflict. */
	strip(plain.text, ",\"overlap_conflicts\":");
	strip(shunted.text, ",\"overlap_conflicts\":");
	compare(&plain, &shunted, how);
	t->mail++;
	reader_close(&plain);
	reader_close(&shunted);
}

static void
run(uint32_t talks, uint32_t vain, uint32_t lies, uint32_t losses, enum strictness how,
	struct sums *t)
{
	struct capture_bpf_options o = kernel_options();
	struct capture_bpf *b;

	o.shunt = true;
	b = kernel_load(&o);
	*t = (struct sums){0};
	for (uint32_t i = 0; i < talks; i++) {
		seed = i * 7001u + vain * 31u + lies * 17u + losses;
		make_talks();
		if (!dice(4))
			spoil();
		disturb_by(vain, lies);
		read_both(b, losses, how, t);
	}
	server_port = 25;
	capture_bpf_close(b);
}

static void
segments_that_say_nothing_new_change_no_record(void **state)
{
	struct sums t;

	(void)state;
	run(16, 8, 0, 0, ALIKE, &t);
	printf("withheld: %.1f %% of the octets\n",
		100 * (double)t.withheld / (double)t.octets);
}

static void
who_says_otherwise_makes_no_mail(void **state)
{
	struct sums t;

	(void)state;
	run(16, 20, 10, 0, NOT_LESS, &t);
}

static void
what_the_ring_loses_is_missing_and_not_withheld(void **state)
{
	struct sums t;

	(void)state;
	run(16, 0, 0, 25, NOT_LESS, &t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_that_say_nothing_new_change_no_record),
		cmocka_unit_test(who_says_otherwise_makes_no_mail),
		cmocka_unit_test(what_the_ring_loses_is_missing_and_not_withheld),
	};

	if (!kernel_permits("test_records_hostile"))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
