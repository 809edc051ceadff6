/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of one scalar into its typed place in struct config, or what is wrong with it.
 * Memory that a value needs belongs to the struct config.
 */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "sensor/config/config_fault.h"
#include "sensor/config/config_schema.h"

bool config_value_is_list(enum config_kind kind);

/*
 * Sets key k of the struct that its table describes (struct config, struct config_output),
 * or appends to it when it is a list without a reader of its own. 0, or -1 and *f.
 */
int config_value_set(void *c, const struct config_key *k, struct span text,
	size_t line, struct config_fault *f);

/* Empties a list or a text before its new value is read. */
void config_value_clear(void *c, const struct config_key *k);

/* An address or a network, for any key; what names the key in errors. */
int config_value_prefix(const char *what, struct span text, size_t line,
	struct ip_prefix *out, struct config_fault *f);

/* realloc that aborts. */
void *config_value_grow(void *at, size_t count, size_t size);

#endif
