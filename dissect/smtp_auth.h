/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One AUTH dialogue (RFC 4954): which mechanism, which user, how often the server asked.
 *
 * The secret is never kept: a client line is decoded on the stack, the user name is taken
 * out where the mechanism shows it, and the decoded octets are wiped.
 *
 *   PLAIN                 RFC 4616 2: authcid
 *   LOGIN                 draft-murchison-sasl-login: the first line
 *   CRAM-MD5              RFC 2195 2: what stands before the last blank
 *   DIGEST-MD5            RFC 2831 2.1.2: username=
 *   SCRAM-*               RFC 5802 7: n=
 *   XOAUTH2               Google's: user=
 *   OAUTHBEARER           RFC 7628 3.1: a=
 *   NTLM, GSSAPI          MS-NLMP 2.2.1.3: UserName, inside SPNEGO too
 *   EXTERNAL              RFC 4422 appendix A: the authorization identity
 */
#ifndef SMTP_AUTH_H
#define SMTP_AUTH_H

#include "dissect.h"
#include "limits.h"

enum smtp_auth_outcome {
	SMTP_AUTH_OK,	     /* 235 */
	SMTP_AUTH_FAILED,    /* 5xx, 4xx */
	SMTP_AUTH_CANCELLED, /* the client sent "*" */
	SMTP_AUTH_UNSEEN     /* the answer was lost or the connection ended */
};

struct smtp_auth_result {
	enum smtp_auth_outcome outcome;
	struct span mechanism; /* as sent; empty if it does not look like a name */
	struct span user;      /* empty where the mechanism hides it; hostile octets */
	bool initial_response; /* came with the AUTH command */
	uint8_t turns;	       /* 334s seen */
};

struct smtp_auth {
	uint32_t mech; /* SMTP_MECH_* */
	bool running;  /* started, and no result given yet */
	bool initial;
	bool cancelled;
	uint8_t turns;
	uint8_t responses; /* client lines, the initial one counted */
	uint8_t mechanism_len;
	uint8_t user_len;
	uint8_t mechanism[SMTP_MECHANISM_MAX];
	uint8_t user[SMTP_USER_MAX];
};

/*
 * The part of AUTH's arguments that may be shown: the mechanism, if it is one. A client
 * that forgets the mechanism sends its secret in that place, so a word is shown only if
 * its name is known or its letters are all of one case.
 */
struct span smtp_auth_mechanism(struct span args);

/* args: all that follows AUTH. */
void smtp_auth_start(struct smtp_auth *a, struct span args);
/* A client line in answer to a 334; "*" cancels (RFC 4954 4). */
void smtp_auth_respond(struct smtp_auth *a, struct span line);
/* The server's last word, or 0 if it was not seen. *out points into a. */
void smtp_auth_finish(struct smtp_auth *a, uint16_t code, struct smtp_auth_result *out);

/* Overwrites, in a way that no compiler leaves out. */
void smtp_auth_wipe(void *at, size_t len);

#endif
