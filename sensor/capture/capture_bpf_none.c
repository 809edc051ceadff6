/* SPDX-License-Identifier: Apache-2.0 */
/* In place of capture_bpf.c where the build had no clang, no bpftool or no libbpf. */
#include "sensor/capture/capture_bpf.h"

#include <stdio.h>

struct capture_bpf *
capture_bpf_open(const struct capture_bpf_options *o, char *error, size_t room)
{
	(void)o;
	snprintf(
		error, room, "built without eBPF (clang, bpftool or libbpf was missing)");
	return NULL;
}

void
capture_bpf_close(struct capture_bpf *b)
{
	(void)b;
}

int
capture_bpf_filter(const struct capture_bpf *b)
{
	(void)b;
	return -1;
}

int
capture_bpf_fanout(const struct capture_bpf *b)
{
	(void)b;
	return -1;
}

int
capture_bpf_xdp(const struct capture_bpf *b)
{
	(void)b;
	return -1;
}

struct capture_bpf_link *
capture_bpf_attach(struct capture_bpf *b, int ifindex, enum capture_bpf_xdp how,
	bool *generic, char *error, size_t room)
{
	(void)b;
	(void)ifindex;
	*generic = how == CAPTURE_BPF_XDP_GENERIC;
	snprintf(error, room, "built without eBPF");
	return NULL;
}

void
capture_bpf_detach(struct capture_bpf_link *l)
{
	(void)l;
}

bool
capture_bpf_shunt(
	struct capture_bpf *b, const struct capture_direction *d, enum tap_mode mode)
{
	(void)b;
	(void)d;
	(void)mode;
	return false;
}

bool
capture_bpf_shunted(struct capture_bpf *b, const struct capture_direction *d,
	uint64_t *packets, uint64_t *octets)
{
	(void)b;
	(void)d;
	(void)packets;
	(void)octets;
	return false;
}

bool
capture_bpf_unshunt(struct capture_bpf *b, const struct capture_direction *d)
{
	(void)b;
	(void)d;
	return false;
}

bool
capture_bpf_follow(struct capture_bpf *b, const struct capture_direction *d,
	enum tap_mode mode, uint32_t cookie)
{
	(void)b;
	(void)d;
	(void)mode;
	(void)cookie;
	return false;
}

bool
capture_bpf_order(struct capture_bpf *b, const struct capture_direction *d,
	const struct tap_order *order)
{
	(void)b;
	(void)d;
	(void)order;
	return false;
}

bool
capture_bpf_look(
	struct capture_bpf *b, const struct capture_direction *d, struct tap_shunt *out)
{
	(void)b;
	(void)d;
	(void)out;
	return false;
}

void
capture_bpf_leave(struct capture_bpf *b, const struct capture_direction *d)
{
	(void)b;
	(void)d;
}

bool
capture_bpf_decide(struct capture_bpf *b, const struct capture_direction *d,
	enum tap_verdict verdict)
{
	(void)b;
	(void)d;
	(void)verdict;
	return false;
}

bool
capture_bpf_counts(struct capture_bpf *b, struct tap_counters out[TAP_STAGES])
{
	(void)b;
	(void)out;
	return false;
}
