/* SPDX-License-Identifier: Apache-2.0 */
#include "record_files.h"

#include <stdlib.h>

void
record_files_init(struct record_files *f)
{
	*f = (struct record_files){0};
}

void
record_files_free(struct record_files *f)
{
	for (size_t i = 0; i < f->count; i++)
		free(f->names[i]);
	free(f->names);
	record_files_init(f);
}

uint32_t
record_files_add(struct record_files *f, struct span name)
{
	char **names = realloc(f->names, (f->count + 1) * sizeof(*names));
	char *copy = malloc(name.len + 1);

	if (!names || !copy)
		abort();
	span_copy(name, copy, name.len + 1);
	f->names = names;
	f->names[f->count] = copy;
	return (uint32_t)f->count++;
}

uint32_t
record_files_find(struct record_files *f, struct span name)
{
	/* As it is kept: else a name with a NUL inside would be new each time. */
	name = span_slice(name, 0, span_find(name, '\0'));
	/* Records of one file stand together: the newest is nearly always the one. */
	for (size_t i = f->count; i-- > 0;)
		if (span_equal(span_of_text(f->names[i]), name))
			return (uint32_t)i;
	return record_files_add(f, name);
}

const char *
record_files_name(const struct record_files *f, uint32_t index)
{
	return index < f->count ? f->names[index] : "";
}
