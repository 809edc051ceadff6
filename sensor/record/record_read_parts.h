/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of a record's JSON, one kind each. A part of record_read.c. Texts are
 * borrowed from the parsed object; what has to be made is in the arena. A member that is
 * missing or of another type reads as absent.
 */
#ifndef RECORD_READ_PARTS_H
#define RECORD_READ_PARTS_H

#include <json-c/json.h>

#include "record.h"
#include "sensor/base/arena.h"

/* o may be NULL: then NULL, empty, 0 or false. */
struct json_object *read_member(struct json_object *o, const char *key, enum json_type type);
struct span read_text(struct json_object *o, const char *key);
uint64_t read_uint(struct json_object *o, const char *key);
/* For fields narrower than 64 bits. What is counted or measured: at most most. */
uint64_t read_amount(struct json_object *o, const char *key, uint64_t most);
/* A port, a reply code, a frame: what is beyond most is none, and as good as absent. */
uint64_t read_number(struct json_object *o, const char *key, uint64_t most);
bool read_bool(struct json_object *o, const char *key);
bool read_time(struct json_object *o, const char *key, uint64_t *ns);

bool read_conn(struct json_object *o, struct record_conn *c, struct arena *a);
void read_path(struct json_object *o, const char *keyword, uint32_t file,
	struct record_path_arg *out, struct arena *a);
void read_reply(struct json_object *o, uint32_t file, struct record_reply *out);
void read_rcpts(struct json_object *list, struct record_txn *t, struct arena *a);
void read_message(
	struct json_object *o, uint32_t file, struct record_message *m, struct arena *a);
struct record_answer *read_answers(struct json_object *list, struct arena *a);
void read_notes(struct json_object *o, struct record_notes *notes);
void read_tls_runs(
	struct json_object *list, struct record_connection *c, struct arena *a);
enum record_outcome read_outcome(struct span name);
enum record_rr read_rr(struct span name);

#endif
