/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A capture file behind the calls of capture.h, its format told by its first octets. It
 * logs nothing: whether a file that is no capture is an error is for the caller to say.
 */
#ifndef CAPTURE_FILE_H
#define CAPTURE_FILE_H

#include "sensor/capture/capture.h"
#include "sensor/capture/source.h"

enum capture_file_answer {
	CAPTURE_FILE_OPEN,
	CAPTURE_FILE_NO_CAPTURE, /* of no known format, or empty */
	CAPTURE_FILE_BROKEN,	 /* of a known format, and damaged in its first octets */
	CAPTURE_FILE_UNREADABLE	 /* the system refuses */
};

struct capture_file_opened {
	enum capture_file_answer answer;
	struct capture *capture; /* NULL unless CAPTURE_FILE_OPEN; capture_close() it */
	struct capture_damage damage; /* why not, else */
};

/* path "-" is standard input; file: the index that frames will bear. */
void capture_file_open(struct capture_file_opened *out, const char *path, uint32_t file);
/* The same over a source, which is closed with the capture, or at once. */
void capture_file_open_source(
	struct capture_file_opened *out, struct source *s, uint32_t file);

/* The source of a capture that capture_file_open() gave. */
struct source *capture_file_source(struct capture *c);

#endif
