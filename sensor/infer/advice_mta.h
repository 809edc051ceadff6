/* SPDX-License-Identifier: Apache-2.0 */
/* What each mail server's own options are called: the table behind advice.h. */
#ifndef ADVICE_MTA_H
#define ADVICE_MTA_H

#include "dissect/smtp_meaning.h"

/* Lines as advice.h has them, each ended by a line feed. None is NULL. */
struct advice_mta {
	const char *hold;   /* keeps the mail in its queue there */
	const char *relay;  /* who may relay, and how to see what is in force */
	const char *masked; /* how it learns the real client behind a proxy */
	const char *form;   /* recipients in odd forms */
	const char *word;   /* rules that believe the client's word: sender, HELO */
	const char *login;  /* mail on the submission port only after AUTH */
	const char *bounce; /* refuse what cannot be delivered, instead of bouncing it */
};

/* Never NULL: advice for any server where there is none for this one. */
const struct advice_mta *advice_mta_find(enum smtp_mta mta);

#endif
