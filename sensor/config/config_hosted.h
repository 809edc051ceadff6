/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The value of "hosted": a list whose items are domains (for every server) or maps of a
 * server (address or network) and its domains.
 */
#ifndef CONFIG_HOSTED_H
#define CONFIG_HOSTED_H

#include "sensor/config/config_events.h"

/* The event at hand is the list's beginning; left at its end. 0, or -1 with the fault. */
int config_hosted_read(struct config *c, struct config_events *e);

#endif
