/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a desk over a scene and a store of its own folder, and what it told. */
#ifndef DESK_RIG_H
#define DESK_RIG_H

#include "relay_scene.h"
#include "state_rig.h"
#include "store_rig.h"

#include "sensor/desk/desk.h"
#include "sensor/store/store_part.h"

struct heard {
	char rule[8][40];
	char action[8][16];
	size_t count;
};

/* A desk over a scene and a store of its own folder. */
struct office {
	struct scene scene;
	struct record_files files;
	struct rig rig;
	struct desk *desk;
	struct heard heard;
	size_t waiting_octets;
	struct config_output output;
	char name[8];
};

static inline void
alerted(void *ctx, const struct alert *a)
{
	struct heard *t = ctx;

	assert_in_range(t->count, 0, 7);
	span_copy(a->rule, t->rule[t->count], sizeof(t->rule[0]));
	snprintf(t->action[t->count++], sizeof(t->action[0]), "%s",
		alert_action_name(a->action));
}

static inline void
begin(struct office *o, bool own_thread)
{
	struct desk_options d = {
		.config = &o->scene.config,
		.infer = o->scene.in,
		.files = &o->files,
		.own_thread = own_thread,
		.waiting_octets = o->waiting_octets,
		.alerted = alerted,
		.ctx = &o->heard,
	};

	rig_open(&o->rig);
	d.store = o->rig.store;
	o->desk = desk_new(&d);
	assert_non_null(o->desk);
}

static inline void
office_init(struct office *o, bool own_thread)
{
	memset(o, 0, sizeof(*o));
	scene_init(&o->scene);
	record_files_init(&o->files);
	record_files_add(&o->files, SPAN_LITERAL("eth0"));
	rig_make(&o->rig);
	strcpy(o->name, "out");
	o->output = (struct config_output){.name = o->name, .to = CONFIG_TO_STDOUT};
	o->scene.config.outputs = (struct config_outputs){&o->output, 1};
	o->scene.config.state = o->rig.config;
	o->scene.config.alerts.repeat_seconds = 3600;
	begin(o, own_thread);
}

static inline void
end(struct office *o)
{
	assert_int_equal(desk_free(o->desk), 0);
	rig_close(&o->rig);
}

static inline void
office_free(struct office *o)
{
	end(o);
	rig_free(&o->rig);
	record_files_free(&o->files);
	scene_free(&o->scene);
}

/* The process ends and begins anew: only what the folder holds is left. */
static inline void
restart(struct office *o)
{
	uint64_t now = o->scene.now;

	end(o);
	infer_free(o->scene.in);
	o->scene.in = infer_new(&o->scene.config);
	o->scene.now = now;
	begin(o, false);
}

static inline void
look(struct office *o)
{
	desk_look(o->desk, o->scene.now);
}

static inline void
relay(struct office *o, const char *id)
{
	char received[400];

	scene_mx(&o->scene, S, "victim.test", "mx1.victim.test", MX_V);
	taken(&o->scene, OUT1, "<x@shop.test>", "<a@victim.test>", id);
	snprintf(received, sizeof(received), BY_S(OUT1, "ESMTP", "%s", "<a@victim.test>"),
		id);
	sent_on(&o->scene, MX_V, "<x@shop.test>", "<a@victim.test>", received);
}

static inline void
refuse_two(struct office *o)
{
	denied(&o->scene, OUT2, "<x@shop.test>", "<b@victim.test>");
	denied(&o->scene, OUT3, "<x@shop.test>", "<c@victim.test>");
}

static inline void
assert_told(struct office *o, size_t at, const char *action)
{
	assert_in_range(at, 0, o->heard.count - 1);
	assert_string_equal(o->heard.rule[at], "open-relay");
	assert_string_equal(o->heard.action[at], action);
}

static inline bool
count_row(void *ctx, const struct store_row *row)
{
	assert_in_range(row->body.len, 2, 65536);
	++*(size_t *)ctx;
	return true;
}

static inline size_t
rows(struct office *o, int (*read)(struct store *, const struct store_query *,
			       store_visit_row *, void *))
{
	struct store_query all = {.limit = 0};
	size_t n = 0;

	assert_int_equal(read(o->rig.store, &all, count_row, &n), 0);
	return n;
}

#endif
