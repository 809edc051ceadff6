/* SPDX-License-Identifier: Apache-2.0 */
/* The options of a pcapng interface block; those not needed are passed over. */
#ifndef PCAPNG_OPTIONS_H
#define PCAPNG_OPTIONS_H

#include "sensor/capture/pcapng_format.h"

/*
 * Reads name and clock into *i. False if the list runs past its block or holds a clock
 * that cannot be: what was sound before it has been taken, the rest keeps its default.
 */
bool pcapng_options_interface(
	struct pcapng_interface *i, struct span options, bool other_order);

#endif
