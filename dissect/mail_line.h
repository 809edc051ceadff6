/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Octets of a body to lines, for the few bodies that are read: bounces. A line is copied
 * up to its bound; of a longer one the head is given.
 */
#ifndef MAIL_LINE_H
#define MAIL_LINE_H

#include "dissect.h"
#include "limits.h"

struct mail_line {
	uint16_t used;
	uint8_t text[MAIL_LINE_MAX];
};

void mail_line_reset(struct mail_line *l);

/*
 * Takes octets off the front of *in. DIS_OK: a line has ended at LF; *out is it without
 * CR and LF, valid until the next call. DIS_MORE: all of *in was taken. Never DIS_BAD.
 */
enum dis_status mail_line_next(struct mail_line *l, struct span *in, struct span *out);

/* The unfinished line, if there is one. */
bool mail_line_flush(struct mail_line *l, struct span *out);

#endif
