/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/control/top_json.h"

#include "sensor/base/json_out.h"

/* Digits of rates behind the point. */
#define RATE_DIGITS 1

static void
write_interfaces(const struct top_view *v, struct json_out *j)
{
	json_out_array(j, "interfaces");
	for (size_t i = 0; i < v->interfaces; i++) {
		const struct top_interface *at = &v->interface[i];

		json_out_object(j, NULL);
		json_out_text(j, "name", at->name);
		json_out_text(j, "state", at->state);
		json_out_text(j, "method", at->method);
		json_out_uint(j, "packets", at->packets);
		json_out_uint(j, "octets", at->octets);
		json_out_uint(j, "dropped", at->dropped);
		json_out_uint(j, "card", at->card);
		json_out_object_end(j);
	}
	json_out_array_end(j);
}

static void
write_rates(const struct top_view *v, struct json_out *j)
{
	json_out_object(j, "rates");
	json_out_fixed(j, "packets_s", v->packets_s, RATE_DIGITS);
	json_out_fixed(j, "octets_s", v->octets_s, RATE_DIGITS);
	json_out_fixed(j, "mail_s", v->mail_s, RATE_DIGITS);
	json_out_fixed(j, "transactions_s", v->transactions_s, RATE_DIGITS);
	json_out_uint(j, "alerts", v->alerts);
	json_out_object_end(j);
	json_out_object(j, "queue");
	json_out_uint(j, "depth", v->queue_depth);
	json_out_uint(j, "dropped", v->queue_dropped);
	json_out_object_end(j);
	json_out_object(j, "flows");
	json_out_uint(j, "open", v->flows_open);
	json_out_uint(j, "max", v->flows_max);
	json_out_object_end(j);
}

static void
write_outputs(const struct top_view *v, struct json_out *j)
{
	json_out_array(j, "outputs");
	for (size_t i = 0; i < v->outputs; i++) {
		const struct top_output *o = &v->output[i];

		json_out_object(j, NULL);
		json_out_text(j, "name", o->name);
		json_out_bool(j, "up", o->up);
		json_out_uint(j, "waiting", o->waiting);
		json_out_uint(j, "delivered", o->delivered);
		json_out_text_if(j, "error", o->error);
		json_out_object_end(j);
	}
	json_out_array_end(j);
}

/* Cut, not rounded: nothing inferred is 1.00. The small sum keeps 0.7 at 0.70. */
static double
two_digits(double confidence)
{
	return (double)(int)(confidence * 100 + 1e-9) / 100;
}

static void
write_servers(const struct top_view *v, struct json_out *j)
{
	json_out_uint(j, "servers_known", v->servers_known);
	json_out_array(j, "servers");
	for (size_t i = 0; i < v->servers; i++) {
		const struct top_server *s = &v->server[i];

		json_out_object(j, NULL);
		json_out_addr(j, "ip", &s->ip);
		json_out_uint(j, "port", s->port);
		json_out_text_if(j, "name", s->name);
		json_out_text(j, "verdict", s->verdict);
		json_out_text_if(j, "grade", s->grade);
		json_out_fixed(j, "confidence", two_digits(s->confidence), 2);
		json_out_uint(j, "messages", s->messages);
		if (s->last_seen)
			json_out_time(j, "last_seen", s->last_seen);
		json_out_object_end(j);
	}
	json_out_array_end(j);
}

void
top_json_write(const struct top_view *v, struct text_out *out)
{
	struct json_out j;

	json_out_init(&j);
	json_out_object(&j, NULL);
	json_out_text(&j, "type", "top");
	json_out_uint(&j, "schema", TOP_SCHEMA);
	json_out_time(&j, "time", v->time);
	json_out_uint(&j, "uptime_s", v->uptime_s);
	write_interfaces(v, &j);
	write_rates(v, &j);
	write_outputs(v, &j);
	write_servers(v, &j);
	json_out_array(&j, "losses");
	for (size_t i = 0; i < v->losses; i++)
		json_out_text(&j, NULL, v->loss[i]);
	json_out_array_end(&j);
	json_out_object_end(&j);
	text_out_span(out, span_of(j.at, j.used));
	text_out_char(out, '\n');
	json_out_free(&j);
}
