/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The packets that an alert rests on, in a pcapng file beside it: what an administrator
 * opens in Wireshark, and what relaytap read judges in the same way.
 *
 *	packet threads      evidence_frame() for each frame, evidence_turn() when idle
 *	inference's thread  evidence_alerted() by the desk's hook, evidence_write() at its
 *	                    turns
 *
 * When an alert is made, each packet thread copies the frames of the connections that its
 * evidence points into (those of its frames and clients, and those by which the server
 * passed a message on) out of its ring at its next turn; they are written by the
 * inference's thread. A frame is written once. Nothing is allocated for a packet, but for
 * an alert.
 *
 * The file holds mail, with all its addresses and texts: it is made for its owner alone.
 * Passwords that were sent in clear are in it, as they were on the wire.
 *
 * evidence.c       life, requests, writing, another file after a rotation
 * evidence_ring.c  the newest frames of a thread
 * evidence_pick.c  which of them an alert wants
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include <stdio.h>

#include "sensor/alert/alert.h"
#include "sensor/capture/capture.h"

/* Octets copied for one alert by one thread. Beyond: the rest is left out, and counted.
 */
#define EVIDENCE_ALERT_MAX (8u * MiB)
/* Alerts that wait for packet threads. Beyond: without evidence, and counted. */
#define EVIDENCE_WAITING_MAX 32u
/* The file's octets by default. Beyond: no more is written, and that is said once. */
#define EVIDENCE_FILE_MAX (UINT64_C(1024) * MiB)

struct evidence;

struct evidence_options {
	const char *file;     /* is appended to */
	const char *within;   /* the folder that will be the root; NULL: it is already */
	uint64_t file_octets; /* it may have, what was there included; 0: the default */
	size_t octets;	      /* of recent frames kept, over all threads */
	size_t threads;
	const char *const *interface; /* names; borrowed */
	size_t interfaces;
};

/* Opens the file, within that folder: before privileges are given up. NULL with error filled, one line. */
struct evidence *evidence_open(
	const struct evidence_options *o, char *error, size_t room);
/* No thread uses it any more. What was asked for is still copied and written. */
void evidence_close(struct evidence *e);

/* Of the file as it is open; for its owner to be set. */
int evidence_descriptor(const struct evidence *e);

/*
 * After a rotation: a thread that may open files opens the file anew, and has who calls
 * evidence_write() exchange it. What was handed over by then is in the old one; in the
 * new one a section of its own begins with the next packet, also where it is the same
 * file.
 */
struct evidence_file {
	FILE *file;
	uint64_t octets; /* it has */
};

/* 0, or -1 with error filled, one line. */
int evidence_file_open(
	const struct evidence *e, struct evidence_file *out, char *error, size_t room);
/* *f is the old one then, for the caller to close. Never fails. */
void evidence_exchange(struct evidence *e, struct evidence_file *f);

/* By the packet thread of that number, from 0. */
void evidence_frame(struct evidence *e, size_t thread, const struct capture_frame *frame);
/* Answers what was asked of it; costs next to nothing if nothing was. */
void evidence_turn(struct evidence *e, size_t thread);

/* Fits struct desk_options: ctx is the evidence. */
void evidence_alerted(void *ctx, const struct alert *a);
/* Writes what packet threads have handed over. By the thread that calls _alerted(). */
void evidence_write(struct evidence *e);

struct evidence_counters {
	uint64_t kept;	   /* frames put into rings */
	uint64_t left_out; /* frames: no TCP, or their connection had its share */
	uint64_t alerts;   /* asked for */
	uint64_t refused;  /* of these: too many waited */
	uint64_t written;  /* packets */
	uint64_t octets;   /* of the file */
	uint64_t cut;	   /* packets left out: too many for one alert */
	uint64_t no_room;  /* packets left out: the file is full, or failed */
};

void evidence_counters(struct evidence *e, struct evidence_counters *out);

#endif
