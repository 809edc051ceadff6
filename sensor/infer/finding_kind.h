/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of abuse and weakness that are told beside the verdicts, and their names. A
 * new kind is a line in each table of finding_kind.c and finding_words.c, and a file that
 * feeds it.
 */
#ifndef FINDING_KIND_H
#define FINDING_KIND_H

enum finding_kind {
	FINDING_RELAY_PROBE,	   /* somebody tests whether the server relays */
	FINDING_CLEAR_CREDENTIALS, /* passwords cross the wire readable */
	FINDING_STARTTLS_STRIPPED, /* the offer was blanked out on its way */
	FINDING_STARTTLS_VANISHED, /* offered before, and no longer */
	FINDING_STARTTLS_REFUSED,  /* offered, and then refused */
	FINDING_COMMAND_INJECTION, /* a command behind STARTTLS in clear */
	FINDING_REPLY_INJECTION,   /* a reply behind the 220 to STARTTLS in clear */
	FINDING_SMUGGLING,	   /* end-of-data look-alikes inside a message */
	FINDING_BLOCKLISTED,	   /* the server's address is on a blocklist */
	FINDING_BACKSCATTER,	   /* takes mail and returns it to forged senders */
	FINDING_USER_PROBING,	   /* somebody tries out which mailboxes exist */
	FINDING_KINDS
};

enum finding_severity {
	SEVERITY_LOW,
	SEVERITY_MEDIUM,
	SEVERITY_HIGH,
	SEVERITY_CRITICAL
};

/* "relay-probe" …; static. */
const char *finding_kind_name(enum finding_kind kind);
/* What every finding of the kind is called. Static. */
const char *finding_kind_title(enum finding_kind kind);
/* "low" … Static. */
const char *finding_severity_name(enum finding_severity severity);

#endif
