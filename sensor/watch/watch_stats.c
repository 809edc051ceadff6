/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "sensor/base/log.h"
#include "sensor/infer/finding.h"
#include "sensor/pipeline_stats.h"
#include "watch_part.h"

void
watch_stats_packets(struct watch *w, struct pipeline_totals *out)
{
	*out = (struct pipeline_totals){0};
	for (size_t i = 0; i < w->packets; i++) {
		struct watch_packet *p = &w->packet[i];

		pthread_mutex_lock(&p->lock);
		pipeline_totals_add(out, &p->totals);
		pthread_mutex_unlock(&p->lock);
	}
}

void
watch_stats_queues(struct watch *w, struct watch_queue_counters *out)
{
	*out = (struct watch_queue_counters){0};
	for (size_t i = 0; i < w->packets; i++) {
		struct watch_queue_counters c;

		watch_queue_counters(w->packet[i].queue, &c);
		out->put += c.put;
		out->dropped += c.dropped;
		out->octets += c.octets;
		out->most = c.most > out->most ? c.most : out->most;
	}
}

void
watch_stats_live(struct watch *w, struct capture_live_counters *out)
{
	pthread_mutex_lock(&w->live_lock);
	capture_live_counters(w->live, out);
	pthread_mutex_unlock(&w->live_lock);
}

/* --- the inference -------------------------------------------------------------------
 */

/* As last told: asking for each verdict anew would take too long. */
static void
count_verdicts(const struct infer *in, uint64_t *counts)
{
	for (const struct server *s = in->servers.table; s; s = s->hh.next)
		counts[s->told ? s->told_kind : VERDICT_UNKNOWN]++;
}

static double
rate(uint64_t now, uint64_t before, uint64_t ns)
{
	return now > before ? (double)(now - before) * 1e9 / (double)ns : 0;
}

static void
count_rates(struct watch *w)
{
	struct capture_live_counters c;
	struct pipeline_totals p;
	struct watch_rates *r = &w->rates, before = *r;
	uint64_t ns;

	watch_stats_live(w, &c);
	watch_stats_packets(w, &p);
	*r = (struct watch_rates){
		.clock_ns = watch_clock(),
		.packets = c.delivered,
		.octets = c.octets,
		.segments = p.counters.mail_segments,
		.transactions = w->infer->records[RECORD_TRANSACTION],
	};
	ns = r->clock_ns - before.clock_ns;
	if (before.clock_ns == 0 || ns == 0)
		return;
	r->packets_s = rate(r->packets, before.packets, ns);
	r->octets_s = rate(r->octets, before.octets, ns);
	r->segments_s = rate(r->segments, before.segments, ns);
	r->transactions_s = rate(r->transactions, before.transactions, ns);
}

void
watch_stats_count(struct watch *w)
{
	const struct infer *in = w->infer;
	struct watch_known k = {
		.servers = HASH_COUNT(in->servers.table),
		.servers_evicted = in->servers.evicted,
		.attempts = in->servers.attempts,
		.attempts_evicted = in->servers.attempts_evicted,
		.clients_evicted = in->servers.patrons_evicted,
		.domains_evicted = in->servers.tallies_evicted,
		.names_evicted = in->names.evicted,
		.words = HASH_COUNT(in->words.table),
		.messages_forgotten = in->legs.forgotten,
		.findings = HASH_COUNT(in->findings.raised),
		.findings_forgotten = in->findings.forgotten,
		.forced = w->merge.forced,
		.now_ns = watch_merge_now(&w->merge),
		.taken = w->taken,
	};

	count_rates(w);
	k.rates = w->rates;
	memcpy(k.records, in->records, sizeof(k.records));
	count_verdicts(in, k.verdicts);
	desk_counters(w->desk, &k.desk);
	pthread_mutex_lock(&w->known_lock);
	w->known = k;
	pthread_mutex_unlock(&w->known_lock);
}

void
watch_stats_known(struct watch *w, struct watch_known *out)
{
	pthread_mutex_lock(&w->known_lock);
	*out = w->known;
	pthread_mutex_unlock(&w->known_lock);
}

/* --- losses --------------------------------------------------------------------------
 */

static void
name_those_down(struct watch *w, char *out, size_t room)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < capture_live_interfaces(w->live) && used < room; i++) {
		struct capture_live_interface one;
		int n;

		capture_live_interface(w->live, i, &one);
		if (one.state == CAPTURE_LINK_UP)
			continue;
		n = snprintf(out + used, room - used, "%s%s: %s", used ? ", " : "",
			one.name, capture_link_state_name(one.state));
		used += n > 0 ? (size_t)n : 0;
	}
}

void
watch_stats_losses(struct watch *w, struct watch_loss_totals *out)
{
	struct capture_live_counters c;
	struct watch_queue_counters q;
	struct pipeline_totals p;

	memset(out, 0, sizeof(*out));
	watch_stats_live(w, &c);
	watch_stats_queues(w, &q);
	watch_stats_packets(w, &p);
	out->seen = c.delivered;
	out->ring = c.dropped;
	out->card = c.card;
	out->queue = q.dropped;
	out->evicted = p.flows.n[FLOW_COUNT_EVICTED_OPEN];
	pthread_mutex_lock(&w->live_lock);
	name_those_down(w, out->where, sizeof(out->where));
	pthread_mutex_unlock(&w->live_lock);
}

/* --- writing -------------------------------------------------------------------------
 */

void
watch_stats_write_capture(struct watch *w, struct json_out *j)
{
	struct capture_live_counters c;
	struct watch_queue_counters q;

	watch_stats_live(w, &c);
	watch_stats_queues(w, &q);
	json_out_object(j, NULL);
	json_out_text(j, "type", "capture");
	json_out_uint(j, "schema", RECORD_SCHEMA);
	json_out_uint(j, "delivered", c.delivered);
	json_out_uint(j, "filtered", c.filtered);
	json_out_uint(j, "withheld", c.withheld);
	json_out_uint(j, "dropped", c.dropped);
	json_out_uint(j, "lost_by_card", c.card);
	json_out_uint(j, "records_dropped", q.dropped);
	json_out_uint(j, "octets", c.octets);
	json_out_uint(j, "withheld_octets", c.withheld_octets);
	json_out_object_end(j);
}

/* The inference's thread, or any other after its end. */
void
watch_stats_write(struct watch *w, struct json_out *j)
{
	struct pipeline_totals p;

	watch_stats_packets(w, &p);
	pipeline_stats_write_totals(&p, NULL, w->infer, j);
}

void
watch_stats_log(struct watch *w)
{
	struct capture_live_counters c;
	struct watch_queue_counters q;
	struct pipeline_totals p;
	struct watch_known k;

	watch_stats_live(w, &c);
	watch_stats_queues(w, &q);
	watch_stats_packets(w, &p);
	watch_stats_known(w, &k);
	log_info("packets %" PRIu64 " (dropped %" PRIu64 ", lost by card %" PRIu64
		 ", withheld %" PRIu64 "), connections open %" PRIu64 " of %" PRIu64
		 ", records %" PRIu64 " (dropped %" PRIu64 "), transactions %" PRIu64
		 ", servers %" PRIu64 ", verdicts changed %" PRIu64 ", alerts %" PRIu64
		 " (held back %" PRIu64 ")",
		c.delivered, c.dropped, c.card, c.withheld,
		p.flows.n[FLOW_COUNT_OPENED] - p.flows.n[FLOW_COUNT_RELEASED],
		p.flows.n[FLOW_COUNT_OPENED], q.put, q.dropped,
		k.records[RECORD_TRANSACTION], k.servers, k.desk.verdicts, k.desk.alerts,
		k.desk.suppressed);
}
