/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every key of the configuration, one line of a table each: what reads, defaults, the
 * sample file and "did you mean" all go by it. A new key is a new line there, a new kind
 * of value a new case in config_value.c.
 */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include "sensor/config/config.h"

enum config_kind {
	CONFIG_BOOL,	 /* bool */
	CONFIG_COUNT,	 /* size_t, decimal */
	CONFIG_COUNT32,	 /* uint32_t, decimal */
	CONFIG_OCTETS,	 /* size_t, decimal with KiB, MiB or GiB, or octets */
	CONFIG_WORD,	 /* an enum whose values are the places in words */
	CONFIG_TEXT,	 /* char *, NULL when empty */
	CONFIG_PREFIXES, /* list: struct config_prefixes */
	CONFIG_PORTS,	 /* list: struct config_ports */
	CONFIG_TEXTS,	 /* list: struct config_texts */
	CONFIG_HOSTED,	 /* list with a reader of its own: config_hosted.c */
	CONFIG_OUTPUTS	 /* the same: config_output.c */
};

struct config_key {
	const char *section; /* "": top level */
	const char *name;
	enum config_kind kind;
	size_t at; /* offset in struct config */
	uint64_t min, max;
	const char *unit;	  /* of numbers, for errors: "seconds"; or "" */
	const char *const *words; /* for CONFIG_WORD, NULL-terminated */
	const char *preset; /* the default as YAML has it; lists in [ ] with commas */
	const char *help;   /* one line */
};

/* In the order of the sample file; ends with an entry whose name is NULL. */
extern const struct config_key config_schema[];
/* Keys of one item of outputs; at is an offset in struct config_output. */
extern const struct config_key config_output_schema[];
#define CONFIG_KEYS_MAX 64

/* NULL: section has no such key. */
const struct config_key *config_schema_find(const char *section, struct span name);
/* The section's own text, or NULL. */
const char *config_schema_section(struct span name);

/*
 * The name at that level (keys of section; at the top also the sections) that name was
 * probably meant to be, or NULL.
 */
const char *config_schema_near(const char *section, struct span name);
/* A key of that very name in any section, or NULL. */
const struct config_key *config_schema_elsewhere(struct span name);

/* Of two short words, for suggestions: changes of one letter, or swaps of two neighbours.
 */
size_t config_schema_distance(struct span a, struct span b);
/* Is b close enough to a that a was probably meant to be b? */
bool config_schema_is_near(struct span a, struct span b);

#endif
