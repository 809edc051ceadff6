/* SPDX-License-Identifier: Apache-2.0 */
#include "command_history.h"

#include <json-c/json.h>

#include "sensor/base/text_out.h"
#include "sensor/base/time_text.h"
#include "sensor/output/server_text_part.h"
#include "sensor/record/record.h"

#define INDENT	       2u
#define BEFORE_WORDS   23u
#define SENTENCE_WIDTH 100u

struct telling {
	const struct verdict *v;
	const struct server_text_style *style;
	struct json_out *j;
	size_t count;
};

/* What is told of one change; NULL and 0: not known. */
struct change {
	const char *verdict, *grade, *words;
	double confidence;
};

static const char *
text_of(struct json_object *o, const char *key)
{
	struct json_object *member;

	if (!json_object_object_get_ex(o, key, &member) ||
		!json_object_is_type(member, json_type_string))
		return NULL;
	return json_object_get_string(member);
}

/* Borrows from the object that is given back, which is to be put; NULL: none. */
static struct json_object *
change_of(struct span body, struct change *out)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *o, *confidence;

	o = json_tokener_parse_ex(tokener, (const char *)body.at, (int)body.len);
	json_tokener_free(tokener);
	if (!o)
		return NULL;
	*out = (struct change){
		text_of(o, "verdict"), text_of(o, "grade"), text_of(o, "short"), 0};
	if (json_object_object_get_ex(o, "confidence", &confidence))
		out->confidence = json_object_get_double(confidence);
	if (out->verdict)
		return o;
	json_object_put(o);
	return NULL;
}

static struct store_query
query_of(const struct verdict *v)
{
	return (struct store_query){
		.server = v->server->key.addr, .port = (uint16_t)v->server->key.port};
}

/* --- for people
 * ------------------------------------------------------------------------- */

static void
write_heading(const struct server_text_style *style)
{
	putchar('\n');
	server_text_bold(style, stdout);
	fputs("History", stdout);
	server_text_plain(style, stdout);
	putchar('\n');
}

static bool
see_text(void *ctx, const struct store_row *row)
{
	struct telling *t = ctx;
	char when[TIME_TEXT_SHORT];
	struct text_out words;
	struct change c;
	struct json_object *o = change_of(row->body, &c);

	if (!o)
		return true;
	if (t->count++ == 0)
		write_heading(t->style);
	time_text_write_short(row->time, when);
	printf("%*s%s  ", (int)INDENT, "", when);
	text_out_init(&words);
	text_out_format(&words, "%s%s%s%s%s", c.verdict, c.grade ? ", " : "",
		c.grade ? c.grade : "", c.words ? ": " : "", c.words ? c.words : "");
	server_text_wrap(stdout, words.at, BEFORE_WORDS, BEFORE_WORDS,
		t->style->width && t->style->width < SENTENCE_WIDTH ? t->style->width
								    : SENTENCE_WIDTH);
	text_out_free(&words);
	json_object_put(o);
	return !ferror(stdout);
}

int
command_history_text(
	struct store *s, const struct verdict *v, const struct server_text_style *style)
{
	struct store_query q = query_of(v);
	struct telling t = {.v = v, .style = style};

	return store_read_history(s, &q, see_text, &t);
}

/* --- as JSON
 * ---------------------------------------------------------------------------- */

static void
begin(struct json_out *j, const struct verdict *v)
{
	json_out_object(j, NULL);
	json_out_text(j, "type", "history");
	json_out_uint(j, "schema", RECORD_SCHEMA);
	json_out_object(j, "server");
	json_out_addr(j, "ip", &v->server->key.addr);
	json_out_uint(j, "port", v->server->key.port);
	json_out_span_if(j, "name", word_span(v->identity->name));
	json_out_object_end(j);
	json_out_array(j, "changes");
}

static bool
see_json(void *ctx, const struct store_row *row)
{
	struct telling *t = ctx;
	struct change c;
	struct json_object *o = change_of(row->body, &c);

	if (!o)
		return true;
	if (t->count++ == 0)
		begin(t->j, t->v);
	json_out_object(t->j, NULL);
	json_out_time(t->j, "time", row->time);
	json_out_text(t->j, "verdict", c.verdict);
	json_out_text_if(t->j, "grade", c.grade);
	if (c.confidence > 0)
		json_out_fixed(t->j, "confidence", c.confidence, 3);
	json_out_text_if(t->j, "short", c.words);
	json_out_object_end(t->j);
	json_object_put(o);
	return true;
}

int
command_history_json(struct store *s, const struct verdict *v, struct json_out *j)
{
	struct store_query q = query_of(v);
	struct telling t = {.v = v, .j = j};

	if (store_read_history(s, &q, see_json, &t) < 0)
		return -1;
	if (t.count == 0)
		return 0;
	json_out_array_end(j);
	json_out_object_end(j);
	return json_out_line(j, stdout);
}
