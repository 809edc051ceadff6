/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a sensor's state with something in each of its parts, and hostile names. */
#ifndef TOP_RIG_H
#define TOP_RIG_H

#include <stdio.h>

#include "sensor/control/top_json.h"
#include "tests/unit/feed.h"

static inline struct ip_addr
rig_addr(const char *text)
{
	struct ip_addr a = {{0}};

	assert_true(ip_addr_parse(span_of_text(text), &a));
	return a;
}

static inline void
rig_server(struct top_view *v, const char *ip, uint16_t port, const char *name,
	const char *verdict, const char *grade, double confidence, uint64_t messages,
	uint64_t age_s)
{
	struct top_server *s = &v->server[v->servers++];

	s->ip = rig_addr(ip);
	s->port = port;
	snprintf(s->name, sizeof(s->name), "%s", name);
	snprintf(s->verdict, sizeof(s->verdict), "%s", verdict);
	snprintf(s->grade, sizeof(s->grade), "%s", grade);
	s->confidence = confidence;
	s->messages = messages;
	s->last_seen = v->time - age_s * 1000000000u;
}

/* 2026-11-23 20:22:53 UTC. */
#define RIG_NOW UINT64_C(1795465373000000000)

static inline struct top_view *
rig_view(void)
{
	static struct top_view v;

	memset(&v, 0, sizeof(v));
	v.time = RIG_NOW;
	v.uptime_s = 7500;
	v.packets_s = 12345.6;
	v.octets_s = 4500000;
	v.mail_s = 3.4;
	v.transactions_s = 2.1;
	v.alerts = 5;
	v.queue_depth = 7;
	v.flows_open = 120;
	v.flows_max = 65536;
	v.interfaces = 2;
	v.interface[0] =
		(struct top_interface){"eth1", "up", "xdp", 1200000, 999949999, 0, 0};
	v.interface[1] = (struct top_interface){
		"eth2", "no carrier", "afpacket", 9999, 10000, 17, 3};
	v.outputs = 2;
	v.output[0] = (struct top_output){"file", true, 0, 41, ""};
	v.output[1] = (struct top_output){
		"tls", false, 12, 29, "siem.example.net: refused\n\033[2J"};
	v.losses = 1;
	snprintf(v.loss[0], sizeof(v.loss[0]), "eth2: 17 packets dropped");
	rig_server(&v, "203.0.113.11", 25, "mail.corp.test", "open-relay", "confirmed",
		0.999, 120, 3);
	rig_server(&v, "2001:db8::25", 587, "evil\033]0;x\007\n\xff", "open-submission",
		"suspected", 0.5, 12, 130);
	rig_server(&v, "203.0.113.12", 25, "", "restricted", "", 0.7, 0, 90000);
	v.servers_known = 3;
	return &v;
}

#endif
