/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reply lines to replies (RFC 5321 4.2), enhanced status codes (RFC 2034, RFC 3463), and
 * the capabilities in the reply to EHLO. Any code from 100 to 599 is taken as it comes.
 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

#include "dissect.h"
#include "limits.h"

/* class 0: there is none. */
struct smtp_enhanced {
	uint8_t class; /* 2, 4 or 5 */
	uint16_t subject;
	uint16_t detail;
};

struct smtp_reply {
	uint16_t code; /* 100–599 */
	uint16_t lines;
	struct smtp_enhanced enhanced; /* the first line's */
	/* Texts of the lines joined by LF, codes and enhanced codes removed. */
	struct span text;
	bool cut;	 /* text is only the head of it */
	bool codes_vary; /* lines with different codes (RFC 5321 4.2.1): the last counts
			  */
};

struct smtp_reply_reader {
	uint16_t code; /* of the lines so far; 0: none yet */
	uint16_t lines;
	uint16_t used; /* octets in text */
	bool cut;
	bool codes_vary;
	struct smtp_enhanced enhanced;
	uint8_t text[SMTP_REPLY_TEXT_MAX];
};

void smtp_reply_reset(struct smtp_reply_reader *r);

/*
 * One line of the server. DIS_OK: *out is a whole reply, its text valid until the next
 * call. DIS_MORE: a continuation line was taken. DIS_BAD: not a reply line (no code); the
 * reply in hand, if any, goes on. A line of three digits alone ends a reply.
 */
enum dis_status smtp_reply_next(
	struct smtp_reply_reader *r, struct span line, struct smtp_reply *out);

/* "5.7.1" at the front of *text, which is advanced past it and its blank. */
bool smtp_enhanced_parse(struct span *text, struct smtp_enhanced *out);
/* "5.7.1" into out[12]; empty when class is 0. */
void smtp_enhanced_write(const struct smtp_enhanced *e, char *out);

enum smtp_cap {
	SMTP_CAP_PIPELINING = 1u << 0, /* RFC 2920 */
	SMTP_CAP_STARTTLS = 1u << 1,   /* RFC 3207 */
	SMTP_CAP_AUTH = 1u << 2,       /* RFC 4954 */
	SMTP_CAP_SIZE = 1u << 3,       /* RFC 1870 */
	SMTP_CAP_CHUNKING = 1u << 4,   /* RFC 3030 */
	SMTP_CAP_8BITMIME = 1u << 5,   /* RFC 6152 */
	SMTP_CAP_SMTPUTF8 = 1u << 6,   /* RFC 6531 */
	SMTP_CAP_DSN = 1u << 7,	       /* RFC 3461 */
	SMTP_CAP_ENHANCED = 1u << 8,   /* RFC 2034 */
	SMTP_CAP_XCLIENT = 1u << 9,
	SMTP_CAP_XFORWARD = 1u << 10,
	SMTP_CAP_ETRN = 1u << 11,
	SMTP_CAP_VRFY = 1u << 12,
	SMTP_CAP_EXPN = 1u << 13,
	SMTP_CAP_HELP = 1u << 14,
	SMTP_CAP_PRDR = 1u << 15,
	SMTP_CAP_BLANKED = 1u << 16 /* a keyword overwritten by a middlebox: XXXXXXXA */
};

enum smtp_mech {
	SMTP_MECH_PLAIN = 1u << 0,
	SMTP_MECH_LOGIN = 1u << 1,
	SMTP_MECH_CRAM_MD5 = 1u << 2,
	SMTP_MECH_DIGEST_MD5 = 1u << 3,
	SMTP_MECH_SCRAM = 1u << 4, /* any hash, -PLUS too */
	SMTP_MECH_XOAUTH2 = 1u << 5,
	SMTP_MECH_OAUTHBEARER = 1u << 6,
	SMTP_MECH_GSSAPI = 1u << 7,
	SMTP_MECH_NTLM = 1u << 8,
	SMTP_MECH_EXTERNAL = 1u << 9,
	SMTP_MECH_OTHER = 1u << 10
};

struct smtp_caps {
	uint32_t has;	  /* SMTP_CAP_* */
	uint32_t mechs;	  /* SMTP_MECH_* offered by AUTH (or AUTH=) */
	uint64_t size;	  /* SIZE's value in octets; 0: none or no limit */
	struct span host; /* first word of the first line; part of the reply's text */
};

/* From a 250 to EHLO or LHLO. Unknown keywords are passed over. */
void smtp_caps_parse(const struct smtp_reply *reply, struct smtp_caps *out);

/* The mechanism a word names: "PLAIN", "SCRAM-SHA-256" … SMTP_MECH_OTHER if unknown. */
uint32_t smtp_mech_parse(struct span word);

#endif
