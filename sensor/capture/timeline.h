/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many capture files as one: frames in the order of their times. Equal times come in the
 * order of the files, then of the frames. Inside a file the recorded order holds even
 * where its time runs backwards: a frame never overtakes another of the same file.
 *
 * Any number of files: each is opened for a look at its first time, and then again when
 * the merge reaches it. At most CAPTURE_DESCRIPTORS_MAX keep a descriptor; where more
 * overlap in time, the others open theirs anew for each block, so that the only bound is
 * memory (64 KiB a file under way). Pipes are opened once and stay open.
 *
 * Whatever is wrong with one file is logged once, kept with that file and counted; the
 * others go on.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include "dissect/limits.h"
#include "sensor/capture/capture.h"

enum timeline_state {
	TIMELINE_WAITING, /* not reached yet */
	TIMELINE_READING,
	TIMELINE_READ,	  /* as far as it could be: see damages */
	TIMELINE_SKIPPED, /* found in a folder, and no capture */
	TIMELINE_FAILED	  /* not readable, or named by the user and no capture */
};

struct timeline_file {
	const char *name;   /* as the user gave it, folders joined by '/'; not escaped */
	const char *shown;  /* the same, escaped for a line of text */
	const char *format; /* "pcap", "pcapng" …; NULL: none */
	enum timeline_state state;
	uint64_t frames;
	uint64_t octets;   /* captured, of those frames */
	uint64_t first_ns; /* of the first frame given and of the last; 0: none */
	uint64_t last_ns;
	uint32_t linktypes[CAPTURE_LINKTYPES_MAX]; /* in order of appearance */
	uint32_t linktype_count;
	uint64_t damages; /* places that make no sense */
	struct capture_damage
		damage; /* the first of them; or why it failed or is skipped */
};

struct timeline_totals {
	uint64_t files;
	uint64_t frames;
	uint64_t octets;  /* captured */
	uint64_t size;	  /* of all files as they lie on the disk; 0: one is a pipe */
	uint64_t done;	  /* of that; also counts what came through pipes */
	uint64_t damaged; /* files with damage */
	uint64_t failed;  /* files and folders not read to the end, or not at all */
	uint64_t skipped;
};

struct timeline_options {
	size_t descriptors; /* 0: CAPTURE_DESCRIPTORS_MAX */
};

struct timeline;

/*
 * paths: files, folders, "-" for standard input. NULL only without memory, logged.
 * options may be NULL.
 */
struct timeline *timeline_new(
	char *const *paths, size_t count, const struct timeline_options *options);
void timeline_free(struct timeline *t);

/* 1: *out is filled, its octets lent until the next call. 0: the end of all files. */
int timeline_next(struct timeline *t, struct capture_frame *out);

/* Files in the order of the indices that frames bear. */
size_t timeline_files(const struct timeline *t);
const struct timeline_file *timeline_file(const struct timeline *t, size_t index);
/* Walks all files: ask seldom. */
void timeline_totals(const struct timeline *t, struct timeline_totals *out);

#endif
