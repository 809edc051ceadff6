/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sentences and names that all formats of the report share. Peers' octets in them are
 * raw (see prose.h).
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

#include "report_model.h"
#include "report_users.h"
#include "sensor/infer/prose.h"

/* "18,446,744,073,709,551,615" and its NUL. */
#define REPORT_WORDS_NUMBER 27
/* Octets that hold each sentence here. */
#define REPORT_WORDS_MAX 1024

/* Returns out. */
const char *report_words_number(uint64_t n, char out[REPORT_WORDS_NUMBER]);

/* "Open relay" …; static. */
const char *report_words_verdict(enum verdict_kind kind);
/* What it means for one who does not run mail servers. Static. */
const char *report_words_meaning(enum verdict_kind kind);
/* "confirmed", "suspected", or "" where the verdict has no grades. Static. */
const char *report_words_grade(const struct verdict *v);

/* "2 of 31 mail servers relay for strangers: 1 confirmed, 1 suspected." */
void report_words_headline(struct prose *p, const struct report_model *m);
/* What was read, from when to when. */
void report_words_scope(struct prose *p, const struct report_model *m);

/* "2 h 5 min", "3 days 4 h": the two largest units. */
void report_words_duration(struct prose *p, uint64_t ns);
/* "2026-11-23 20:22:53 UTC to 2026-11-23 20:25:12 UTC (2 min 19 s)" */
void report_words_period(struct prose *p, uint64_t from, uint64_t to);

/* "Open from … to …: 12 messages, 3 clients, 5 domains." Empty: never seen open. */
void report_words_exposure(struct prose *p, const struct verdict *v);
/* What was seen of the server at all. */
void report_words_seen(struct prose *p, const struct verdict *v);
/* "taken without login" … Static. */
const char *report_words_series(enum activity_series series);
/* Messages in the fullest bucket; 0: there are none. */
uint64_t report_words_activity_peak(const struct activity *a);
/* "12 taken without login, 0 taken with login, 3 refused; at most 5 in 1 min." */
void report_words_activity(struct prose *p, const struct activity *a);
/* How many lines there are beside those shown, and what was left out; may be empty. */
void report_words_users(struct prose *p, const struct report_users *u);

/* "open.pcap frame 31"; empty: not known. The file's name is raw. */
void report_words_place(
	struct prose *p, struct moment at, const struct record_files *files);

#endif
