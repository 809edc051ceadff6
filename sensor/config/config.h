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

bool config_prefixes_hold(const struct config_prefixes *p, const struct ip_addr *a);
bool config_ports_hold(const struct config_ports *p, uint16_t port);

#endif
