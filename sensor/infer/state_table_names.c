/* SPDX-License-Identifier: Apache-2.0 */
#include "state_table.h"

#include "names_part.h"

const struct state_field state_fields_name[] = {
	STATE_NAMED(struct name_fact, name, "name"),
	STATE_LIST(STATE_WORD, struct name_fact, mx, mx_count, "mx"),
	STATE_LIST(STATE_WORD, struct name_fact, mx_before, mx_before_count, "mx_before"),
	STATE_ONE(STATE_BOOL, struct name_fact, mx_known, "mx_known"),
	STATE_ONE(STATE_BOOL, struct name_fact, mx_null, "mx_null"),
	STATE_ONE(STATE_BOOL, struct name_fact, mx_asked_by_others, "mx_asked_by_others"),
	STATE_ONE(STATE_ADDR, struct name_fact, mx_asker, "mx_asker"),
	STATE_ONE(STATE_MOMENT, struct name_fact, mx_at, "mx_at"),
	STATE_LIST(STATE_ADDR, struct name_fact, addr, addr_count, "ip"),
	STATE_ONE(STATE_MOMENT, struct name_fact, addr_at, "ip_at"),
	STATE_ONE(STATE_WORD, struct name_fact, alias, "alias"),
	STATE_END,
};

const struct state_field state_fields_reverse[] = {
	STATE_ONE(STATE_ADDR, struct name_reverse, addr, "ip"),
	STATE_NAMED(struct name_reverse, name, "name"),
	STATE_END,
};

const struct state_field state_fields_asker[] = {
	STATE_ONE(STATE_ADDR, struct name_asker, addr, "ip"),
	STATE_NUMBER(struct name_asker, last, "last"),
	STATE_END,
};

const struct state_field state_fields_asked[] = {
	STATE_ONE(STATE_ADDR, struct name_asked, key.addr, "ip"),
	STATE_NAMED(struct name_asked, key.name, "name"),
	STATE_NUMBER(struct name_asked, last, "last"),
	STATE_END,
};
