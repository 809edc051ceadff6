/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole lines into a descriptor: a file, a named pipe, or standard output. A part of
 * sink_file.c and sink_stdout.c.
 */
#ifndef SINK_FILE_H
#define SINK_FILE_H

#include "sensor/base/text_out.h"
#include "sink_part.h"

struct sink_file_state {
	int fd;		      /* -1: not open */
	bool regular;	      /* can be cut and flushed */
	struct text_out text; /* the batch */
	/*
	 * The line of which only a part could be written, and how much of it: it is given
	 * again, and then the rest follows. Empty: none.
	 */
	struct text_out partial;
	size_t partial_written;
};

/* Looks at what fd is. */
void sink_file_begin(struct sink_file_state *f, int fd);
void sink_file_free(struct sink_file_state *f);
/* As the send of struct sink_kind. */
size_t sink_file_write(struct sink *s, struct sink_file_state *f,
	const struct sink_line *lines, size_t count);

#endif
