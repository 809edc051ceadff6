/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/config/config_events.h"

#include <stdlib.h>

void
config_events_open(struct config_events *e, struct span input, struct config_fault *f)
{
	/* With the encoding given, libyaml takes the mark for text. */
	if (span_starts_nocase(input, SPAN_LITERAL("\xef\xbb\xbf")))
		input = span_slice(input, 3, input.len);
	*e = (struct config_events){.input = input, .fault = f};
	if (!yaml_parser_initialize(&e->parser))
		abort();
	yaml_parser_set_input_string(&e->parser, input.at, input.len);
	/* Else a first octet of 0xff or 0xfe would make it UTF-16. */
	yaml_parser_set_encoding(&e->parser, YAML_UTF8_ENCODING);
}

static void
drop(struct config_events *e)
{
	if (e->held)
		yaml_event_delete(&e->event);
	e->held = false;
	e->text = SPAN_NONE;
}

void
config_events_close(struct config_events *e)
{
	drop(e);
	yaml_parser_delete(&e->parser);
}

const char *
config_events_name_of(enum config_event kind)
{
	static const char *const names[] = {
		[CONFIG_EVENT_SCALAR] = "a value",
		[CONFIG_EVENT_LIST] = "a list",
		[CONFIG_EVENT_LIST_END] = "the end of a list",
		[CONFIG_EVENT_MAP] = "a map",
		[CONFIG_EVENT_MAP_END] = "the end of a map",
		[CONFIG_EVENT_END] = "the end",
	};

	return names[kind];
}

static size_t
line_of_octet(struct span s, size_t octet)
{
	size_t line = 1;

	for (size_t i = 0; i < octet && i < s.len; i++)
		line += s.at[i] == '\n';
	return line;
}

/* From 1. A mark past the last line is of no help to somebody with an editor. */
static size_t
line_of_mark(const struct config_events *e, yaml_mark_t mark)
{
	size_t last = line_of_octet(e->input, e->input.len ? e->input.len - 1 : 0);

	return mark.line < last ? mark.line + 1 : last;
}

/* --- syntax errors -------------------------------------------------------------------
 */

/* A tab before the first word of that line: YAML 1.1 5.5 forbids it, and nobody sees it.
 */
static bool
tab_indents(struct span s, size_t line)
{
	size_t at = 0;

	for (size_t n = 1; n < line && at < s.len; n++)
		at += span_find(span_slice(s, at, s.len), '\n') + 1;
	for (; at < s.len && dis_is_blank(s.at[at]); at++)
		if (s.at[at] == '\t')
			return true;
	return false;
}

static const char *
advice(const struct config_events *e, size_t line)
{
	const char *context = e->parser.context ? e->parser.context : "";
	const char *problem = e->parser.problem ? e->parser.problem : "";

	if (tab_indents(e->input, line))
		return "indent with spaces, not with tabs";
	if (strstr(context, "alias") || strstr(problem, "alias"))
		return "put a name that begins with * in quotes: \"*.example.org\"";
	if (strstr(context, "anchor"))
		return "put a value that begins with & in quotes";
	if (strstr(context, "flow"))
		return "close each [ with ] and each { with }, with commas between";
	if (strstr(context, "quoted"))
		return "close the quotes";
	if (strstr(problem, "cannot start"))
		return "put a value that begins with a sign in quotes";
	if (strstr(problem, "mapping values"))
		return "put a value that holds a colon in quotes, and indent all keys of "
		       "a "
		       "section alike";
	return "write \"key: value\" lines, lists as [a, b], and indent with spaces";
}

/* Where it should have ended is nobody's fault; where it begins is. */
static bool
begins_it(const yaml_parser_t *p)
{
	return p->context &&
	       (strstr(p->context, "quoted") || strstr(p->context, "simple key"));
}

static int
syntax_error(struct config_events *e)
{
	const yaml_parser_t *p = &e->parser;
	size_t line;

	if (p->error == YAML_MEMORY_ERROR)
		abort();
	if (p->error == YAML_READER_ERROR)
		return config_fault_set(e->fault,
			line_of_octet(e->input, p->problem_offset),
			"not YAML text (%s); write it in UTF-8, without control "
			"characters",
			p->problem);
	line = line_of_mark(e, begins_it(p) ? p->context_mark : p->problem_mark);
	return config_fault_set(e->fault, line, "not YAML (%s%s%s); %s",
		p->context ? p->context : "", p->context ? ", " : "", p->problem,
		advice(e, line));
}

/* --- events --------------------------------------------------------------------------
 */

static int
refuse_anchor(struct config_events *e, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		return config_fault_set(e->fault, e->line,
			"an anchor (&%.32s); write the value at each place where it is "
			"meant",
			(const char *)anchor);
	if (tag)
		return config_fault_set(e->fault, e->line,
			"a tag (%s); write the value without it",
			config_fault_quote(span_of_text((const char *)tag)).at);
	return 0;
}

static int
refuse_alias(struct config_events *e)
{
	return config_fault_set(e->fault, e->line,
		"an alias (*%.32s); write the value itself, in quotes if it begins with "
		"*",
		(const char *)e->event.data.alias.anchor);
}

static int
refuse_document(struct config_events *e)
{
	return config_fault_set(e->fault, e->line,
		"a second YAML document; write everything into one, without a --- line");
}

/* True if the event is one that callers see; false: look at the next. -1 in *fault. */
static bool
take(struct config_events *e, int *fault)
{
	const yaml_event_t *y = &e->event;

	switch (y->type) {
	case YAML_SCALAR_EVENT:
		e->kind = CONFIG_EVENT_SCALAR;
		e->text = span_of(y->data.scalar.value, y->data.scalar.length);
		e->plain = y->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
		*fault = refuse_anchor(e, y->data.scalar.anchor, y->data.scalar.tag);
		return true;
	case YAML_SEQUENCE_START_EVENT:
		e->kind = CONFIG_EVENT_LIST;
		*fault = refuse_anchor(
			e, y->data.sequence_start.anchor, y->data.sequence_start.tag);
		return true;
	case YAML_MAPPING_START_EVENT:
		e->kind = CONFIG_EVENT_MAP;
		*fault = refuse_anchor(
			e, y->data.mapping_start.anchor, y->data.mapping_start.tag);
		return true;
	case YAML_SEQUENCE_END_EVENT:
		e->kind = CONFIG_EVENT_LIST_END;
		return true;
	case YAML_MAPPING_END_EVENT:
		e->kind = CONFIG_EVENT_MAP_END;
		return true;
	case YAML_STREAM_END_EVENT:
		e->kind = CONFIG_EVENT_END;
		return true;
	case YAML_ALIAS_EVENT:
		*fault = refuse_alias(e);
		return true;
	case YAML_DOCUMENT_START_EVENT:
		*fault = e->begun ? refuse_document(e) : 0;
		e->begun = true;
		return *fault != 0;
	default:
		return false;
	}
}

int
config_events_next(struct config_events *e)
{
	int fault = 0;

	do {
		drop(e);
		if (!yaml_parser_parse(&e->parser, &e->event))
			return syntax_error(e);
		e->held = true;
		e->line = line_of_mark(e, e->event.start_mark);
	} while (!take(e, &fault));
	return fault;
}
