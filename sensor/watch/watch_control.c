/* SPDX-License-Identifier: Apache-2.0 */
/* Answers to who asks by the control socket: each line one JSON object. */
#include <stdlib.h>
#include <string.h>

#include "sensor/infer/wanted.h"
#include "sensor/output/finding_json.h"
#include "sensor/output/finding_text.h"
#include "sensor/output/server_json.h"
#include "sensor/output/server_text.h"
#include "watch_part.h"

/* Open connections of one thread that are listed. Beyond: only counted. */
#define FLOWS_MAX 4096u
/* ms that the ranking of all servers may wait for the inference. */
#define ANSWER_MS 10000u

static const char *const busy = "the sensor is ending, or too busy to answer";

/* A question to the inference's thread. While it is answered, who asked waits. */
struct question {
	struct watch *watch;
	struct text_out *out;
	size_t words;
	struct span server; /* the second word */
	size_t found;
};

static void
put_line(struct json_out *j, struct text_out *out)
{
	text_out_span(out, span_of(j->at, j->used));
	text_out_char(out, '\n');
	json_out_reset(j);
}

/* --- by the inference's thread -------------------------------------------------------
 */

static void
answer_stats(void *arg)
{
	struct question *q = arg;
	struct json_out j;

	json_out_init(&j);
	watch_stats_write_capture(q->watch, &j);
	put_line(&j, q->out);
	watch_stats_write(q->watch, &j);
	put_line(&j, q->out);
	json_out_free(&j);
}

static void
answer_servers(void *arg)
{
	struct question *q = arg;
	struct ranking r;
	struct json_out j;

	json_out_init(&j);
	ranking_fill(&r, q->watch->infer);
	for (size_t i = 0; i < r.count; i++) {
		server_json_write(&r.at[i], &q->watch->files, &j);
		put_line(&j, q->out);
	}
	ranking_free(&r);
	json_out_free(&j);
}

static void
put_findings(struct question *q, const struct server *server, struct json_out *j)
{
	size_t count;
	const struct finding **list = findings_list(q->watch->infer, &count);

	for (size_t i = 0; i < count; i++) {
		if (!finding_text_is_about(list[i], server))
			continue;
		finding_json_write(list[i], &q->watch->files, j);
		put_line(j, q->out);
	}
	free(list);
}

/* Each server that the question names, by what. */
static void
for_each_named(struct question *q,
	void (*tell)(struct question *q, const struct verdict *v, struct json_out *j))
{
	struct wanted wanted;
	struct json_out j;

	wanted_parse(q->server, &wanted);
	json_out_init(&j);
	for (struct server *s = q->watch->infer->servers.table; s; s = s->hh.next) {
		struct verdict v;

		if (!s->identities)
			continue;
		ranking_verdict_of(q->watch->infer, s, &v);
		if (!wanted_is(&wanted, &v))
			continue;
		tell(q, &v, &j);
		q->found++;
	}
	json_out_free(&j);
}

static void
show_one(struct question *q, const struct verdict *v, struct json_out *j)
{
	server_json_write(v, &q->watch->files, j);
	put_line(j, q->out);
	put_findings(q, v->server, j);
}

static void
answer_show(void *arg)
{
	for_each_named(arg, show_one);
}

/* The reasons as a person reads them, in one text. */
static void
explain_one(struct question *q, const struct verdict *v, struct json_out *j)
{
	struct server_text_style style = {.colour = false, .width = 90};
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		abort();
	server_text_detail(v, &q->watch->files, &style, f);
	finding_text_detail(q->watch->infer, v->server, &q->watch->files, &style, f);
	if (fclose(f) != 0)
		abort();
	json_out_object(j, NULL);
	json_out_text(j, "type", "why");
	json_out_addr(j, "server", &v->server->key.addr);
	json_out_uint(j, "port", v->server->key.port);
	json_out_span(j, "text", span_of(text, len));
	json_out_object_end(j);
	put_line(j, q->out);
	free(text);
}

static void
answer_why(void *arg)
{
	for_each_named(arg, explain_one);
}

/* --- by the packet threads -----------------------------------------------------------
 */

static void
put_flow(const struct watch_flow *f, size_t thread, struct json_out *j)
{
	static const char *const sides[] = {"client", "server"};

	json_out_object(j, NULL);
	json_out_text(j, "type", "flow");
	json_out_uint(j, "thread", thread);
	json_out_text(j, "kind", f->kind);
	json_out_bool(j, "tls", f->tls);
	json_out_time(j, "first", f->facts.first.ns);
	json_out_time(j, "last", f->facts.last.ns);
	for (size_t i = 0; i < 2; i++) {
		json_out_object(j, sides[i]);
		json_out_addr(j, "ip", &f->facts.addr[i]);
		json_out_uint(j, "port", f->facts.port[i]);
		json_out_uint(j, "packets", f->facts.packets[i]);
		json_out_uint(j, "octets", f->facts.octets[i]);
		json_out_bool_if(j, "fin", f->facts.fin[i]);
		json_out_object_end(j);
	}
	json_out_bool_if(j, "reset", f->facts.reset);
	json_out_bool_if(j, "one_sided", f->facts.one_sided);
	json_out_object_end(j);
}

static const char *
answer_flows(struct watch *w, struct text_out *out)
{
	struct watch_flows list = {.room = FLOWS_MAX};
	const char *error = NULL;
	uint64_t open = 0, listed = 0;
	struct json_out j;

	json_out_init(&j);
	list.at = calloc(FLOWS_MAX, sizeof(*list.at));
	if (!list.at)
		abort();
	for (size_t i = 0; i < w->packets && !error; i++) {
		list.count = 0;
		list.open = 0;
		if (!watch_packet_flows(&w->packet[i], &list))
			error = busy;
		for (size_t k = 0; k < list.count; k++) {
			put_flow(&list.at[k], i, &j);
			put_line(&j, out);
		}
		open += list.open;
		listed += list.count;
	}
	json_out_object(&j, NULL);
	json_out_text(&j, "type", "flows");
	json_out_uint(&j, "open", open);
	json_out_uint(&j, "listed", listed);
	json_out_object_end(&j);
	put_line(&j, out);
	free(list.at);
	json_out_free(&j);
	return error;
}

/* --- by the main thread --------------------------------------------------------------
 */

struct order {
	struct watch *watch;
	const char *error;
};

static void
do_reload(void *arg)
{
	struct order *o = arg;

	o->error = watch_reload(o->watch);
}

static void
do_rotate(void *arg)
{
	struct order *o = arg;

	watch_reopen(o->watch);
}

static const char *
give_order(struct watch *w, void (*run)(void *arg))
{
	struct order o = {.watch = w};

	return watch_box_ask(&w->main_box, run, &o, ANSWER_MS) ? o.error : busy;
}

/* --- words ---------------------------------------------------------------------------
 */

static const char *
ask_inference(struct question *q, void (*run)(void *arg))
{
	return watch_box_ask(&q->watch->box, run, q, ANSWER_MS) ? NULL : busy;
}

static const char *
ask_about(struct question *q, void (*run)(void *arg))
{
	const char *error;

	if (q->words != 2)
		return "name a server: address, address:port or its name";
	error = ask_inference(q, run);
	return error || q->found ? error : "no such server; servers lists them";
}

static const char *
on_stats(struct question *q)
{
	return ask_inference(q, answer_stats);
}

static const char *
on_servers(struct question *q)
{
	return ask_inference(q, answer_servers);
}

static const char *
on_show(struct question *q)
{
	return ask_about(q, answer_show);
}

static const char *
on_why(struct question *q)
{
	return ask_about(q, answer_why);
}

static const char *
on_flows(struct question *q)
{
	return answer_flows(q->watch, q->out);
}

static const char *
on_top(struct question *q)
{
	return watch_top_answer(q->watch, q->out, ANSWER_MS) ? NULL : busy;
}

static const char *
on_reload(struct question *q)
{
	return give_order(q->watch, do_reload);
}

static const char *
on_rotate(struct question *q)
{
	return give_order(q->watch, do_rotate);
}

static const char *on_help(struct question *q);

static const struct command {
	const char *name, *word; /* word: what has to follow; NULL: nothing */
	const char *what;
	const char *(*answer)(struct question *q);
} commands[] = {
	{"stats", NULL, "all counters", on_stats},
	{"servers", NULL, "each server with its verdict", on_servers},
	{"show", "SERVER", "one server: address, address:port or name", on_show},
	{"why", "SERVER", "the evidence for its verdict", on_why},
	{"flows", NULL, "the connections followed now", on_flows},
	{"top", NULL, "what relaytap top shows", on_top},
	{"reload", NULL, "read the configuration anew", on_reload},
	{"rotate", NULL, "open output files anew, after logrotate", on_rotate},
	{"help", NULL, "this list", on_help},
};
#define COMMANDS (sizeof(commands) / sizeof(*commands))

static const char *
on_help(struct question *q)
{
	struct json_out j;

	json_out_init(&j);
	for (size_t i = 0; i < COMMANDS; i++) {
		json_out_object(&j, NULL);
		json_out_text(&j, "type", "command");
		json_out_text(&j, "name", commands[i].name);
		json_out_text_if(&j, "word", commands[i].word);
		json_out_text(&j, "what", commands[i].what);
		json_out_object_end(&j);
		put_line(&j, q->out);
	}
	json_out_free(&j);
	return NULL;
}

const char *
watch_control_answer(void *ctx, char *const *words, size_t count, struct text_out *out)
{
	struct question q = {.watch = ctx, .out = out, .words = count};

	if (count > 1)
		q.server = span_of_text(words[1]);
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(words[0], commands[i].name) == 0)
			return commands[i].answer(&q);
	return "no such command; write stats, servers, show SERVER, why SERVER, flows, "
	       "top, reload, rotate or help";
}
