/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits for one output, formatted as it wants it. A body that cannot be read makes
 * no line; it stands in the batch as one that has to be got rid of.
 */
#ifndef DELIVER_BATCH_H
#define DELIVER_BATCH_H

#include "sensor/config/config.h"
#include "sensor/output/format.h"
#include "sensor/output/sink.h"
#include "sensor/store/store.h"

#define DELIVER_BATCH_MAX 100

struct deliver_batch {
	struct store_waiting waiting[DELIVER_BATCH_MAX];
	size_t waiting_count;
	struct sink_line lines[DELIVER_BATCH_MAX];
	size_t of[DELIVER_BATCH_MAX]; /* which of waiting the line is */
	size_t count;		      /* of lines */
	size_t unreadable;
	struct text_out text;		   /* what the lines' texts point into */
	char msgid[DELIVER_BATCH_MAX][33]; /* RFC 5424 6.2.7: 32 octets */
};

void deliver_batch_init(struct deliver_batch *b);
void deliver_batch_free(struct deliver_batch *b);

/* Takes the oldest that wait. How many; b's lines are theirs until the next call. */
size_t deliver_batch_fill(struct deliver_batch *b, struct store *store,
	const struct config_output *o, const struct format_options *options);

/*
 * Of waiting, how many are done when the first taken lines are: they, and the unreadable
 * ones before the first line that is left.
 */
size_t deliver_batch_done(const struct deliver_batch *b, size_t taken);

#endif
