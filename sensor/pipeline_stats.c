/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_stats.h"

#include <inttypes.h>
#include <stdarg.h>

#include "sensor/record/record.h"

static void
write_files(const struct timeline *t, struct json_out *j)
{
	struct timeline_totals totals;

	timeline_totals(t, &totals);
	json_out_object(j, "files");
	json_out_uint(j, "given", totals.files);
	json_out_uint(j, "damaged", totals.damaged);
	json_out_uint(j, "failed", totals.failed);
	json_out_uint(j, "skipped", totals.skipped);
	json_out_uint(j, "frames", totals.frames);
	json_out_uint(j, "octets", totals.octets);
	json_out_object_end(j);
}

static void
write_packets(const struct pipeline_totals *t, struct json_out *j)
{
	const struct pipeline_counters *c = &t->counters;

	json_out_object(j, "packets");
	json_out_uint(j, "frames", c->frames);
	json_out_uint(j, "octets", c->octets);
	json_out_uint(j, "frames_cut", c->cut);
	json_out_uint(j, "tcp", c->tcp);
	json_out_uint(j, "udp", c->udp);
	json_out_uint(j, "copies", t->copies);
	for (enum packet_reason r = PACKET_LINK_UNKNOWN; r < PACKET_REASON_COUNT; r++)
		json_out_uint(j, packet_reason_name(r), c->other[r]);
	json_out_object_end(j);
}

static void
write_fragments(const struct defrag_counters *d, struct json_out *j)
{
	json_out_object(j, "fragments");
	json_out_uint(j, "seen", d->fragments);
	json_out_uint(j, "joined", d->joined);
	json_out_uint(j, "copies", d->copies);
	json_out_uint(j, "overlaps", d->overlaps);
	json_out_uint(j, "refused", d->refused);
	json_out_uint(j, "inconsistent", d->inconsistent);
	json_out_uint(j, "oversized", d->oversized);
	json_out_uint(j, "malformed", d->malformed);
	json_out_uint(j, "cut", d->cut);
	json_out_uint(j, "expired", d->expired);
	json_out_uint(j, "evicted", d->evicted);
	json_out_object_end(j);
}

static void
write_flows(const struct flow_counters *c, struct json_out *j)
{
	json_out_object(j, "connections");
	for (enum flow_count i = 0; i < FLOW_COUNT_COUNT; i++)
		json_out_uint(j, flow_counters_name_of(i), c->n[i]);
	json_out_object_end(j);
	json_out_object(j, "tcp");
	for (enum tcp_count i = 0; i < TCP_COUNT_COUNT; i++)
		json_out_uint(j, tcp_counters_name_of(i), c->tcp.n[i]);
	json_out_object_end(j);
}

static void
write_sessions(const struct pipeline_totals *t, struct json_out *j)
{
	const struct pipeline_counters *c = &t->counters;

	json_out_object(j, "sessions");
	json_out_uint(j, "opened", c->connections);
	json_out_uint(j, "segments", c->mail_segments);
	json_out_uint(j, "probed", c->probes);
	json_out_uint(j, "probed_smtp", c->probes_smtp);
	json_out_uint(j, "pressed", c->pressed);
	json_out_uint(j, "held", t->held);
	json_out_uint(j, "held_in_vain", t->held_in_vain);
	json_out_uint(j, "overlap_conflicts", c->conflicts);
	json_out_uint(j, "dns_messages", c->dns_messages);
	json_out_uint(j, "dns_bad", c->dns_bad);
	json_out_uint(j, "texts_refused", t->texts_refused);
	json_out_object_end(j);
}

static void
write_inference(
	const struct infer *in, const struct pipeline_stats_kept *kept, struct json_out *j)
{
	json_out_object(j, "inference");
	json_out_uint(j, "transactions", in->records[RECORD_TRANSACTION]);
	json_out_uint(j, "connections", in->records[RECORD_CONNECTION]);
	json_out_uint(j, "dns", in->records[RECORD_DNS]);
	json_out_uint(j, "servers", kept->servers);
	json_out_uint(j, "servers_evicted", in->servers.evicted);
	json_out_uint(j, "attempts", kept->attempts);
	json_out_uint(j, "attempts_evicted", in->servers.attempts_evicted);
	json_out_uint(j, "clients", kept->clients);
	json_out_uint(j, "clients_evicted", in->servers.patrons_evicted);
	json_out_uint(j, "domains", kept->domains);
	json_out_uint(j, "domains_evicted", in->servers.tallies_evicted);
	json_out_uint(j, "names_evicted", in->names.evicted);
	json_out_uint(j, "messages_forgotten", in->legs.forgotten);
	json_out_object_end(j);
}

static void
write_begin(struct json_out *j)
{
	json_out_object(j, NULL);
	json_out_text(j, "type", "stats");
	json_out_uint(j, "schema", RECORD_SCHEMA);
}

static void
write_loaded(const struct infer *in, struct json_out *j)
{
	struct pipeline_stats_kept kept = {
		.servers = HASH_COUNT(in->servers.table),
		.attempts = in->servers.attempts,
		.clients = in->servers.patrons,
		.domains = in->servers.tallies,
	};

	write_inference(in, &kept, j);
}

void
pipeline_stats_write_kept(
	const struct infer *in, const struct pipeline_stats_kept *kept, struct json_out *j)
{
	write_begin(j);
	write_inference(in, kept, j);
	json_out_object_end(j);
}

void
pipeline_stats_write(const struct pipeline *p, const struct timeline *t,
	const struct infer *in, struct json_out *j)
{
	struct pipeline_totals totals;

	if (p)
		pipeline_totals_of(p, &totals);
	pipeline_stats_write_totals(p ? &totals : NULL, t, in, j);
}

void
pipeline_stats_write_totals(const struct pipeline_totals *p, const struct timeline *t,
	const struct infer *in, struct json_out *j)
{
	write_begin(j);
	if (t)
		write_files(t, j);
	if (p) {
		write_packets(p, j);
		write_fragments(&p->fragments, j);
		write_flows(&p->flows, j);
		write_sessions(p, j);
	}
	if (in)
		write_loaded(in, j);
	json_out_object_end(j);
}

static void
add_line(char *out, size_t room, size_t *used, uint64_t count, const char *what)
{
	int n;

	if (count == 0 || *used >= room)
		return;
	n = snprintf(out + *used, room - *used, "%s%" PRIu64 " %s", *used ? "\n" : "", count,
		what);
	if (n > 0)
		*used += (size_t)n < room - *used ? (size_t)n : room - *used;
}

size_t
pipeline_losses_write(const struct pipeline *p, char *out, size_t room)
{
	struct pipeline_totals totals;

	pipeline_totals_of(p, &totals);
	return pipeline_losses_write_totals(&totals, out, room);
}

size_t
pipeline_losses_write_totals(const struct pipeline_totals *t, char *out, size_t room)
{
	const struct flow_counters *c = &t->flows;
	size_t used = 0;

	out[0] = '\0';
	add_line(out, room, &used, t->counters.cut, "frames were cut by the snap length");
	add_line(out, room, &used, c->tcp.n[TCP_COUNT_GAP_OCTETS],
		"octets of mail connections are missing from the capture");
	add_line(out, room, &used, t->counters.conflicts,
		"segments said otherwise than an earlier one (the first was believed)");
	add_line(out, room, &used, c->n[FLOW_COUNT_EVICTED_OPEN],
		"live connections were given up: raise limits: connections");
	add_line(out, room, &used, c->n[FLOW_COUNT_WINDOWS_DENIED],
		"times no reassembly window was free: raise limits: windows");
	add_line(out, room, &used, t->texts_refused,
		"texts found no room: raise limits: text");
	add_line(out, room, &used, t->counters.other[PACKET_LINK_UNKNOWN],
		"frames have a link type that is not known");
	return used;
}
