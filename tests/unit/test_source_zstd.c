/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_made.h"

#include "dissect/limits.h"
#include "sensor/capture/source_zstd.h"

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
	made_zstd(&packed, span_of(text, TEXT_OCTETS));
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
	struct source_codec *c = source_zstd_new();
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
	assert_true(source_zstd_magic(made_span(&packed)));
	for (size_t n = 0; n < 4; n++) {
		struct guarded g = guarded_new(packed.at, n);

		assert_false(source_zstd_magic(guarded_span(&g)));
		guarded_free(&g);
	}
	for (size_t i = 0; i < 4; i++) {
		struct guarded g = guarded_new(packed.at, 4);

		assert_true(source_zstd_magic(guarded_span(&g)));
		g.at[i] ^= 1;
		assert_false(source_zstd_magic(guarded_span(&g)));
		guarded_free(&g);
	}
	/* Skippable frames: 0x184D2A50 to 0x184D2A5F. */
	assert_true(source_zstd_magic(SPAN_LITERAL("\x50\x2a\x4d\x18")));
	assert_true(source_zstd_magic(SPAN_LITERAL("\x5f\x2a\x4d\x18")));
	assert_false(source_zstd_magic(SPAN_LITERAL("\x60\x2a\x4d\x18")));
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

/* Without a checksum not all of it can be seen; but it ends, and within the room. */
static void
a_changed_octet_does_no_harm(void **state)
{
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < packed.len; i++) {
		struct guarded g = guarded_new(packed.at, packed.len);

		g.at[i] ^= 0x55;
		decode(guarded_span(&g), packed.len, 512, &o);
		/* In the magic it is seen at once. */
		if (i < 4)
			assert_string_equal(o.reason, "Unknown frame descriptor");
		guarded_free(&g);
	}
}

static void
frames_follow_each_other_and_skippable_ones_are_skipped(void **state)
{
	struct made two = {0};
	struct outcome o;

	(void)state;
	made_octets(&two, "\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
	made_zstd(&two, span_of(text, 1000));
	made_octets(&two, "\x5f\x2a\x4d\x18\x00\0\0\0", 8);
	made_zstd(&two, span_of(text + 1000, 2000));
	for (size_t step = 1; step < two.len; step += 13) {
		decode(made_span(&two), step, 512, &o);
		assert_null(o.reason);
		assert_true(o.complete);
		assert_int_equal(o.len, TEXT_OCTETS);
		assert_memory_equal(o.octets, text, TEXT_OCTETS);
	}
}

static void
what_is_no_frame_behind_one_is_told(void **state)
{
	struct made m = {0};
	struct outcome o;

	(void)state;
	made_zstd(&m, span_of(text, TEXT_OCTETS));
	made_octets(&m, "garbage", 7);
	decode(made_span(&m), m.len, 512, &o);
	assert_string_equal(o.reason, "Unknown frame descriptor");
	assert_int_equal(o.len, TEXT_OCTETS);
}

/* A window descriptor (RFC 8878 3.1.1.1.2) of exponent e: 2^(10 + e) octets. */
static void
a_window_larger_than_the_bound_is_refused(void **state)
{
	struct outcome o;

	(void)state;
	for (unsigned log = 10; log <= 41; log++) {
		struct made m = {0};

		made_octets(&m, "\x28\xb5\x2f\xfd", 4);
		made_number(&m, 0, 1); /* no content size, a window, no checksum */
		made_number(&m, (log - 10) << 3, 1);
		made_number(&m, 1 | 4 << 3, 3); /* the last block: 4 raw octets */
		made_octets(&m, "fine", 4);
		decode(made_span(&m), m.len, 512, &o);
		if (log > CAPTURE_ZSTD_WINDOW_LOG) {
			assert_non_null(o.reason);
			assert_int_equal(o.len, 0);
		} else {
			assert_null(o.reason);
			assert_true(o.complete);
			assert_int_equal(o.len, 4);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_octets_tell),
		cmocka_unit_test(parts_of_any_size_give_the_same_octets),
		cmocka_unit_test(a_cut_at_any_octet_is_seen),
		cmocka_unit_test(a_changed_octet_does_no_harm),
		cmocka_unit_test(frames_follow_each_other_and_skippable_ones_are_skipped),
		cmocka_unit_test(what_is_no_frame_behind_one_is_told),
		cmocka_unit_test(a_window_larger_than_the_bound_is_refused),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
