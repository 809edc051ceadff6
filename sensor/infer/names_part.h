/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the tables of names.h, for names.c and those that write them down. */
#ifndef NAMES_PART_H
#define NAMES_PART_H

#include "names.h"

struct name_fact {
	UT_hash_handle hh;
	struct kept kept;
	struct word *name;
	struct word *mx[NAMES_MX_MAX];
	uint8_t mx_count;
	/* Exchangers of an earlier answer: mail of that time was theirs by right. */
	struct word *mx_before[NAMES_MX_MAX];
	uint8_t mx_before_count;
	bool mx_known; /* an MX query was answered; with mx_count 0 there is none */
	bool mx_null;
	bool mx_asked_by_others; /* than mx_asker */
	struct ip_addr mx_asker; /* the first */
	struct moment mx_at;
	struct ip_addr addr[NAMES_ADDR_MAX];
	uint8_t addr_count;
	struct moment addr_at;
	struct word *alias; /* CNAME; NULL: none */
};

struct name_reverse {
	UT_hash_handle hh;
	struct kept kept;
	struct ip_addr addr;
	struct word *name;
};

struct name_asker {
	UT_hash_handle hh;
	struct kept kept;
	struct ip_addr addr;
	uint64_t last;
};

struct asked_key {
	struct ip_addr addr;
	struct word *name;
};

struct name_asked {
	UT_hash_handle hh;
	struct kept kept;
	struct asked_key key;
	uint64_t last;
};

/* Read back, as host_adopt() and the like in server.h. */
bool names_adopt_fact(struct names *n, struct name_fact *f);
bool names_adopt_reverse(struct names *n, struct name_reverse *r);
bool names_adopt_asker(struct names *n, struct name_asker *a);
bool names_adopt_asked(struct names *n, struct name_asked *a);

#endif
