/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_auth.h"

#include "base64.h"
#include "smtp_reply.h"

/* Three octets in four digits of the longest line that is kept. */
#define DECODED_MAX (SMTP_COMMAND_MAX / 4 * 3 + 3)

void
smtp_auth_wipe(void *at, size_t len)
{
	memset(at, 0, len);
	/* Whoever compiles must take it that someone reads at here: nothing is left out. */
	__asm__ volatile("" : : "r"(at) : "memory");
}

/* The first word of *s, which is advanced past it and the blanks behind. */
static struct span
take_word(struct span *s)
{
	size_t end = 0;

	while (end < s->len && !dis_is_blank(s->at[end]))
		end++;

	struct span word = span_slice(*s, 0, end);
	*s = span_trim(span_slice(*s, end, s->len));
	return word;
}

/* RFC 4422 3.1: mech-char = UPPER-ALPHA / DIGIT / HYPHEN / UNDERSCORE. */
static bool
is_mechanism(struct span word)
{
	bool upper = false, lower = false;

	if (word.len == 0 || word.len > SMTP_MECHANISM_MAX)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = word.at[i];

		if (dis_is_alpha(c)) {
			upper = upper || c < 'a';
			lower = lower || c >= 'a';
		} else if (!dis_is_digit(c) && c != '-' && c != '_') {
			return false;
		}
	}
	return smtp_mech_parse(word) != SMTP_MECH_OTHER || upper != lower;
}

struct span
smtp_auth_mechanism(struct span args)
{
	struct span word = take_word(&args);

	return is_mechanism(word) ? word : SPAN_NONE;
}

static void
keep_user(struct smtp_auth *a, struct span user)
{
	size_t n = user.len < SMTP_USER_MAX ? user.len : SMTP_USER_MAX;

	if (n)
		memcpy(a->user, user.at, n);
	a->user_len = (uint8_t)n;
}

/* RFC 4616 2: message = [authzid] UTF8NUL authcid UTF8NUL passwd */
static void
user_of_plain(struct smtp_auth *a, struct span s)
{
	size_t from = span_find(s, '\0') + 1;
	size_t len = span_find(span_slice(s, from, s.len), '\0');

	keep_user(a, span_slice(s, from, from + len));
}

/* RFC 2195 2: the user name, a blank, and 32 hexadecimal digits. */
static void
user_of_cram(struct smtp_auth *a, struct span s)
{
	size_t end = s.len;

	while (end && s.at[end - 1] != ' ')
		end--;
	if (end)
		keep_user(a, span_slice(s, 0, end - 1));
}

/* RFC 2831 2.1.2: username = "username" "=" <"> username-value <"> */
static void
user_of_digest(struct smtp_auth *a, struct span s)
{
	struct span key = SPAN_LITERAL("username=\"");
	size_t from = span_search_nocase(s, key) + key.len;
	size_t len = span_find(span_slice(s, from, s.len), '"');

	keep_user(a, span_slice(s, from, from + len));
}

/* The value behind key, up to end; key stands at the front or right behind before. */
static struct span
value_of(struct span s, struct span key, uint8_t before, uint8_t end)
{
	size_t at = 0;

	while (at < s.len) {
		struct span rest = span_slice(s, at, s.len);

		if (span_starts_nocase(rest, key))
			return span_slice(rest, key.len, span_find(rest, end));
		at += span_find(rest, before) + 1;
	}
	return SPAN_NONE;
}

/* RFC 5802 5.1: "=2C" stands for a comma and "=3D" for an equals sign. */
static void
unescape_user(struct smtp_auth *a)
{
	struct span user = span_of(a->user, a->user_len);
	uint8_t n = 0;

	for (size_t i = 0; i < user.len; i++) {
		struct span code = span_slice(user, i, i + 3);
		bool comma = span_equal_nocase(code, SPAN_LITERAL("=2C"));
		bool equals = span_equal_nocase(code, SPAN_LITERAL("=3D"));

		a->user[n++] = comma ? ',' : user.at[i];
		if (comma || equals)
			i += 2;
	}
	a->user_len = n;
}

/* RFC 5802 7: gs2-header "n=" saslname "," "r=" nonce; the header may hold "a=". */
static void
user_of_scram(struct smtp_auth *a, struct span s)
{
	keep_user(a, value_of(s, SPAN_LITERAL("n="), ',', ','));
	unescape_user(a);
}

/* RFC 7628 3.1: "n,a=" saslname "," then fields, each ended by %x01. */
static void
user_of_bearer(struct smtp_auth *a, struct span s)
{
	keep_user(a, value_of(span_slice(s, 0, span_find(s, 1)), SPAN_LITERAL("a="), ',',
			     ','));
	unescape_user(a);
}

static uint16_t
little_u16(struct cursor *c)
{
	uint16_t low = dis_u8(c);

	return (uint16_t)(low | dis_u8(c) << 8);
}

static uint32_t
little_u32(struct cursor *c)
{
	uint32_t low = little_u16(c);

	return low | (uint32_t)little_u16(c) << 16;
}

/* UTF-16LE (MS-NLMP 2.2): what is not ASCII becomes '?'. */
static void
keep_wide_user(struct smtp_auth *a, struct span s)
{
	a->user_len = 0;
	for (size_t i = 0; i + 1 < s.len && a->user_len < SMTP_USER_MAX; i += 2) {
		bool ascii = s.at[i + 1] == 0 && s.at[i] < 128;

		a->user[a->user_len++] = ascii ? s.at[i] : '?';
	}
}

/*
 * MS-NLMP 2.2.1.3: Signature(8) MessageType(4) LmChallengeResponseFields(8)
 * NtChallengeResponseFields(8) DomainNameFields(8) UserNameFields(8: Len, MaxLen, Offset)
 * WorkstationFields(8) EncryptedRandomSessionKeyFields(8) NegotiateFlags(4)
 */
static void
user_of_ntlm(struct smtp_auth *a, struct span s)
{
	struct span message =
		span_slice(s, span_search_nocase(s, SPAN_LITERAL("NTLMSSP\0")), s.len);
	struct cursor c = cursor_of(message);
	uint32_t type, offset, flags;
	uint16_t len;

	cursor_skip(&c, 8);
	type = little_u32(&c);
	cursor_skip(&c, 8 + 8 + 8);
	len = little_u16(&c);
	cursor_skip(&c, 2);
	offset = little_u32(&c);
	cursor_skip(&c, 8 + 8);
	flags = little_u32(&c);
	if (c.overrun || type != 3 || offset > message.len || len > message.len - offset)
		return;
	message = span_slice(message, offset, (size_t)offset + len);
	if (flags & 1)
		keep_wide_user(a, message);
	else
		keep_user(a, message);
}

static void
read_user(struct smtp_auth *a, struct span s)
{
	bool first = a->responses == 1;

	switch (a->mech) {
	case SMTP_MECH_PLAIN:
		user_of_plain(a, s);
		break;
	case SMTP_MECH_LOGIN:
	case SMTP_MECH_EXTERNAL:
		if (first)
			keep_user(a, s);
		break;
	case SMTP_MECH_CRAM_MD5:
		user_of_cram(a, s);
		break;
	case SMTP_MECH_DIGEST_MD5:
		if (first)
			user_of_digest(a, s);
		break;
	case SMTP_MECH_SCRAM:
		if (first)
			user_of_scram(a, s);
		break;
	case SMTP_MECH_XOAUTH2:
		if (first)
			keep_user(a, value_of(s, SPAN_LITERAL("user="), 1, 1));
		break;
	case SMTP_MECH_OAUTHBEARER:
		if (first)
			user_of_bearer(a, s);
		break;
	case SMTP_MECH_NTLM:
	case SMTP_MECH_GSSAPI:
		user_of_ntlm(a, s);
		break;
	default:
		break;
	}
}

/* Base64 as far as it goes: a line that was cut still shows the user at its head. */
static void
decode(struct smtp_auth *a, struct span text)
{
	uint8_t octets[DECODED_MAX];
	size_t n;

	(void)base64_decode(text, octets, sizeof(octets), &n);
	if (a->responses < UINT8_MAX)
		a->responses++;
	read_user(a, span_of(octets, n));
	smtp_auth_wipe(octets, n);
}

void
smtp_auth_start(struct smtp_auth *a, struct span args)
{
	struct span mechanism = smtp_auth_mechanism(args);

	smtp_auth_wipe(a, sizeof(*a));
	a->running = true;
	a->mech = smtp_mech_parse(take_word(&args));
	a->mechanism_len = (uint8_t)mechanism.len;
	if (a->mechanism_len)
		memcpy(a->mechanism, mechanism.at, mechanism.len);
	a->initial = args.len != 0;
	/* RFC 4954 4: "=" is an initial response of no octets. */
	if (a->initial)
		decode(a, args);
}

void
smtp_auth_respond(struct smtp_auth *a, struct span line)
{
	if (span_equal(line, SPAN_LITERAL("*")))
		a->cancelled = true;
	else
		decode(a, line);
}

static enum smtp_auth_outcome
outcome_of(const struct smtp_auth *a, uint16_t code)
{
	if (code == 0)
		return SMTP_AUTH_UNSEEN;
	if (code >= 200 && code < 300)
		return SMTP_AUTH_OK;
	return a->cancelled ? SMTP_AUTH_CANCELLED : SMTP_AUTH_FAILED;
}

void
smtp_auth_finish(struct smtp_auth *a, uint16_t code, struct smtp_auth_result *out)
{
	out->outcome = outcome_of(a, code);
	out->mechanism = span_of(a->mechanism, a->mechanism_len);
	out->user = span_of(a->user, a->user_len);
	out->initial_response = a->initial;
	out->turns = a->turns;
	a->running = false;
}
