/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One alert: what a person or a SIEM is told, once, with all that is needed to believe it
 * and to act. It owns its texts, so it can wait for a collector for days, and it is the
 * same whether it was just made or read back from its JSON form.
 *
 * alert.c          life, names, identity
 * alert_verdict.c  made of a verdict that changed
 * alert_finding.c  made of an abuse or weakness seen
 * alert_sensor.c   made of the sensor's own blindness
 * alert_gate.c     which of them are told, and when again (alert_memory.c: what was)
 * alert_write.c    its JSON form, "type":"alert" (relaytap-events(7))
 * alert_read.c     and back
 *
 * Texts that came from a peer (names, addresses, subjects, replies) are raw octets here;
 * each printer escapes them.
 */
#ifndef ALERT_H
#define ALERT_H

#include "dissect/dissect.h"
#include "dissect/ip_addr.h"

enum alert_kind {
	ALERT_RELAY,   /* a verdict that raises a relay alert, or its end */
	ALERT_FINDING, /* an abuse or weakness */
	ALERT_SENSOR   /* the sensor does not see all */
};

/* What has become of the trouble that the alert is about. */
enum alert_action {
	ALERT_OPENED,
	ALERT_ESCALATED, /* the grade or the severity rose, or a worse verdict came */
	ALERT_CHANGED,	 /* otherwise than before, and no worse */
	ALERT_REPEATED,	 /* it went on: a sum */
	ALERT_CLOSED	 /* remediated, or no longer so judged */
};

/* Ascending; the same order as enum config_severity and enum finding_severity. */
enum alert_severity {
	ALERT_SEVERITY_LOW,
	ALERT_SEVERITY_MEDIUM,
	ALERT_SEVERITY_HIGH,
	ALERT_SEVERITY_CRITICAL
};

/*
 * A ULID: 26 characters of Crockford's base 32 and a NUL: 48 bits of the alert's time in
 * milliseconds, 80 bits of a hash of what it is about. The same packets give the same id.
 */
#define ALERT_ID 27

#define ALERT_CLIENTS_MAX  16
#define ALERT_DOMAINS_MAX  16
#define ALERT_HOPS_MAX	   8
#define ALERT_TRICKS_MAX   12
#define ALERT_EVIDENCE_MAX 24
#define ALERT_ADDRESSES_MAX 8

struct alert_evidence {
	struct span kind; /* "sent-on" …; empty for findings */
	struct span what; /* in words */
	double weight;	  /* natural log-likelihood ratio; 0: none */
	uint64_t time;	  /* ns; 0: none */
	struct span file; /* or interface */
	uint32_t frame;	  /* 0: none */
	struct ip_addr client;
	struct span domain;
	struct span reply;	/* text */
	uint16_t reply_code;	/* 0: none */
	struct span queue_id;
	struct ip_addr next_hop;
	struct span next_hop_name;
};

/* The message that shows it best; what is not known is empty. Addresses "user@domain". */
struct alert_mail {
	struct span from; /* MAIL FROM */
	struct span to[ALERT_ADDRESSES_MAX];
	size_t to_count;
	struct span message_id; /* with its brackets */
	struct span subject;
	struct span helo; /* how the client introduced itself */
};

struct alert {
	char id[ALERT_ID];
	char incident[ALERT_ID]; /* id of the alert that opened the trouble */
	enum alert_kind kind;
	enum alert_action action;
	enum alert_severity severity;
	struct span rule;	 /* "open-relay", "relay-probe", "sensor-blind": never changes */
	struct span title;	 /* of every alert by that rule: holds nothing of this case */
	struct span detail;	 /* one line about this case */
	struct span explanation; /* sentences for a mail administrator */
	struct span contain;	 /* what to do at once, to mend it, and to confirm it */
	struct span mend;
	struct span confirm;
	uint64_t time;	/* ns: of the packet that brought it about */
	uint64_t first; /* ns: the trouble's first and last sign */
	uint64_t last;
	uint64_t count; /* messages (ALERT_RELAY), occurrences, or packets lost, in all */
	uint64_t since; /* of these, since the alert before this one of the incident */
	uint64_t suppressed; /* alerts not told since, by the rate limit */

	struct ip_addr server; /* all zero: about no server */
	uint16_t port;
	struct span server_name;
	struct span mta;
	/* The client of the message or occurrence that shows it best, and all. */
	struct ip_addr client;
	uint16_t client_port; /* 0: not known */
	struct ip_addr clients[ALERT_CLIENTS_MAX];
	size_t client_count;
	uint64_t client_total;
	struct span domains[ALERT_DOMAINS_MAX]; /* foreign ones, relayed for */
	size_t domain_count;
	uint64_t domain_total;
	struct ip_addr hops[ALERT_HOPS_MAX]; /* where it sent them */
	size_t hop_count;
	struct alert_mail mail;

	struct span verdict; /* "open-relay" …; empty for other kinds */
	struct span was;     /* the verdict before; empty: none */
	struct span grade;
	struct span cause;
	struct ip_addr masked_as;
	struct span tricks[ALERT_TRICKS_MAX];
	size_t trick_count;
	double confidence; /* 0: none is claimed */

	struct alert_evidence evidence[ALERT_EVIDENCE_MAX];
	size_t evidence_count;

	struct alert_text *texts; /* what the spans point into */
};

/* Zeroed, without texts. Aborts when the system has no memory, as all of these do. */
struct alert *alert_new(void);
void alert_free(struct alert *a);
/* A copy of s that lives as long as a. */
struct span alert_keep(struct alert *a, struct span s);
struct span alert_keep_text(struct alert *a, const char *s);

/*
 * Sets id of time, rule, action, severity, server, port, client (findings), incident and
 * last. Sets incident to id where it is still empty.
 */
void alert_identify(struct alert *a);
/* False (and out untouched): text is no ULID. */
bool alert_id_parse(struct span text, char out[ALERT_ID]);

/* "relay", "opened", "low" …; static. False: no such name. */
const char *alert_kind_name(enum alert_kind kind);
const char *alert_action_name(enum alert_action action);
const char *alert_severity_name(enum alert_severity severity);
bool alert_kind_of_name(struct span name, enum alert_kind *out);
bool alert_action_of_name(struct span name, enum alert_action *out);
bool alert_severity_of_name(struct span name, enum alert_severity *out);

#endif
