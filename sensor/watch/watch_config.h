/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sensor's configuration at the start and at each reload: the file, and over it the
 * options of the command line. What a running sensor cannot change any more keeps the
 * value of the start, and the log names the key.
 */
#ifndef WATCH_CONFIG_H
#define WATCH_CONFIG_H

#include "sensor/config/config.h"
#include "watch.h"

/*
 * Fills c with defaults (any_port is off here), file and options. 0, or -1 with one line in error (of
 * CONFIG_ERROR octets) and c freed.
 */
int watch_config_load(const struct watch_options *o, struct config *c, char *error);

/*
 * Gives next the values of boot where they need a restart, and says in the log which of
 * them would be others. next borrows from boot from now on: end it by
 * watch_config_release(). Returns how many differed.
 */
size_t watch_config_keep(struct config *next, const struct config *boot);
void watch_config_release(struct config *c);

/* Would deliveries be other ones? */
bool watch_config_same_outputs(const struct config *a, const struct config *b);

#endif
