/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls of capture_ring.c: a packet socket step by step. Each returns 0, or -1
 * with errno set; what names the step that failed.
 */
#ifndef CAPTURE_RING_SOCKET_H
#define CAPTURE_RING_SOCKET_H

#include "dissect/dissect.h"

struct capture_ring_map {
	uint8_t *at;
	uint32_t block; /* octets of one */
	uint32_t blocks;
};

/* A descriptor that hears nothing; needs CAP_NET_RAW. */
int capture_ring_socket(void);

/*
 * Makes it a ring of that many octets, or of half as often as the system has no room, and
 * maps it. All frames are dropped until the filter is attached.
 */
int capture_ring_socket_map(int s, size_t octets, uint32_t retire_ms,
	struct capture_ring_map *map, const char **what);
void capture_ring_socket_unmap(struct capture_ring_map *map);

/* loopback: what is sent is heard when it is received, once is enough. */
int capture_ring_socket_bind(
	int s, int ifindex, bool promiscuous, bool loopback, const char **what);
/* *group: its number; < 0: a new one, whose number is left there. */
int capture_ring_socket_fanout(int s, int program, int *group, const char **what);
/* And locks it: from now on nobody can attach another. */
int capture_ring_socket_filter(int s, int program, bool lock, const char **what);

#endif
