/* SPDX-License-Identifier: Apache-2.0 */
#include "command_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/base/log.h"
#include "sensor/output/finding_json.h"
#include "sensor/output/finding_text.h"
#include "sensor/output/server_json.h"
#include "sensor/output/server_text.h"

int
command_status(const struct command_options *o, const struct command_input *i,
	const struct ranking *r)
{
	if (i->failed)
		return COMMAND_FAILED;
	for (size_t k = 0; o->fail_on && k < r->count; k++)
		if (r->at[k].kind <= o->fail_kind)
			return COMMAND_FOUND;
	return i->damaged ? COMMAND_DAMAGED : COMMAND_GOOD;
}

void
command_report_findings(struct command_input *i)
{
	const struct finding **findings;
	struct json_out j;
	size_t count;

	json_out_init(&j);
	findings = findings_list(i->infer, &count);
	for (size_t k = 0; k < count; k++) {
		finding_json_write(findings[k], &i->files, &j);
		if (json_out_line(&j, stdout) < 0)
			i->failed = true;
	}
	free(findings);
	json_out_free(&j);
}

void
command_report_flush(struct command_input *i)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return;
	if (errno != EPIPE)
		log_warn("standard output");
	i->failed = true;
}

static int
report_json(struct command_input *i, const struct ranking *r)
{
	struct json_out j;
	int bad = 0;

	json_out_init(&j);
	for (size_t k = 0; k < r->count; k++) {
		server_json_write(&r->at[k], &i->files, &j);
		bad |= json_out_line(&j, stdout);
	}
	json_out_free(&j);
	command_report_findings(i);
	bad |= json_out_line(&i->stats, stdout);
	return bad;
}

static void
report_text(const struct command_options *o, const struct command_input *i,
	const struct ranking *r)
{
	struct server_text_style style = {
		.colour = o->colour > 0, .width = command_terminal_width()};

	server_text_table(r, &style, stdout);
	finding_text_table(i->infer, &style, stdout);
	for (size_t k = 0; o->explain && k < r->count; k++) {
		putchar('\n');
		server_text_detail(&r->at[k], &i->files, &style, stdout);
		finding_text_detail(
			i->infer, r->at[k].server, &i->files, &style, stdout);
	}
	if (i->losses[0])
		printf("\nNot seen:\n%s\n", i->losses);
}

int
command_report(const struct command_options *o, struct command_input *i)
{
	struct ranking r;
	int status;
	bool records_only = o->transactions && strcmp(o->transactions, "-") == 0;

	ranking_fill(&r, i->infer);
	if (o->json) {
		if (report_json(i, &r))
			i->failed = true;
	} else if (!records_only && !o->alerts) {
		report_text(o, i, &r);
	}
	command_report_flush(i);
	status = command_status(o, i, &r);
	ranking_free(&r);
	return status;
}
