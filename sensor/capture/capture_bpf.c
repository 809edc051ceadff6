/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_bpf.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sensor/base/log.h"

#include <tap.skel.h>
#include <tap_xdp.skel.h>

struct capture_bpf {
	struct tap *tap;
	struct tap_xdp *xdp; /* NULL: not loaded */
	bool shunt;
	bool probe;
	int shunts;
	int orders;
	int probes;
	int counts;
	int cpus;
	struct tap_counters *per_cpu; /* room for one of each processor */
};

struct capture_bpf_link {
	int descriptor; /* of a bpf_link: closed, the program is detached */
};

static int __attribute__((format(printf, 2, 0)))
print(enum libbpf_print_level level, const char *format, va_list ap)
{
	char line[1024];

	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(line, sizeof(line), format, ap);
	log_debug("%s", line);
	return 0;
}

static void
explain(char *error, size_t room, const char *what, int code, const char *needs)
{
	bool refused = code == EPERM || code == EACCES;

	snprintf(error, room, "%s: %s%s%s", what, strerror(code),
		refused ? "; needs " : "", refused ? needs : "");
}

static void
set_ports(__u64 *bits, const uint16_t *ports, size_t count)
{
	for (size_t i = 0; i < count; i++)
		bits[ports[i] / 64] |= UINT64_C(1) << ports[i] % 64;
}

static void
set_options(struct tap_options *t, const struct capture_bpf_options *o)
{
	set_ports(t->tcp_ports, o->tcp_ports, o->tcp_count);
	set_ports(t->udp_ports, o->udp_ports, o->udp_count);
	t->snap = o->snap;
	t->probe_segments = o->probe_segments;
	t->shunt = o->shunt;
	t->fanout_ports = o->fanout_ports;
}

/*
 * Maps that are not used need no room; and the verifier walks the fanout's program for
 * longer than all that is left of the start takes.
 */
static int
load(struct tap *t, const struct capture_bpf_options *o)
{
	set_options(&t->rodata->tap_options, o);
	if (!o->shunt || o->connections) {
		uint32_t entries = o->shunt ? o->connections : 1;

		bpf_map__set_max_entries(t->maps.tap_shunts, entries);
		bpf_map__set_max_entries(t->maps.tap_orders, entries);
	}
	if (!o->probe_segments)
		bpf_map__set_max_entries(t->maps.tap_probes, 1);
	bpf_program__set_autoload(t->progs.tap_fanout, !o->alone);
	return tap__load(t);
}

struct capture_bpf *
capture_bpf_open(const struct capture_bpf_options *o, char *error, size_t room)
{
	struct capture_bpf *b = calloc(1, sizeof(*b));
	int status;

	libbpf_set_print(print);
	if (!b) {
		snprintf(error, room, "no memory");
		return NULL;
	}
	b->cpus = libbpf_num_possible_cpus();
	b->per_cpu = b->cpus > 0 ? calloc((size_t)b->cpus, sizeof(*b->per_cpu)) : NULL;
	b->tap = b->per_cpu ? tap__open() : NULL;
	status = b->tap ? load(b->tap, o) : -ENOMEM;
	if (status != 0) {
		explain(error, room, "eBPF filter", -status, "CAP_BPF and CAP_PERFMON");
		capture_bpf_close(b);
		return NULL;
	}
	b->shunt = o->shunt;
	b->probe = o->probe_segments > 0;
	b->shunts = bpf_map__fd(b->tap->maps.tap_shunts);
	b->orders = bpf_map__fd(b->tap->maps.tap_orders);
	b->probes = bpf_map__fd(b->tap->maps.tap_probes);
	b->counts = bpf_map__fd(b->tap->maps.tap_counts);
	return b;
}

void
capture_bpf_close(struct capture_bpf *b)
{
	if (!b)
		return;
	tap_xdp__destroy(b->xdp);
	tap__destroy(b->tap);
	free(b->per_cpu);
	free(b);
}

int
capture_bpf_filter(const struct capture_bpf *b)
{
	return bpf_program__fd(b->tap->progs.tap_enter);
}

int
capture_bpf_fanout(const struct capture_bpf *b)
{
	return bpf_program__fd(b->tap->progs.tap_fanout);
}

int
capture_bpf_xdp(const struct capture_bpf *b)
{
	return b->xdp ? bpf_program__fd(b->xdp->progs.tap_xdp) : -1;
}

/* --- XDP ------------------------------------------------------------------------- */

static int
share_maps(struct tap_xdp *x, const struct capture_bpf *b)
{
	int status = bpf_map__reuse_fd(x->maps.tap_shunts, b->shunts);

	if (status == 0)
		status = bpf_map__reuse_fd(x->maps.tap_orders, b->orders);
	if (status == 0)
		status = bpf_map__reuse_fd(x->maps.tap_probes, b->probes);
	if (status == 0)
		status = bpf_map__reuse_fd(x->maps.tap_counts, b->counts);
	return status;
}

static int
load_xdp(struct capture_bpf *b)
{
	struct tap_xdp *x = tap_xdp__open();
	int status;

	if (!x)
		return -ENOMEM;
	x->rodata->tap_options = b->tap->rodata->tap_options;
	status = share_maps(x, b);
	if (status == 0)
		status = tap_xdp__load(x);
	if (status == 0)
		b->xdp = x;
	else
		tap_xdp__destroy(x);
	return status;
}

static int
attach(const struct capture_bpf *b, int ifindex, uint32_t flags)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts, .flags = flags);
	int program = bpf_program__fd(b->xdp->progs.tap_xdp);

	return bpf_link_create(program, ifindex, BPF_XDP, &opts);
}

struct capture_bpf_link *
capture_bpf_attach(struct capture_bpf *b, int ifindex, enum capture_bpf_xdp how,
	bool *generic, char *error, size_t room)
{
	struct capture_bpf_link *l = calloc(1, sizeof(*l));
	int status = l ? 0 : -ENOMEM;

	if (status == 0 && !b->xdp)
		status = load_xdp(b);
	if (status == 0 && how != CAPTURE_BPF_XDP_GENERIC)
		status = attach(b, ifindex, XDP_FLAGS_DRV_MODE);
	*generic = b->xdp && (how == CAPTURE_BPF_XDP_GENERIC ||
				     (how == CAPTURE_BPF_XDP_AUTO && status < 0));
	if (*generic)
		status = attach(b, ifindex, XDP_FLAGS_SKB_MODE);
	if (status < 0) {
		explain(error, room,
			b->xdp ? "XDP" : "the XDP program (needs Linux 5.18)", -status,
			"CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN");
		free(l);
		return NULL;
	}
	l->descriptor = status;
	return l;
}

void
capture_bpf_detach(struct capture_bpf_link *l)
{
	if (!l)
		return;
	close(l->descriptor);
	free(l);
}

/* --- maps ------------------------------------------------------------------------ */

static struct tap_flow
key_of(const struct capture_direction *d)
{
	struct tap_flow k = {
		.src_port = htons(d->src_port),
		.dst_port = htons(d->dst_port),
	};

	memcpy(k.src, d->src.at, 16);
	memcpy(k.dst, d->dst.at, 16);
	return k;
}

bool
capture_bpf_shunt(
	struct capture_bpf *b, const struct capture_direction *d, enum tap_mode mode)
{
	struct tap_flow k = key_of(d);
	struct tap_shunt v = {.mode = mode};

	return b->shunt && bpf_map_update_elem(b->shunts, &k, &v, BPF_ANY) == 0;
}

bool
capture_bpf_shunted(struct capture_bpf *b, const struct capture_direction *d,
	uint64_t *packets, uint64_t *octets)
{
	struct tap_flow k = key_of(d);
	struct tap_shunt v;

	if (!b->shunt || bpf_map_lookup_elem(b->shunts, &k, &v) != 0)
		return false;
	*packets = v.packets;
	*octets = v.octets;
	return true;
}

bool
capture_bpf_unshunt(struct capture_bpf *b, const struct capture_direction *d)
{
	struct tap_flow k = key_of(d);

	return b->shunt && bpf_map_delete_elem(b->shunts, &k) == 0;
}

bool
capture_bpf_follow(struct capture_bpf *b, const struct capture_direction *d,
	enum tap_mode mode, uint32_t cookie)
{
	struct tap_flow k = key_of(d);
	struct tap_shunt v = {.mode = mode, .cookie = cookie};

	return b->shunt && bpf_map_update_elem(b->shunts, &k, &v, BPF_ANY) == 0;
}

bool
capture_bpf_order(struct capture_bpf *b, const struct capture_direction *d,
	const struct tap_order *order)
{
	struct tap_flow k = key_of(d);

	return b->shunt && bpf_map_update_elem(b->orders, &k, order, BPF_ANY) == 0;
}

bool
capture_bpf_look(
	struct capture_bpf *b, const struct capture_direction *d, struct tap_shunt *out)
{
	struct tap_flow k = key_of(d);

	return b->shunt && bpf_map_lookup_elem(b->shunts, &k, out) == 0;
}

void
capture_bpf_leave(struct capture_bpf *b, const struct capture_direction *d)
{
	struct tap_flow k = key_of(d);

	if (!b->shunt)
		return;
	(void)bpf_map_delete_elem(b->orders, &k);
	(void)bpf_map_delete_elem(b->shunts, &k);
}

bool
capture_bpf_decide(struct capture_bpf *b, const struct capture_direction *d,
	enum tap_verdict verdict)
{
	struct capture_direction back = {d->dst, d->src, d->dst_port, d->src_port};
	int order = ip_addr_compare(&d->src, &d->dst);
	struct tap_flow k;
	struct tap_probe v = {.verdict = verdict};

	if (order > 0 || (order == 0 && d->src_port > d->dst_port))
		d = &back;
	k = key_of(d);
	return b->probe && bpf_map_update_elem(b->probes, &k, &v, BPF_ANY) == 0;
}

static void
add(struct tap_counters *sum, const struct tap_counters *n)
{
	sum->other += n->other;
	sum->mail += n->mail;
	sum->fragments += n->fragments;
	sum->unsure += n->unsure;
	sum->probed += n->probed;
	sum->found += n->found;
	sum->probes_over += n->probes_over;
	sum->cut += n->cut;
	sum->withheld += n->withheld;
	sum->shunted_octets += n->shunted_octets;
}

bool
capture_bpf_counts(struct capture_bpf *b, struct tap_counters out[TAP_STAGES])
{
	for (__u32 stage = 0; stage < TAP_STAGES; stage++) {
		out[stage] = (struct tap_counters){0};
		if (bpf_map_lookup_elem(b->counts, &stage, b->per_cpu) != 0)
			return false;
		for (int i = 0; i < b->cpus; i++)
			add(&out[stage], &b->per_cpu[i]);
	}
	return true;
}
