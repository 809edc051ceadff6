/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_history.h"

void
tcp_history_init(struct tcp_history *h, uint8_t *ring)
{
	*h = (struct tcp_history){.ring = ring};
}

static void
copy_in(struct tcp_history *h, uint64_t at, struct span data)
{
	size_t place = at % TCP_HISTORY;
	struct span head = span_slice(data, 0, TCP_HISTORY - place);
	struct span tail = span_slice(data, head.len, data.len);

	memcpy(h->ring + place, head.at, head.len);
	if (tail.len)
		memcpy(h->ring, tail.at, tail.len);
}

void
tcp_history_insert(struct tcp_history *h, uint64_t at, struct span data)
{
	uint64_t to = at + data.len;

	if (!h->ring || !data.len)
		return;
	if (at != h->to)
		h->from = at;
	if (data.len > TCP_HISTORY)
		data = span_slice(data, data.len - TCP_HISTORY, data.len);
	copy_in(h, to - data.len, data);
	h->to = to;
	if (to - h->from > TCP_HISTORY)
		h->from = to - TCP_HISTORY;
}

uint64_t
tcp_history_differs(const struct tcp_history *h, int64_t at, struct span data)
{
	int64_t from = at < (int64_t)h->from ? (int64_t)h->from : at;
	int64_t to = at + (int64_t)data.len;
	uint64_t differs = 0;

	if (!h->ring)
		return 0;
	if (to > (int64_t)h->to)
		to = (int64_t)h->to;
	for (int64_t i = from; i < to; i++)
		differs += data.at[i - at] != h->ring[(uint64_t)i % TCP_HISTORY];
	return differs;
}
