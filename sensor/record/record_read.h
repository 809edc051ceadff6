/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records back from JSON, as record_write.h writes them, also with members that are not
 * known here (they are passed over). What is derived is derived again: an address' form
 * from its raw text, a reply's meaning from its words.
 */
#ifndef RECORD_READ_H
#define RECORD_READ_H

#include "record.h"
#include "record_files.h"
#include "sensor/base/arena.h"

struct record_reader; /* holds the parser and what the last record borrows */

struct record_reader *record_reader_new(struct record_files *files);
void record_reader_free(struct record_reader *r);

enum record_read_status {
	RECORD_READ_OK,	     /* *out is filled, valid until the next call */
	RECORD_READ_OTHER,   /* a line of another type: server, stats … */
	RECORD_READ_BAD	     /* *reason says why, in one line */
};

/* line: one JSON object, without its line end. */
enum record_read_status record_read_line(
	struct record_reader *r, struct span line, struct record *out, const char **reason);

#endif
