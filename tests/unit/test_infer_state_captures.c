/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The captures of this repository: after every tenth record, what was learned is saved,
 * loaded, and says the same. Runs from the top of the repository, or says that it skips.
 */
#include "state_rig.h"

#include <glob.h>

#include "sensor/capture/timeline.h"
#include "sensor/pipeline.h"
#include "sensor/record/record_read.h"

#define EVERY 10

struct run {
	struct config config;
	struct record_files files;
	struct infer *in;
	struct state_rows rows;
	size_t records, compared;
};

/* The records of a capture as JSON lines; the caller frees them. */
static char *
records_of(struct run *run, const char *path)
{
	struct infer *unused = infer_new(&run->config);
	char *text, *paths[] = {(char *)(uintptr_t)path};
	struct capture_frame frame;
	struct pipeline *p;
	struct timeline *t = timeline_new(paths, 1, NULL);
	struct record_files files;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(t);
	assert_non_null(to);
	record_files_init(&files);
	record_files_add(&files, span_of_text(path));
	p = pipeline_new(&run->config, &files, unused, to);
	while (timeline_next(t, &frame) == 1)
		pipeline_frame(p, &frame);
	pipeline_drain(p);
	fclose(to);
	pipeline_free(p);
	infer_free(unused);
	record_files_free(&files);
	timeline_free(t);
	return text;
}

static void
compare(struct run *run)
{
	struct record_files files;
	struct infer *loaded;

	record_files_init(&files);
	rows_save(&run->rows, run->in, &run->files);
	loaded = rows_load(&run->rows, &run->config, &files);
	assert_same_portrait(run->in, &run->files, loaded, &files);
	infer_free(loaded);
	record_files_free(&files);
	run->compared++;
}

static void
feed_all(struct run *run, char *lines)
{
	struct record_reader *reader = record_reader_new(&run->files);
	const char *reason;
	struct record r;

	for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n")) {
		if (record_read_line(reader, span_of_text(line), &r, &reason) !=
			RECORD_READ_OK)
			continue;
		infer_feed(run->in, &r);
		if (++run->records % EVERY == 0)
			compare(run);
	}
	record_reader_free(reader);
}

/* Each capture by itself, and then all of them by one sensor. */
static void
run_over(char **paths, size_t count, struct run *run)
{
	memset(run, 0, sizeof(*run));
	config_init(&run->config);
	run->config.limits.messages = 1024;
	record_files_init(&run->files);
	run->in = infer_new(&run->config);
	for (size_t i = 0; i < count; i++) {
		char *lines = records_of(run, paths[i]);

		feed_all(run, lines);
		free(lines);
	}
	compare(run);
	rows_free(&run->rows);
	infer_free(run->in);
	record_files_free(&run->files);
	config_free(&run->config);
}

static void
what_captures_taught_survives_at_every_tenth_record(void **state)
{
	struct run run;
	glob_t found;

	(void)state;
	if (glob("captures/*.pcap", 0, NULL, &found) != 0) {
		print_message("SKIP: no captures here\n");
		skip();
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		run_over(&found.gl_pathv[i], 1, &run);
	run_over(found.gl_pathv, found.gl_pathc, &run);
	assert_true(run.records > 100);
	assert_true(run.compared >= run.records / EVERY);
	globfree(&found);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_captures_taught_survives_at_every_tenth_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
