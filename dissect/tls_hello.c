/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_hello.h"

/* RFC 8446 4.2 and IANA, TLS ExtensionType Values. */
enum extension_type {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_ALPN = 16,
	EXTENSION_PADDING = 21,
	EXTENSION_ENCRYPT_THEN_MAC = 22,
	EXTENSION_SESSION_TICKET = 35,
	EXTENSION_PRE_SHARED_KEY = 41,
	EXTENSION_EARLY_DATA = 42,
	EXTENSION_SUPPORTED_VERSIONS = 43,
	EXTENSION_COOKIE = 44
};

#define RANDOM_SIZE    32
#define SESSION_ID_MAX 32

/* RFC 8446 4.1.3: SHA-256 of "HelloRetryRequest", in place of the random. */
static const uint8_t retry_random[RANDOM_SIZE] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a,
	0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
	0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

bool
tls_hello_is_grease(uint16_t value)
{
	return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

bool
tls_extension_next(struct span *left, struct tls_extension *out)
{
	struct cursor c = cursor_of(*left);

	if (left->len == 0)
		return false;
	out->type = dis_u16(&c);
	out->data = cursor_take(&c, dis_u16(&c));
	if (c.overrun)
		return false;
	*left = cursor_rest(&c);
	return true;
}

bool
tls_alpn_next(struct span *left, struct span *name)
{
	struct cursor c = cursor_of(*left);

	if (left->len == 0)
		return false;
	*name = cursor_take(&c, dis_u8(&c));
	if (c.overrun)
		return false;
	*left = cursor_rest(&c);
	return true;
}

bool
tls_offered_suite_next(struct span *left, uint16_t *suite)
{
	struct cursor c = cursor_of(*left);

	*suite = dis_u16(&c);
	if (c.overrun)
		return false;
	*left = cursor_rest(&c);
	return true;
}

/* RFC 6066 3: list length(2), then name_type(1) length(2) name; host_name is 0. */
static struct span
server_name(struct span data)
{
	struct cursor c = cursor_of(data);
	struct span list = cursor_take(&c, dis_u16(&c));

	c = cursor_of(list);
	while (cursor_left(&c) > 0) {
		uint8_t type = dis_u8(&c);
		struct span name = cursor_take(&c, dis_u16(&c));

		if (c.overrun)
			break;
		if (type == 0)
			return name;
	}
	return SPAN_NONE;
}

/* RFC 7301 3.1: list length(2), then length(1) name. */
static struct span
alpn_list(struct span data)
{
	struct cursor c = cursor_of(data);

	return cursor_take(&c, dis_u16(&c));
}

/* RFC 8446 4.2.1: list length(1), then versions of two octets. 0 if there is none. */
static uint16_t
highest_version(struct span data)
{
	struct cursor c = cursor_of(data);
	struct span list = cursor_take(&c, dis_u8(&c));
	uint16_t highest = 0;

	c = cursor_of(list);
	while (cursor_left(&c) >= 2) {
		uint16_t version = dis_u16(&c);

		if (!tls_hello_is_grease(version) && version >> 8 == 3 &&
			version > highest)
			highest = version;
	}
	return highest;
}

static void
client_extension(struct tls_client_hello *out, const struct tls_extension *e)
{
	uint16_t version;

	switch (e->type) {
	case EXTENSION_SERVER_NAME:
		out->sni = server_name(e->data);
		break;
	case EXTENSION_ALPN:
		out->alpn = alpn_list(e->data);
		break;
	case EXTENSION_SESSION_TICKET:
		out->ticket = e->data.len > 0;
		break;
	case EXTENSION_PRE_SHARED_KEY:
		out->psk = true;
		break;
	case EXTENSION_EARLY_DATA:
		out->early_data = true;
		break;
	case EXTENSION_SUPPORTED_VERSIONS:
		version = highest_version(e->data);
		if (version)
			out->version = version;
		break;
	default:
		break;
	}
}

static void
server_extension(struct tls_server_hello *out, const struct tls_extension *e)
{
	struct cursor c = cursor_of(e->data);
	uint16_t version;
	struct span list;

	switch (e->type) {
	case EXTENSION_ALPN:
		list = alpn_list(e->data);
		(void)tls_alpn_next(&list, &out->alpn);
		break;
	case EXTENSION_ENCRYPT_THEN_MAC:
		out->encrypt_then_mac = true;
		break;
	case EXTENSION_PRE_SHARED_KEY:
		out->psk = true;
		break;
	case EXTENSION_SUPPORTED_VERSIONS:
		/* RFC 8446 4.2.1: the one selected. */
		version = dis_u16(&c);
		if (version >> 8 == 3)
			out->version = version;
		break;
	default:
		break;
	}
}

/*
 * The extensions' block, length(2) and octets, or nothing at all (before RFC 4366). Where
 * the message ends early, what is there of it.
 */
static enum dis_status
extensions_take(struct cursor *c, struct span *out)
{
	uint16_t length;
	size_t left;

	if (c->overrun)
		return DIS_MORE;
	if (cursor_left(c) == 0)
		return DIS_OK;
	length = dis_u16(c);
	left = cursor_left(c);
	if (c->overrun)
		return DIS_MORE;
	*out = cursor_take(c, length < left ? length : left);
	if (length > left)
		return DIS_MORE;
	return left > length ? DIS_BAD : DIS_OK;
}

/* After the last extension: broken unless nothing is left or the message was cut. */
static enum dis_status
extensions_end(enum dis_status status, struct span left)
{
	return status == DIS_OK && left.len > 0 ? DIS_BAD : status;
}

/*
 * RFC 8446 4.1.2: legacy_version(2) random(32) session_id(1+) cipher_suites(2+)
 * compression_methods(1+) extensions(2+).
 */
enum dis_status
tls_client_hello_parse(struct span body, struct tls_client_hello *out)
{
	struct cursor c = cursor_of(body);
	struct tls_extension e;
	struct span left;
	enum dis_status status;

	*out = (struct tls_client_hello){.legacy_version = dis_u16(&c)};
	out->version = out->legacy_version;
	cursor_skip(&c, RANDOM_SIZE);
	out->session_id = cursor_take(&c, dis_u8(&c));
	if (out->session_id.len > SESSION_ID_MAX) {
		out->session_id = SPAN_NONE;
		return DIS_BAD;
	}
	out->suites = cursor_take(&c, dis_u16(&c));
	if (out->suites.len % 2)
		return DIS_BAD;
	cursor_skip(&c, dis_u8(&c));
	status = extensions_take(&c, &out->extensions);
	left = out->extensions;
	while (tls_extension_next(&left, &e))
		client_extension(out, &e);
	return extensions_end(status, left);
}

/*
 * RFC 8446 4.1.3: legacy_version(2) random(32) session_id_echo(1+) cipher_suite(2)
 * compression_method(1) extensions(2+).
 */
enum dis_status
tls_server_hello_parse(struct span body, struct tls_server_hello *out)
{
	struct cursor c = cursor_of(body);
	struct tls_extension e;
	struct span random, left;
	enum dis_status status;

	*out = (struct tls_server_hello){.version = dis_u16(&c)};
	random = cursor_take(&c, RANDOM_SIZE);
	out->retry = span_equal(random, span_of(retry_random, RANDOM_SIZE));
	out->session_id = cursor_take(&c, dis_u8(&c));
	if (out->session_id.len > SESSION_ID_MAX) {
		out->session_id = SPAN_NONE;
		return DIS_BAD;
	}
	out->suite = dis_u16(&c);
	cursor_skip(&c, 1);
	status = extensions_take(&c, &out->extensions);
	left = out->extensions;
	while (tls_extension_next(&left, &e))
		server_extension(out, &e);
	return extensions_end(status, left);
}

static uint64_t
hash_u16(uint64_t hash, uint16_t value)
{
	const uint64_t prime = 0x100000001b3;

	hash = (hash ^ value >> 8) * prime;
	return (hash ^ (value & 0xff)) * prime;
}

/* False for what a client sends to some servers, or at some times, and not to others. */
static bool
is_habit(uint16_t extension)
{
	switch (extension) {
	case EXTENSION_SERVER_NAME:
	case EXTENSION_PADDING:
	case EXTENSION_PRE_SHARED_KEY:
	case EXTENSION_EARLY_DATA:
	case EXTENSION_COOKIE:
		return false;
	default:
		return !tls_hello_is_grease(extension);
	}
}

uint64_t
tls_hello_fingerprint(const struct tls_client_hello *hello)
{
	uint64_t hash = hash_u16(0xcbf29ce484222325, hello->legacy_version);
	struct span left = hello->suites;
	struct tls_extension e;
	uint16_t suite;

	while (tls_offered_suite_next(&left, &suite))
		if (!tls_hello_is_grease(suite))
			hash = hash_u16(hash, suite);
	left = hello->extensions;
	while (tls_extension_next(&left, &e))
		if (is_habit(e.type))
			hash = hash_u16(hash, e.type);
	for (size_t i = 0; i < hello->alpn.len; i++)
		hash = hash_u16(hash, hello->alpn.at[i]);
	return hash;
}
