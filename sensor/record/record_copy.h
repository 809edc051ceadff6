/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record with all that it borrows in one block of the caller's memory, so that it can
 * wait while the one who made it makes the next. Nothing is allocated.
 *
 * The size is bounded by the stages that make records: texts and lists of one record come
 * out of arenas whose chunks are counted, and a reader's line is bounded too. Whoever
 * keeps copies has his own bound on top, and asks record_copy_size() first.
 */
#ifndef RECORD_COPY_H
#define RECORD_COPY_H

#include "record.h"

/* Octets that a copy of r takes, the struct itself included. A multiple of its alignment.
 */
size_t record_copy_size(const struct record *r);

/*
 * The copy, at the beginning of room (octets of it, aligned for any type). NULL if there
 * is too little of it: room then holds nothing of use. It lives as long as room does, may
 * not be moved, and borrows nothing from r.
 */
struct record *record_copy(const struct record *r, void *room, size_t octets);

#endif
