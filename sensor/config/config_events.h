/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YAML as a chain of events, each with its line: scalars, lists and maps of one document.
 * Anchors, aliases, tags and further documents are refused, so that what is read is what
 * stands there, once, and cannot unfold into more than the file's own size.
 */
#ifndef CONFIG_EVENTS_H
#define CONFIG_EVENTS_H

#include <yaml.h>

#include "sensor/config/config_fault.h"

enum config_event {
	CONFIG_EVENT_SCALAR,
	CONFIG_EVENT_LIST,
	CONFIG_EVENT_LIST_END,
	CONFIG_EVENT_MAP,
	CONFIG_EVENT_MAP_END,
	CONFIG_EVENT_END /* of the text */
};

struct config_events {
	yaml_parser_t parser;
	yaml_event_t event;
	bool held;  /* event is to be deleted */
	bool begun; /* a document was opened */
	struct span input;
	struct config_fault *fault;
	/* The event at hand. */
	enum config_event kind;
	struct span text; /* of a scalar; until the next event */
	bool plain;	  /* a scalar without quotes */
	size_t line;	  /* where it begins, from 1 */
};

/* input and f must outlive it. */
void config_events_open(
	struct config_events *e, struct span input, struct config_fault *f);
void config_events_close(struct config_events *e);

/* The next event into kind, text and line. 0, or -1 with the fault set. */
int config_events_next(struct config_events *e);

/* What stands there, in words for errors: "a list". */
const char *config_events_name_of(enum config_event kind);

#endif
