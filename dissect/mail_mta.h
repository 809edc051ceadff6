/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which mail server wrote a Received field, by the marks it leaves in the by clause.
 */
#ifndef MAIL_MTA_H
#define MAIL_MTA_H

#include "dissect.h"

enum mail_mta {
	MAIL_MTA_UNKNOWN,
	MAIL_MTA_POSTFIX,
	MAIL_MTA_EXIM,
	MAIL_MTA_SENDMAIL,
	MAIL_MTA_OPENSMTPD,
	MAIL_MTA_EXCHANGE,
	MAIL_MTA_QMAIL,
	MAIL_MTA_COURIER,
	MAIL_MTA_HARAKA,
	MAIL_MTA_STALWART,
	MAIL_MTA_MDAEMON,
	MAIL_MTA_LOTUS,
	MAIL_MTA_GMAIL,
	MAIL_MTA_COMMUNIGATE,
	MAIL_MTA_KERIO,
	MAIL_MTA_AMAVIS,
	MAIL_MTA_CYRUS,
	MAIL_MTA_DOVECOT,
	MAIL_MTA_FETCHMAIL,
	MAIL_MTA_COUNT
};

/* From a comment of the by clause ("Postfix", "Exim 4.96", "8.17.1.9/8.17.1.9"). */
enum mail_mta mail_mta_of_comment(struct span comment);
/* From the by clause's host name, where that is enough (Gmail). */
enum mail_mta mail_mta_of_host(struct span host);
/* "Postfix" …; NULL for UNKNOWN. Static. */
const char *mail_mta_name(enum mail_mta mta);
/*
 * True for servers whose Received field looks the same whether the client authenticated
 * or not: Exchange, and qmail without its patches.
 */
bool mail_mta_hides_auth(enum mail_mta mta);

#endif
