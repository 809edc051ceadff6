/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines to replies, and every reply through all that reads meaning into it: what is found
 * lies within the reply, and the class of the code is never overruled by its text.
 */
#include <stdlib.h>

#include "dissect/smtp_line.h"
#include "dissect/smtp_meaning.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

static bool
is_within(struct span part, struct span whole)
{
	return part.len == 0 ||
	       (part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static void
check_meaning(const struct smtp_reply *reply)
{
	enum smtp_result result = smtp_result_of_reply(reply);
	bool positive = reply->code >= 200 && reply->code <= 299;
	struct span id = smtp_queue_id(reply), address = smtp_reply_address(reply);

	check(smtp_result_of_name(span_of_text(smtp_result_name(result))) == result);
	check(reply->code < 500 || smtp_result_is_refusal(result));
	check(reply->code >= 400 || !smtp_result_is_refusal(result));
	check(!positive || result == SMTP_RESULT_ACCEPTED || result == SMTP_RESULT_WEAK);
	check(is_within(id, reply->text) && (positive || id.len == 0));
	check(is_within(address, reply->text) && (positive || address.len == 0));
	check(is_within(smtp_blocklist_name(reply->text), reply->text));
	check(is_within(smtp_banner_host(reply->text), reply->text));
	check(smtp_mta_of_banner(reply->text) < SMTP_MTA_COUNT);
	check(smtp_mta_of_reply(reply) < SMTP_MTA_COUNT);
}

static void
check_reply(const struct smtp_reply *reply)
{
	struct smtp_enhanced e;
	struct smtp_caps caps;
	char text[12];

	check(reply->code >= 100 && reply->code <= 599 && reply->lines > 0);
	check(reply->text.len <= SMTP_REPLY_TEXT_MAX);
	check(!reply->cut || reply->text.len == SMTP_REPLY_TEXT_MAX);
	smtp_enhanced_write(&reply->enhanced, text);
	struct span s = span_of_text(text);
	if (reply->enhanced.class) {
		check(smtp_enhanced_parse(&s, &e) && s.len == 0);
		check(e.subject == reply->enhanced.subject &&
			e.detail == reply->enhanced.detail);
	}
	smtp_caps_parse(reply, &caps);
	check(is_within(caps.host, reply->text));
	check(caps.mechs == 0 || caps.has & SMTP_CAP_AUTH);
	check(caps.size == 0 || caps.has & SMTP_CAP_SIZE);
	check_meaning(reply);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtp_line_reader lines;
	struct smtp_reply_reader replies;
	struct smtp_line line;
	struct smtp_reply reply;

	smtp_line_reset(&lines, SMTP_REPLY_LINE_MAX);
	smtp_reply_reset(&replies);
	/* In pieces: a line that is cut lies in the reader, not in the input. */
	for (size_t at = 0; at < size; at += 61) {
		struct span in = span_slice(span_of(data, size), at, at + 61);

		while (smtp_line_next(&lines, &in, &line) == DIS_OK)
			if (smtp_reply_next(&replies, line.text, &reply) == DIS_OK)
				check_reply(&reply);
	}
	return 0;
}
