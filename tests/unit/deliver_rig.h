/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the delivery: a store that is a list, which can hold what the real one
 * never would, and formats that are short and say what they were made with. They are
 * linked instead of the real ones.
 */
#ifndef DELIVER_RIG_H
#define DELIVER_RIG_H

#include "sink_rig.h"

#include "sensor/alert/alert_json.h"
#include "sensor/deliver/deliver.h"
#include "sensor/output/format.h"

#define RIG_WAITS 1000

/* For each output by its number in its name ("out0", "out1"), what waits for it. */
static struct {
	pthread_mutex_t lock;
	struct {
		enum config_stream stream;
		char *body;
		bool done[2];
	} at[RIG_WAITS];
	size_t count;
	unsigned refusals; /* calls of store_delivered() that fail */
	bool remembers;	   /* and yet what they told is not given again */
	unsigned owed;	   /* such calls, until one that does not fail */
	bool woken;
} rig_store = {.lock = PTHREAD_MUTEX_INITIALIZER};

static inline void
rig_wait_add(enum config_stream stream, const char *body)
{
	pthread_mutex_lock(&rig_store.lock);
	rig_store.at[rig_store.count].stream = stream;
	rig_store.at[rig_store.count++].body = strdup(body);
	pthread_mutex_unlock(&rig_store.lock);
}

static inline void
rig_wait_clear(void)
{
	for (size_t i = 0; i < rig_store.count; i++)
		free(rig_store.at[i].body);
	memset(rig_store.at, 0, sizeof(rig_store.at));
	rig_store.count = rig_store.refusals = 0;
	rig_store.woken = rig_store.remembers = false;
	rig_store.owed = 0;
}

/* An alert whose detail is that, as the store has it. */
static inline void
rig_alert(const char *detail)
{
	struct alert *a = alert_new();
	struct json_out j;

	a->kind = ALERT_FINDING;
	a->severity = ALERT_SEVERITY_HIGH;
	a->rule = alert_keep_text(a, "relay-probe");
	a->title = alert_keep_text(a, "Relay probe");
	a->detail = alert_keep_text(a, detail);
	a->time = a->first = a->last = RIG_TIME;
	a->count = a->since = 1;
	alert_identify(a);
	json_out_init(&j);
	alert_write(a, &j);
	j.at = realloc(j.at, j.used + 1);
	j.at[j.used] = '\0';
	rig_wait_add(CONFIG_STREAM_ALERTS, j.at);
	json_out_free(&j);
	alert_free(a);
}

static inline size_t
rig_waiting(size_t output)
{
	size_t n = 0;

	pthread_mutex_lock(&rig_store.lock);
	for (size_t i = 0; i < rig_store.count; i++)
		n += !rig_store.at[i].done[output];
	pthread_mutex_unlock(&rig_store.lock);
	return n;
}

size_t
store_waiting(struct store *s, const char *output, struct store_waiting *out, size_t max)
{
	size_t n = 0, which = (size_t)(output[3] - '0');

	(void)s;
	pthread_mutex_lock(&rig_store.lock);
	for (size_t i = 0; i < rig_store.count && n < max; i++)
		if (!rig_store.at[i].done[which])
			out[n++] = (struct store_waiting){.id = 100 + i,
				.stream = rig_store.at[i].stream,
				.severity = ALERT_SEVERITY_HIGH,
				.time = RIG_TIME,
				.body = strdup(rig_store.at[i].body),
				.octets = strlen(rig_store.at[i].body)};
	pthread_mutex_unlock(&rig_store.lock);
	return n;
}

void
store_waiting_free(struct store_waiting *w, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(w[i].body);
}

int
store_delivered(struct store *s, const char *output, const uint64_t *ids, size_t count)
{
	bool bad;

	(void)s;
	pthread_mutex_lock(&rig_store.lock);
	bad = rig_store.refusals > 0;
	rig_store.refusals -= bad;
	rig_store.owed = bad ? rig_store.owed + 1 : 0;
	for (size_t i = 0; (!bad || rig_store.remembers) && i < count; i++)
		rig_store.at[ids[i] - 100].done[output[3] - '0'] = true;
	pthread_mutex_unlock(&rig_store.lock);
	return bad ? -1 : 0;
}

void
store_wait(struct store *s, const char *output, unsigned ms)
{
	(void)s, (void)output;
	if (!rig_store.woken)
		usleep((ms < 5 ? ms : 5) * 1000);
}

void
store_output_counters(
	struct store *s, const char *output, struct store_output_counters *out)
{
	(void)s;
	*out = (struct store_output_counters){
		.waiting = rig_waiting((size_t)(output[3] - '0'))};
}

void
format_alert(enum config_format format, const struct alert *a,
	const struct format_options *o, struct text_out *out)
{
	text_out_format(out, "%.*s format %d redact %d from %s", (int)a->detail.len,
		a->detail.at, (int)format, (int)o->redact, o->observer);
}

void
format_redacted(struct span json, const struct format_options *o, struct text_out *out)
{
	text_out_span(out, json);
	text_out_format(out, " redact %d", (int)o->redact);
}

#endif
