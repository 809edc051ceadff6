/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the inference has learned, as rows of text that can be kept and read back: servers,
 * their identities, attempts, patrons and tallies, findings, names from DNS, messages that
 * may be met again, and headers that wait for their server's greeting. Read back into a
 * new struct infer it gives the same verdicts, findings and explanations, and ties the
 * same messages.
 *
 * A row's key is a number that grows with time and is never given twice: by it the things
 * stand again in the order in which they were made, which is that of eviction. state_field.h
 * tells how a row is read and refused, state_table.h what is in it.
 */
#ifndef INFER_STATE_H
#define INFER_STATE_H

#include "infer.h"
#include "sensor/base/json_out.h"
#include "sensor/record/record_files.h"

struct infer_row {
	const char *table; /* "attempt" …; static */
	struct span key;   /* unique in its table; printable */
	struct span body;  /* one JSON object; empty: forgotten */
	struct server *server; /* infer_state_next(): whose row of "server" it is, or NULL */
};

/*
 * The next row that has changed since it was last given. False: no more now. Spans live until
 * the next call. Do not feed between the first call and the one that answers false.
 */
bool infer_state_next(struct infer *in, const struct record_files *files,
	struct json_out *key, struct json_out *body, struct infer_row *out);

/*
 * Where the rows were is lost: from now on infer_state_next() gives all of them once more,
 * what changes at once, the rest KEPT_AGAIN_STEP a time.
 */
void infer_state_again(struct infer *in);
/* Are there any left of those? */
bool infer_state_owes(const struct infer *in);

/*
 * One row back, in any order but before any record is fed; files gets the names that
 * moments point into. False: not understood; it is left out, and the caller's to delete.
 */
bool infer_state_load(
	struct infer *in, struct record_files *files, const struct infer_row *row);
/*
 * After the last one. Rows without a place (a second one, a part without its owner, the
 * oldest where a limit is lower now) are left out, and infer_state_next() takes them back.
 * All verdicts are looked at anew: the configuration may be another one than then.
 */
void infer_state_loaded(struct infer *in);

/*
 * From now on this configuration; the old one may be freed. All verdicts are looked at
 * anew.
 */
void infer_set_config(struct infer *in, const struct config *config);

#endif
