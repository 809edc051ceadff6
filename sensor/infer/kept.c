/* SPDX-License-Identifier: Apache-2.0 */
#include "kept.h"

#include <stdlib.h>
#include <utlist.h>

void
kept_list_free(struct kept_list *list)
{
	free(list->gone);
	*list = (struct kept_list){0};
}

void
kept_touch(struct kept *k)
{
	if (!k->list || k->changed)
		return;
	k->changed = true;
	DL_APPEND(k->list->changed, k);
}

void
kept_add(struct kept_list *list, struct kept *k, enum kept_table table,
	const struct kept *of)
{
	if (!list)
		return;
	*k = (struct kept){.list = list,
		.serial = ++list->serial,
		.of = of ? of->serial : 0,
		.table = (uint8_t)table};
	kept_touch(k);
}

void
kept_adopt(struct kept_list *list, struct kept *k)
{
	k->list = list;
	k->changed = false;
	k->written = true;
}

void
kept_bury(struct kept_list *list, const struct kept *k)
{
	if (list->gone_count == list->gone_room) {
		list->gone_room = list->gone_room ? 2 * list->gone_room : 64;
		list->gone = realloc(list->gone, list->gone_room * sizeof(*list->gone));
		if (!list->gone)
			abort();
	}
	list->gone[list->gone_count++] = (struct kept_gone){k->serial, k->table};
}

void
kept_drop(struct kept *k)
{
	if (!k->list)
		return;
	if (k->changed)
		DL_DELETE(k->list->changed, k);
	if (k->written)
		kept_bury(k->list, k);
	*k = (struct kept){0};
}

struct kept *
kept_next_changed(struct kept_list *list)
{
	struct kept *k = list->changed;

	if (!k)
		return NULL;
	DL_DELETE(list->changed, k);
	k->changed = false;
	k->written = true;
	return k;
}

bool
kept_next_gone(struct kept_list *list, struct kept_gone *out)
{
	if (list->gone_count == 0)
		return false;
	*out = list->gone[--list->gone_count];
	return true;
}
