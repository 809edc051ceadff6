/* SPDX-License-Identifier: Apache-2.0 */
#include "command_write_report.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "sensor/alert/alert_json.h"
#include "sensor/base/text_out.h"

/* Takes the texts over. */
static void
add(struct command_events *e, const struct report_event *event)
{
	if (e->count == e->room) {
		e->room = e->room ? 2 * e->room : 64;
		e->at = realloc(e->at, e->room * sizeof(*e->at));
		if (!e->at)
			abort();
	}
	e->at[e->count++] = *event;
}

static const char *
member(struct json_object *o, const char *key)
{
	struct json_object *m;

	if (!o || !json_object_object_get_ex(o, key, &m) ||
		!json_object_is_type(m, json_type_string))
		return NULL;
	return json_object_get_string(m);
}

/* {"server":{"ip":…,"port":…},"verdict":…}; false: not understood. */
static bool
server_of(struct json_object *o, struct report_event *event)
{
	struct json_object *server, *port;
	const char *ip;

	if (!json_object_object_get_ex(o, "server", &server))
		return false;
	ip = member(server, "ip");
	if (!ip || !ip_addr_parse(span_of_text(ip), &event->server))
		return false;
	if (json_object_object_get_ex(server, "port", &port))
		event->port = (uint16_t)json_object_get_int(port);
	return true;
}

static bool
see_change(void *ctx, const struct store_row *row)
{
	struct json_tokener *tokener = json_tokener_new();
	struct report_event event = {.time = row->time, .kind = strdup("verdict")};
	struct json_object *o;
	struct text_out t;

	o = json_tokener_parse_ex(
		tokener, (const char *)row->body.at, (int)row->body.len);
	json_tokener_free(tokener);
	text_out_init(&t);
	if (o && member(o, "verdict") && server_of(o, &event)) {
		text_out_text(&t, member(o, "verdict"));
		if (member(o, "grade"))
			text_out_format(&t, ", %s", member(o, "grade"));
		if (member(o, "short"))
			text_out_format(&t, ": %s", member(o, "short"));
		event.text = t.at;
		add(ctx, &event);
	} else {
		text_out_free(&t);
		free((char *)event.kind);
	}
	json_object_put(o);
	return true;
}

static bool
see_alert(void *ctx, const struct store_row *row)
{
	const char *reason;
	struct alert *a = alert_read(row->body, &reason);
	struct report_event event = {0};
	struct text_out t, kind;

	if (!a)
		return true;
	if (!ip_addr_is_none(&a->server)) {
		event = (struct report_event){
			.server = a->server, .port = a->port, .time = a->time};
		text_out_init(&t);
		text_out_init(&kind);
		text_out_format(&kind, "alert, %s, %s", alert_severity_name(a->severity),
			alert_action_name(a->action));
		text_out_span(&t, a->title);
		text_out_text(&t, a->detail.len ? ": " : "");
		text_out_span(&t, a->detail);
		event.kind = kind.at;
		event.text = t.at;
		add(ctx, &event);
	}
	alert_free(a);
	return true;
}

static int
by_time(const void *left, const void *right)
{
	const struct report_event *a = left, *b = right;
	int order;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	order = ip_addr_compare(&a->server, &b->server);
	if (order)
		return order;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	/* A verdict changes first; then it is told. */
	order = strcmp(b->kind, a->kind);
	return order ? order : strcmp(a->text, b->text);
}

int
command_events_read(struct command_events *e, struct store *s)
{
	struct store_query changes = {.limit = COMMAND_EVENTS_CHANGES_MAX},
			   alerts = {.limit = COMMAND_EVENTS_ALERTS_MAX};

	if (store_read_history(s, &changes, see_change, e) < 0 ||
		store_read_alerts(s, &alerts, see_alert, e) < 0)
		return -1;
	if (e->count)
		qsort(e->at, e->count, sizeof(*e->at), by_time);
	return 0;
}

void
command_events_free(struct command_events *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free((char *)e->at[i].kind);
		free((char *)e->at[i].text);
	}
	free(e->at);
	*e = (struct command_events){0};
}
