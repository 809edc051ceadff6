/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_table.h"

static struct flow_links *
queue_links(struct flow *f)
{
	return &f->queue;
}

static struct flow_links *
births_links(struct flow *f)
{
	return &f->births;
}

static void
append(struct flow_table *t, struct flow_list *list, struct flow *f,
	struct flow_links *(*links)(struct flow *))
{
	struct flow *last = flow_at(t, list->last);

	*links(f) = (struct flow_links){list->last, FLOW_POOL_NONE};
	if (last)
		links(last)->after = f->number;
	else
		list->first = f->number;
	list->last = f->number;
}

static void
unlink_from(struct flow_table *t, struct flow_list *list, struct flow *f,
	struct flow_links *(*links)(struct flow *))
{
	struct flow_links l = *links(f);
	struct flow *before = flow_at(t, l.before), *after = flow_at(t, l.after);

	if (before)
		links(before)->after = l.after;
	else
		list->first = l.after;
	if (after)
		links(after)->before = l.before;
	else
		list->last = l.before;
}

void
flow_queue_append(struct flow_table *t, struct flow *f)
{
	f->queued = t->clock.now;
	append(t, &t->queue[f->state], f, queue_links);
}

void
flow_queue_remove(struct flow_table *t, struct flow *f)
{
	unlink_from(t, &t->queue[f->state], f, queue_links);
}

void
flow_births_append(struct flow_table *t, struct flow *f)
{
	append(t, &t->births, f, births_links);
}

void
flow_births_remove(struct flow_table *t, struct flow *f)
{
	unlink_from(t, &t->births, f, births_links);
}
