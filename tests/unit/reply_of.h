/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a reply made from its lines, which LF separates, each with its code. */
#ifndef REPLY_OF_H
#define REPLY_OF_H

#include "feed.h"

#include "dissect/smtp_reply.h"

/* The reply's text lives in *r. */
static inline struct smtp_reply
reply_of(struct smtp_reply_reader *r, const char *lines)
{
	struct span rest = span_of_text(lines);
	struct smtp_reply reply = {0};
	enum dis_status got = DIS_MORE;

	smtp_reply_reset(r);
	while (got == DIS_MORE && rest.len) {
		size_t end = span_find(rest, '\n');

		got = smtp_reply_next(r, span_slice(rest, 0, end), &reply);
		rest = span_slice(rest, end + 1, rest.len);
	}
	assert_int_equal(got, DIS_OK);
	assert_int_equal(rest.len, 0);
	return reply;
}

#endif
