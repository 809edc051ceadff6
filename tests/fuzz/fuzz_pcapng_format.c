/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pcapng file of any content: every frame lies in what the file holds, offsets never
 * run backwards, and blocks of any size give what the whole gives. The first octet
 * chooses the size of the blocks.
 */
#include <stdlib.h>

#include "dissect/limits.h"
#include "sensor/capture/pcapng_format.h"

#define MUST(x) ((x) ? (void)0 : abort())

struct sum {
	uint64_t frames, damages, octets, times;
	uint64_t offset; /* of the last damage */
};

static void
add(struct sum *sum, const struct capture_frame *frame)
{
	sum->frames++;
	sum->times = sum->times * 31 + frame->at.ns;
	MUST(frame->octets.len <= CAPTURE_FRAME_MAX);
	MUST(frame->wire_len >= frame->octets.len);
	for (size_t i = 0; i < frame->octets.len; i++)
		sum->octets = sum->octets * 31 + frame->octets.at[i];
}

static struct sum
read_all(struct source *s, size_t size)
{
	struct pcapng_format f;
	struct capture_damage damage = {0};
	struct capture_frame frame;
	struct sum sum = {0};
	enum capture_status status;
	uint64_t last;

	pcapng_format_init(&f, s);
	last = source_offset(s);
	do {
		status = pcapng_format_next(&f, &frame, &damage);
		if (status == CAPTURE_FRAME)
			add(&sum, &frame);
		if (status == CAPTURE_DAMAGED) {
			sum.damages++;
			sum.offset = damage.offset;
			MUST(damage.offset <= size || s->codec);
		}
		MUST(source_offset(s) >= last);
		MUST(f.stopped || status == CAPTURE_END || source_offset(s) > last);
		last = source_offset(s);
	} while (status == CAPTURE_FRAME || status == CAPTURE_DAMAGED);
	MUST(status == CAPTURE_END);
	MUST(f.interfaces <= CAPTURE_INTERFACES_MAX);
	pcapng_format_release(&f);
	source_close(s);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sum whole, parts;
	struct source *s;
	bool packed;

	if (size < 2)
		return 0;
	s = source_open_memory(span_of(data + 1, size - 1), 0);
	if (!s)
		return 0;
	packed = s->codec != NULL;
	whole = read_all(s, size);
	s = source_open_memory(span_of(data + 1, size - 1), 1 + data[0]);
	MUST(s != NULL);
	parts = read_all(s, size);
	/* How much of damaged compressed data is decoded depends on the room there is. */
	MUST(packed || memcmp(&whole, &parts, sizeof(whole)) == 0);
	return 0;
}
