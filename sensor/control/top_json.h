/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer to "top": how a sensor is and what it thinks of the servers, on one screen.
 * The sensor fills in a struct and writes it; relaytap top reads it back (command_top.h).
 *
 * {"type":"top","schema":1,"time":"…","uptime_s":n,
 *  "interfaces":[{"name","state","method","packets","octets","dropped","card"}…],
 *  "rates":{"packets_s","octets_s","mail_s","transactions_s","alerts"},
 *  "queue":{"depth","dropped"},"flows":{"open","max"},
 *  "outputs":[{"name","up","waiting","delivered","error"}…],
 *  "servers_known":n,
 *  "servers":[{"ip","port","name","verdict","grade","confidence","messages","last_seen"}…],
 *  "losses":["…"…]}
 *
 * Texts are copies, cut where they do not fit: the struct owns nothing and is large
 * (about 40 KiB), so it is no local variable. Names are peers' octets and not escaped.
 */
#ifndef TOP_JSON_H
#define TOP_JSON_H

#include "dissect/ip_addr.h"
#include "sensor/base/text_out.h"

#define TOP_SCHEMA	   1
#define TOP_INTERFACES_MAX 16
#define TOP_OUTPUTS_MAX	   32
#define TOP_SERVERS_MAX	   50
#define TOP_LOSSES_MAX	   16
#define TOP_NAME_MAX	   128
#define TOP_TEXT_MAX	   192
#define TOP_WORD_MAX	   24

struct top_interface {
	char name[TOP_NAME_MAX];
	char state[TOP_WORD_MAX];  /* "up", "no carrier", "down", "gone" */
	char method[TOP_WORD_MAX]; /* "afpacket", "xdp", "pcap" */
	uint64_t packets, octets;
	uint64_t dropped; /* by the kernel, for want of room */
	uint64_t card;	  /* and by driver or card */
};

struct top_output {
	char name[TOP_NAME_MAX];
	bool up;
	uint64_t waiting, delivered;
	char error[TOP_TEXT_MAX]; /* empty: none */
};

struct top_server {
	struct ip_addr ip;
	uint16_t port;
	char name[TOP_NAME_MAX];    /* that it greets with; empty: none */
	char verdict[TOP_WORD_MAX]; /* verdict_name() */
	char grade[TOP_WORD_MAX];   /* verdict_grade_name(); may be empty */
	double confidence;
	uint64_t messages;  /* taken from strangers */
	uint64_t last_seen; /* ns; 0: not known */
};

struct top_view {
	uint64_t time; /* ns */
	uint64_t uptime_s;
	struct top_interface interface[TOP_INTERFACES_MAX];
	size_t interfaces;
	double packets_s, octets_s, mail_s, transactions_s; /* over the last seconds */
	uint64_t alerts;				    /* since the start */
	uint64_t queue_depth, queue_dropped; /* records between capture and inference */
	uint64_t flows_open, flows_max;
	struct top_output output[TOP_OUTPUTS_MAX];
	size_t outputs;
	struct top_server server[TOP_SERVERS_MAX]; /* most serious first */
	size_t servers;
	uint64_t servers_known; /* all of them; more than are shown */
	char loss[TOP_LOSSES_MAX]
		 [TOP_TEXT_MAX]; /* sentences: what is not seen, and why */
	size_t losses;
};

/* One line with its end, as control_answer() appends it. */
void top_json_write(const struct top_view *v, struct text_out *out);

#endif
