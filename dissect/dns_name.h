/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain names on the wire (RFC 1035 3.1, 4.1.4) to text.
 *
 * Letters become lower-case (RFC 4343), so that equal names are equal texts. A dot or
 * backslash inside a label is written \. and \\, any other octet that is not printable
 * ASCII as \DDD (RFC 1035 5.1). No dot at the end; the root is ".".
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include "dissect.h"
#include "limits.h"

struct dns_name {
	uint16_t len; /* of text, without its NUL */
	char text[DNS_NAME_TEXT];
};

/*
 * Reads the name at c, a cursor into message, and leaves c behind it. DIS_OK: *out is
 * set. DIS_MORE: it goes on beyond the message's end. DIS_BAD: too long, a label type
 * nobody uses, or a pointer that does not point back (so that none can loop). *out is "."
 * unless DIS_OK.
 */
enum dis_status dns_name_parse(
	struct cursor *c, struct span message, struct dns_name *out);

struct span dns_name_span(const struct dns_name *name);
bool dns_name_is_root(const struct dns_name *name);

#endif
