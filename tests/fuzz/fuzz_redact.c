/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An address is planted into hostile text, and into hostile JSON: whatever stands around
 * it, its local part must not come out. The first octet chooses level and form, the
 * second where it is planted.
 */
#include <stdlib.h>
#include <string.h>

#include "sensor/output/redact_json.h"
#include "sensor/output/redact_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const forms[] = {
	"SECRET@victim.test",
	"<SECRET@victim.test>",
	"<SECRET>",
	"\"x SECRET y\"@victim.test",
	"SECRET%victim.test@corp.test",
	"SECRET@a.test@b.test",
	"<@h.test:SECRET@victim.test>",
	"SECRET%40victim.test",
	"a.SECRET+b@[192.0.2.1]",
	"<x SECRET y@victim.test>",
	"SECRET@",
};

/* The same inside of a string of JSON. */
static const char *const json_forms[] = {
	"\"SECRET@victim.test\"",
	"\"S\\u0045CRET\\u0040victim.test\"",
	"{\"mail\":{\"from\":\"SECRET\"}}",
	"{\"rcpt\":[{\"raw\":\"<SECRET>\"}]}",
};

static void
require(bool truth)
{
	if (!truth)
		abort();
}

static void
plant(struct text_out *to, struct span around, size_t at, const char *what)
{
	text_out_reset(to);
	text_out_span(to, span_slice(around, 0, at));
	text_out_text(to, what);
	text_out_span(to, span_slice(around, at, around.len));
}

static void
check(const struct text_out *out)
{
	require(!memmem(out->at, out->used, "SECRET", 6));
}

static void
check_text(struct span around, size_t at, const char *form, enum config_redact level,
	struct text_out *in, struct text_out *out)
{
	/* In the text a peer could write the word itself. */
	if (around.len && memmem(around.at, around.len, "SECRET", 6))
		return;
	plant(in, around, at, form);
	text_out_reset(out);
	redact_text(text_out_all(in), level, out);
	check(out);
	text_out_reset(out);
	redact_sentence(text_out_all(in), level, out);
	check(out);
	text_out_reset(out);
	redact_evidence(text_out_all(in), level, out);
	check(out);
	text_out_reset(out);
	redact_address(text_out_all(in), level, out);
}

/* A reply of a hundred octets, with a word of it where a peer wants it. */
static void
check_reply(struct span around, size_t at, struct text_out *in, struct text_out *out)
{
	if (memmem(around.at, around.len, "SECRET", 6))
		return;
	around = span_slice(around, 0, 90);
	plant(in, around, at < around.len ? at : around.len, "SECRET");
	text_out_reset(out);
	text_out_text(out, "last 2026-11-23 20:22:53 UTC (550 ");
	text_out_span(out, text_out_all(in));
	text_out_text(out, "). It does.");
	text_out_reset(in);
	redact_sentence(text_out_all(out), CONFIG_REDACT_ALL, in);
	check(in);
}

static void
check_json(struct span around, size_t at, const char *form, enum config_redact level,
	struct text_out *in, struct text_out *out)
{
	(void)at;
	text_out_reset(out);
	redact_json(around, level, out);
	for (size_t i = 0; i < out->used; i++)
		require((uint8_t)out->at[i] >= ' ');
	/* What begins as JSON must be read as such: behind a finished line. */
	plant(in, SPAN_LITERAL("{\"type\":\"server\",\"a\":[1,2.5,true,null]}"), 39,
		form);
	text_out_reset(out);
	redact_json(text_out_all(in), level, out);
	check(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum config_redact level;
	struct text_out in, out;
	struct span around;
	size_t at;

	if (size < 2)
		return 0;
	text_out_init(&in);
	text_out_init(&out);
	around = span_of(data + 2, size - 2);
	level = data[0] & 0x80 ? CONFIG_REDACT_ALL : CONFIG_REDACT_LOCAL_PART;
	at = around.len ? data[1] % (around.len + 1) : 0;
	check_text(around, at, forms[(data[0] & 0x7f) % (sizeof(forms) / sizeof(*forms))],
		level, &in, &out);
	if (around.len)
		check_reply(around, at, &in, &out);
	check_json(around, at,
		json_forms[data[0] % (sizeof(json_forms) / sizeof(*json_forms))], level,
		&in, &out);
	text_out_free(&in);
	text_out_free(&out);
	return 0;
}
