/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records to JSON, one object a line, in a fixed order of members. relaytap-events(7) and
 * relaytap.schema.json say what each member means.
 */
#ifndef RECORD_WRITE_H
#define RECORD_WRITE_H

#include "record.h"
#include "record_files.h"
#include "sensor/base/json_out.h"

/* Appends the record as one JSON object; the caller ends the line. */
void record_write(const struct record *r, const struct record_files *files, struct json_out *j);

/* The word of records.md's five for a result: accepted, refused-relay, refused-other … */
const char *record_result_word(enum smtp_result result);

#endif
