/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstructured header text for display: the encoded words of RFC 2047 decoded to UTF-8.
 *
 * The result is valid UTF-8 without control characters, whatever comes in. Charsets
 * known: US-ASCII, UTF-8, ISO-8859-1, ISO-8859-15, windows-1252; of others the ASCII half
 * is kept, and the result says so.
 */
#ifndef MAIL_WORD_H
#define MAIL_WORD_H

#include "dissect.h"

struct mail_word_result {
	size_t len;    /* octets written, NUL not counted */
	bool cut;      /* there was no room for all of it; ends with a whole character */
	bool unknown;  /* a charset that is not known */
	bool replaced; /* octets that mean nothing became U+FFFD, controls a blank */
};

/* text is unfolded. Writes at most room octets, a NUL among them (room > 0). */
struct mail_word_result mail_word_decode(struct span text, char *out, size_t room);

#endif
