/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/pcapng_time.h"

#define NS_PER_S 1000000000u

/* 10^19 and 2^63 are the largest that fit. */
#define POWER_OF_TEN_MAX 19
#define POWER_OF_TWO_MAX 63

/* Bits of a second's fraction with which fraction * 10^9 still fits: 34 + 30 = 64. */
#define FRACTION_BITS 34u

void
pcapng_time_init(struct pcapng_clock *c)
{
	*c = (struct pcapng_clock){.per_second = 1000000, .ns = 1000};
}

static uint64_t
power_of_ten(unsigned power)
{
	uint64_t value = 1;

	while (power--)
		value *= 10;
	return value;
}

bool
pcapng_time_resolution(struct pcapng_clock *c, uint8_t tsresol)
{
	uint8_t power = tsresol & 0x7f;

	if (tsresol & 0x80) {
		if (power > POWER_OF_TWO_MAX)
			return false;
		c->per_second = UINT64_C(1) << power;
		c->power = power;
		c->ns = power == 0 ? NS_PER_S : 0;
		return true;
	}
	if (power > POWER_OF_TEN_MAX)
		return false;
	c->per_second = power_of_ten(power);
	c->power = 0;
	c->ns = power <= 9 ? (uint32_t)power_of_ten(9u - power) : 0;
	return true;
}

/* rest < per_second units in nanoseconds. */
static uint64_t
fraction_ns(const struct pcapng_clock *c, uint64_t rest)
{
	unsigned power = c->power;
	unsigned drop = power > FRACTION_BITS ? power - FRACTION_BITS : 0;

	if (power)
		return ((rest >> drop) * NS_PER_S) >> (power - drop);
	if (c->ns)
		return rest * c->ns;
	return rest / (c->per_second / NS_PER_S);
}

static uint64_t
add_clamped(uint64_t seconds, int64_t offset)
{
	uint64_t size = offset < 0 ? 0 - (uint64_t)offset : (uint64_t)offset;

	if (offset < 0)
		return seconds > size ? seconds - size : 0;
	return seconds > UINT64_MAX - size ? UINT64_MAX : seconds + size;
}

uint64_t
pcapng_time_ns(const struct pcapng_clock *c, uint64_t units)
{
	uint64_t seconds, ns;

	if (c->ns && c->offset == 0)
		return units > UINT64_MAX / c->ns ? UINT64_MAX : units * c->ns;
	seconds = units / c->per_second;
	ns = fraction_ns(c, units % c->per_second);
	seconds = add_clamped(seconds, c->offset);
	if (seconds > (UINT64_MAX - ns) / NS_PER_S)
		return UINT64_MAX;
	return seconds * NS_PER_S + ns;
}
