/* SPDX-License-Identifier: Apache-2.0 */
/* An interface heard through libpcap, opened anew when it comes back. */
#ifndef CAPTURE_PCAP_TAP_H
#define CAPTURE_PCAP_TAP_H

#include "sensor/capture/capture_link.h"
#include "sensor/capture/capture_pcap.h"
#include "sensor/capture/capture_tap.h"

/* index: frames bear it as their interface. NULL with error filled. */
struct capture_tap *capture_pcap_tap_open(const struct capture_pcap_live_options *o,
	uint32_t index, char *error, size_t room);
struct capture_link *capture_pcap_tap_link(struct capture_tap *t);

#endif
