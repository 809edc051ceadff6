/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/pcapng_options.h"

#include "sensor/capture/octet_order.h"

/* draft-ietf-opsawg-pcapng 3.5 and 4.2. if_fcslen is not needed: IP has its own length.
 */
enum option {
	OPTION_END = 0,
	OPTION_IF_NAME = 2,
	OPTION_IF_TSRESOL = 9,
	OPTION_IF_TSOFFSET = 14
};

static int64_t
seconds_of(struct span value, bool other_order)
{
	uint64_t first = octet_order_u32(value.at, other_order);
	uint64_t second = octet_order_u32(value.at + 4, other_order);
	uint16_t one = 1;
	bool little_here = *(const uint8_t *)&one == 1;

	/* The eight octets are one number in the writer's order. */
	if (little_here != other_order)
		return (int64_t)(second << 32 | first);
	return (int64_t)(first << 32 | second);
}

static bool
take_option(
	struct pcapng_interface *i, uint16_t code, struct span value, bool other_order)
{
	switch (code) {
	case OPTION_IF_NAME:
		span_copy(value, i->name, sizeof(i->name));
		return true;
	case OPTION_IF_TSRESOL:
		return value.len == 1 && pcapng_time_resolution(&i->clock, value.at[0]);
	case OPTION_IF_TSOFFSET:
		if (value.len != 8)
			return false;
		i->clock.offset = seconds_of(value, other_order);
		return true;
	default:
		return true;
	}
}

bool
pcapng_options_interface(
	struct pcapng_interface *i, struct span options, bool other_order)
{
	bool good = true;

	/* code(2) length(2) value, padded to four octets */
	while (options.len >= 4) {
		uint16_t code = octet_order_u16(options.at, other_order);
		size_t len = octet_order_u16(options.at + 2, other_order);
		size_t padded = (len + 3) / 4 * 4;

		if (code == OPTION_END)
			return good;
		if (padded > options.len - 4)
			return false;
		good &= take_option(
			i, code, span_slice(options, 4, 4 + len), other_order);
		options = span_slice(options, 4 + padded, options.len);
	}
	return good && options.len == 0;
}
