/* SPDX-License-Identifier: Apache-2.0 */
/* Encoded words, with a room taken from the first octet: valid UTF-8, and a head of all.
 */
#include <stdlib.h>
#include <string.h>

#include "dissect/mail_word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool truth)
{
	if (!truth)
		abort();
}

/* RFC 3629 4, by decoding; no control characters. */
static void
check_utf8(const uint8_t *at, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t i = 0;

	while (i < len) {
		uint8_t c = at[i];
		size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
		uint32_t code = n == 1 ? c : c & (0x7fu >> n);

		require(c < 0x80 || (c >= 0xc0 && c < 0xf8));
		require(i + n <= len);
		for (size_t k = 1; k < n; k++) {
			require((at[i + k] & 0xc0) == 0x80);
			code = code << 6 | (at[i + k] & 0x3f);
		}
		require(code >= least[n] && code <= 0x10ffff);
		require(code < 0xd800 || code > 0xdfff);
		require(code >= 0x20 && !(code >= 0x7f && code < 0xa0));
		i += n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text;
	struct mail_word_result all, some;
	size_t room, full;
	char *whole, *part;

	if (size == 0)
		return 0;
	text = span_of(data + 1, size - 1);
	room = data[0] + 1u;
	full = 3 * size + 1;
	whole = malloc(full);
	part = malloc(room);
	require(whole && part);
	all = mail_word_decode(text, whole, full);
	some = mail_word_decode(text, part, room);
	require(!all.cut && whole[all.len] == '\0' && part[some.len] == '\0');
	require(some.len < room && some.len <= all.len &&
		some.cut == (some.len < all.len));
	require(memcmp(whole, part, some.len) == 0);
	check_utf8((const uint8_t *)whole, all.len);
	check_utf8((const uint8_t *)part, some.len);
	free(whole);
	free(part);
	return 0;
}
