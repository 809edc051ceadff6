/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as an alert, and as a row of the gate's memory. What is read can be written,
 * and what was written reads back to the very same octets; what is refused has a reason.
 */
#include <stdlib.h>

#include "sensor/alert/alert_gate.h"
#include "sensor/alert/alert_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(truth)                                                                     \
	do {                                                                             \
		if (!(truth))                                                            \
			abort();                                                         \
	} while (0)

static void
check_alert(const struct alert *a)
{
	CHECK(a->id[0] && a->incident[0] && a->rule.len && a->title.len);
	CHECK((unsigned)a->kind <= ALERT_SENSOR);
	CHECK((unsigned)a->action <= ALERT_CLOSED);
	CHECK((unsigned)a->severity <= ALERT_SEVERITY_CRITICAL);
	CHECK(a->client_count <= ALERT_CLIENTS_MAX);
	CHECK(a->domain_count <= ALERT_DOMAINS_MAX);
	CHECK(a->hop_count <= ALERT_HOPS_MAX);
	CHECK(a->mail.to_count <= ALERT_ADDRESSES_MAX);
	CHECK(a->trick_count <= ALERT_TRICKS_MAX);
	CHECK(a->evidence_count <= ALERT_EVIDENCE_MAX);
	CHECK(a->confidence >= 0 && a->confidence <= 1);
}

static void
check_round(const struct alert *a)
{
	const char *reason = NULL;
	struct json_out first, second;
	struct alert *back;

	json_out_init(&first);
	json_out_init(&second);
	alert_write(a, &first);
	back = alert_read(span_of(first.at, first.used), &reason);
	CHECK(back && !reason);
	check_alert(back);
	alert_write(back, &second);
	CHECK(first.used == second.used);
	CHECK(memcmp(first.at, second.at, first.used) == 0);
	alert_free(back);
	json_out_free(&first);
	json_out_free(&second);
}

/* The first line is the key, the rest the body. */
static void
check_row(struct span text)
{
	struct config_alerts config = {.repeat_seconds = 3600, .per_minute = 1};
	struct alert_gate *g = alert_gate_new(&config);
	size_t end = span_find(text, '\n');
	struct span key = span_slice(text, 0, end), body;
	struct alert_how how;
	struct alert *a;

	if (alert_gate_load(g, key, span_slice(text, end + 1, text.len))) {
		CHECK(!alert_gate_save_next(g, &key, &body));
		if (alert_gate_blindness(g, 1, UINT64_MAX, &how)) {
			a = alert_new();
			a->kind = ALERT_SENSOR;
			alert_gate_dress(g, &how, a);
			alert_free(a);
		}
		while (alert_gate_save_next(g, &key, &body))
			CHECK(key.len && body.len);
	}
	alert_gate_free(g);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *reason = NULL;
	struct alert *a = alert_read(span_of(data, size), &reason);

	if (a) {
		check_alert(a);
		check_round(a);
		alert_free(a);
	} else {
		CHECK(reason && reason[0]);
	}
	check_row(span_of(data, size));
	return 0;
}
