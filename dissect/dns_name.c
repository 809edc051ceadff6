/* SPDX-License-Identifier: Apache-2.0 */
#include "dns_name.h"

/* RFC 1035 4.1.4: the two high bits of a label's first octet. */
#define LABEL_TYPE    0xc0
#define LABEL_POINTER 0xc0
#define LABEL_LENGTH  0x3f

static void
put(struct dns_name *out, uint8_t c)
{
	out->text[out->len++] = (char)c;
}

static void
put_octet(struct dns_name *out, uint8_t c)
{
	if (c == '.' || c == '\\') {
		put(out, '\\');
		put(out, c);
	} else if (c > ' ' && c < 0x7f) {
		put(out, dis_lower(c));
	} else {
		put(out, '\\');
		put(out, (uint8_t)('0' + c / 100));
		put(out, (uint8_t)('0' + c / 10 % 10));
		put(out, (uint8_t)('0' + c % 10));
	}
}

static void
put_label(struct dns_name *out, struct span label)
{
	if (out->len > 0)
		put(out, '.');
	for (size_t i = 0; i < label.len; i++)
		put_octet(out, label.at[i]);
}

static enum dis_status
fail(struct dns_name *out, enum dis_status status)
{
	out->len = 1;
	out->text[0] = '.';
	out->text[1] = '\0';
	return status;
}

/*
 * A pointer's second octet stands at c. It must lead to before limit, the place where the
 * part of the name that holds it began: "a prior occurrence" (RFC 1035 4.1.4).
 */
static bool
jump(struct cursor *c, uint8_t first, struct span message, size_t *limit)
{
	size_t to = (size_t)(first & LABEL_LENGTH) << 8 | dis_u8(c);

	if (c->overrun || to >= *limit)
		return false;
	*limit = to;
	*c = cursor_of(span_slice(message, to, message.len));
	return true;
}

/* The labels of one name; *after is set where it ends in the place it was read from. */
static enum dis_status
labels_read(
	struct cursor *c, struct span message, struct cursor *after, struct dns_name *out)
{
	size_t limit = (size_t)(c->at - message.at);
	size_t wire = 1;
	unsigned jumps = 0;

	for (;;) {
		uint8_t first = dis_u8(c);
		struct span label;

		if (c->overrun)
			return DIS_MORE;
		if (first == 0)
			break;
		if ((first & LABEL_TYPE) == LABEL_POINTER) {
			struct cursor back = *c;

			if (cursor_left(c) == 0)
				return DIS_MORE;
			if (jumps == 0) {
				cursor_skip(&back, 1);
				*after = back;
			}
			if (++jumps > DNS_JUMPS_MAX || !jump(c, first, message, &limit))
				return DIS_BAD;
			continue;
		}
		if (first & LABEL_TYPE)
			return DIS_BAD;
		label = cursor_take(c, first);
		if (c->overrun)
			return DIS_MORE;
		wire += label.len + 1;
		if (wire > DNS_NAME_WIRE)
			return DIS_BAD;
		put_label(out, label);
	}
	if (jumps == 0)
		*after = *c;
	return DIS_OK;
}

enum dis_status
dns_name_parse(struct cursor *c, struct span message, struct dns_name *out)
{
	struct cursor after = *c;
	struct cursor at = *c;
	enum dis_status status;

	out->len = 0;
	if (c->overrun || message.len == 0)
		return fail(out, DIS_MORE);
	/* Labels may lie anywhere in the message, not only in what c may read. */
	status = labels_read(&at, message, &after, out);
	if (status != DIS_OK)
		return fail(out, status);
	*c = after;
	if (out->len == 0)
		put(out, '.');
	out->text[out->len] = '\0';
	return DIS_OK;
}

struct span
dns_name_span(const struct dns_name *name)
{
	return span_of(name->text, name->len);
}

bool
dns_name_is_root(const struct dns_name *name)
{
	return name->len == 1 && name->text[0] == '.';
}
