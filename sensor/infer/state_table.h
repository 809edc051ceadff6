/* SPDX-License-Identifier: Apache-2.0 */
/* What a row of each table is made of: which struct, and which of its members. */
#ifndef STATE_TABLE_H
#define STATE_TABLE_H

#include "infer.h"
#include "state_field.h"

struct state_table {
	const char *name; /* as infer_state.h gives it */
	size_t size;	  /* of the struct */
	size_t kept_at;	  /* where its struct kept is */
	const struct state_field *fields;
	/* Members that depend on what was read; NULL: none. The table's own may be. */
	const struct state_field *(*more)(const void *object);
};

/* By enum kept_table. */
const struct state_table *state_table_of(enum kept_table table);
/* KEPT_TABLES: none has that name. */
enum kept_table state_table_find(const char *name);

/* The thing that k is embedded in. */
void *state_object_of(struct kept *k);
/* Lets go of it and of all that it holds; it is in no table. */
void state_object_free(struct kept *k, struct words *words);

/* A struct attempt_key, but for its domain. */
#define STATE_ATTEMPT_KEY(type, key)                                                     \
	STATE_ONE(STATE_ADDR, type, key.client, "client"),                               \
		STATE_ONE(STATE_WORD, type, key.via, "via"),                             \
		STATE_ONE(STATE_WORD, type, key.sender, "sender"),                       \
		STATE_ONE(STATE_WORD, type, key.helo, "helo"),                           \
		STATE_UPTO(type, key.form, "form", SMTP_FORM_COUNT - 1),                 \
		STATE_UPTO(type, key.sender_kind, "sender_kind", SENDER_BARE),           \
		STATE_UPTO(type, key.auth, "auth", RECORD_AUTH_INFERRED_NONE),           \
		STATE_UPTO(type, key.told, "told", TOLD_WITHOUT_FOR)

/*
 * In state_table_servers.c, state_table_names.c, state_table_finding.c and
 * state_table_legs.c.
 */
extern const struct state_field state_fields_host[];
extern const struct state_field state_fields_server[];
extern const struct state_field state_fields_identity[];
extern const struct state_field state_fields_attempt[];
extern const struct state_field state_fields_patron[];
extern const struct state_field state_fields_tally[];
extern const struct state_field state_fields_name[];
extern const struct state_field state_fields_reverse[];
extern const struct state_field state_fields_asker[];
extern const struct state_field state_fields_asked[];
extern const struct state_field state_fields_finding[];
extern const struct state_field state_fields_example[]; /* part of others */
extern const struct state_field state_fields_leg[];
extern const struct state_field state_fields_told[];
const struct state_field *state_fields_of_kind(const void *finding);

#endif
