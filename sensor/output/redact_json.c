/* SPDX-License-Identifier: Apache-2.0 */
#include "redact_json.h"

#include "redact_reply.h"
#include "sensor/base/json_out.h"

/* Objects in each other whose keys are remembered; ours have 5. */
#define DEPTH 32
/* All that stands outside of strings, if it is JSON: numbers, true, false, null. */
#define SYNTAX "{}[]:, +-.0123456789eEtrufalsn"

enum how {
	HOW_TEXT,
	HOW_ADDRESS,
	HOW_EVIDENCE, /* a reply may end it */
	HOW_LOOSE, /* may name a mailbox by its bare name */
	HOW_USER
};

/* Members that are not just text. parent: key of the object that has it; NULL: any. */
static const struct member {
	const char *parent, *key;
	enum how how;
} members[] = {
	{"mail_from", "raw", HOW_ADDRESS},
	{"mail_from", "address", HOW_ADDRESS},
	{"mail_from", "target", HOW_ADDRESS},
	{"rcpt", "raw", HOW_ADDRESS},
	{"rcpt", "address", HOW_ADDRESS},
	{"rcpt", "target", HOW_ADDRESS},
	{"message", "from", HOW_ADDRESS},
	{"message", "to", HOW_ADDRESS},
	{"message", "delivered_to", HOW_ADDRESS},
	{"dsn", "recipient", HOW_ADDRESS},
	{"mail", "from", HOW_ADDRESS},
	{"mail", "to", HOW_ADDRESS},
	{"tests", "mail_from", HOW_ADDRESS},
	{"tests", "rcpt_to", HOW_ADDRESS},
	{"evidence", "what", HOW_EVIDENCE},
	{NULL, "message_id", HOW_ADDRESS},
	{NULL, "subject", HOW_LOOSE},
	{NULL, "text", HOW_LOOSE},
	{NULL, "reply", HOW_LOOSE},
	{"auth", "user", HOW_USER},
};

struct frame {
	struct span key, parent;
};

struct walk {
	struct span json;
	size_t at;
	enum config_redact level;
	struct span key;    /* of the value that is next */
	struct span parent; /* of the object around it */
	struct frame frames[DEPTH];
	size_t depth;
	struct text_out plain, redacted;
	struct json_out quoted;
	struct text_out *out;
};

static enum how
how_of(const struct walk *w)
{
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const struct member *m = &members[i];

		if (span_equal(w->key, span_of_text(m->key)) &&
			(!m->parent || span_equal(w->parent, span_of_text(m->parent))))
			return m->how;
	}
	return HOW_TEXT;
}

/*
 * The inside of the string whose quote is at i, and in *end the index behind its last
 * quote. False where there is no last quote: then it goes to the end.
 */
static bool
string_at(struct span json, size_t i, struct span *inside, size_t *end)
{
	size_t from = ++i;

	while (i < json.len && json.at[i] != '"')
		i += json.at[i] == '\\' ? 2 : 1;
	*inside = span_slice(json, from, i);
	*end = i < json.len ? i + 1 : json.len;
	return i < json.len;
}

static bool
hex4(struct span s, uint32_t *out)
{
	*out = 0;
	if (s.len < 4)
		return false;
	for (size_t i = 0; i < 4; i++) {
		uint8_t c = dis_lower(s.at[i]);

		if (!dis_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
		*out = *out << 4 | (uint32_t)(dis_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return true;
}

static void
put_utf8(struct text_out *out, uint32_t code)
{
	uint8_t at[4];
	size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

	at[0] = (uint8_t)(n == 1 ? code : (0xf00u >> n & 0xff) | code >> (6 * (n - 1)));
	for (size_t i = 1; i < n; i++)
		at[i] = (uint8_t)(0x80 | (code >> (6 * (n - 1 - i)) & 0x3f));
	text_out_span(out, span_of(at, n));
}

/* \uXXXX at the front of s, with a second half where it is the first. Octets used. */
static size_t
put_escape(struct text_out *out, struct span s)
{
	uint32_t code, low;
	size_t used = 6;

	if (!hex4(span_slice(s, 2, s.len), &code)) {
		put_utf8(out, 0xfffd);
		return 2;
	}
	if (code >= 0xd800 && code < 0xdc00 && s.len >= 12 && s.at[6] == '\\' &&
		s.at[7] == 'u' && hex4(span_slice(s, 8, s.len), &low) && low >= 0xdc00 &&
		low < 0xe000) {
		code = 0x10000 + ((code & 0x3ff) << 10 | (low & 0x3ff));
		used = 12;
	} else if (code >= 0xd800 && code < 0xe000)
		code = 0xfffd;
	put_utf8(out, code);
	return used;
}

/* What the inside of a string stands for (RFC 8259 7). */
static void
unescape(struct span s, struct text_out *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";

	for (size_t i = 0; i < s.len;) {
		const char *known;

		if (s.at[i] != '\\' || i + 1 >= s.len) {
			text_out_char(out, (char)s.at[i++]);
		} else if (s.at[i + 1] == 'u') {
			i += put_escape(out, span_slice(s, i, s.len));
		} else {
			known = memchr(from, s.at[i + 1], sizeof(from) - 1);
			text_out_char(out, known ? to[known - from] : (char)s.at[i + 1]);
			i += 2;
		}
	}
}

static void
redact_value(struct walk *w, struct span s, enum how how)
{
	bool hash = s.len && s.at[0] == '#';

	if (how == HOW_ADDRESS)
		redact_address(s, w->level, &w->redacted);
	else if (how == HOW_EVIDENCE)
		redact_evidence(s, w->level, &w->redacted);
	else if (s.len && ((how == HOW_LOOSE && w->level == CONFIG_REDACT_ALL) ||
				  (how == HOW_USER && !hash)))
		text_out_text(&w->redacted, REDACT_MARK);
	else
		redact_sentence(s, w->level, &w->redacted);
}

/* Octets that JSON may not have as they are, or only as part of UTF-8. */
static bool
is_plain(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < 0x20 || s.at[i] >= 0x7f)
			return false;
	return true;
}

/* The string whose inside is given, as a value or key. */
static void
put_string(struct walk *w, struct span inside, bool whole, enum how how)
{
	text_out_reset(&w->plain);
	text_out_reset(&w->redacted);
	unescape(inside, &w->plain);
	redact_value(w, text_out_all(&w->plain), how);
	if (whole && is_plain(inside) &&
		span_equal(text_out_all(&w->plain), text_out_all(&w->redacted))) {
		text_out_char(w->out, '"');
		text_out_span(w->out, inside);
		text_out_char(w->out, '"');
		return;
	}
	json_out_reset(&w->quoted);
	json_out_span(&w->quoted, NULL, text_out_all(&w->redacted));
	text_out_span(w->out, span_of(w->quoted.at, w->quoted.used));
}

static bool
is_key(struct span json, size_t i)
{
	while (i < json.len && json.at[i] <= ' ')
		i++;
	return i < json.len && json.at[i] == ':';
}

static void
walk_string(struct walk *w)
{
	struct span inside;
	size_t end;
	bool whole = string_at(w->json, w->at, &inside, &end);

	if (is_key(w->json, end)) {
		w->key = inside;
		put_string(w, inside, whole, HOW_TEXT);
	} else {
		put_string(w, inside, whole, how_of(w));
	}
	w->at = end;
}

static void
walk_in(struct walk *w, bool object)
{
	if (w->depth < DEPTH)
		w->frames[w->depth] = (struct frame){w->key, w->parent};
	w->depth++;
	if (object) {
		w->parent = w->key;
		w->key = SPAN_NONE;
	}
}

static void
walk_out(struct walk *w)
{
	if (w->depth == 0)
		return;
	w->depth--;
	if (w->depth < DEPTH) {
		w->key = w->frames[w->depth].key;
		w->parent = w->frames[w->depth].parent;
	}
}

void
redact_json(struct span json, enum config_redact level, struct text_out *out)
{
	struct walk w = {.json = json, .level = level, .out = out};

	text_out_init(&w.plain);
	text_out_init(&w.redacted);
	json_out_init(&w.quoted);
	while (w.at < json.len) {
		uint8_t c = json.at[w.at];

		if (c == '"') {
			walk_string(&w);
			continue;
		}
		if (c == '{' || c == '[')
			walk_in(&w, c == '{');
		else if (c == '}' || c == ']')
			walk_out(&w);
		if (c && strchr(SYNTAX, c))
			text_out_char(out, (char)c);
		w.at++;
	}
	text_out_free(&w.plain);
	text_out_free(&w.redacted);
	json_out_free(&w.quoted);
}
