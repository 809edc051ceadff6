/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the user named to the files to read: folders give all regular files in and
 * below them, each folder's names in order of their octets. Symbolic links are followed
 * where the user named them; inside folders they are not, for what they lead to would be
 * read twice, or for ever.
 */
#ifndef TIMELINE_PATHS_H
#define TIMELINE_PATHS_H

#include <stdbool.h>
#include <stddef.h>

struct timeline_path {
	char *path;
	bool named; /* by the user, not found in a folder */
};

/* Starts as all zeroes. The caller releases it. */
struct timeline_paths {
	struct timeline_path *at;
	size_t count;
	size_t room;
	size_t failed; /* folders that could not be read; each has been logged */
};

/*
 * Adds a path as given, or what is in it. A path that does not exist is added too:
 * whoever opens it reports it. -1: no memory, logged.
 */
int timeline_paths_add(struct timeline_paths *p, const char *path);
void timeline_paths_release(struct timeline_paths *p);

#endif
