/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For commands that read: alerts to the outputs, and what was learned to the database,
 * where the configuration or the options ask for either. Without that nothing is opened.
 */
#ifndef COMMAND_DESK_H
#define COMMAND_DESK_H

#include "sensor/deliver/deliver.h"
#include "sensor/desk/desk.h"

struct command_desk {
	struct store *store;
	struct deliver *deliver;
	struct desk *desk; /* NULL: nothing was asked for */
	struct infer *infer;
	uint64_t looked; /* ns of packet time */
};

/* What lasts is loaded. config, infer and files must outlive it. 0, or -1 (logged). */
int command_desk_open(struct command_desk *c, const struct config *config,
	struct infer *infer, struct record_files *files);
/* After the record was fed; ctx is the struct command_desk. */
void command_desk_record(void *ctx, const struct record *r);
/* The last look; then waits for the outputs. 0, or -1: not all was kept or taken. */
int command_desk_close(struct command_desk *c);

#endif
