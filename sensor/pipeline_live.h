/* SPDX-License-Identifier: Apache-2.0 */
/* Ties a pipeline to the live capture that feeds it. A part of pipeline.c. */
#ifndef PIPELINE_LIVE_H
#define PIPELINE_LIVE_H

#include "sensor/capture/capture_live.h"
#include "sensor/pipeline.h"

/*
 * shunt: the middle of big messages is withheld by the kernel from now on; needs the
 * capture's option of the same name. Where the configuration looks on any port, what is
 * found is told to the kernel, too. Without eBPF it does nothing. Once, before the first
 * frame; l must outlive p.
 */
void pipeline_live(struct pipeline *p, struct capture_live *l, bool shunt);

#endif
