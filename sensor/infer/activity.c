/* SPDX-License-Identifier: Apache-2.0 */
#include "activity.h"

#include <string.h>

/* The latest time that is counted; its bucket's end fits in 64 bits. */
#define NS_MAX ((uint64_t)INT64_MAX)

static uint64_t
last_bucket(const struct activity *a)
{
	size_t n = activity_buckets(a);

	return n ? a->first + n - 1 : a->first;
}

static void
add(uint32_t *to, uint32_t n)
{
	*to = UINT32_MAX - *to < n ? UINT32_MAX : *to + n;
}

/* Twice as wide: each bucket holds what two held. */
static void
widen(struct activity *a)
{
	uint64_t first = a->first / 2;

	for (int s = 0; s < ACTIVITY_SERIES; s++) {
		uint32_t wide[ACTIVITY_BUCKETS] = {0};

		for (uint64_t i = 0; i < ACTIVITY_BUCKETS; i++)
			add(&wide[(a->first + i) / 2 - first], a->count[s][i]);
		memcpy(a->count[s], wide, sizeof(wide));
	}
	a->first = first;
	a->width *= 2;
}

/* Room for earlier ones in front; the caller has seen to it that they fit. */
static void
begin_at(struct activity *a, uint64_t first)
{
	size_t by = (size_t)(a->first - first);

	for (int s = 0; s < ACTIVITY_SERIES; s++) {
		memmove(&a->count[s][by], a->count[s],
			(ACTIVITY_BUCKETS - by) * sizeof(a->count[s][0]));
		memset(a->count[s], 0, by * sizeof(a->count[s][0]));
	}
	a->first = first;
}

static bool
fits(const struct activity *a, uint64_t ns)
{
	uint64_t at = ns / a->width;
	uint64_t from = at < a->first ? at : a->first;
	uint64_t to = at > last_bucket(a) ? at : last_bucket(a);

	return to - from < ACTIVITY_BUCKETS;
}

void
activity_note(struct activity *a, enum activity_series series, uint64_t ns)
{
	if (ns == 0 || ns > NS_MAX)
		return;
	if (a->width == 0) {
		a->width = ACTIVITY_WIDTH_MIN;
		a->first = ns / a->width;
	}
	while (!fits(a, ns))
		widen(a);
	if (ns / a->width < a->first)
		begin_at(a, ns / a->width);
	add(&a->count[series][ns / a->width - a->first], 1);
}

uint64_t
activity_start(const struct activity *a)
{
	return a->first * a->width;
}

uint64_t
activity_width(const struct activity *a)
{
	return a->width;
}

size_t
activity_buckets(const struct activity *a)
{
	for (size_t i = ACTIVITY_BUCKETS; i-- > 0;)
		for (int s = 0; s < ACTIVITY_SERIES; s++)
			if (a->count[s][i])
				return i + 1;
	return 0;
}

uint32_t
activity_count(const struct activity *a, enum activity_series series, size_t bucket)
{
	return bucket < ACTIVITY_BUCKETS ? a->count[series][bucket] : 0;
}

uint64_t
activity_total(const struct activity *a, enum activity_series series)
{
	uint64_t total = 0;

	for (size_t i = 0; i < ACTIVITY_BUCKETS; i++)
		total += a->count[series][i];
	return total;
}

const char *
activity_series_name(enum activity_series series)
{
	static const char *const names[] = {
		[ACTIVITY_UNAUTHENTICATED] = "unauthenticated",
		[ACTIVITY_AUTHENTICATED] = "authenticated",
		[ACTIVITY_REFUSED] = "refused",
	};

	return names[series];
}

bool
activity_is_sane(const struct activity *a)
{
	uint64_t width = ACTIVITY_WIDTH_MIN;

	if (a->width == 0)
		return a->first == 0 && activity_buckets(a) == 0;
	while (width < a->width && width <= NS_MAX / 2)
		width *= 2;
	return width == a->width && activity_buckets(a) > 0 &&
	       last_bucket(a) <= NS_MAX / a->width;
}
