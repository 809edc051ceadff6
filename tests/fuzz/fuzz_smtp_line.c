/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines do not depend on how the stream is cut, and no octet is lost or told twice. The
 * first octet sets the bound, the second how the input is cut.
 */
#include <stdlib.h>

#include "dissect/smtp_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

struct sum {
	uint64_t octets;
	uint64_t hash;
	size_t lines;
};

static void
add(struct sum *sum, const struct smtp_line *line, uint16_t max)
{
	uint8_t flags = (uint8_t)(line->bare_lf | line->bare_cr << 1 | line->nul << 2 |
				  line->cut << 3);

	check(line->text.len <= max && line->text.len <= line->octets);
	check(span_find(line->text, '\n') == line->text.len);
	check(!line->cut || line->text.len == max);
	/* What is seen in the text is told; what is told may be in the tail. */
	check(line->nul || span_find(line->text, '\0') == line->text.len);
	check(line->bare_cr || span_find(line->text, '\r') == line->text.len);
	sum->octets += line->octets;
	sum->lines++;
	for (size_t i = 0; i < line->text.len; i++)
		sum->hash = (sum->hash ^ line->text.at[i]) * 0x100000001b3u;
	sum->hash = (sum->hash ^ flags ^ 0x100) * 0x100000001b3u;
}

static struct sum
run(struct span in, uint16_t max, size_t piece)
{
	struct smtp_line_reader r;
	struct smtp_line line;
	struct sum sum = {0, 0xcbf29ce484222325u, 0};

	smtp_line_reset(&r, max);
	for (size_t at = 0; at < in.len; at += piece) {
		struct span part = span_slice(in, at, at + piece);

		while (smtp_line_next(&r, &part, &line) == DIS_OK)
			add(&sum, &line, max);
		check(part.len == 0);
	}
	if (smtp_line_flush(&r, &line))
		add(&sum, &line, max);
	check(!smtp_line_flush(&r, &line));
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span in = span_of(data + 2, size - 2);
	struct sum whole, cut;
	uint16_t max;

	if (size < 2)
		return 0;
	max = (uint16_t)(data[0] < 128 ? data[0] : data[0] * 8);
	whole = run(in, max, in.len + 1);
	cut = run(in, max, 1u + data[1] % 32);
	check(whole.octets == in.len);
	check(cut.octets == whole.octets && cut.lines == whole.lines &&
		cut.hash == whole.hash);
	return 0;
}
