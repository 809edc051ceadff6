/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page of counters in Prometheus' text format (libmicrohttpd, the only door to it).
 * metrics.c serves it; metrics_text.c writes families, each with HELP and TYPE once.
 */
#ifndef METRICS_H
#define METRICS_H

#include "sensor/base/text_out.h"

struct metrics;

/* Writes the whole page; called by the server's thread. */
typedef void metrics_collect(void *ctx, struct text_out *out);

/*
 * Serves /metrics there by a thread of its own; all else is 404. address is written as one,
 * no name. NULL with error filled, one line.
 */
struct metrics *metrics_open(const char *address, uint16_t port, metrics_collect *collect,
	void *ctx, char *error, size_t room);
void metrics_close(struct metrics *m);

/* "relaytap_" is put before name, which ends in its unit, a counter's in _total. type:
 * "counter", "gauge". */
void metrics_family(
	struct text_out *out, const char *name, const char *type, const char *help);
/* A sample of it; labels is NULL or "a=\"b\"" with values by metrics_label(). */
void metrics_uint(
	struct text_out *out, const char *name, const char *labels, uint64_t value);
void metrics_double(
	struct text_out *out, const char *name, const char *labels, double value);
/* key="value" with the value escaped, at the end of labels. */
void metrics_label(struct text_out *labels, const char *key, struct span value);

#endif
