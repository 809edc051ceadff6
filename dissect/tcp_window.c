/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_window.h"

struct tcp_window *
tcp_window_init(void *buf, size_t size)
{
	struct tcp_window *w = buf;
	size_t room = size > sizeof(*w) ? size - sizeof(*w) : 0;

	if (!buf || !room || room > UINT32_MAX)
		return NULL;
	w->count = 0;
	w->room = (uint32_t)room;
	return w;
}

/* Index of the first range that ends past from; count if there is none. */
static uint32_t
range_past(const struct tcp_window *w, uint64_t from)
{
	uint32_t i = w->count;

	/* From the end: most segments lie behind all that is here. */
	while (i > 0 && w->range[i - 1].to > from)
		i--;
	return i;
}

static bool
are_neighbours(const struct tcp_range *a, const struct tcp_range *b)
{
	return a->to == b->from && a->absent == b->absent;
}

static void
remove_range(struct tcp_window *w, uint32_t i)
{
	w->count--;
	memmove(&w->range[i], &w->range[i + 1], (w->count - i) * sizeof(w->range[0]));
}

/* Index of the first range that its follower may be joined to; count if there is none. */
static uint32_t
find_joinable(const struct tcp_window *w)
{
	for (uint32_t i = 0; i + 1 < w->count; i++)
		if (are_neighbours(&w->range[i], &w->range[i + 1]))
			return i;
	return w->count;
}

bool
tcp_window_is_full(const struct tcp_window *w)
{
	return w->count == TCP_RANGES_MAX && find_joinable(w) == w->count;
}

/* The joined range has the earlier octets' moment. */
static bool
win_range(struct tcp_window *w)
{
	uint32_t i = find_joinable(w);

	if (w->count < TCP_RANGES_MAX)
		return true;
	if (i == w->count)
		return false;
	w->range[i].to = w->range[i + 1].to;
	remove_range(w, i + 1);
	return true;
}

static bool
add_range(struct tcp_window *w, struct tcp_range r)
{
	uint32_t i = range_past(w, r.from);

	if (i > 0 && r.absent && are_neighbours(&w->range[i - 1], &r)) {
		w->range[i - 1].to = r.to;
		return true;
	}
	if (!win_range(w))
		return false;
	i = range_past(w, r.from);
	memmove(&w->range[i + 1], &w->range[i], (w->count - i) * sizeof(w->range[0]));
	w->range[i] = r;
	w->count++;
	return true;
}

static void
copy_in(struct tcp_window *w, uint64_t at, struct span data)
{
	size_t place = at % w->room;
	struct span head = span_slice(data, 0, w->room - place);
	struct span tail = span_slice(data, head.len, data.len);

	memcpy(w->ring + place, head.at, head.len);
	if (tail.len)
		memcpy(w->ring, tail.at, tail.len);
}

/* Cuts whole down to its first piece that is in no range. False if there is none. */
static bool
next_piece(
	const struct tcp_window *w, uint64_t from, uint64_t to, struct tcp_range *piece)
{
	uint32_t i = range_past(w, from);

	while (i < w->count && w->range[i].from <= from)
		from = w->range[i++].to;
	if (from >= to)
		return false;
	piece->from = from;
	piece->to = i < w->count && w->range[i].from < to ? w->range[i].from : to;
	return true;
}

uint64_t
tcp_window_insert(struct tcp_window *w, uint64_t from, struct span data, struct moment at)
{
	struct tcp_range piece = {.to = from, .at = at};
	uint64_t to = from + data.len, left_out = 0;

	while (next_piece(w, piece.to, to, &piece)) {
		struct span part = span_slice(
			data, (size_t)(piece.from - from), (size_t)(piece.to - from));

		if (add_range(w, piece))
			copy_in(w, piece.from, part);
		else
			left_out += part.len;
	}
	return left_out;
}

uint64_t
tcp_window_insert_absent(
	struct tcp_window *w, uint64_t from, uint64_t to, struct moment at)
{
	struct tcp_range piece = {.to = from, .at = at, .absent = true};
	uint64_t left_out = 0;

	while (next_piece(w, piece.to, to, &piece))
		if (!add_range(w, piece))
			left_out += piece.to - piece.from;
	return left_out;
}

void
tcp_window_advance(struct tcp_window *w, uint64_t taken)
{
	uint32_t gone = 0;

	while (gone < w->count && w->range[gone].to <= taken)
		gone++;
	w->count -= gone;
	if (gone)
		memmove(w->range, w->range + gone, w->count * sizeof(w->range[0]));
	if (w->count && w->range[0].from < taken)
		w->range[0].from = taken;
}

struct span
tcp_window_front(const struct tcp_window *w)
{
	size_t place = w->range[0].from % w->room;
	uint64_t octets = w->range[0].to - w->range[0].from;

	if (octets > w->room - place)
		octets = w->room - place;
	return span_of(w->ring + place, (size_t)octets);
}

uint64_t
tcp_window_run(const struct tcp_window *w, uint64_t from)
{
	for (uint32_t i = 0; i < w->count && w->range[i].from <= from; i++)
		if (w->range[i].to > from)
			from = w->range[i].to;
	return from;
}

static uint64_t
count_differs(const struct tcp_window *w, uint64_t at, struct span data)
{
	uint64_t differs = 0;

	for (size_t i = 0; i < data.len; i++)
		differs += data.at[i] != w->ring[(at + i) % w->room];
	return differs;
}

struct tcp_overlap
tcp_window_overlap(const struct tcp_window *w, uint64_t from, struct span data)
{
	struct tcp_overlap o = {0, 0};
	uint64_t to = from + data.len;

	for (uint32_t i = 0; i < w->count; i++) {
		const struct tcp_range *r = &w->range[i];
		uint64_t a = r->from > from ? r->from : from;
		uint64_t b = r->to < to ? r->to : to;

		if (a >= b)
			continue;
		o.octets += b - a;
		if (!r->absent)
			o.differs += count_differs(w, a,
				span_slice(data, (size_t)(a - from), (size_t)(b - from)));
	}
	return o;
}
