/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the formats share: what is known about a rule, severities in each format's own
 * numbers, and lists without doubles. A part of format.c.
 */
#ifndef FORMAT_PART_H
#define FORMAT_PART_H

#include "format.h"
#include "sensor/base/json_out.h"

/* Who we are, in the places that formats have for it. */
#define FORMAT_PRODUCT "relaytap"

/* "A mail server is explicitly configured to allow SMTP mail relay." */
#define FORMAT_CVE "CVE-1999-0512"

struct format_severity {
	unsigned ecs;  /* Elastic's, also its risk score */
	unsigned ocsf; /* severity_id */
	unsigned cef;  /* 0-10 */
	unsigned leef; /* 1-10 */
	unsigned eve;  /* 1 is the worst */
};

struct format_severity format_severity_of(enum alert_severity severity);

/* A technique of MITRE ATT&CK that fits, if the case is what it looks like: no proof. */
struct format_attack {
	const char *tactic, *tactic_name;
	const char *technique, *technique_name;
	const char *part, *part_name; /* sub-technique; NULL: none */
};

enum format_class {
	FORMAT_CLASS_RELAY,    /* relays for strangers */
	FORMAT_CLASS_WEAKNESS, /* of a server or of the way to it */
	FORMAT_CLASS_ABUSE,    /* somebody does it */
	FORMAT_CLASS_SENSOR
};

struct format_rule {
	const char *name;
	unsigned number; /* EVE's signature_id: never changes, never used again */
	enum format_class class;
	bool cve;			    /* FORMAT_CVE is what it is about */
	const struct format_attack *attack; /* NULL: none */
};

/* Never NULL: a rule that is not in the table has the class of the alert's kind. */
const struct format_rule *format_rule_of(const struct alert *a);

/* "relay", "weakness", "abuse", "sensor". */
const char *format_class_name(enum format_class class);

/* "T1584.004", or the technique where there is no part. */
const char *format_attack_id(const struct format_attack *attack);

/* Addresses of the alert, each once, the server and the client first. */
#define FORMAT_ADDRESSES_MAX (4 + ALERT_CLIENTS_MAX + ALERT_HOPS_MAX)
size_t format_addresses(const struct alert *a, struct ip_addr out[FORMAT_ADDRESSES_MAX]);

/* Names of hosts: the server's, and those it sent to; each once. */
#define FORMAT_HOSTS_MAX (1 + ALERT_EVIDENCE_MAX)
size_t format_hosts(const struct alert *a, struct span out[FORMAT_HOSTS_MAX]);

/* What it is about in a line: the detail, else the title. */
struct span format_line(const struct alert *a);

/* A list of texts or addresses; nothing where count is 0. */
void format_texts(
	struct json_out *j, const char *key, const struct span *list, size_t count);
void format_addrs(
	struct json_out *j, const char *key, const struct ip_addr *list, size_t count);
void format_time_if(struct json_out *j, const char *key, uint64_t ns);

/* One item of evidence as an object. */
void format_evidence(struct json_out *j, const char *key, const struct alert_evidence *e);

/* What no format has a place for goes into an object "relaytap". */
enum format_own {
	FORMAT_OWN_MAIL = 1u << 0,     /* also the message */
	FORMAT_OWN_EVIDENCE = 1u << 1, /* also the evidence */
};

void format_own(struct json_out *j, const struct alert *a, unsigned with);

/* One for each format. */
void format_ecs(
	const struct alert *a, const struct format_options *o, struct json_out *j);
void format_ocsf(
	const struct alert *a, const struct format_options *o, struct json_out *j);
void format_eve(
	const struct alert *a, const struct format_options *o, struct json_out *j);
void format_cef(
	const struct alert *a, const struct format_options *o, struct text_out *out);
void format_leef(
	const struct alert *a, const struct format_options *o, struct text_out *out);

#endif
