/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/timeline_paths.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sensor/base/escape.h"
#include "sensor/base/log.h"

static int
append(struct timeline_paths *p, const char *path, bool named)
{
	char *copy;

	if (p->count == p->room) {
		size_t room = p->room ? 2 * p->room : 64;
		struct timeline_path *at = realloc(p->at, room * sizeof(*at));

		if (!at) {
			log_warn("list of files");
			return -1;
		}
		p->at = at;
		p->room = room;
	}
	copy = strdup(path);
	if (!copy) {
		log_warn("list of files");
		return -1;
	}
	p->at[p->count++] = (struct timeline_path){copy, named};
	return 0;
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void
report(struct timeline_paths *p, const FTSENT *e)
{
	char shown[PATH_MAX];

	escape_text(span_of_text(e->fts_path), shown, sizeof(shown));
	errno = e->fts_errno;
	log_warn("%s", shown);
	p->failed++;
}

static int
take(struct timeline_paths *p, const FTSENT *e)
{
	switch (e->fts_info) {
	case FTS_F:
		return append(p, e->fts_path, false);
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
		report(p, e);
		return 0;
	default:
		return 0;
	}
}

static int
add_folder(struct timeline_paths *p, const char *path)
{
	char *roots[] = {strdup(path), NULL};
	FTS *walk = roots[0] ? fts_open(roots, FTS_COMFOLLOW | FTS_PHYSICAL | FTS_NOCHDIR,
				       by_name)
			     : NULL;
	FTSENT *e;
	int status = 0;

	if (!walk) {
		log_warn("list of files");
		free(roots[0]);
		return -1;
	}
	while (status == 0 && (e = fts_read(walk)))
		status = take(p, e);
	fts_close(walk);
	free(roots[0]);
	return status;
}

int
timeline_paths_add(struct timeline_paths *p, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_folder(p, path);
	return append(p, path, true);
}

void
timeline_paths_release(struct timeline_paths *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->at[i].path);
	free(p->at);
	*p = (struct timeline_paths){0};
}
