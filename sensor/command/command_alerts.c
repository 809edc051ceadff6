/* SPDX-License-Identifier: Apache-2.0 */
#include "command_state.h"

#include "sensor/alert/alert_json.h"
#include "sensor/base/time_text.h"
#include "sensor/output/format.h"
#include "sensor/output/redact_alert.h"
#include "sensor/output/server_text_part.h"

/* "2026-11-24 20:22:53  critical  escalated  12/12  " */
#define BEFORE_WHAT 49u
/* Below this many columns left, what happened goes on a line of its own. */
#define WHAT_MIN 60u
#define INDENT	 4u

struct alerts {
	struct command_rows rows;
	struct server_text_style style;
	struct text_out text;
};

static void
write_line(struct alerts *c, const struct alert *a)
{
	const struct command_options *o = c->rows.o;
	struct format_options options = {o->config.redact, c->rows.observer};

	text_out_reset(&c->text);
	format_alert(
		o->formatted ? o->format : CONFIG_FORMAT_RELAYTAP, a, &options, &c->text);
	command_rows_line(&c->rows, text_out_all(&c->text));
}

/* How many outputs have it, of all that are to have it. */
static void
write_outputs(const struct store_row *row)
{
	char cell[32] = "-";

	if (row->delivered || row->waiting)
		snprintf(cell, sizeof(cell), "%u/%u", row->delivered,
			row->delivered + row->waiting);
	printf("%-5s", cell);
}

/* "192.0.2.11:25 (mail.corp.test): Open mail relay: took mail …"; nothing escaped yet. */
static void
what_of(struct text_out *t, const struct alert *a)
{
	text_out_reset(t);
	if (!ip_addr_is_none(&a->server)) {
		bool v6 = a->port && !ip_addr_is_v4(&a->server);

		text_out_text(t, v6 ? "[" : "");
		text_out_addr(t, &a->server);
		text_out_text(t, v6 ? "]" : "");
		if (a->port)
			text_out_format(t, ":%u", a->port);
		if (a->server_name.len) {
			text_out_text(t, " (");
			text_out_span(t, a->server_name);
			text_out_char(t, ')');
		}
		text_out_text(t, ": ");
	}
	text_out_span(t, a->title);
	if (a->detail.len) {
		text_out_text(t, ": ");
		text_out_span(t, a->detail);
	}
}

static void
write_row(struct alerts *c, const struct alert *a, const struct store_row *row)
{
	struct alert *shown = redact_alert(a, c->rows.o->config.redact);
	bool beside = c->style.width >= BEFORE_WHAT + WHAT_MIN;
	unsigned at = beside ? BEFORE_WHAT : INDENT;
	char when[TIME_TEXT_SHORT];

	time_text_write_short(a->time, when);
	printf("%s  ", when);
	if (a->severity >= ALERT_SEVERITY_HIGH)
		server_text_bold(&c->style, stdout);
	printf("%-8s", alert_severity_name(a->severity));
	server_text_plain(&c->style, stdout);
	printf("  %-9s  ", alert_action_name(a->action));
	write_outputs(row);
	printf(beside ? "  " : "\n%*s", (int)INDENT, "");
	what_of(&c->text, shown);
	server_text_wrap_span(
		stdout, text_out_all(&c->text), at, at, c->style.width);
	alert_free(shown);
}

static bool
see_alert(void *ctx, const struct store_row *row)
{
	struct alerts *c = ctx;
	struct alert *a;
	const char *reason;

	a = alert_read(row->body, &reason);
	if (!a) {
		command_rows_refuse(&c->rows, "an alert", reason);
		return true;
	}
	if (command_rows_take(&c->rows, &a->server, a->port, a->server_name)) {
		if (c->rows.o->json || c->rows.o->formatted)
			write_line(c, a);
		else
			write_row(c, a, row);
	}
	alert_free(a);
	return !c->rows.failed && !ferror(stdout);
}

static void
start(void *ctx)
{
	struct alerts *c = ctx;

	c->style = (struct server_text_style){
		.colour = c->rows.o->colour > 0, .width = command_terminal_width()};
	text_out_init(&c->text);
}

static void
stop(void *ctx)
{
	struct alerts *c = ctx;

	text_out_free(&c->text);
	if (c->rows.shown == 0 && !c->rows.o->json && !c->rows.o->formatted)
		puts("No such alert.");
}

static int
run_alerts(int argc, char **argv)
{
	static const struct command_rows_of of = {
		&command_alerts, store_read_alerts, see_alert, start, stop};
	struct alerts c = {0};

	return command_rows_run(&of, &c.rows, argc, argv);
}

const struct command command_alerts = {
	"alerts",
	"[options]",
	"Shows the alerts that a sensor has raised, oldest first, also while it runs, "
	"and\n"
	"how many of the outputs have taken each.\n"
	"      --state DIR          its state.directory\n"
	"  -c, --config FILE        its configuration, for state.directory and redact\n"
	"      --server SERVER      about this one: address, address:port or name\n"
	"      --since TIME         2026-11-24, 2026-11-24T20:22:53Z, or ago: 30m, 12h, "
	"7d\n"
	"      --until TIME         the same\n"
	"      --minimum SEVERITY   low, medium, high or critical\n"
	"      --limit N            the newest N\n"
	"      --json               one JSON object an alert\n"
	"      --format FORMAT      as ecs, ocsf, cef, leef, eve or relaytap\n"
	"      --color WHEN         auto, always or never\n",
	run_alerts,
};
