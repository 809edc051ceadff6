/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor at a glance, for relaytap top: how it is, and the most serious servers. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "sensor/control/top_json.h"
#include "sensor/infer/ranking.h"
#include "sensor/pipeline_stats.h"
#include "watch_part.h"

/* --- servers: by the inference's thread ----------------------------------------------
 */

/* The most serious so far, by their verdicts as last told; a screen's worth of them. */
struct shortlist {
	const struct server *at[TOP_SERVERS_MAX];
	size_t count;
};

static uint8_t
kind_of(const struct server *s)
{
	return s->told ? s->told_kind : VERDICT_UNKNOWN;
}

/* Before b? Of equal ones, the one that was heard of last. */
static bool
goes_before(const struct server *a, const struct server *b)
{
	if (kind_of(a) != kind_of(b))
		return kind_of(a) < kind_of(b);
	return a->identities->last > b->identities->last;
}

static void
shortlist_insert(struct shortlist *l, const struct server *s)
{
	size_t at = l->count;

	while (at > 0 && goes_before(s, l->at[at - 1]))
		at--;
	if (at == TOP_SERVERS_MAX)
		return;
	if (l->count < TOP_SERVERS_MAX)
		l->count++;
	memmove(&l->at[at + 1], &l->at[at], (l->count - at - 1) * sizeof(*l->at));
	l->at[at] = s;
}

static void
put_server(struct watch *w, const struct server *s, struct top_server *out)
{
	struct verdict v;

	ranking_verdict_of(w->infer, s, &v);
	out->ip = s->key.addr;
	out->port = (uint16_t)s->key.port;
	span_copy(word_span(v.identity->name), out->name, sizeof(out->name));
	snprintf(out->verdict, sizeof(out->verdict), "%s", verdict_name(v.kind));
	snprintf(out->grade, sizeof(out->grade), "%s",
		v.grade == GRADE_NONE ? "" : verdict_grade_name(v.grade));
	out->confidence = v.confidence;
	out->messages = v.exposure.messages;
	out->last_seen = v.identity->last;
}

struct question {
	struct watch *watch;
	struct top_view *view;
};

static void
put_servers(void *arg)
{
	struct question *q = arg;
	struct infer *in = q->watch->infer;
	struct shortlist list = {.count = 0};

	for (const struct server *s = in->servers.table; s; s = s->hh.next)
		if (s->identities)
			shortlist_insert(&list, s);
	for (size_t i = 0; i < list.count; i++)
		put_server(q->watch, list.at[i], &q->view->server[i]);
	q->view->servers = list.count;
	q->view->servers_known = HASH_COUNT(in->servers.table);
}

/* --- the rest: by who asks -----------------------------------------------------------
 */

static void
put_interfaces(struct watch *w, struct top_view *v)
{
	v->interfaces = capture_live_interfaces(w->live);
	if (v->interfaces > TOP_INTERFACES_MAX)
		v->interfaces = TOP_INTERFACES_MAX;
	for (size_t i = 0; i < v->interfaces; i++) {
		struct top_interface *to = &v->interface[i];
		struct capture_live_interface one;

		pthread_mutex_lock(&w->live_lock);
		capture_live_interface(w->live, i, &one);
		pthread_mutex_unlock(&w->live_lock);
		snprintf(to->name, sizeof(to->name), "%s", one.name);
		snprintf(to->state, sizeof(to->state), "%s",
			capture_link_state_name(one.state));
		snprintf(to->method, sizeof(to->method), "%s",
			capture_live_method_name(one.method));
		to->packets = one.stats.delivered;
		to->octets = one.stats.octets;
		to->dropped = one.stats.dropped;
		to->card = one.card;
	}
}

static void
put_output(struct watch *w, size_t i, struct top_output *to)
{
	const char *name = deliver_name(w->deliver, i);
	struct store_output_counters s;
	struct deliver_counters c;

	deliver_counters(w->deliver, i, &c);
	store_output_counters(w->store, name, &s);
	span_copy(span_of_text(name), to->name, sizeof(to->name));
	span_copy(span_of_text(c.error), to->error, sizeof(to->error));
	to->up = c.up;
	to->waiting = s.waiting;
	to->delivered = c.taken;
}

static void
put_outputs(struct watch *w, struct top_view *v)
{
	pthread_mutex_lock(&w->deliver_lock);
	v->outputs = w->deliver ? deliver_count(w->deliver) : 0;
	if (v->outputs > TOP_OUTPUTS_MAX)
		v->outputs = TOP_OUTPUTS_MAX;
	for (size_t i = 0; i < v->outputs; i++)
		put_output(w, i, &v->output[i]);
	pthread_mutex_unlock(&w->deliver_lock);
}

static void __attribute__((format(printf, 3, 4)))
put_loss(struct top_view *v, uint64_t count, const char *format, ...)
{
	va_list args;

	if (count == 0 || v->losses == TOP_LOSSES_MAX)
		return;
	va_start(args, format);
	vsnprintf(v->loss[v->losses++], sizeof(v->loss[0]), format, args);
	va_end(args);
}

static void
put_losses(struct watch *w, const struct pipeline_totals *p, struct top_view *v)
{
	char lines[TOP_LOSSES_MAX * TOP_TEXT_MAX], *rest = lines;
	struct watch_loss_totals t;

	watch_stats_losses(w, &t);
	put_loss(v, t.where[0] != '\0', "Interfaces that are not heard: %s", t.where);
	put_loss(v, t.ring, "%" PRIu64 " packets dropped for want of room in the ring",
		t.ring);
	put_loss(v, t.card, "%" PRIu64 " packets lost by the card", t.card);
	put_loss(v, t.queue, "%" PRIu64 " records dropped: the inference is too slow",
		t.queue);
	pipeline_losses_write_totals(p, lines, sizeof(lines));
	for (char *line; (line = strsep(&rest, "\n"));)
		put_loss(v, line[0] != '\0', "%s", line);
}

static void
put_figures(struct watch *w, struct top_view *v)
{
	struct watch_queue_counters q;
	struct pipeline_totals p;
	struct watch_known k;
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	watch_stats_queues(w, &q);
	watch_stats_packets(w, &p);
	watch_stats_known(w, &k);
	v->time = (uint64_t)t.tv_sec * WATCH_SECOND + (uint64_t)t.tv_nsec;
	/* The clock may have been set back since. */
	v->uptime_s =
		v->time > w->started_ns ? (v->time - w->started_ns) / WATCH_SECOND : 0;
	v->packets_s = k.rates.packets_s;
	v->octets_s = k.rates.octets_s;
	v->mail_s = k.rates.segments_s;
	v->transactions_s = k.rates.transactions_s;
	v->alerts = k.desk.alerts;
	v->queue_depth = q.put > k.taken ? q.put - k.taken : 0;
	v->queue_dropped = q.dropped;
	v->flows_open = p.flows.n[FLOW_COUNT_OPENED] - p.flows.n[FLOW_COUNT_RELEASED];
	v->flows_max = w->boot.limits.connections * w->packets;
	put_losses(w, &p, v);
}

bool
watch_top_answer(struct watch *w, struct text_out *out, unsigned ms)
{
	struct top_view *v = calloc(1, sizeof(*v));
	struct question q = {.watch = w, .view = v};
	bool answered;

	if (!v)
		abort();
	put_figures(w, v);
	put_interfaces(w, v);
	put_outputs(w, v);
	answered = watch_box_ask(&w->box, put_servers, &q, ms);
	if (answered)
		top_json_write(v, out);
	free(v);
	return answered;
}
