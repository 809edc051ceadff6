/* SPDX-License-Identifier: Apache-2.0 */
/* relaytap report: from captures, records, or what a sensor keeps. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command_state.h"
#include "command_write_report.h"
#include "sensor/base/escape.h"
#include "sensor/base/file_out.h"
#include "sensor/base/log.h"
#include "sensor/report/report.h"

/* "3 files", "x.pcap", "the state of a sensor". */
static void
name_source(const struct command_options *o, bool state, char *out, size_t room)
{
	if (state)
		snprintf(out, room, "the state of a sensor");
	else if (o->file_count == 1)
		escape_text(span_of_text(o->files[0]), out, room);
	else
		snprintf(out, room, "%zu files", o->file_count);
}

static int
output_failed(const struct command_options *o)
{
	/* A reader that has seen enough, as head(1), is no failure of ours to shout
	 * about. */
	if (errno == EPIPE)
		return COMMAND_FAILED;
	if (o->output)
		log_warn("--output %s: no report is written", o->output);
	else
		log_warn("standard output");
	return COMMAND_FAILED;
}

/* f->to: to write to; a file of its own only where --output is given. */
static int
write_report(struct file_out *f, const struct command_options *o,
	struct command_input *input, bool state, const struct command_events *events)
{
	char source[256];
	struct ranking r;
	struct report_input i = {
		.infer = input->infer,
		.ranking = &r,
		.files = &input->files,
		/* A sensor's state does not say what the sensor missed. */
		.losses = state ? NULL : input->losses,
		.stats = span_of(input->stats.at, input->stats.used),
		.source = source,
		.redact = o->config.redact,
		.events = events->at,
		.event_count = events->count,
	};
	int status;

	name_source(o, state, source, sizeof(source));
	ranking_fill(&r, input->infer);
	if (report_write(&i, o->report_format, f->to) < 0 ||
		(o->output && file_out_commit(f) < 0))
		status = output_failed(o);
	else
		status = command_status(o, input, &r);
	ranking_free(&r);
	return status;
}

static int
report_files(struct command_options *o, struct file_out *f)
{
	struct command_input input;
	int status = command_input_read(&input, o);

	if (status == COMMAND_GOOD)
		status = write_report(f, o, &input, false, &(struct command_events){0});
	command_input_free(&input);
	return status;
}

static int
report_state(struct command_options *o, struct file_out *f)
{
	struct store *s = command_state_open(o, command_write_report.name);
	struct command_events events = {0};
	struct command_input input;
	int status;

	if (!s)
		return COMMAND_FAILED;
	status = command_input_state(&input, o, s);
	if (status == COMMAND_GOOD && command_events_read(&events, s) < 0)
		status = COMMAND_FAILED;
	store_close(s);
	if (status == COMMAND_GOOD)
		status = write_report(f, o, &input, true, &events);
	command_events_free(&events);
	command_input_free(&input);
	return status;
}

/* The output is opened first: nobody waits for a capture to be read in vain. */
static int
report(struct command_options *o)
{
	struct file_out f = {.to = stdout};
	int status;

	if (o->output && file_out_open(&f, o->output) < 0)
		return output_failed(o);
	status = o->file_count ? report_files(o, &f) : report_state(o, &f);
	if (o->output)
		file_out_drop(&f);
	return status;
}

static int
run_report(int argc, char **argv)
{
	struct command_options o;
	int status = command_options_parse(&o, &command_write_report, argc, argv);

	if (status == COMMAND_GOOD && o.file_count && o.state) {
		log_warnx("report: give files, or --state and a folder, not both");
		status = COMMAND_FAILED;
	}
	if (status == COMMAND_GOOD)
		status = report(&o);
	command_options_free(&o);
	return status;
}

const struct command command_write_report = {
	"report",
	"[options] [FILE...]",
	"Writes what is known of all servers as one page: from captures or records, or\n"
	"from what a sensor keeps, also while it runs.\n"
	"      --state DIR          the sensor's state.directory, where no file is "
	"given\n"
	"  -o, --output FILE        write there, all or nothing, and not to standard output\n"
	"      --format FORMAT      html, markdown or csv (html)\n"
	"  -c, --config FILE        read the configuration (relaytap.conf(5))\n"
	"      --home PREFIX        one of our own networks; may be repeated\n"
	"      --trusted PREFIX     clients that may relay; may be repeated\n"
	"      --hosted DOMAIN      a domain that our servers take mail for\n"
	"      --fail-on VERDICT    exit with 2 if a server is as bad as that\n"
	"  -q, --quiet              no progress, no notes\n",
	run_report,
};
