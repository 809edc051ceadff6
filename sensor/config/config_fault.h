/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is wrong with a configuration, and where. The first fault stays: it is the cause,
 * what follows is often its echo. Text quoted from the file is escaped here and cut.
 */
#ifndef CONFIG_FAULT_H
#define CONFIG_FAULT_H

#include "sensor/config/config.h"

/* Octets of quoted text with its NUL: enough for any key, address or domain. */
#define CONFIG_QUOTE 80

struct config_fault {
	size_t line; /* from 1; 0: no line to blame */
	char text[CONFIG_ERROR];
};

struct config_quote {
	char at[CONFIG_QUOTE];
};

/* Always -1, for return. */
int config_fault_set(struct config_fault *f, size_t line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* text in double quotes, escaped; "…" marks a cut. */
struct config_quote config_fault_quote(struct span text);

/* "FILE:LINE: text" (or "FILE: text") into error[room]. */
void config_fault_write(
	const struct config_fault *f, const char *file, char *error, size_t room);

#endif
