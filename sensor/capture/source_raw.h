/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The octets of a file as they lie on the disk (or in a pipe, or in memory). It knows
 * nothing of compression. A regular file can be parked: its descriptor is then open only
 * during a read, so that any number of files can be under way.
 */
#ifndef SOURCE_RAW_H
#define SOURCE_RAW_H

#include <sys/types.h>

#include "dissect/dissect.h"

struct source_raw {
	int fd;	    /* -1: closed, or memory */
	char *path; /* NULL: standard input or memory */
	bool regular;
	bool parked;
	bool ended;
	dev_t dev; /* dev and ino: is it still the same file? */
	ino_t ino;
	uint64_t size;	    /* when opened; 0: not known */
	uint64_t offset;    /* octets read so far */
	struct span memory; /* what is left of it */
};

/* path "-" is standard input. 0, or -1 with errno set. */
int source_raw_open(struct source_raw *r, const char *path);
/* octets is borrowed until the source is closed. */
void source_raw_open_memory(struct source_raw *r, struct span octets);
/*
 * Up to room octets into out. 0 is the end, -1 an error with errno set (ESTALE: another
 * file has taken the name of a parked one).
 */
ssize_t source_raw_read(struct source_raw *r, uint8_t *out, size_t room);
/* No descriptor between reads from now on. Without effect on what cannot be reopened. */
void source_raw_park(struct source_raw *r);
void source_raw_close(struct source_raw *r);

#endif
