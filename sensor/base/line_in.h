/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of a file that anybody may have written, of any octets, with a bound on their
 * length: a file of gigabytes without a line end takes no more memory than the bound. A
 * line beyond it is told at once, not when its end has been found, and passed over.
 */
#ifndef LINE_IN_H
#define LINE_IN_H

#include <stdio.h>

#include "dissect/dissect.h"

enum line_in_status {
	LINE_IN_END,  /* no more, or ferror(f) */
	LINE_IN_READ, /* *out is a line without its line end, valid until the next call */
	LINE_IN_LONG  /* a line is longer; the next call goes on behind its end */
};

struct line_in {
	FILE *f; /* the caller's; text or not */
	size_t most;
	char *at;
	size_t room;  /* octets at at; never more than most */
	bool passing; /* the rest of a line that was too long */
};

/* most: octets of a line, without its line end; not 0. */
void line_in_init(struct line_in *l, FILE *f, size_t most);
/* Aborts when the system has no memory. A last line needs no line end. */
enum line_in_status line_in_next(struct line_in *l, struct span *out);
/* The file stays open. */
void line_in_free(struct line_in *l);

#endif
