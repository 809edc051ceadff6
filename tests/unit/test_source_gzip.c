/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_made.h"

#include "sensor/capture/source_gzip.h"

#define TEXT_OCTETS 3000

static uint8_t text[TEXT_OCTETS];
static struct made packed;

static int
setup(void **state)
{
	uint32_t x = 1;

	(void)state;
	/* Neither constant nor beyond compression. */
	for (size_t i = 0; i < TEXT_OCTETS; i++) {
		x = x * 1103515245u + 12345u;
		text[i] = (uint8_t)("abcdefgh"[x >> 29]);
	}
	made_gzip(&packed, span_of(text, TEXT_OCTETS));
	return 0;
}

/* What came of decoding. */
struct outcome {
	uint8_t octets[2 * TEXT_OCTETS + 64];
	size_t len;
	const char *reason; /* NULL: none */
	bool complete;
	bool stuck; /* it neither took nor made anything, and was not at the end */
};

/*
 * Decodes from input given in parts of step octets, into room octets at a time. It is
 * asked once more behind the last octet, for what it may still hold.
 */
static void
decode(struct span input, size_t step, size_t room, struct outcome *o)
{
	struct source_codec *c = source_gzip_new();
	size_t given = 0;
	struct span in = SPAN_NONE;

	assert_non_null(c);
	memset(o, 0, sizeof(*o));
	for (;;) {
		struct source_codec_out out = {o->octets + o->len, room, 0};
		size_t before;

		if (in.len == 0 && given < input.len) {
			in = span_slice(input, given, given + step);
			given += in.len;
		}
		before = in.len;
		o->reason = c->ops->decode(c, &in, &out);
		assert_true(out.made <= room);
		o->len += out.made;
		assert_true(o->len + room <= sizeof(o->octets));
		if (o->reason)
			break;
		if (out.made == 0 && in.len == before) {
			o->stuck = in.len > 0;
			if (in.len || given == input.len)
				break;
		}
	}
	o->complete = c->ops->complete(c);
	c->ops->free(c);
}

static void
the_first_octets_tell(void **state)
{
	(void)state;
	assert_true(source_gzip_magic(made_span(&packed)));
	for (size_t n = 0; n < 3; n++) {
		struct guarded g = guarded_new(packed.at, n);

		assert_false(source_gzip_magic(guarded_span(&g)));
		guarded_free(&g);
	}
	for (size_t i = 0; i < 3; i++) {
		struct guarded g = guarded_new(packed.at, 3);

		assert_true(source_gzip_magic(guarded_span(&g)));
		g.at[i] ^= 1;
		assert_false(source_gzip_magic(guarded_span(&g)));
		guarded_free(&g);
	}
}

static void
parts_of_any_size_give_the_same_octets(void **state)
{
	static const size_t sizes[] = {1, 2, 7, 100, 3000};
	struct guarded g = guarded_new(packed.at, packed.len);
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		for (size_t k = 0; k < 5; k++) {
			decode(guarded_span(&g), sizes[i], sizes[k], &o);
			assert_null(o.reason);
			assert_true(o.complete);
			assert_false(o.stuck);
			assert_int_equal(o.len, TEXT_OCTETS);
			assert_memory_equal(o.octets, text, TEXT_OCTETS);
		}
	guarded_free(&g);
}

/* What there is is given; that it is not all, is known. */
static void
a_cut_at_any_octet_is_seen(void **state)
{
	struct outcome o;

	(void)state;
	for (size_t cut = 1; cut < packed.len; cut++) {
		struct guarded g = guarded_new(packed.at, cut);

		decode(guarded_span(&g), cut, 512, &o);
		assert_null(o.reason);
		assert_false(o.complete);
		assert_true(o.len <= TEXT_OCTETS);
		assert_memory_equal(o.octets, text, o.len);
		guarded_free(&g);
	}
}

/*
 * Whatever octet is another: what is taken for sound is what was packed. (Another
 * distance may lead to the same octets; time and system in the header say nothing of
 * them.)
 */
static void
a_changed_octet_is_seen(void **state)
{
	struct outcome o;
	size_t alike = 0;

	(void)state;
	for (size_t i = 0; i < packed.len; i++) {
		struct guarded g = guarded_new(packed.at, packed.len);

		g.at[i] ^= 0x55;
		decode(guarded_span(&g), packed.len, 512, &o);
		if (!o.reason && o.complete) {
			assert_int_equal(o.len, TEXT_OCTETS);
			assert_memory_equal(o.octets, text, TEXT_OCTETS);
			alike++;
		}
		guarded_free(&g);
	}
	/* The six octets of time and system, and few others. */
	assert_in_range(alike, 6, 12);
}

static void
members_follow_each_other_with_zeroes_between_and_behind(void **state)
{
	struct made two = {0};
	struct outcome o;

	(void)state;
	made_gzip(&two, span_of(text, 1000));
	made_number(&two, 0, 5);
	made_gzip(&two, SPAN_NONE);
	made_gzip(&two, span_of(text + 1000, 2000));
	made_number(&two, 0, 7);
	for (size_t step = 1; step < two.len; step += 13) {
		decode(made_span(&two), step, 512, &o);
		assert_null(o.reason);
		assert_true(o.complete);
		assert_int_equal(o.len, TEXT_OCTETS);
		assert_memory_equal(o.octets, text, TEXT_OCTETS);
	}
}

/* All before it has been given. */
static void
what_is_no_member_behind_one_is_told(void **state)
{
	struct made m = {0};
	struct outcome o;

	(void)state;
	made_gzip(&m, span_of(text, TEXT_OCTETS));
	made_octets(&m, "\0\0garbage", 9);
	decode(made_span(&m), m.len, 512, &o);
	assert_string_equal(o.reason, "octets after the end of the gzip data");
	assert_int_equal(o.len, TEXT_OCTETS);
	m.len -= 7;
	made_octets(&m, "\x1f\x8b\x07\0", 4);
	decode(made_span(&m), m.len, 512, &o);
	assert_string_equal(o.reason, "gzip data is damaged");
	assert_int_equal(o.len, TEXT_OCTETS);
}

/* The checksum and the length, of which the last eight octets are. */
static void
octets_that_are_not_what_was_packed_are_told(void **state)
{
	struct outcome o;

	(void)state;
	for (size_t i = 1; i <= 8; i++) {
		packed.at[packed.len - i] ^= 1;
		decode(made_span(&packed), packed.len, 512, &o);
		packed.at[packed.len - i] ^= 1;
		assert_string_equal(o.reason, "gzip data is damaged");
		assert_false(o.complete);
		assert_int_equal(o.len, TEXT_OCTETS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_octets_tell),
		cmocka_unit_test(parts_of_any_size_give_the_same_octets),
		cmocka_unit_test(a_cut_at_any_octet_is_seen),
		cmocka_unit_test(a_changed_octet_is_seen),
		cmocka_unit_test(
			members_follow_each_other_with_zeroes_between_and_behind),
		cmocka_unit_test(what_is_no_member_behind_one_is_told),
		cmocka_unit_test(octets_that_are_not_what_was_packed_are_told),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
