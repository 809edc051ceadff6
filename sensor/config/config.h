/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the operator told us. Filled with defaults, then from a YAML file and options;
 * never written afterwards. relaytap.conf(5) documents each key; config_schema.c is the
 * one table of them.
 *
 * config.c         defaults, release, membership tests
 * config_schema.c  every key: place, range, default, help
 * config_value.c   one scalar's text to its typed place
 * config_hosted.c  the list of hosted domains
 * config_output.c  the list of outputs
 * config_events.c  YAML to events, and what of YAML is refused
 * config_read.c    events to struct config
 * config_fault.c   the one line that says what is wrong
 */
#ifndef CONFIG_H
#define CONFIG_H

#include "dissect/dissect.h"
#include "dissect/ip_addr.h"

/* How an AUTH user name is kept in records. */
enum config_users {
	CONFIG_USERS_HASH,
	CONFIG_USERS_PLAIN,
	CONFIG_USERS_NONE
};
/* How addresses are shown in alerts and explanations. */
enum config_redact {
	CONFIG_REDACT_NONE,
	CONFIG_REDACT_LOCAL_PART,
	CONFIG_REDACT_ALL
};

struct config_prefixes {
	struct ip_prefix *at;
	size_t count;
};

struct config_ports {
	uint16_t *at;
	size_t count;
};

/* Domains that a server takes mail for by right. "*.example.org" holds subdomains. */
struct config_hosted {
	struct ip_prefix server; /* bits 0: every server */
	char *domain;		 /* lower case, no dot at the end */
};

struct config_texts {
	char **at;
	size_t count;
};

/* What an output carries. */
enum config_stream { CONFIG_STREAM_ALERTS, CONFIG_STREAM_SERVERS, CONFIG_STREAM_TRANSACTIONS };
/* How an alert is written; servers and transactions are always relaytap's own. */
enum config_format {
	CONFIG_FORMAT_ECS,
	CONFIG_FORMAT_OCSF,
	CONFIG_FORMAT_CEF,
	CONFIG_FORMAT_LEEF,
	CONFIG_FORMAT_EVE,
	CONFIG_FORMAT_RELAYTAP /* the alert record of relaytap-events(7) */
};
enum config_transport {
	CONFIG_TO_STDOUT,
	CONFIG_TO_FILE,
	CONFIG_TO_UNIX, /* a stream or datagram socket, whichever is there */
	CONFIG_TO_UDP,	/* RFC 5426 */
	CONFIG_TO_TCP,	/* RFC 6587, octet counting */
	CONFIG_TO_TLS,	/* RFC 5425 */
	CONFIG_TO_RELP
};
/* Ascending; the same order as enum alert_severity. */
enum config_severity {
	CONFIG_SEVERITY_LOW,
	CONFIG_SEVERITY_MEDIUM,
	CONFIG_SEVERITY_HIGH,
	CONFIG_SEVERITY_CRITICAL
};

/* Texts that were not given are NULL. */
struct config_output {
	char *name; /* unique; never NULL once read: "file", "tls-2" … */
	enum config_stream stream;
	enum config_format format;
	enum config_transport to;
	char *path;	   /* file, unix */
	char *host, *port; /* udp, tcp, tls, relp; port is never NULL there */
	char *ca;	   /* file of trusted certificates; NULL: the system's */
	char *certificate, *key; /* of ours, PEM; both or neither */
	char *server_name; /* that the peer's certificate must bear; NULL: host */
	bool tls;	   /* relp inside TLS */
	enum config_severity minimum;
	enum config_redact redact; /* the stricter of this and the global one holds */
	uint32_t facility; /* RFC 5424 6.2.1 */
};

struct config_outputs {
	struct config_output *at;
	size_t count;
};

struct config_alerts {
	uint32_t repeat_seconds; /* a trouble that goes on is summed up so often; 0: never */
	uint32_t per_minute;	 /* alerts at most, of packet time; 0: no bound */
	char *observer;		 /* the sensor's name in alerts; NULL: the host's */
};

struct config_state {
	char *directory;     /* NULL: nothing lasts */
	size_t spool;	     /* alerts that wait for each output, at most */
	size_t spool_octets; /* of all that wait */
	size_t transactions; /* kept, the newest; 0: none */
};

struct config_metrics {
	char *address;
	uint32_t port; /* 0: no such page */
};

enum config_capture_method {
	CONFIG_CAPTURE_AUTO,
	CONFIG_CAPTURE_AFPACKET,
	CONFIG_CAPTURE_XDP,
	CONFIG_CAPTURE_PCAP
};

struct config_capture {
	struct config_texts interfaces;
	enum config_capture_method method;
	bool tap;	 /* the ports are taps: XDP drops what is not mail */
	bool tap_forced; /* also where the host lives on the interface */
	uint32_t threads;
	size_t ring_octets;	   /* of each interface and thread */
	uint32_t block_timeout_ms; /* until a ring's block that is not full is given over */
	size_t snap;		   /* octets of a packet */
	bool promiscuous;
	bool shunt;
	char *evidence_file;	/* pcapng; NULL: none */
	size_t evidence_octets; /* recent packets kept for it, over all threads */
};

struct config_run {
	char *user;   /* NULL: "nobody" */
	char *chroot; /* NULL: none */
	char *control; /* unix socket; NULL: none */
};

struct config_limits {
	size_t connections;	 /* mail connections followed at once */
	size_t windows;		 /* reassembly windows of 128 KiB lent at once */
	size_t fragments;	 /* IP datagrams put together at once */
	size_t text_octets;	 /* texts of records in the making */
	size_t servers;		 /* servers remembered */
	size_t attempts;	 /* attempts remembered over all servers */
	size_t messages;	 /* messages waiting for their onward leg */
	size_t names;		 /* DNS names remembered */
	uint32_t idle_seconds;	 /* a silent connection is over */
	uint32_t copy_window_us; /* a span port's copies arrive within this */
};

struct config {
	struct config_prefixes home;	/* our networks; empty: not told */
	struct config_prefixes trusted; /* clients that may relay */
	struct config_hosted *hosted;
	size_t hosted_count;
	struct config_ports smtp_ports;	 /* 25, 587, 2525 */
	struct config_ports smtps_ports; /* TLS from the first octet: 465 */
	bool any_port;			 /* look for SMTP on every port */
	enum config_users users;
	char *hash_key; /* for CONFIG_USERS_HASH; NULL: none given */
	enum config_redact redact;
	char *public_suffix_file;  /* NULL: libpsl's built-in list */
	uint32_t remediated_after; /* refusals that make an open server remediated */
	struct config_limits limits;
	struct config_capture capture;
	struct config_alerts alerts;
	struct config_outputs outputs;
	struct config_state state;
	struct config_metrics metrics;
	struct config_run run;
};

/* A configuration larger than this is refused: hand-written ones have a few KiB. */
#define CONFIG_TEXT_MAX (1024u * 1024u)
/* Room for any error line with its NUL. */
#define CONFIG_ERROR 512

/* Fills in every default. Aborts, as all of these do, when the system has no memory. */
void config_init(struct config *c);
void config_free(struct config *c);

/*
 * Reads the YAML file over what c holds. 0, or -1 with one line written to error (of
 * room octets): "FILE:LINE: what is wrong; what to write instead", printable as it is. A
 * file that cannot be read has no line. After -1 some keys may have been read; c is whole
 * and must be freed.
 */
int config_read(struct config *c, const char *file, char *error, size_t room);

/*
 * The same from text; name stands for the file in errors. An option of the command line
 * can be given as the line of YAML that it stands for.
 */
int config_read_text(
	struct config *c, const char *name, struct span text, char *error, size_t room);

/* One more output, as a map of YAML in one line: "{to: stdout, format: cef}". */
int config_add_output(struct config *c, const char *text, char *error, size_t room);
/* One more domain of every server; error: "what is wrong; what to write instead". */
int config_add_hosted(struct config *c, const char *domain, char *error, size_t room);

bool config_prefixes_hold(const struct config_prefixes *p, const struct ip_addr *a);
bool config_ports_hold(const struct config_ports *p, uint16_t port);

#endif
