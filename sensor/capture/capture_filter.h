/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps only frames that a tcpdump expression matches, whatever their link types: it is
 * compiled for each when the first frame of that type comes.
 */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include "sensor/capture/capture.h"

struct capture_filter;

/*
 * NULL, with the reason logged, if expr makes sense for none of the common link types.
 * expr is copied.
 */
struct capture_filter *capture_filter_new(const char *expr);
/*
 * False also for every frame of a link type for which the expression makes no sense, such
 * as "ether host" without Ethernet; that is counted, and logged once for each of the
 * first 16 link types.
 */
bool capture_filter_match(struct capture_filter *f, const struct capture_frame *frame);
/* Frames dropped because the expression makes no sense for their link type. */
uint64_t capture_filter_senseless(const struct capture_filter *f);
void capture_filter_free(struct capture_filter *f);

#endif
