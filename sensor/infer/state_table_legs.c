/* SPDX-License-Identifier: Apache-2.0 */
#include "state_table.h"

/* Of an inbound message an attempt's key; of one that left, the domain alone. */
static const struct state_field rcpt_fields[] = {
	STATE_NUMBER(struct leg_rcpt, address, "address"),
	STATE_NUMBER(struct leg_rcpt, target, "target"),
	STATE_ONE(STATE_WORD, struct leg_rcpt, key.domain, "key_domain"),
	STATE_ATTEMPT_KEY(struct leg_rcpt, key),
	STATE_ONE(STATE_WORD, struct leg_rcpt, domain, "domain"),
	STATE_END,
};

/* How they are chained follows from their ids. */
const struct state_field state_fields_leg[] = {
	STATE_UPTO(struct leg, serial, "serial", KEPT_SERIAL_MAX),
	STATE_ONE(STATE_BOOL, struct leg, onward, "onward"),
	STATE_ONE(STATE_ADDR, struct leg, host, "host"),
	STATE_NUMBER(struct leg, port, "port"),
	STATE_ONE(STATE_WORD, struct leg, name, "name"),
	STATE_ONE(STATE_ADDR, struct leg, peer, "peer"),
	STATE_NUMBER(struct leg, peer_port, "peer_port"),
	STATE_NUMBER(struct leg, conn, "connection"),
	STATE_ONE(STATE_WORD, struct leg, peer_name, "peer_name"),
	STATE_NUMBERS(struct leg, ids, "ids"),
	STATE_NUMBER(struct leg, sender, "sender"),
	STATE_NUMBER(struct leg, parent, "parent"),
	STATE_ONE(STATE_MOMENT, struct leg, at, "at"),
	STATE_UPTO(struct leg, reach, "reach", REACH_COUNT),
	STATE_ONE(STATE_ADDR, struct leg, seen_from, "seen_from"),
	STATE_ONE(STATE_BOOL, struct leg, dsn, "dsn"),
	{.name = "rcpts",
		.sort = STATE_PART,
		.at = offsetof(struct leg, rcpts),
		.size = sizeof(struct leg_rcpt),
		.many = LEG_RCPTS_MAX,
		STATE_COUNTED(struct leg, rcpt_count),
		.part = rcpt_fields,
		.apart = true},
	STATE_END,
};

const struct state_field state_fields_told[] = {
	STATE_ONE(STATE_ADDR, struct told, host, "host"),
	STATE_NAMED(struct told, by, "by"),
	STATE_NAMED(struct told, key.domain, "domain"),
	STATE_ATTEMPT_KEY(struct told, key),
	STATE_UPTO(struct told, reach, "reach", REACH_COUNT - 1),
	STATE_ONE(STATE_MOMENT, struct told, at, "at"),
	STATE_ONE(STATE_ADDR, struct told, next_hop, "next_hop"),
	{.name = "example",
		.sort = STATE_PART,
		STATE_PLACE(struct told, example),
		.part = state_fields_example},
	STATE_END,
};
