/* SPDX-License-Identifier: Apache-2.0 */
/* DNS answers to records. A part of pipeline.c. */
#ifndef PIPELINE_DNS_H
#define PIPELINE_DNS_H

#include "sensor/pipeline.h"

/* One message from src to dst; queries and what is no DNS are passed over. */
void pipeline_dns_message(struct pipeline *p, struct span octets, const struct ip_addr *src,
	const struct ip_addr *dst, struct moment at);

#endif
