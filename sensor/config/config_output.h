/* SPDX-License-Identifier: Apache-2.0 */
/* The list of outputs: maps, each with the keys of config_output_schema. */
#ifndef CONFIG_OUTPUT_H
#define CONFIG_OUTPUT_H

#include "sensor/config/config_events.h"

/* Behind the list's begin; up to its end. 0, or -1 with the fault set. */
int config_outputs_read(struct config_outputs *o, struct config_events *e);

#endif
