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

static void
enter(struct kept *k, enum kept_place place)
{
	k->place = (uint8_t)place;
	DL_APPEND(k->list->at[place], k);
}

static void
leave(struct kept *k)
{
	DL_DELETE(k->list->at[k->place], k);
}

void
kept_touch(struct kept *k)
{
	if (!k->list || k->place == KEPT_CHANGED)
		return;
	leave(k);
	enter(k, KEPT_CHANGED);
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
	enter(k, KEPT_CHANGED);
}

void
kept_adopt(struct kept_list *list, struct kept *k)
{
	k->list = list;
	k->written = true;
	enter(k, KEPT_SETTLED);
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
	leave(k);
	if (k->written)
		kept_bury(k->list, k);
	*k = (struct kept){0};
}

void
kept_again(struct kept_list *list)
{
	struct kept *k;

	DL_FOREACH(list->at[KEPT_SETTLED], k)
		k->place = KEPT_AGAIN;
	DL_CONCAT(list->at[KEPT_AGAIN], list->at[KEPT_SETTLED]);
	list->at[KEPT_SETTLED] = NULL;
}

bool
kept_owes(const struct kept_list *list)
{
	return list->at[KEPT_AGAIN] != NULL;
}

struct kept *
kept_next_changed(struct kept_list *list)
{
	struct kept *k = list->at[KEPT_CHANGED];

	if (!k && list->again < KEPT_AGAIN_STEP) {
		k = list->at[KEPT_AGAIN];
		list->again += k != NULL;
	}
	if (!k) {
		list->again = 0;
		return NULL;
	}
	leave(k);
	enter(k, KEPT_SETTLED);
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
