/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/timeline.h"

#include <stdlib.h>

#include "sensor/base/escape.h"
#include "sensor/base/log.h"
#include "sensor/capture/capture_file.h"
#include "sensor/capture/timeline_heap.h"
#include "sensor/capture/timeline_paths.h"

/* In the look at a file's first time, damage passed before it is given up. */
#define PEEK_DAMAGES_MAX 16

struct entry {
	struct timeline_file info;
	bool named;
	struct capture *capture;   /* NULL: not open */
	struct capture_frame head; /* the next frame, if open */
	uint64_t size;
	uint64_t done; /* when closed */
};

struct timeline {
	struct entry *entry;
	size_t count;
	struct timeline_paths paths;
	struct timeline_heap heap; /* all that have a next frame, but for current */
	struct entry *current;	   /* the one whose head is lent */
	size_t open;
	size_t descriptors;
};

static size_t
index_of(const struct timeline *t, const struct entry *e)
{
	return (size_t)(e - t->entry);
}

/* --- one file ------------------------------------------------------------------------
 */

static void
note_damage(struct entry *e, const struct capture_damage *d)
{
	if (e->info.damages++)
		return;
	e->info.damage = *d;
	if (d->raw == d->offset)
		log_warnx("%s: damaged at octet %llu: %s", e->info.shown,
			(unsigned long long)d->offset, d->reason);
	else
		log_warnx("%s: damaged at octet %llu (octet %llu of the compressed "
			  "file): %s",
			e->info.shown, (unsigned long long)d->offset,
			(unsigned long long)d->raw, d->reason);
}

static void
note_failure(struct entry *e, const struct capture_damage *d)
{
	e->info.state = TIMELINE_FAILED;
	e->info.damage = *d;
	log_warnx("%s: %s", e->info.shown, d->reason);
}

/* What has no capture to read: the file's state is final then. */
static void
note_refusal(struct entry *e, const struct capture_file_opened *o)
{
	if (o->answer == CAPTURE_FILE_BROKEN) {
		e->info.state = TIMELINE_READ;
		note_damage(e, &o->damage);
		return;
	}
	if (o->answer == CAPTURE_FILE_UNREADABLE || e->named) {
		note_failure(e, &o->damage);
		return;
	}
	e->info.state = TIMELINE_SKIPPED;
	e->info.damage = o->damage;
	log_info("%s: skipped: %s", e->info.shown, o->damage.reason);
}

static void
close_entry(struct timeline *t, struct entry *e)
{
	struct capture_stats stats;

	capture_stats(e->capture, &stats);
	e->done = stats.done;
	capture_close(e->capture);
	e->capture = NULL;
	t->open--;
	if (e->info.damages > 1)
		log_warnx("%s: damaged in %llu places", e->info.shown,
			(unsigned long long)e->info.damages);
	if (e->info.state == TIMELINE_READING)
		e->info.state = TIMELINE_READ;
}

/* The next frame of an open file into its head; false, and closed, at its end. */
static bool
advance(struct timeline *t, struct entry *e)
{
	enum capture_status status;

	while ((status = capture_next(e->capture, &e->head)) != CAPTURE_FRAME) {
		if (status == CAPTURE_DAMAGED) {
			note_damage(e, &e->capture->damage);
			continue;
		}
		if (status == CAPTURE_ERROR)
			note_failure(e, &e->capture->damage);
		close_entry(t, e);
		return false;
	}
	return true;
}

static bool
open_entry(struct timeline *t, struct entry *e)
{
	struct capture_file_opened opened;
	struct capture_stats stats;

	capture_file_open(&opened, e->info.name, (uint32_t)index_of(t, e));
	if (!opened.capture) {
		note_refusal(e, &opened);
		return false;
	}
	e->capture = opened.capture;
	e->info.format = e->capture->ops->name;
	e->info.state = TIMELINE_READING;
	capture_stats(e->capture, &stats);
	e->size = stats.size;
	if (t->open++ >= t->descriptors)
		source_park(capture_file_source(e->capture));
	return true;
}

/* --- the look at each file at start --------------------------------------------------
 */

/* Time of the first frame. 0: none found, so that the file is read, and reported, early.
 */
static uint64_t
peek_time(struct capture *c)
{
	struct capture_frame frame;

	for (int i = 0; i < PEEK_DAMAGES_MAX; i++) {
		enum capture_status status = capture_next(c, &frame);

		if (status == CAPTURE_FRAME)
			return frame.at.ns;
		if (status != CAPTURE_DAMAGED)
			break;
	}
	return 0;
}

/* Opened for good if that costs nothing, or if it cannot be opened twice. */
static void
look_at(struct timeline *t, struct entry *e)
{
	struct timeline_key key = {0, index_of(t, e)};

	if (!open_entry(t, e))
		return;
	if (t->count <= t->descriptors ||
		!source_can_reopen(capture_file_source(e->capture))) {
		if (!advance(t, e))
			return;
		key.ns = e->head.at.ns;
	} else {
		key.ns = peek_time(e->capture);
		capture_close(e->capture);
		e->capture = NULL;
		e->info.state = TIMELINE_WAITING;
		t->open--;
	}
	timeline_heap_insert(&t->heap, key);
}

static char *
escaped(const char *name)
{
	size_t room = 4 * strlen(name) + 1;
	char *shown = malloc(room);

	if (shown)
		escape_text(span_of_text(name), shown, room);
	return shown;
}

static int
fill(struct timeline *t)
{
	t->count = t->paths.count;
	t->entry = calloc(t->count + 1, sizeof(*t->entry));
	t->heap.key = calloc(t->count + 1, sizeof(*t->heap.key));
	if (!t->entry || !t->heap.key)
		return -1;
	for (size_t i = 0; i < t->count; i++) {
		struct entry *e = &t->entry[i];

		e->info.name = t->paths.at[i].path;
		e->info.shown = escaped(e->info.name);
		e->named = t->paths.at[i].named;
		if (!e->info.shown)
			return -1;
	}
	return 0;
}

struct timeline *
timeline_new(char *const *paths, size_t count, const struct timeline_options *options)
{
	struct timeline *t = calloc(1, sizeof(*t));
	int status = t ? 0 : -1;

	for (size_t i = 0; i < count && status == 0; i++)
		status = timeline_paths_add(&t->paths, paths[i]);
	if (status == -1 || fill(t) == -1) {
		log_warn("list of files");
		timeline_free(t);
		return NULL;
	}
	t->descriptors = options && options->descriptors ? options->descriptors
							 : CAPTURE_DESCRIPTORS_MAX;
	for (size_t i = 0; i < t->count; i++)
		look_at(t, &t->entry[i]);
	return t;
}

void
timeline_free(struct timeline *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->count && t->entry; i++) {
		capture_close(t->entry[i].capture);
		free((char *)t->entry[i].info.shown);
	}
	free(t->entry);
	free(t->heap.key);
	timeline_paths_release(&t->paths);
	free(t);
}

/* --- the merge -----------------------------------------------------------------------
 */

static void
note_frame(struct timeline_file *info, const struct capture_frame *frame)
{
	if (info->frames++ == 0)
		info->first_ns = frame->at.ns;
	info->last_ns = frame->at.ns;
	info->octets += frame->octets.len;
	for (uint32_t i = 0; i < info->linktype_count; i++)
		if (info->linktypes[i] == frame->linktype)
			return;
	if (info->linktype_count < CAPTURE_LINKTYPES_MAX)
		info->linktypes[info->linktype_count++] = frame->linktype;
}

static struct timeline_key
key_of(const struct timeline *t, const struct entry *e)
{
	return (struct timeline_key){e->head.at.ns, index_of(t, e)};
}

/* The file with the earliest next frame, opened if it waited for that; NULL: the end. */
static struct entry *
earliest(struct timeline *t)
{
	while (t->heap.count) {
		struct entry *e = &t->entry[timeline_heap_next(&t->heap).file];

		if (e->capture)
			return e;
		/* It may have changed since its first time was looked at. */
		if (open_entry(t, e) && advance(t, e))
			timeline_heap_insert(&t->heap, key_of(t, e));
	}
	return NULL;
}

static struct entry *
choose(struct timeline *t)
{
	struct entry *e = t->current;

	if (e && advance(t, e)) {
		struct timeline_key key = key_of(t, e);

		if (!t->heap.count || timeline_heap_before(key, t->heap.key[0]))
			return e;
		timeline_heap_insert(&t->heap, key);
	}
	return earliest(t);
}

int
timeline_next(struct timeline *t, struct capture_frame *out)
{
	t->current = choose(t);
	if (!t->current)
		return 0;
	note_frame(&t->current->info, &t->current->head);
	*out = t->current->head;
	return 1;
}

/* --- what is known of it -------------------------------------------------------------
 */

size_t
timeline_files(const struct timeline *t)
{
	return t->count;
}

const struct timeline_file *
timeline_file(const struct timeline *t, size_t index)
{
	return &t->entry[index].info;
}

void
timeline_totals(const struct timeline *t, struct timeline_totals *out)
{
	bool sized = true;

	*out = (struct timeline_totals){.files = t->count, .failed = t->paths.failed};
	for (size_t i = 0; i < t->count; i++) {
		const struct entry *e = &t->entry[i];
		struct capture_stats stats = {.done = e->done};

		if (e->capture)
			capture_stats(e->capture, &stats);
		out->done += stats.done;
		out->size += e->size;
		out->frames += e->info.frames;
		out->octets += e->info.octets;
		out->damaged += e->info.damages > 0;
		out->failed += e->info.state == TIMELINE_FAILED;
		out->skipped += e->info.state == TIMELINE_SKIPPED;
		if (e->info.format && e->size == 0)
			sized = false;
	}
	if (!sized)
		out->size = 0;
}
