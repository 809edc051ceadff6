/* SPDX-License-Identifier: Apache-2.0 */
#include "line_in.h"

#include <stdlib.h>

/* Octets of memory at first: most lines have less. */
#define ROOM_FIRST 4096

void
line_in_init(struct line_in *l, FILE *f, size_t most)
{
	*l = (struct line_in){.f = f, .most = most};
}

void
line_in_free(struct line_in *l)
{
	free(l->at);
	l->at = NULL;
	l->room = 0;
}

static void
grow(struct line_in *l)
{
	size_t room = l->room ? 2 * l->room : ROOM_FIRST;

	l->room = room < l->most ? room : l->most;
	l->at = realloc(l->at, l->room);
	if (!l->at)
		abort();
}

/* To behind the next line end. */
static void
pass(struct line_in *l)
{
	int c;

	do {
		c = getc_unlocked(l->f);
	} while (c != EOF && c != '\n');
	l->passing = false;
}

enum line_in_status
line_in_next(struct line_in *l, struct span *out)
{
	size_t used = 0;
	int c;

	if (l->passing)
		pass(l);
	while ((c = getc_unlocked(l->f)) != EOF && c != '\n') {
		if (used == l->most) {
			l->passing = true;
			return LINE_IN_LONG;
		}
		if (used == l->room)
			grow(l);
		l->at[used++] = (char)c;
	}
	*out = used ? span_of(l->at, used) : SPAN_NONE;
	return c == EOF && used == 0 ? LINE_IN_END : LINE_IN_READ;
}
