/* SPDX-License-Identifier: Apache-2.0 */
#include "flow.h"

#include <stdlib.h>

#include "flow_table.h"

/* --- the table ------------------------------------------------------------------- */

static void
set_defaults(struct flow_config *c)
{
	c->flows = c->flows ? c->flows : FLOW_FLOWS;
	c->windows = c->windows ? c->windows : FLOW_WINDOWS;
	if (c->windows_none)
		c->windows = 0;
	if (!c->window_size)
		c->window_size = TCP_WINDOW_SIZE(TCP_WINDOW);
	c->idle_ns = c->idle_ns ? c->idle_ns : FLOW_IDLE_NS;
	c->half_open_ns = c->half_open_ns ? c->half_open_ns : FLOW_HALF_OPEN_NS;
	c->closing_ns = c->closing_ns ? c->closing_ns : FLOW_CLOSING_NS;
}

static bool
reserve(struct flow_table *t)
{
	const struct flow_config *c = &t->config;

	t->app_size = (c->app_size + 63) / 64 * 64;
	if (c->flows > INT32_MAX || t->app_size > SIZE_MAX / c->flows)
		return false;
	t->histories = flow_pool_map((size_t)c->flows * 2 * TCP_HISTORY);
	t->apps = flow_pool_map(c->flows * t->app_size);
	return t->histories && (t->apps || !t->app_size) &&
	       flow_index_init(&t->index, c->flows) &&
	       flow_pool_init(&t->entries, c->flows, sizeof(struct flow)) &&
	       flow_pool_init(&t->windows, c->windows, c->window_size);
}

struct flow_table *
flow_table_new(const struct flow_config *config)
{
	struct flow_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->config = *config;
	set_defaults(&t->config);
	for (unsigned i = 0; i < FLOW_STATE_COUNT; i++)
		t->queue[i] = (struct flow_list){FLOW_POOL_NONE, FLOW_POOL_NONE};
	t->births = t->queue[0];
	if (config->services > FLOW_SERVICES_MAX || !reserve(t)) {
		flow_table_free(t);
		return NULL;
	}
	return t;
}

void
flow_table_live(struct flow_table *t)
{
	t->clock.live = true;
}

void
flow_table_free(struct flow_table *t)
{
	if (!t)
		return;
	flow_pool_unmap(t->histories, (size_t)t->config.flows * 2 * TCP_HISTORY);
	flow_pool_unmap(t->apps, t->config.flows * t->app_size);
	flow_index_close(&t->index);
	flow_pool_close(&t->entries);
	flow_pool_close(&t->windows);
	free(t);
}

const struct flow_counters *
flow_table_counters(const struct flow_table *t)
{
	return &t->counters;
}

/* --- find and open --------------------------------------------------------------- */

static unsigned
key_of(const struct flow_table *t, const struct flow_segment *seg, struct flow_key *key)
{
	uint32_t vlan = t->config.match_vlan ? seg->vlan * UINT32_C(0x9e3779b1) : 0;

	return flow_key_make(key, &seg->src, seg->src_port, &seg->dst, seg->dst_port,
		seg->tunnel ^ vlan);
}

static uint32_t
tag_of(const struct flow_table *t, const struct flow_key *key)
{
	return (uint32_t)flow_key_hash(key, t->config.seed);
}

struct flow *
flow_find(const struct flow_table *t, const struct flow_segment *seg)
{
	struct flow_key key;
	uint32_t tag, place, number;

	(void)key_of(t, seg, &key);
	tag = place = tag_of(t, &key);
	while ((number = flow_index_next(&t->index, tag, &place)) != FLOW_INDEX_NONE) {
		struct flow *f = flow_at(t, number);

		if (flow_key_equal(&f->key, &key))
			return f;
	}
	return NULL;
}

static bool
is_service(const struct flow_table *t, uint16_t port)
{
	for (unsigned i = 0; i < t->config.services; i++)
		if (t->config.service[i] == port)
			return true;
	return false;
}

/* Without a SYN: the known port is the server's; else the one below 1024; else dst's. */
static bool
is_from_server(const struct flow_table *t, const struct flow_segment *seg)
{
	bool src = is_service(t, seg->src_port), dst = is_service(t, seg->dst_port);

	if (seg->flags & TCP_FLAG_SYN)
		return seg->flags & TCP_FLAG_ACK;
	if (src != dst)
		return src;
	return seg->src_port < 1024 && seg->dst_port >= 1024;
}

static void
init_streams(struct flow_table *t, struct flow *f)
{
	uint8_t *history = t->histories + (size_t)f->number * 2 * TCP_HISTORY;

	tcp_stream_init(&f->stream[0], history);
	tcp_stream_init(&f->stream[1], history + TCP_HISTORY);
}

struct flow *
flow_open(struct flow_table *t, const struct flow_segment *seg)
{
	uint32_t number = flow_pool_take(&t->entries);
	struct flow *f = flow_at(t, number);
	unsigned src;

	if (!f) {
		flow_count(t, FLOW_COUNT_REFUSED);
		return NULL;
	}
	*f = (struct flow){.number = number,
		.serial = ++t->serial,
		.first = seg->at,
		.last = seg->at,
		.vlan = seg->vlan,
		.tunnel = seg->tunnel,
		.app = t->apps ? t->apps + number * t->app_size : NULL};
	src = key_of(t, seg, &f->key);
	f->client = is_from_server(t, seg) ? !src : src;
	f->tag = tag_of(t, &f->key);
	init_streams(t, f);
	flow_index_insert(&t->index, f->tag, number);
	flow_births_append(t, f);
	flow_queue_append(t, f);
	flow_count(t, FLOW_COUNT_OPENED);
	return f;
}

/* --- one flow -------------------------------------------------------------------- */

unsigned
flow_end_of(const struct flow *f, const struct flow_segment *seg)
{
	return seg->src_port != f->key.port[0] ||
	       !ip_addr_equal(&seg->src, &f->key.addr[0]);
}

enum dis_dir
flow_dir_of(const struct flow *f, const struct flow_segment *seg)
{
	return flow_end_of(f, seg) == f->client ? DIS_CLIENT : DIS_SERVER;
}

void
flow_flip(struct flow *f)
{
	f->client ^= 1;
}

void *
flow_app(const struct flow *f)
{
	return f->app;
}

void
flow_facts_of(const struct flow *f, struct flow_facts *out)
{
	*out = (struct flow_facts){.serial = f->serial,
		.vlan = f->vlan,
		.tunnel = f->tunnel,
		.first = f->first,
		.last = f->last,
		.syn_seen = f->syn_seen,
		.synack_seen = f->synack_seen,
		.roles_sure = f->roles_sure,
		.one_sided = !f->packets[0] || !f->packets[1],
		.reset = f->stream[0].reset || f->stream[1].reset,
		.reason = f->reason};
	for (unsigned dir = 0; dir < 2; dir++) {
		unsigned end = f->client ^ dir;

		out->addr[dir] = f->key.addr[end];
		out->port[dir] = f->key.port[end];
		out->packets[dir] = f->packets[end];
		out->octets[dir] = f->octets[end];
		out->fin[dir] = f->stream[end].fin;
		out->tcp[dir] = &f->stream[end].counters;
	}
}

const char *
flow_reason_name_of(enum flow_reason reason)
{
	static const char *const names[FLOW_REASON_COUNT] = {
		[FLOW_REASON_NONE] = "none",
		[FLOW_REASON_CLOSED] = "closed",
		[FLOW_REASON_RESET] = "reset",
		[FLOW_REASON_HALF_OPEN] = "half-open",
		[FLOW_REASON_IDLE] = "idle",
		[FLOW_REASON_EVICTED] = "evicted",
		[FLOW_REASON_REUSED] = "reused",
		[FLOW_REASON_DRAINED] = "drained",
	};

	return names[reason];
}

size_t
flow_size(void)
{
	return sizeof(struct flow);
}
