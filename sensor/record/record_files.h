/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of the files that moments point into, by index. Reading captures fills it from
 * the list of files, reading records from the names in them.
 */
#ifndef RECORD_FILES_H
#define RECORD_FILES_H

#include "dissect/dissect.h"

struct record_files {
	char **names;
	size_t count;
};

void record_files_init(struct record_files *f);
void record_files_free(struct record_files *f);
/* One more, which may have the name of another: the index is that of its turn. */
uint32_t record_files_add(struct record_files *f, struct span name);
/* Index of the file with that name; it is added if it is new. */
uint32_t record_files_find(struct record_files *f, struct span name);
/* Its name, or "" for an index that is none. */
const char *record_files_name(const struct record_files *f, uint32_t index);

#endif
