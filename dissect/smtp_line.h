/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Octets of one direction to lines (RFC 5321 2.3.7, 2.3.8).
 *
 * A line ends at LF; what stood before it is told (CRLF or a bare LF). A bare CR does not
 * end a line: it stays in the text and is told. An over-long line costs itself only: its
 * head is kept, its tail skipped. The reader keeps octets only of a line that is cut over
 * feeds; a whole line is lent from the input without a copy.
 */
#ifndef SMTP_LINE_H
#define SMTP_LINE_H

#include "dissect.h"
#include "limits.h"

struct smtp_line {
	struct span text; /* without its line end; valid until the next call */
	uint64_t octets;  /* its whole length on the wire, line end included */
	bool bare_lf;	  /* ended by LF without CR */
	bool bare_cr;	  /* holds a CR that is not part of CRLF */
	bool nul;	  /* holds a NUL */
	bool cut;	  /* over-long: text is its head */
};

struct smtp_line_reader {
	uint16_t max;	 /* octets of a line kept, at most SMTP_COMMAND_MAX */
	uint16_t used;	 /* octets in kept */
	uint64_t octets; /* of the unfinished line so far */
	uint8_t last;	 /* last octet of the unfinished line, kept or not */
	bool bare_cr;	 /* seen so far in the unfinished line */
	bool nul;
	uint8_t kept[SMTP_COMMAND_MAX];
};

/* max octets of each line are kept (more than SMTP_COMMAND_MAX: so many). */
void smtp_line_reset(struct smtp_line_reader *r, uint16_t max);

/*
 * Takes one line off the front of *in (which is advanced). DIS_OK: *out is set.
 * DIS_MORE: all of *in was taken and no line has ended. Never DIS_BAD.
 */
enum dis_status smtp_line_next(
	struct smtp_line_reader *r, struct span *in, struct smtp_line *out);

/*
 * The unfinished line as it stands, at the end of a stream or before a hole. False if
 * there is none. The reader is empty afterwards; out->text stays valid until it is used.
 * A CR at its very end is taken for half a line end.
 */
bool smtp_line_flush(struct smtp_line_reader *r, struct smtp_line *out);

#endif
