/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/deliver/deliver_batch.h"

#include <stdio.h>

#include "sensor/alert/alert_json.h"
#include "sensor/base/log.h"

void
deliver_batch_init(struct deliver_batch *b)
{
	memset(b, 0, sizeof(*b));
	text_out_init(&b->text);
}

void
deliver_batch_free(struct deliver_batch *b)
{
	store_waiting_free(b->waiting, b->waiting_count);
	text_out_free(&b->text);
	b->waiting_count = 0;
}

static bool
format_one(struct deliver_batch *b, const struct config_output *o,
	const struct format_options *options, const struct store_waiting *w, char *msgid)
{
	static const char *const words[] = {[CONFIG_STREAM_ALERTS] = "alert",
		[CONFIG_STREAM_SERVERS] = "server",
		[CONFIG_STREAM_TRANSACTIONS] = "transaction"};
	struct span body = span_of(w->body, w->octets);
	const char *reason = "unknown reason";
	struct alert *a;

	if (w->stream != CONFIG_STREAM_ALERTS) {
		snprintf(msgid, sizeof(*b->msgid), "%s", words[w->stream]);
		format_redacted(body, options, &b->text);
		return true;
	}
	a = alert_read(body, &reason);
	if (!a) {
		log_warnx("output %s: alert %llu of the store cannot be read and is left "
			  "out: %s",
			o->name, (unsigned long long)w->id, reason);
		return false;
	}
	span_copy(a->rule, msgid, sizeof(*b->msgid));
	format_alert(o->format, a, options, &b->text);
	alert_free(a);
	return true;
}

/* The text grows while lines are made: their places are known only at the end. */
static void
point(struct deliver_batch *b, const size_t *from)
{
	for (size_t i = 0; i < b->count; i++)
		b->lines[i].text = span_slice(text_out_all(&b->text), from[i],
			i + 1 < b->count ? from[i + 1] : b->text.used);
}

size_t
deliver_batch_fill(struct deliver_batch *b, struct store *store,
	const struct config_output *o, const struct format_options *options)
{
	size_t from[DELIVER_BATCH_MAX];
	const struct store_waiting *w;

	store_waiting_free(b->waiting, b->waiting_count);
	text_out_reset(&b->text);
	b->count = b->unreadable = 0;
	b->waiting_count = store_waiting(store, o->name, b->waiting, DELIVER_BATCH_MAX);
	for (size_t i = 0; i < b->waiting_count; i++) {
		w = &b->waiting[i];
		from[b->count] = b->text.used;
		if (!format_one(b, o, options, w, b->msgid[b->count])) {
			b->unreadable++;
			continue;
		}
		b->of[b->count] = i;
		b->lines[b->count] = (struct sink_line){.severity = w->severity,
			.time = w->time,
			.msgid = b->msgid[b->count]};
		b->count++;
	}
	point(b, from);
	return b->waiting_count;
}

size_t
deliver_batch_done(const struct deliver_batch *b, size_t taken)
{
	return taken < b->count ? b->of[taken] : b->waiting_count;
}
