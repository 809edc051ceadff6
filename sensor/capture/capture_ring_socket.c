/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_ring_socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* Octets of a block: many frames a wake-up, and room for the longest frame. */
#define BLOCK (1u << 20)
/* Octets that the kernel leaves free before each frame: room for a tag. */
#define TAG 4

int
capture_ring_socket(void)
{
	/* Protocol 0: it hears nothing before it is bound. */
	return socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static int
drop_all(int s)
{
	struct sock_filter drop = {.code = BPF_RET | BPF_K, .k = 0};
	struct sock_fprog program = {.len = 1, .filter = &drop};

	return setsockopt(s, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

static int
set_int(int s, int option, int value)
{
	return setsockopt(s, SOL_PACKET, option, &value, sizeof(value));
}

/* ENOMEM: with half of it a ring still does its work. */
static int
make_ring(int s, struct tpacket_req3 *r)
{
	for (;;) {
		r->tp_frame_nr = r->tp_block_nr * (r->tp_block_size / r->tp_frame_size);
		if (setsockopt(s, SOL_PACKET, PACKET_RX_RING, r, sizeof(*r)) == 0)
			return 0;
		if (errno != ENOMEM || r->tp_block_nr <= 4)
			return -1;
		r->tp_block_nr /= 2;
	}
}

int
capture_ring_socket_map(int s, size_t octets, uint32_t retire_ms,
	struct capture_ring_map *map, const char **what)
{
	struct tpacket_req3 r = {
		.tp_block_size = BLOCK,
		.tp_frame_size =
			2048, /* only the product must fit: see packet_mmap.rst */
		.tp_block_nr = octets < 2 * BLOCK ? 2 : (unsigned)(octets / BLOCK),
		.tp_retire_blk_tov = retire_ms,
	};

	*what = "packet socket";
	if (drop_all(s) != 0 || set_int(s, PACKET_VERSION, TPACKET_V3) != 0 ||
		set_int(s, PACKET_RESERVE, TAG) != 0)
		return -1;
	*what = "ring";
	if (make_ring(s, &r) != 0)
		return -1;
	map->block = r.tp_block_size;
	map->blocks = r.tp_block_nr;
	map->at = mmap(NULL, (size_t)map->block * map->blocks, PROT_READ | PROT_WRITE,
		MAP_SHARED, s, 0);
	if (map->at != MAP_FAILED)
		return 0;
	map->at = NULL;
	return -1;
}

void
capture_ring_socket_unmap(struct capture_ring_map *map)
{
	if (map->at)
		munmap(map->at, (size_t)map->block * map->blocks);
	map->at = NULL;
}

int
capture_ring_socket_bind(
	int s, int ifindex, bool promiscuous, bool loopback, const char **what)
{
	struct sockaddr_ll a = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = ifindex,
	};
	struct packet_mreq m = {.mr_ifindex = ifindex, .mr_type = PACKET_MR_PROMISC};

	*what = "bind";
	if (loopback && set_int(s, PACKET_IGNORE_OUTGOING, 1) != 0)
		return -1;
	if (bind(s, (const struct sockaddr *)&a, sizeof(a)) != 0)
		return -1;
	*what = "promiscuous mode";
	if (!promiscuous)
		return 0;
	return setsockopt(s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &m, sizeof(m));
}

int
capture_ring_socket_fanout(int s, int program, int *group, const char **what)
{
	int type = PACKET_FANOUT_EBPF | (*group < 0 ? PACKET_FANOUT_FLAG_UNIQUEID : 0);
	int value = type << 16 | (*group < 0 ? 0 : *group);
	socklen_t len = sizeof(value);

	*what = "fanout";
	if (set_int(s, PACKET_FANOUT, value) != 0 ||
		set_int(s, PACKET_FANOUT_DATA, program) != 0 ||
		getsockopt(s, SOL_PACKET, PACKET_FANOUT, &value, &len) != 0)
		return -1;
	*group = value & 0xffff;
	return 0;
}

int
capture_ring_socket_filter(int s, int program, bool lock, const char **what)
{
	int one = 1;

	*what = "eBPF filter";
	if (setsockopt(s, SOL_SOCKET, SO_ATTACH_BPF, &program, sizeof(program)) != 0)
		return -1;
	if (!lock)
		return 0;
	return setsockopt(s, SOL_SOCKET, SO_LOCK_FILTER, &one, sizeof(one));
}
