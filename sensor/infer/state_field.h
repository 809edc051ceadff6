/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a struct becomes a JSON object and is read back: a table with a line for each of
 * its members, which says where it is, of what sort, and what it may be. One table serves
 * both ways, so nothing can be written that is not read.
 *
 * What is read is a stranger's: a database may be damaged, or not ours. A value of
 * another sort, above its bound, or longer than its room makes the whole object
 * unreadable. A member that is missing is zero, and so zeros are not written.
 */
#ifndef STATE_FIELD_H
#define STATE_FIELD_H

#include "sensor/base/json_out.h"
#include "sensor/record/record_files.h"
#include "word.h"

struct json_object;

enum state_sort {
	STATE_UINT, /* unsigned or enum, of 1, 2, 4 or 8 octets */
	STATE_BOOL,
	STATE_DOUBLE, /* of no less than zero; written as its bits, so that none is lost
		       */
	STATE_ADDR,   /* struct ip_addr */
	STATE_TEXT,   /* char[], NUL-terminated */
	STATE_WORD,   /* struct word *, a reference of its own; NULL: missing */
	STATE_MOMENT, /* struct moment; its file by name */
	STATE_PART    /* a struct with a table of its own */
};

struct state_field {
	const char *name; /* NULL: the end of the table */
	enum state_sort sort;
	size_t at;     /* octets from the beginning of the struct */
	size_t size;   /* octets of one */
	uint64_t most; /* STATE_UINT: no greater than this */
	size_t many;   /* an array of so many at most; 0: no array */
	size_t count_at,
		count_size; /* where its number of items is; size 0: all are used */
	const struct state_field *part;
	/*
	 * A pointer to memory of its own, or NULL. An array with a count has room for so many
	 * as there are.
	 */
	bool apart;
	bool needed; /* STATE_WORD: must not be NULL */
};

#define STATE_PLACE(type, member)                                                        \
	.at = offsetof(type, member), .size = sizeof(((type *)0)->member)
/* One of an array, and how many there may be. */
#define STATE_PLACES(type, member)                                                       \
	.at = offsetof(type, member), .size = sizeof(((type *)0)->member[0]),            \
	.many = sizeof(((type *)0)->member) / sizeof(((type *)0)->member[0])
#define STATE_COUNTED(type, member)                                                      \
	.count_at = offsetof(type, member), .count_size = sizeof(((type *)0)->member)
/* The greatest value that an unsigned member can hold. */
#define STATE_FULL(type, member) (UINT64_MAX >> (64 - 8 * sizeof(((type *)0)->member)))

#define STATE_NUMBER(type, member, text)                                                 \
	{                                                                                \
		.name = text, .sort = STATE_UINT, STATE_PLACE(type, member),             \
		.most = STATE_FULL(type, member)                                         \
	}
#define STATE_UPTO(type, member, text, greatest)                                         \
	{                                                                                \
		.name = text, .sort = STATE_UINT, STATE_PLACE(type, member),             \
		.most = (greatest)                                                       \
	}
#define STATE_ONE(kind, type, member, text)                                              \
	{                                                                                \
		.name = text, .sort = kind, STATE_PLACE(type, member)                    \
	}
#define STATE_NAMED(type, member, text)                                                  \
	{                                                                                \
		.name = text, .sort = STATE_WORD, STATE_PLACE(type, member),             \
		.needed = true                                                           \
	}
#define STATE_NUMBERS(type, member, text)                                                \
	{                                                                                \
		.name = text, .sort = STATE_UINT, STATE_PLACES(type, member),            \
		.most = STATE_FULL(type, member[0])                                      \
	}
#define STATE_ALL(kind, type, member, text)                                              \
	{                                                                                \
		.name = text, .sort = kind, STATE_PLACES(type, member)                   \
	}
#define STATE_LIST(kind, type, member, count, text)                                      \
	{                                                                                \
		.name = text, .sort = kind, STATE_PLACES(type, member),                  \
		STATE_COUNTED(type, count), .most = UINT64_MAX                           \
	}
#define STATE_END                                                                        \
	{                                                                                \
		.name = NULL                                                             \
	}

/* The members of what stands at from, into the object that is open in j. */
void state_fields_write(const struct state_field *fields, const void *from,
	const struct record_files *files, struct json_out *j);

/*
 * Those members of o into what stands at to, which is all zero but for other tables'
 * members. False: not understood; then to is half filled, and to be released like any.
 */
bool state_fields_read(const struct state_field *fields, struct json_object *o,
	struct words *words, struct record_files *files, void *to);

/* Lets go of the words and of what is apart. What stands at from is not to be used again.
 */
void state_fields_release(
	const struct state_field *fields, void *from, struct words *words);

/* An unsigned number of 1, 2, 4 or 8 octets. */
uint64_t state_uint(const void *at, size_t size);

#endif
