/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the table of servers shows of one: of a verdict, or of the record (JSON) that was
 * made of one and kept. Both give the same row.
 */
#ifndef SERVER_ROW_H
#define SERVER_ROW_H

#include "sensor/infer/explain.h"
#include "sensor/infer/verdict.h"

struct server_row {
	struct server_key key;
	enum verdict_kind kind;
	enum verdict_grade grade;
	double confidence;
	bool exposed; /* the counts are known */
	uint64_t messages, clients, domains;
	struct span name;	     /* raw; empty: not known */
	const char *mta;	     /* static, or NULL */
	char why[EXPLAIN_SHORT_MAX]; /* raw */
	char room[128];		     /* of a name that was read; longer ones are cut */
};

/* Borrows the name. */
void server_row_of(const struct verdict *v, struct server_row *out);

#endif
