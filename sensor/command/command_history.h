/* SPDX-License-Identifier: Apache-2.0 */
/* How the verdict on one server changed, out of a sensor's state, oldest first. */
#ifndef COMMAND_HISTORY_H
#define COMMAND_HISTORY_H

#include "sensor/base/json_out.h"
#include "sensor/infer/verdict.h"
#include "sensor/output/server_text.h"
#include "sensor/store/store.h"

/* A section below the server's other ones. 0, or -1 logged. */
int command_history_text(
	struct store *s, const struct verdict *v, const struct server_text_style *style);

/* A line "type":"history" (relaytap-events(7)); none where there is none. j is empty. */
int command_history_json(struct store *s, const struct verdict *v, struct json_out *j);

#endif
