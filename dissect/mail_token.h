/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A structured field body to its tokens (RFC 5322 3.2): words, comments, what stands in
 * angle brackets, and the single octets the caller names as separators. Comments nest;
 * a quoted string or a domain literal is part of its word. No recursion, no copy.
 */
#ifndef MAIL_TOKEN_H
#define MAIL_TOKEN_H

#include "dissect.h"

enum mail_token_kind {
	MAIL_TOKEN_WORD,      /* up to a blank, comment, bracket or separator */
	MAIL_TOKEN_COMMENT,   /* text is between the outer parentheses */
	MAIL_TOKEN_ANGLE,     /* text is between < and > */
	MAIL_TOKEN_SEPARATOR, /* text is that octet */
	MAIL_TOKEN_BROKEN /* a comment or quote never ends; text is all that is left */
};

struct mail_token {
	enum mail_token_kind kind;
	bool quoted; /* WORD: holds a quoted string */
	struct span text;
};

/*
 * Takes one token off the front of *rest. False when none is left. A closing bracket of
 * any kind out of place is an ordinary octet of a word.
 */
bool mail_token_next(struct span *rest, const char *separators, struct mail_token *out);

#endif
