/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Well-known relay testers, by what they put on the wire: names they introduce themselves
 * by, addresses they send from and to. Where a tester lets its user choose them, only the
 * defaults are known; the sixteen forms are told by themselves.
 */
#ifndef FINDING_TESTER_H
#define FINDING_TESTER_H

#include "sensor/record/record.h"

enum tester {
	TESTER_NMAP = 1u << 0,	     /* scripts/smtp-open-relay.nse */
	TESTER_METASPLOIT = 1u << 1, /* auxiliary/scanner/smtp/smtp_relay */
	TESTER_NESSUS = 1u << 2,     /* plugin 10262 */
	TESTER_MAPS = 1u << 3, /* MAPS' relay test; OpenVAS smtp_relay2, Nessus 11852 */
	TESTER_ABUSE_NET = 1u << 4,
	TESTER_MXTOOLBOX = 1u << 5,
	TESTER_ORVEDB = 1u << 6,
	TESTER_RBL_JP = 1u << 7,
	TESTER_SWAKS = 1u << 8,	  /* its default message */
	TESTER_SPAMMER = 1u << 9, /* the message names the server's own address */
	TESTER_FORMS = 1u << 10,  /* nobody known: several tricks in an hour */
	TESTER_DOMAINS =
		1u << 11, /* nobody known: refused for several domains in an hour */
	TESTER_KNOWN = (1u << 8) - 1 /* known by the envelope alone */
};

#define TESTER_COUNT 12

/* The tester that the envelope is of; 0: none known. rcpt NULL: MAIL was refused. */
unsigned tester_of(const struct record_conn *conn, const struct record_txn *txn,
	const struct record_rcpt *rcpt);

/* Does the message look like what swaks sends when it is not told what to send? */
bool tester_is_swaks(const struct record_message *m);

/*
 * Which of the sixteen tests of nmap (and Metasploit) the envelope is by its form, from
 * 1; 0: none. rcpt NULL: MAIL was refused, and after is the number of the test before it.
 */
unsigned tester_test_number(const struct record_conn *conn, const struct record_txn *txn,
	const struct record_rcpt *rcpt, unsigned after);

/* "null sender" …: what the test with that number tries. Static. */
const char *tester_test_name(unsigned number);

/* "nmap smtp-open-relay" …; bit is one of enum tester. Static. */
const char *tester_name(unsigned bit);

/* A trick in the recipient's form; a literal or quoted local part alone is none. */
bool tester_is_trick(const struct record_path_arg *path);
/* Forms that lead nowhere outside prove nothing when they are taken. */
bool tester_is_routable(const struct record_path_arg *path);

#endif
