/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "dissect/limits.h"
#include "sensor/base/escape.h"
#include "sensor/base/line_in.h"
#include "sensor/base/log.h"
#include "sensor/capture/capture_filter.h"
#include "sensor/capture/progress.h"
#include "sensor/capture/timeline.h"
#include "sensor/pipeline.h"
#include "sensor/pipeline_stats.h"
#include "sensor/record/record_read.h"
#include "sensor/record/record_write.h"

static int
input_init(struct command_input *i, const struct command_options *o)
{
	memset(i, 0, sizeof(*i));
	record_files_init(&i->files);
	json_out_init(&i->stats);
	i->infer = infer_new(&o->config);
	if (!o->tells)
		return 0;
	return command_desk_open(&i->desk, &o->config, i->infer, &i->files);
}

/* All is fed. */
static void
input_end(struct command_input *i)
{
	if (command_desk_close(&i->desk) < 0)
		i->failed = true;
}

void
command_input_free(struct command_input *i)
{
	command_desk_close(&i->desk);
	infer_free(i->infer);
	record_files_free(&i->files);
	json_out_free(&i->stats);
}

/* NULL with *failed false: none is wanted. */
static FILE *
records_open(const struct command_options *o, bool *failed)
{
	FILE *f;

	*failed = false;
	if (!o->transactions)
		return NULL;
	if (strcmp(o->transactions, "-") == 0)
		return stdout;
	f = fopen(o->transactions, "w");
	if (!f) {
		log_warn("--transactions %s", o->transactions);
		*failed = true;
	}
	return f;
}

static void
records_close(struct command_input *i, const struct command_options *o, FILE *f, bool failed)
{
	if (!f)
		return;
	failed |= fflush(f) != 0 || ferror(f);
	if (f != stdout)
		failed |= fclose(f) != 0;
	if (!failed)
		return;
	/* A reader that has seen enough, as head(1), is no failure of ours to shout about. */
	if (errno != EPIPE)
		log_warn("--transactions %s", o->transactions);
	i->failed = true;
}

static void
read_frames(struct pipeline *p, struct timeline *t, const struct command_options *o,
	struct capture_filter *filter)
{
	struct capture_frame frame;
	struct progress progress;

	progress_init(&progress, o->quiet);
	while (timeline_next(t, &frame) == 1) {
		progress_tick(&progress, t);
		if (!filter || capture_filter_match(filter, &frame))
			pipeline_frame(p, &frame);
	}
	pipeline_drain(p);
	progress_close(&progress);
}

static int
read_captures(struct command_input *i, const struct command_options *o)
{
	struct timeline *t = timeline_new(o->files, o->file_count, NULL);
	struct capture_filter *filter = o->filter ? capture_filter_new(o->filter) : NULL;
	struct timeline_totals totals;
	struct pipeline *p = NULL;
	FILE *records = NULL;
	bool failed = true;

	if (t && (filter || !o->filter))
		records = records_open(o, &failed);
	if (failed)
		goto out;
	for (size_t f = 0; f < timeline_files(t); f++)
		record_files_add(&i->files, span_of_text(timeline_file(t, f)->name));
	p = pipeline_new(&o->config, &i->files, i->infer, records);
	if (i->desk.desk) {
		p->on_record = command_desk_record;
		p->on_record_ctx = &i->desk;
	}
	read_frames(p, t, o, filter);
	timeline_totals(t, &totals);
	i->damaged = totals.damaged || totals.failed;
	pipeline_stats_write(p, t, i->infer, &i->stats);
	pipeline_losses_write(p, i->losses, sizeof(i->losses));
	records_close(i, o, records, p->write_failed);
	input_end(i);
out:
	pipeline_free(p);
	capture_filter_free(filter);
	timeline_free(t);
	return failed ? COMMAND_FAILED : COMMAND_GOOD;
}

/* One line; the fault is told with file and line, and reading goes on behind it. */
static void
read_record(struct command_input *i, struct record_reader *r, const char *name, size_t number,
	struct span line, FILE *records, struct json_out *j)
{
	struct record record;
	const char *reason;

	switch (record_read_line(r, line, &record, &reason)) {
	case RECORD_READ_OK:
		infer_feed(i->infer, &record);
		if (i->desk.desk)
			command_desk_record(&i->desk, &record);
		if (!records)
			return;
		record_write(&record, &i->files, j);
		if (json_out_line(j, records) < 0)
			i->failed = true;
		return;
	case RECORD_READ_OTHER:
		return;
	case RECORD_READ_BAD:
	default:
		log_warnx("%s:%zu: %s; the line is skipped", name, number, reason);
		i->damaged = true;
	}
}

static void
read_record_file(struct command_input *i, struct record_reader *r, const char *path,
	FILE *records, struct json_out *j)
{
	bool standard = strcmp(path, "-") == 0;
	FILE *f = standard ? stdin : fopen(path, "r");
	char name[512];
	struct line_in lines;
	enum line_in_status status;
	struct span line;

	escape_text(span_of_text(standard ? "(standard input)" : path), name, sizeof(name));
	if (!f) {
		log_warn("%s", name);
		i->damaged = true;
		return;
	}
	line_in_init(&lines, f, RECORD_LINE_MAX);
	for (size_t n = 1; (status = line_in_next(&lines, &line)) != LINE_IN_END; n++) {
		if (status == LINE_IN_LONG) {
			log_warnx("%s:%zu: the line is longer than %u MiB; it is skipped",
				name, n, RECORD_LINE_MAX / MiB);
			i->damaged = true;
			continue;
		}
		line = span_trim(line);
		if (line.len)
			read_record(i, r, name, n, line, records, j);
	}
	if (ferror(f)) {
		log_warn("%s", name);
		i->damaged = true;
	}
	line_in_free(&lines);
	if (!standard)
		fclose(f);
}

int
command_input_records(struct command_input *i, const struct command_options *o)
{
	struct record_reader *r;
	struct json_out j;
	bool failed;
	FILE *records;

	if (input_init(i, o) < 0)
		return COMMAND_FAILED;
	records = records_open(o, &failed);
	if (failed)
		return COMMAND_FAILED;
	json_out_init(&j);
	r = record_reader_new(&i->files);
	for (size_t f = 0; f < o->file_count; f++)
		read_record_file(i, r, o->files[f], records, &j);
	record_reader_free(r);
	json_out_free(&j);
	pipeline_stats_write(NULL, NULL, i->infer, &i->stats);
	records_close(i, o, records, i->failed);
	input_end(i);
	return COMMAND_GOOD;
}

/*
 * Captures are binary; records begin with a brace. Standard input and pipes are captures:
 * what is read of them for a look is lost.
 */
static bool
holds_records(const char *path)
{
	struct stat st;
	FILE *f;
	int c;

	if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	f = fopen(path, "r");
	if (!f)
		return false;
	c = getc(f);
	fclose(f);
	return c == '{';
}

int
command_input_read(struct command_input *i, const struct command_options *o)
{
	if (o->file_count && holds_records(o->files[0]))
		return command_input_records(i, o);
	if (input_init(i, o) < 0)
		return COMMAND_FAILED;
	return read_captures(i, o);
}
