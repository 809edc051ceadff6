/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/command/command_top.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "sensor/base/time_text.h"
#include "sensor/record/record_read_parts.h"

/* Nesting of the answer: the object, a list, an object in it. */
#define DEPTH_MAX 8

static void
copy(struct json_object *o, const char *key, char *out, size_t room)
{
	span_copy(read_text(o, key), out, room);
}

static double
number(struct json_object *o, const char *key)
{
	struct json_object *member;

	if (!o || !json_object_object_get_ex(o, key, &member))
		return 0;
	return json_object_get_double(member);
}

/* Objects of the list under key; at most max of them count. */
static size_t
list_of(struct json_object *root, const char *key, size_t max, struct json_object **list)
{
	size_t count;

	*list = read_member(root, key, json_type_array);
	count = *list ? json_object_array_length(*list) : 0;
	return count < max ? count : max;
}

static void
read_interfaces(struct top_view *v, struct json_object *root)
{
	struct json_object *list;

	v->interfaces = list_of(root, "interfaces", TOP_INTERFACES_MAX, &list);
	for (size_t i = 0; i < v->interfaces; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		struct top_interface *to = &v->interface[i];

		copy(o, "name", to->name, sizeof(to->name));
		copy(o, "state", to->state, sizeof(to->state));
		copy(o, "method", to->method, sizeof(to->method));
		to->packets = read_uint(o, "packets");
		to->octets = read_uint(o, "octets");
		to->dropped = read_uint(o, "dropped");
		to->card = read_uint(o, "card");
	}
}

static void
read_outputs(struct top_view *v, struct json_object *root)
{
	struct json_object *list;

	v->outputs = list_of(root, "outputs", TOP_OUTPUTS_MAX, &list);
	for (size_t i = 0; i < v->outputs; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		struct top_output *to = &v->output[i];

		copy(o, "name", to->name, sizeof(to->name));
		copy(o, "error", to->error, sizeof(to->error));
		to->up = read_bool(o, "up");
		to->waiting = read_uint(o, "waiting");
		to->delivered = read_uint(o, "delivered");
	}
}

static void
read_servers(struct top_view *v, struct json_object *root)
{
	struct json_object *list;

	v->servers_known = read_uint(root, "servers_known");
	v->servers = list_of(root, "servers", TOP_SERVERS_MAX, &list);
	for (size_t i = 0; i < v->servers; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		struct top_server *to = &v->server[i];

		(void)ip_addr_parse(read_text(o, "ip"), &to->ip);
		to->port = (uint16_t)read_uint(o, "port");
		copy(o, "name", to->name, sizeof(to->name));
		copy(o, "verdict", to->verdict, sizeof(to->verdict));
		copy(o, "grade", to->grade, sizeof(to->grade));
		to->confidence = number(o, "confidence");
		to->messages = read_uint(o, "messages");
		(void)time_text_parse(read_text(o, "last_seen"), &to->last_seen);
	}
}

static void
read_losses(struct top_view *v, struct json_object *root)
{
	struct json_object *list;

	v->losses = list_of(root, "losses", TOP_LOSSES_MAX, &list);
	for (size_t i = 0; i < v->losses; i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		if (json_object_is_type(o, json_type_string))
			span_copy(span_of_text(json_object_get_string(o)), v->loss[i],
				sizeof(v->loss[i]));
	}
}

static void
read_rates(struct top_view *v, struct json_object *root)
{
	struct json_object *rates = read_member(root, "rates", json_type_object);
	struct json_object *queue = read_member(root, "queue", json_type_object);
	struct json_object *flows = read_member(root, "flows", json_type_object);

	v->packets_s = number(rates, "packets_s");
	v->octets_s = number(rates, "octets_s");
	v->mail_s = number(rates, "mail_s");
	v->transactions_s = number(rates, "transactions_s");
	v->alerts = read_uint(rates, "alerts");
	v->queue_depth = read_uint(queue, "depth");
	v->queue_dropped = read_uint(queue, "dropped");
	v->flows_open = read_uint(flows, "open");
	v->flows_max = read_uint(flows, "max");
}

bool
command_top_read(struct top_view *v, struct span line)
{
	struct json_tokener *t = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *root;
	bool good;

	memset(v, 0, sizeof(*v));
	if (!t)
		abort();
	root = line.len < INT32_MAX
		       ? json_tokener_parse_ex(t, (const char *)line.at, (int)line.len)
		       : NULL;
	good = json_object_is_type(root, json_type_object) &&
	       span_equal(read_text(root, "type"), SPAN_LITERAL("top"));
	if (good) {
		(void)time_text_parse(read_text(root, "time"), &v->time);
		v->uptime_s = read_uint(root, "uptime_s");
		read_interfaces(v, root);
		read_rates(v, root);
		read_outputs(v, root);
		read_servers(v, root);
		read_losses(v, root);
	}
	json_object_put(root);
	json_tokener_free(t);
	return good;
}
