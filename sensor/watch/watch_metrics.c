/* SPDX-License-Identifier: Apache-2.0 */
/* The counters of all stages in Prometheus' text format; read, never reset. */
#include "sensor/alert/alert.h"
#include "watch_part.h"

struct page {
	struct watch *watch;
	struct text_out *out;
	struct text_out labels;
};

static void
counter(struct page *p, const char *name, const char *help, uint64_t value)
{
	metrics_family(p->out, name, "counter", help);
	metrics_uint(p->out, name, NULL, value);
}

static void
gauge(struct page *p, const char *name, const char *help, uint64_t value)
{
	metrics_family(p->out, name, "gauge", help);
	metrics_uint(p->out, name, NULL, value);
}

static const char *
label(struct page *p, const char *key, const char *value)
{
	text_out_reset(&p->labels);
	metrics_label(&p->labels, key, span_of_text(value));
	return p->labels.at;
}

static void
labelled(struct page *p, const char *name, const char *key, const char *value, uint64_t n)
{
	metrics_uint(p->out, name, label(p, key, value), n);
}

/* --- capture -------------------------------------------------------------------------
 */

static void
put_drops(struct page *p, const struct capture_live_counters *c)
{
	static const char name[] = "dropped_total";
	struct watch_queue_counters q;
	struct pipeline_totals t;

	watch_stats_queues(p->watch, &q);
	watch_stats_packets(p->watch, &t);
	metrics_family(p->out, name, "counter",
		"What was lost at each stage: packets by card and ring, windows and "
		"texts by "
		"the pools, records by the queue to the inference.");
	labelled(p, name, "stage", "card", c->card);
	labelled(p, name, "stage", "ring", c->dropped);
	labelled(p, name, "stage", "windows", t.flows.n[FLOW_COUNT_WINDOWS_DENIED]);
	labelled(p, name, "stage", "texts", t.texts_refused);
	labelled(p, name, "stage", "queue", q.dropped);
	counter(p, "records_total", "Records handed to the inference.", q.put);
	gauge(p, "queue_octets", "Octets of records that wait for the inference.",
		q.octets);
	gauge(p, "queue_octets_most", "The most that ever waited on one queue.", q.most);
}

static void
put_capture(struct page *p)
{
	struct capture_live_counters c;

	watch_stats_live(p->watch, &c);
	counter(p, "packets_total", "Packets delivered by the capture.", c.delivered);
	counter(p, "octets_total", "Octets of them.", c.octets);
	counter(p, "packets_filtered_total", "Packets that were none of ours.",
		c.filtered);
	counter(p, "packets_withheld_total",
		"Packets of connections that need no further look, held back by the "
		"kernel.",
		c.withheld);
	counter(p, "octets_withheld_total",
		"Octets of payload held back so, of packets delivered in part as well.",
		c.withheld_octets);
	put_drops(p, &c);
}

static void
put_evidence(struct page *p)
{
	struct evidence_counters c;

	if (!p->watch->evidence)
		return;
	evidence_counters(p->watch->evidence, &c);
	counter(p, "evidence_packets_total", "Packets written as evidence of alerts.",
		c.written);
	counter(p, "evidence_left_out_total",
		"Packets that an alert asked for and that were not written.",
		c.cut + c.no_room);
	gauge(p, "evidence_octets", "Size of the file of evidence.", c.octets);
}

static void
put_interfaces(struct page *p)
{
	static const char name[] = "interface_up";
	struct watch *w = p->watch;

	metrics_family(p->out, name, "gauge", "1 while the interface is up and heard.");
	for (size_t i = 0; i < capture_live_interfaces(w->live); i++) {
		struct capture_live_interface one;

		pthread_mutex_lock(&w->live_lock);
		capture_live_interface(w->live, i, &one);
		pthread_mutex_unlock(&w->live_lock);
		labelled(p, name, "interface", one.name, one.state == CAPTURE_LINK_UP);
	}
}

/* --- connections ---------------------------------------------------------------------
 */

static void
put_evictions(struct page *p, const struct pipeline_totals *t)
{
	static const char name[] = "connections_evicted_total";

	metrics_family(p->out, name, "counter", "Connections given up for want of room.");
	labelled(p, name, "state", "half-open", t->flows.n[FLOW_COUNT_EVICTED_HALF_OPEN]);
	labelled(p, name, "state", "closing", t->flows.n[FLOW_COUNT_EVICTED_CLOSING]);
	labelled(p, name, "state", "open", t->flows.n[FLOW_COUNT_EVICTED_OPEN]);
}

static void
put_failures(struct page *p, const struct pipeline_totals *t)
{
	static const char name[] = "packets_unread_total";

	metrics_family(
		p->out, name, "counter", "Packets that were left unread, by the reason.");
	for (enum packet_reason r = PACKET_LINK_UNKNOWN; r < PACKET_REASON_COUNT; r++)
		labelled(p, name, "reason", packet_reason_name(r), t->counters.other[r]);
	counter(p, "dns_unread_total", "DNS messages that make no sense.",
		t->counters.dns_bad);
}

static void
put_connections(struct page *p)
{
	struct pipeline_totals t;

	watch_stats_packets(p->watch, &t);
	gauge(p, "connections_open", "Connections that are followed now.",
		t.flows.n[FLOW_COUNT_OPENED] - t.flows.n[FLOW_COUNT_RELEASED]);
	counter(p, "connections_total", "Connections ever followed.",
		t.flows.n[FLOW_COUNT_OPENED]);
	counter(p, "gaps_total", "Holes in connections: octets that were not captured.",
		t.flows.tcp.n[TCP_COUNT_GAPS]);
	counter(p, "gap_octets_total", "Octets of these holes.",
		t.flows.tcp.n[TCP_COUNT_GAP_OCTETS]);
	counter(p, "conflicts_total", "Segments that said otherwise than an earlier one.",
		t.counters.conflicts);
	put_evictions(p, &t);
	put_failures(p, &t);
}

/* --- inference -----------------------------------------------------------------------
 */

static void
put_inference(struct page *p)
{
	static const char name[] = "servers";
	struct watch_known k;

	watch_stats_known(p->watch, &k);
	counter(p, "transactions_total", "Mail transactions seen.",
		k.records[RECORD_TRANSACTION]);
	counter(p, "dns_answers_total", "DNS answers learned from.",
		k.records[RECORD_DNS]);
	metrics_family(p->out, name, "gauge", "Mail servers known, by their verdict.");
	for (enum verdict_kind v = VERDICT_OPEN_RELAY; v <= VERDICT_UNKNOWN; v++)
		labelled(p, name, "verdict", verdict_name(v), k.verdicts[v]);
	counter(p, "servers_evicted_total", "Servers forgotten for want of room.",
		k.servers_evicted);
	counter(p, "attempts_evicted_total", "Attempts forgotten for want of room.",
		k.attempts_evicted);
	counter(p, "clients_evicted_total",
		"Clients of servers forgotten for want of room.", k.clients_evicted);
	counter(p, "domains_evicted_total",
		"Domains of servers forgotten for want of room.", k.domains_evicted);
	gauge(p, "findings", "Abuses and weaknesses known.", k.findings);
	counter(p, "verdict_changes_total", "Verdicts that changed.", k.desk.verdicts);
	counter(p, "alerts_total", "Alerts told.", k.desk.alerts);
	counter(p, "alerts_suppressed_total", "Alerts held back by the rate limit.",
		k.desk.suppressed);
	counter(p, "transactions_unkept_total",
		"Transactions left out of the database because the disk was too slow.",
		k.desk.dropped);
	counter(p, "alerts_unkept_total",
		"Alerts and changes of verdicts left out of the database so.",
		k.desk.unkept);
}

/* --- store and outputs ---------------------------------------------------------------
 */

static void
put_store(struct page *p)
{
	struct store_counters c;

	store_counters(p->watch->store, &c);
	counter(p, "commits_total", "Commits to the database.", c.commits);
	counter(p, "commits_failed_total", "Commits that failed.", c.failed);
	counter(p, "alerts_offered_total",
		"Alerts given to the outputs while the database could not be written.",
		c.offered);
	counter(p, "alerts_offered_dropped_total",
		"Of them, those that had to wait for the database, for want of room.",
		c.offered_dropped);
	gauge(p, "database_octets", "Size of the database.", c.octets);
}

/* One family over all outputs; the lock that keeps the deliveries is held. */
struct family {
	const char *name, *type, *help;
	double (*value)(const struct deliver_counters *d,
		const struct store_output_counters *s, uint64_t now_ns);
};

static double
value_taken(const struct deliver_counters *d, const struct store_output_counters *s,
	uint64_t now_ns)
{
	(void)s;
	(void)now_ns;
	return (double)d->taken;
}

static double
value_failed(const struct deliver_counters *d, const struct store_output_counters *s,
	uint64_t now_ns)
{
	(void)s;
	(void)now_ns;
	return (double)d->failed;
}

static double
value_up(const struct deliver_counters *d, const struct store_output_counters *s,
	uint64_t now_ns)
{
	(void)s;
	(void)now_ns;
	return d->up;
}

static double
value_waiting(const struct deliver_counters *d, const struct store_output_counters *s,
	uint64_t now_ns)
{
	(void)d;
	(void)now_ns;
	return (double)s->waiting;
}

static double
value_age(const struct deliver_counters *d, const struct store_output_counters *s,
	uint64_t now_ns)
{
	(void)d;
	return s->oldest && now_ns > s->oldest ? (double)(now_ns - s->oldest) / 1e9 : 0;
}

static double
value_dropped(const struct deliver_counters *d, const struct store_output_counters *s,
	uint64_t now_ns)
{
	double sum = 0;

	(void)d;
	(void)now_ns;
	for (size_t i = 0; i < sizeof(s->dropped) / sizeof(*s->dropped); i++)
		sum += (double)s->dropped[i];
	return sum;
}

static double
value_latency(const struct deliver_counters *d, const struct store_output_counters *s,
	uint64_t now_ns)
{
	(void)s;
	(void)now_ns;
	return (double)d->latency_ns_sum / 1e9;
}

static double
value_latency_count(const struct deliver_counters *d,
	const struct store_output_counters *s, uint64_t now_ns)
{
	(void)s;
	(void)now_ns;
	return (double)d->latency_count;
}

static const struct family families[] = {
	{"output_taken_total", "counter", "Lines that the output took.", value_taken},
	{"output_failed_total", "counter", "Sends that were not all taken.",
		value_failed},
	{"output_up", "gauge", "1 if the last send was taken.", value_up},
	{"output_waiting", "gauge", "Lines that wait for the output.", value_waiting},
	{"output_oldest_seconds", "gauge", "Age of the oldest line that waits.",
		value_age},
	{"output_dropped_total", "counter", "Lines dropped because too many waited.",
		value_dropped},
	{"output_latency_seconds_sum", "counter",
		"Seconds from a line's time to when it was taken, in all.",
		value_latency},
	{"output_latency_seconds_count", "counter", "Lines that this is the sum of.",
		value_latency_count},
};

static void
put_family(struct page *p, const struct family *f, struct deliver *d)
{
	struct watch_known k;

	watch_stats_known(p->watch, &k);
	metrics_family(p->out, f->name, f->type, f->help);
	for (size_t i = 0; i < deliver_count(d); i++) {
		struct store_output_counters s;
		struct deliver_counters c;

		deliver_counters(d, i, &c);
		store_output_counters(p->watch->store, deliver_name(d, i), &s);
		metrics_double(p->out, f->name, label(p, "output", deliver_name(d, i)),
			f->value(&c, &s, k.now_ns));
	}
}

static void
put_outputs(struct page *p)
{
	struct watch *w = p->watch;

	pthread_mutex_lock(&w->deliver_lock);
	for (size_t i = 0; w->deliver && i < sizeof(families) / sizeof(*families); i++)
		put_family(p, &families[i], w->deliver);
	pthread_mutex_unlock(&w->deliver_lock);
}

void
watch_metrics_collect(void *ctx, struct text_out *out)
{
	struct page p = {.watch = ctx, .out = out};

	text_out_init(&p.labels);
	put_capture(&p);
	put_interfaces(&p);
	put_evidence(&p);
	put_connections(&p);
	put_inference(&p);
	put_store(&p);
	put_outputs(&p);
	counter(&p, "reloads_total", "Configurations read anew.",
		atomic_load(&p.watch->reloads));
	counter(&p, "reloads_failed_total", "Configurations that were not in order.",
		atomic_load(&p.watch->reloads_failed));
	gauge(&p, "start_time_seconds", "When the sensor started, since 1970.",
		p.watch->started_ns / WATCH_SECOND);
	text_out_free(&p.labels);
}
