/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The octets of one message after DATA: where it ends, which dots were stuffed
 * (RFC 5321 4.5.2), and what only looks like its end (SMTP smuggling).
 *
 * The end is <CRLF>.<CRLF> and nothing else. At a look-alike the reader stops and leaves
 * the choice to the caller: whether the server took it as the end shows in its answer.
 * It looks at dots only, and at line ends in the first SMTP_BODY_CHECKED octets.
 */
#ifndef SMTP_BODY_H
#define SMTP_BODY_H

#include "dissect.h"
#include "limits.h"
#include "smtp_note.h"

enum smtp_body_what {
	SMTP_BODY_MORE, /* all input was taken */
	SMTP_BODY_TEXT, /* octets of the message */
	SMTP_BODY_END,	/* the end of data was taken off the input */
	SMTP_BODY_ODD	/* a look-alike was taken off the input: see smtp_body_resume */
};

struct smtp_body {
	uint64_t octets; /* of the message so far */
	/*
	 * The last octets of the message as transferred, the newest first: what stands
	 * before a dot at the front of the next input.
	 */
	uint8_t before[3];
	uint8_t lead; /* what stood before the dot in hand; see smtp_body.c */
	uint8_t held; /* octets in hand: 0, 1 a dot, 2 a dot and CR, 3 a look-alike */
	uint16_t checked;
	bool bare_lf;	   /* a line ended by LF alone was seen */
	bool bare_cr;	   /* a CR without LF was seen */
	bool cr;	   /* the last octet checked was CR */
	struct span alike; /* the octets of the look-alike, as far as they are content */
};

void smtp_body_reset(struct smtp_body *b);

/*
 * Takes octets off the front of *in, which must not be empty. SMTP_BODY_TEXT sets *text,
 * which points into *in or is static. SMTP_BODY_ODD sets *note; then call
 * smtp_body_resume, or be done with the message.
 */
enum smtp_body_what smtp_body_next(
	struct smtp_body *b, struct span *in, struct span *text, enum smtp_note *note);

/* The look-alike was no end: returns its octets, which are content (static). */
struct span smtp_body_resume(struct smtp_body *b);

/*
 * True if the octets taken last look like the end to a server that needs no LF: a line
 * with a dot, ended by CR.
 */
bool smtp_body_is_at_odd_end(const struct smtp_body *b);

/*
 * Nothing but a dot behind CR, LF or NUL can matter in what comes next: text without one
 * need not be fed, its octets and the last three of them, the newest first, are enough.
 */
bool smtp_body_may_skip(const struct smtp_body *b);
void smtp_body_skip(struct smtp_body *b, uint64_t octets, const uint8_t before[3]);

/* octets (0: unknown how many) were lost: what stood before the next one is unknown. */
void smtp_body_gap(struct smtp_body *b, uint64_t octets);

#endif
