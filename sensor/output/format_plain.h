/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts of peers in lines of key=value. An octet that could end or spoil a line
 * (controls, C1, U+2028, U+2029, broken UTF-8) becomes \xNN, as in JSON lines; what else
 * a format cannot have is its own business. A part of format_cef.c and format_leef.c.
 */
#ifndef FORMAT_PLAIN_H
#define FORMAT_PLAIN_H

#include "sensor/alert/alert.h"
#include "sensor/base/text_out.h"

/*
 * Takes the first piece off *s that must not be cut: a character of UTF-8, or one octet
 * that is written as \xNN. piece has room for it; returns its length, 0 at the end.
 */
#define FORMAT_PIECE 5
size_t format_plain_next(struct span *s, char piece[FORMAT_PIECE]);

/* Joined by ", ". */
void format_plain_texts(struct text_out *out, const struct span *list, size_t count);
void format_plain_addrs(struct text_out *out, const struct ip_addr *list, size_t count);
/* Each item in words, joined by "; ". */
void format_plain_evidence(struct text_out *out, const struct alert *a);

#endif
