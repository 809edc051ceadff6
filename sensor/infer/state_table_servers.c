/* SPDX-License-Identifier: Apache-2.0 */
#include "state_table.h"

#include "verdict.h"

static const struct state_field hop_fields[] = {
	STATE_ONE(STATE_ADDR, struct host_hop, addr, "ip"),
	STATE_NUMBER(struct host_hop, last, "last"),
	STATE_END,
};

const struct state_field state_fields_host[] = {
	STATE_ONE(STATE_ADDR, struct host, addr, "ip"),
	STATE_NUMBER(struct host, onward_seen, "onward"),
	STATE_NUMBER(struct host, onward_last, "onward_last"),
	{.name = "hops",
		.sort = STATE_PART,
		STATE_PLACES(struct host, hops),
		.part = hop_fields},
	STATE_UPTO(struct host, hop_next, "hop_next", HOST_HOPS - 1),
	STATE_END,
};

const struct state_field state_fields_server[] = {
	STATE_ONE(STATE_ADDR, struct server, key.addr, "ip"),
	STATE_UPTO(struct server, key.port, "port", UINT16_MAX),
	STATE_ONE(STATE_BOOL, struct server, told, "told"),
	STATE_UPTO(struct server, told_kind, "told_verdict", VERDICT_UNKNOWN),
	STATE_UPTO(struct server, told_grade, "told_grade", GRADE_CONFIRMED),
	STATE_END,
};

#define ACTIVITY(series, text)                                                           \
	STATE_NUMBERS(struct identity, activity.count[series], text)

const struct state_field state_fields_identity[] = {
	STATE_ONE(STATE_WORD, struct identity, name, "name"),
	STATE_UPTO(struct identity, mta, "mta", SMTP_MTA_COUNT - 1),
	STATE_NUMBER(struct identity, first, "first"),
	STATE_NUMBER(struct identity, last, "last"),
	STATE_ONE(STATE_MOMENT, struct identity, latest, "latest"),
	STATE_NUMBER(struct identity, transactions, "transactions"),
	STATE_NUMBER(struct identity, connections, "connections"),
	STATE_NUMBER(struct identity, encrypted, "encrypted"),
	STATE_NUMBER(struct identity, one_sided, "one_sided"),
	STATE_NUMBER(struct identity, late_starts, "late_starts"),
	STATE_NUMBER(struct identity, auth_ok, "auth_ok"),
	STATE_NUMBER(struct identity, unkept, "unkept"),
	STATE_NUMBER(struct identity, mechs, "mechanisms"),
	STATE_ONE(STATE_BOOL, struct identity, auth_offered, "auth_offered"),
	STATE_ONE(STATE_BOOL, struct identity, starttls_offered, "starttls_offered"),
	STATE_ONE(STATE_BOOL, struct identity, settled, "settled"),
	STATE_ONE(STATE_BOOL, struct identity, inspected, "inspected"),
	STATE_NUMBER(struct identity, activity.width, "activity_width"),
	STATE_NUMBER(struct identity, activity.first, "activity_first"),
	ACTIVITY(ACTIVITY_UNAUTHENTICATED, "activity_unauthenticated"),
	ACTIVITY(ACTIVITY_AUTHENTICATED, "activity_authenticated"),
	ACTIVITY(ACTIVITY_REFUSED, "activity_refused"),
	STATE_END,
};

const struct state_field state_fields_example[] = {
	STATE_UPTO(struct example, reach, "reach", REACH_COUNT - 1),
	STATE_NUMBER(struct example, conn, "connection"),
	STATE_NUMBER(struct example, client_port, "port"),
	STATE_ONE(STATE_MOMENT, struct example, at, "at"),
	STATE_ONE(STATE_TEXT, struct example, from, "from"),
	STATE_ONE(STATE_TEXT, struct example, to, "to"),
	STATE_ONE(STATE_TEXT, struct example, message_id, "message_id"),
	STATE_ONE(STATE_TEXT, struct example, subject, "subject"),
	STATE_ONE(STATE_TEXT, struct example, helo, "helo"),
	STATE_END,
};

const struct state_field state_fields_attempt[] = {
	STATE_NAMED(struct attempt, key.domain, "domain"),
	STATE_ATTEMPT_KEY(struct attempt, key),
	STATE_NUMBERS(struct attempt, count, "count"),
	STATE_ALL(STATE_MOMENT, struct attempt, first, "first"),
	STATE_ALL(STATE_MOMENT, struct attempt, last, "last"),
	STATE_ONE(STATE_DOUBLE, struct attempt, messages, "messages_bits"),
	STATE_NUMBER(struct attempt, handed, "handed"),
	STATE_UPTO(struct attempt, tie, "tie", TIE_QUEUE_ID),
	STATE_ONE(STATE_BOOL, struct attempt, masked, "masked"),
	STATE_ONE(STATE_ADDR, struct attempt, masked_as, "masked_as"),
	STATE_ONE(STATE_ADDR, struct attempt, next_hop, "next_hop"),
	STATE_ONE(STATE_WORD, struct attempt, next_name, "next_name"),
	STATE_ONE(STATE_TEXT, struct attempt, queue_id, "queue_id"),
	STATE_ONE(STATE_TEXT, struct attempt, reply, "reply"),
	STATE_NUMBER(struct attempt, reply_code, "reply_code"),
	{.name = "example",
		.sort = STATE_PART,
		.at = offsetof(struct attempt, example),
		.size = sizeof(struct example),
		.part = state_fields_example,
		.apart = true},
	STATE_END,
};

const struct state_field state_fields_patron[] = {
	STATE_ONE(STATE_ADDR, struct patron, addr, "ip"),
	STATE_NUMBER(struct patron, connections, "connections"),
	STATE_NUMBER(struct patron, encrypted, "encrypted"),
	STATE_NUMBER(struct patron, encrypted_first, "encrypted_first"),
	STATE_NUMBER(struct patron, encrypted_last, "encrypted_last"),
	STATE_NUMBER(struct patron, auth_ok, "auth_ok"),
	STATE_NUMBER(struct patron, taken, "taken"),
	STATE_LIST(STATE_WORD, struct patron, helos, helo_count, "helos"),
	STATE_END,
};

const struct state_field state_fields_tally[] = {
	STATE_NAMED(struct tally, domain, "domain"),
	STATE_LIST(STATE_ADDR, struct tally, clients, client_count, "clients"),
	STATE_NUMBER(struct tally, taken, "taken"),
	STATE_NUMBER(struct tally, denied, "denied"),
	STATE_NUMBER(struct tally, unknown_user, "unknown_user"),
	STATE_NUMBER(struct tally, messages, "messages"),
	STATE_ONE(STATE_MOMENT, struct tally, first_denied, "first_denied"),
	STATE_ONE(STATE_MOMENT, struct tally, first_unknown_user, "first_unknown_user"),
	STATE_ONE(STATE_MOMENT, struct tally, first_taken, "first_taken"),
	STATE_END,
};
