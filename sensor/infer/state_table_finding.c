/* SPDX-License-Identifier: Apache-2.0 */
#include "state_table.h"

#include "finding_tester.h"

static const struct state_field evidence_fields[] = {
	STATE_ONE(STATE_MOMENT, struct finding_evidence, at, "at"),
	STATE_ONE(STATE_TEXT, struct finding_evidence, what, "what"),
	STATE_END,
};

const struct state_field state_fields_finding[] = {
	STATE_ONE(STATE_ADDR, struct finding, key.server, "server"),
	STATE_ONE(STATE_ADDR, struct finding, key.client, "client"),
	STATE_UPTO(struct finding, key.port, "port", UINT16_MAX),
	STATE_UPTO(struct finding, key.kind, "kind", FINDING_KINDS - 1),
	STATE_UPTO(struct finding, turn, "turn", KEPT_SERIAL_MAX),
	STATE_ONE(STATE_BOOL, struct finding, raised, "raised"),
	STATE_UPTO(struct finding, severity, "severity", SEVERITY_CRITICAL),
	STATE_NUMBER(struct finding, first, "first"),
	STATE_NUMBER(struct finding, last, "last"),
	STATE_NUMBER(struct finding, window, "window"),
	STATE_NUMBER(struct finding, count, "count"),
	STATE_LIST(STATE_ADDR, struct finding, clients, client_count, "clients"),
	STATE_ONE(STATE_BOOL, struct finding, more_clients, "more_clients"),
	STATE_ONE(STATE_WORD, struct finding, name, "name"),
	{.name = "evidence",
		.sort = STATE_PART,
		STATE_PLACES(struct finding, evidence),
		STATE_COUNTED(struct finding, evidence_count),
		.part = evidence_fields},
	STATE_END,
};

static const struct state_field test_fields[] = {
	STATE_ONE(STATE_MOMENT, struct finding_test, at, "at"),
	STATE_UPTO(struct finding_test, answer, "answer", ANSWER_MESSAGE),
	STATE_NUMBER(struct finding_test, code, "code"),
	STATE_ONE(STATE_TEXT, struct finding_test, from, "from"),
	STATE_ONE(STATE_TEXT, struct finding_test, to, "to"),
	STATE_END,
};

static const struct state_field probe_fields[] = {
	STATE_UPTO(struct finding, of.probe.testers, "testers", 2 * TESTER_DOMAINS - 1),
	STATE_NUMBER(struct finding, of.probe.forms, "forms"),
	STATE_NUMBERS(struct finding, of.probe.answers, "answers"),
	STATE_LIST(STATE_UINT, struct finding, of.probe.domains, of.probe.domain_count,
		"domains"),
	STATE_UPTO(struct finding, of.probe.last_test, "last_test", FINDING_TESTS),
	{.name = "tests",
		.sort = STATE_PART,
		.at = offsetof(struct finding, of.probe.tests),
		.size = sizeof(struct finding_test),
		.many = FINDING_TESTS,
		.part = test_fields,
		.apart = true},
	STATE_END,
};

static const struct state_field tls_fields[] = {
	STATE_NUMBER(struct finding, of.tls.offers, "offers"),
	STATE_NUMBER(struct finding, of.tls.missing, "missing"),
	STATE_NUMBER(struct finding, of.tls.again, "again"),
	STATE_NUMBER(struct finding, of.tls.passwords, "passwords"),
	STATE_ONE(STATE_BOOL, struct finding, of.tls.same_client, "same_client"),
	STATE_ONE(STATE_BOOL, struct finding, of.tls.names_vary, "names_vary"),
	STATE_END,
};

static const struct state_field auth_fields[] = {
	STATE_NUMBER(struct finding, of.auth.ok, "ok"),
	STATE_NUMBER(struct finding, of.auth.failed, "failed"),
	STATE_END,
};

/* Carriers are not kept: ids of connections mean nothing to the next process. */
static const struct state_field smuggling_fields[] = {
	STATE_NUMBER(struct finding, of.smuggling.forms, "forms"),
	STATE_NUMBER(struct finding, of.smuggling.taken, "taken"),
	STATE_ONE(STATE_BOOL, struct finding, of.smuggling.all_lines, "all_lines"),
	STATE_END,
};

static const struct state_field blocklist_fields[] = {
	STATE_ONE(STATE_TEXT, struct finding, of.blocklist.list, "list"),
	STATE_ONE(STATE_BOOL, struct finding, of.blocklist.named, "named"),
	STATE_NUMBER(struct finding, of.blocklist.refusals, "refusals"),
	STATE_NUMBER(struct finding, of.blocklist.answers, "answers"),
	STATE_END,
};

static const struct state_field users_fields[] = {
	STATE_NUMBER(struct finding, of.users.unknown, "unknown"),
	STATE_NUMBER(struct finding, of.users.known, "known"),
	STATE_NUMBER(struct finding, of.users.verified, "verified"),
	STATE_END,
};

const struct state_field *
state_fields_of_kind(const void *finding)
{
	const struct finding *f = finding;

	switch ((enum finding_kind)f->key.kind) {
	case FINDING_RELAY_PROBE:
		return probe_fields;
	case FINDING_CLEAR_CREDENTIALS:
		return auth_fields;
	case FINDING_STARTTLS_STRIPPED:
	case FINDING_STARTTLS_VANISHED:
	case FINDING_STARTTLS_REFUSED:
	case FINDING_COMMAND_INJECTION:
	case FINDING_REPLY_INJECTION:
		return tls_fields;
	case FINDING_SMUGGLING:
		return smuggling_fields;
	case FINDING_BLOCKLISTED:
		return blocklist_fields;
	case FINDING_USER_PROBING:
		return users_fields;
	case FINDING_BACKSCATTER:
	case FINDING_KINDS:
	default:
		return NULL;
	}
}
