/* SPDX-License-Identifier: Apache-2.0 */
/* A server's row of the table, out of the record (JSON) that a sensor keeps of it. */
#ifndef COMMAND_ROW_H
#define COMMAND_ROW_H

#include "sensor/output/server_row.h"

/*
 * Name, software, counts and words out of a record; what the caller knows better (key,
 * kind, grade, confidence) is left alone. out borrows from itself: it is not to be
 * copied. False: it is no record of a server.
 */
bool command_row_read(struct span record, struct server_row *out);

#endif
