/* SPDX-License-Identifier: Apache-2.0 */
#include "state_table.h"

#include <stdlib.h>

#include "names_part.h"

static const struct state_field infer_fields[] = {
	STATE_NUMBER(struct infer, now, "now"),
	STATE_NUMBERS(struct infer, records, "records"),
	STATE_NUMBER(struct infer, servers.evicted, "servers_evicted"),
	STATE_NUMBER(struct infer, servers.attempts_evicted, "attempts_evicted"),
	STATE_NUMBER(struct infer, servers.patrons_evicted, "patrons_evicted"),
	STATE_NUMBER(struct infer, servers.tallies_evicted, "tallies_evicted"),
	STATE_NUMBER(struct infer, names.evicted, "names_evicted"),
	STATE_NUMBER(struct infer, findings.forgotten, "findings_forgotten"),
	STATE_NUMBER(struct infer, findings.watch_forgotten, "watched_forgotten"),
	STATE_NUMBER(struct infer, legs.forgotten, "messages_forgotten"),
	STATE_NUMBER(struct infer, told.forgotten, "told_forgotten"),
	STATE_END,
};

static const struct state_table tables[KEPT_TABLES] = {
	[KEPT_INFER] = {"inference", sizeof(struct infer), offsetof(struct infer, kept),
		infer_fields, NULL},
	[KEPT_HOST] = {"host", sizeof(struct host), offsetof(struct host, kept),
		state_fields_host, NULL},
	[KEPT_SERVER] = {"server", sizeof(struct server), offsetof(struct server, kept),
		state_fields_server, NULL},
	[KEPT_IDENTITY] = {"identity", sizeof(struct identity),
		offsetof(struct identity, kept), state_fields_identity, NULL},
	[KEPT_ATTEMPT] = {"attempt", sizeof(struct attempt),
		offsetof(struct attempt, kept), state_fields_attempt, NULL},
	[KEPT_PATRON] = {"patron", sizeof(struct patron), offsetof(struct patron, kept),
		state_fields_patron, NULL},
	[KEPT_TALLY] = {"tally", sizeof(struct tally), offsetof(struct tally, kept),
		state_fields_tally, NULL},
	[KEPT_NAME] = {"name", sizeof(struct name_fact), offsetof(struct name_fact, kept),
		state_fields_name, NULL},
	[KEPT_REVERSE] = {"reverse", sizeof(struct name_reverse),
		offsetof(struct name_reverse, kept), state_fields_reverse, NULL},
	[KEPT_ASKER] = {"asker", sizeof(struct name_asker),
		offsetof(struct name_asker, kept), state_fields_asker, NULL},
	[KEPT_ASKED] = {"asked", sizeof(struct name_asked),
		offsetof(struct name_asked, kept), state_fields_asked, NULL},
	[KEPT_FINDING] = {"finding", sizeof(struct finding),
		offsetof(struct finding, kept), state_fields_finding,
		state_fields_of_kind},
	[KEPT_LEG] = {"leg", sizeof(struct leg), offsetof(struct leg, kept),
		state_fields_leg, NULL},
	[KEPT_TOLD] = {"told", sizeof(struct told), offsetof(struct told, kept),
		state_fields_told, NULL},
};

const struct state_table *
state_table_of(enum kept_table table)
{
	return &tables[table];
}

enum kept_table
state_table_find(const char *name)
{
	enum kept_table t = 0;

	while (t < KEPT_TABLES && strcmp(tables[t].name, name) != 0)
		t++;
	return t;
}

void *
state_object_of(struct kept *k)
{
	return (char *)k - tables[k->table].kept_at;
}

void
state_object_free(struct kept *k, struct words *words)
{
	const struct state_table *t = &tables[k->table];
	void *object = state_object_of(k);

	if (t->more && t->more(object))
		state_fields_release(t->more(object), object, words);
	state_fields_release(t->fields, object, words);
	free(object);
}
