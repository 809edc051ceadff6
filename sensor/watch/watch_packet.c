/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "sensor/base/log.h"
#include "sensor/pipeline_conn.h"
#include "sensor/pipeline_live.h"
#include "sensor/sandbox/sandbox.h"
#include "watch_part.h"

/* Counters are shown to the other threads so often; ns of packet time. */
#define SHOW_NS (100 * WATCH_MS)

/* --- making --------------------------------------------------------------------------
 */

/* Nobody waits for a packet thread: if the queue is full, the record is lost and counted.
 */
static void
on_record(void *ctx, const struct record *r)
{
	struct watch_packet *p = ctx;

	if (watch_queue_put(p->queue, r, p->now_ns))
		watch_infer_wake(p->watch);
}

void
watch_packet_init(struct watch *w, size_t number)
{
	struct watch_packet *p = &w->packet[number];

	p->watch = w;
	p->number = number;
	p->config = *w->config;
	p->capture = capture_live_thread(w->live, number);
	p->queue = watch_queue_new(WATCH_QUEUE_OCTETS);
	p->pipeline = pipeline_new(&p->config, NULL, NULL, NULL);
	p->pipeline->on_record = on_record;
	p->pipeline->on_record_ctx = p;
	pipeline_live(p->pipeline, w->live, w->boot.capture.shunt);
	watch_box_init(&p->box, NULL, NULL);
	pthread_mutex_init(&p->lock, NULL);
}

void
watch_packet_free(struct watch_packet *p)
{
	pipeline_free(p->pipeline);
	watch_queue_free(p->queue);
	watch_box_free(&p->box);
	pthread_mutex_destroy(&p->lock);
}

/* --- running -------------------------------------------------------------------------
 */

/* If the lock is taken, the next time will do. */
static void
show_totals(struct watch_packet *p, uint64_t now_ns)
{
	if (now_ns - p->shown_ns < SHOW_NS || pthread_mutex_trylock(&p->lock) != 0)
		return;
	pipeline_totals_of(p->pipeline, &p->totals);
	pthread_mutex_unlock(&p->lock);
	p->shown_ns = now_ns;
}

static void
beat(struct watch_packet *p)
{
	uint64_t n = atomic_load_explicit(&p->beats, memory_order_relaxed);

	atomic_store_explicit(&p->beats, n + 1, memory_order_relaxed);
}

static void
take_frame(struct watch_packet *p, const struct capture_frame *frame)
{
	p->now_ns = frame->at.ns;
	if (p->watch->evidence)
		evidence_frame(p->watch->evidence, p->number, frame);
	pipeline_frame(p->pipeline, frame);
	watch_queue_seen(p->queue, frame->at.ns);
	show_totals(p, frame->at.ns);
}

static void
take_tick(struct watch_packet *p, uint64_t now_ns)
{
	p->now_ns = now_ns;
	pipeline_tick(p->pipeline, now_ns);
	watch_queue_seen(p->queue, now_ns);
	show_totals(p, now_ns);
}

/* Until the capture ends. */
static void
listen_on(struct watch_packet *p)
{
	struct capture_frame frame;

	for (;;) {
		beat(p);
		if (watch_box_has(&p->box))
			watch_box_serve(&p->box);
		if (p->watch->evidence)
			evidence_turn(p->watch->evidence, p->number);
		switch (capture_next(p->capture, &frame)) {
		case CAPTURE_FRAME:
			take_frame(p, &frame);
			break;
		case CAPTURE_IDLE:
			take_tick(p, frame.at.ns);
			break;
		case CAPTURE_DAMAGED:
			log_warnx("%s", p->capture->damage.reason);
			break;
		case CAPTURE_ERROR:
			log_warnx("%s", p->capture->damage.reason);
			atomic_store(&p->watch->failed, true);
			break;
		case CAPTURE_END:
		default:
			return;
		}
	}
}

static void *
packet_main(void *arg)
{
	struct watch_packet *p = arg;

	if (sandbox_thread() == 0) {
		listen_on(p);
		pipeline_drain(p->pipeline);
	} else {
		atomic_store(&p->watch->failed, true);
		capture_live_stop(p->watch->live);
	}
	watch_box_close(&p->box);
	pthread_mutex_lock(&p->lock);
	pipeline_totals_of(p->pipeline, &p->totals);
	pthread_mutex_unlock(&p->lock);
	watch_queue_end(p->queue);
	watch_infer_wake(p->watch);
	return NULL;
}

int
watch_packet_start(struct watch_packet *p)
{
	errno = pthread_create(&p->thread, NULL, packet_main, p);
	if (errno) {
		log_warn("packet thread %zu", p->number);
		return -1;
	}
	p->started = true;
	return 0;
}

void
watch_packet_join(struct watch_packet *p)
{
	if (p->started)
		pthread_join(p->thread, NULL);
	else if (p->queue)
		watch_queue_end(p->queue);
	p->started = false;
}

/* --- asked by others -----------------------------------------------------------------
 */

static const char *
kind_name(const struct conn *c)
{
	switch (c->kind) {
	case CONN_MAIL:
		return "mail";
	case CONN_PROBE:
		return "probe";
	case CONN_DNS:
		return "dns";
	case CONN_NEW:
	case CONN_OTHER:
	default:
		return "other";
	}
}

static void
list_flows(void *arg)
{
	struct watch_flows *out = arg;
	struct flow_table *t = out->from->pipeline->flows;
	struct flow *f = NULL;

	while ((f = flow_table_each(t, f))) {
		const struct conn *c = flow_app(f);
		struct watch_flow *to = &out->at[out->count];

		out->open++;
		if (out->count == out->room)
			continue;
		flow_facts_of(f, &to->facts);
		to->kind = kind_name(c);
		to->tls =
			(c->kind == CONN_MAIL || c->kind == CONN_PROBE) && c->mail.is_tls;
		out->count++;
	}
}

bool
watch_packet_flows(struct watch_packet *p, struct watch_flows *out)
{
	out->from = p;
	return watch_box_ask(&p->box, list_flows, out, WATCH_ASK_MS);
}
