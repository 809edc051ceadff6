/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What withholding messages in clear and TLS share: for pipeline_shunt.c and
 * pipeline_shunt_tls.c alone.
 */
#ifndef PIPELINE_SHUNT_PART_H
#define PIPELINE_SHUNT_PART_H

#include "pipeline_conn.h"

/* An order that had no effect is given again after so many octets, or ns. */
#define SHUNT_AGAIN_OCTETS (32u * KiB)
#define SHUNT_AGAIN_NS	   UINT64_C(10000000)
/* An acknowledgement of octets that are not there may mean they are withheld. */
#define SHUNT_LOOK_NS (TCP_ACK_GRACE_NS / 8)

/*
 * How far the kernel is, in *s; packets and octets are added to the connection's. False:
 * it does not know the connection, or it is another's entry.
 */
bool pipeline_shunt_look(struct pipeline *p, struct flow *f, struct conn_mail *m,
	uint64_t now_ns, struct tap_shunt *s);
/* From now on, perhaps in another mode than before. */
void pipeline_shunt_follow(
	struct pipeline *p, struct flow *f, struct conn_mail *m, enum tap_mode mode);
void pipeline_shunt_order(struct pipeline *p, struct flow *f, struct conn_mail *m,
	struct tap_order *o, uint64_t now_ns);
/* Rarely enough for an acknowledgement. */
bool pipeline_shunt_may_look(const struct conn_shunt *c, uint64_t now_ns);

/* As pipeline_shunt_before() and _after(), and what both and the end look at. */
void pipeline_shunt_tls_before(struct pipeline *p, struct flow *f, struct conn_mail *m,
	const struct flow_segment *seg);
void pipeline_shunt_tls_after(struct pipeline *p, struct flow *f, struct conn_mail *m,
	const struct flow_segment *seg);
bool pipeline_shunt_tls_look(
	struct pipeline *p, struct flow *f, struct conn_mail *m, uint64_t now_ns);

#endif
