/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing buffer of text, append only, for whatever is not JSON. What is put in goes in
 * as it is: escaping is the business of who knows the format. Aborts when the system has
 * no memory.
 */
#ifndef TEXT_OUT_H
#define TEXT_OUT_H

#include "dissect/dissect.h"
#include "dissect/ip_addr.h"

struct text_out {
	char *at; /* NUL-terminated once anything was put in; else NULL */
	size_t used;
	size_t room;
};

void text_out_init(struct text_out *t);
void text_out_free(struct text_out *t);
/* Forgets what was written, keeps the memory. */
void text_out_reset(struct text_out *t);

void text_out_span(struct text_out *t, struct span s);
void text_out_text(struct text_out *t, const char *s);
void text_out_char(struct text_out *t, char c);
void text_out_addr(struct text_out *t, const struct ip_addr *a);
void text_out_format(struct text_out *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What was written; until the next call. */
struct span text_out_all(const struct text_out *t);

#endif
