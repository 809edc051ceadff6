/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The only way an octet of a peer, or of a file's name, reaches a terminal or a log line.
 *
 * Printable ASCII and valid UTF-8 pass. What could move a cursor, end a line or turn the
 * reading direction does not: controls, C1, line and paragraph separators, U+FEFF, and
 * the bidirectional marks, overrides and isolates (Unicode TR 36 2.1, UAX 9). Each octet
 * of those, and of broken UTF-8, becomes \xNN; a backslash becomes \\. So the text can be
 * read back without loss, and it never holds a line end. It is no escape for JSON.
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stdio.h>

#include "dissect/dissect.h"

/*
 * Writes at most room - 1 octets and a NUL into out (room > 0). Text that does not fit is
 * left out, but never in the middle of an escape or of a character. Returns the octets
 * written, NUL not counted.
 */
size_t escape_text(struct span s, char *out, size_t room);

/*
 * Octets of s, at most so many, so that no character of UTF-8 is torn. Broken UTF-8 is
 * cut anywhere.
 */
size_t escape_cut(struct span s, size_t most);

/* The whole of s to f. Errors stay with f (ferror). */
void escape_write(FILE *f, struct span s);

#endif
