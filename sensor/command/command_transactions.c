/* SPDX-License-Identifier: Apache-2.0 */
#include "command_state.h"

#include "sensor/base/time_text.h"
#include "sensor/output/format.h"
#include "sensor/output/server_text_part.h"
#include "sensor/record/record_read.h"

/* "2026-11-24 20:22:53  abandoned  inferred-none  " */
#define BEFORE_WHAT 47u
#define WHAT_MIN    60u
#define INDENT	    4u
/* Recipients named in a row. */
#define NAMED 3u

struct transactions {
	struct command_rows rows;
	unsigned width;
	struct record_files files;
	struct record_reader *reader;
	struct text_out text, line;
};

static void
add_end(struct text_out *t, const struct record_end *e, bool port)
{
	bool v6 = port && !ip_addr_is_v4(&e->addr);

	text_out_text(t, v6 ? "[" : "");
	text_out_addr(t, &e->addr);
	text_out_text(t, v6 ? "]" : "");
	if (port)
		text_out_format(t, ":%u", e->port);
}

static void
add_path(struct text_out *t, const struct record_path_arg *p)
{
	if (p->raw.len)
		text_out_span(t, p->raw);
	else
		text_out_text(t, "(not seen)");
}

/* "198.51.100.9 at 192.0.2.11:25 (mail.corp.test): <a@x.test> for <b@y.test>, 2 more" */
static void
what_of(struct text_out *t, const struct record *r)
{
	const struct record_rcpt *rcpt = r->txn.rcpts;
	unsigned named = 0, all = r->txn.rcpt_count + r->txn.rcpt_unkept;

	text_out_reset(t);
	add_end(t, &r->conn.client, false);
	text_out_text(t, " at ");
	add_end(t, &r->conn.server, true);
	if (r->conn.server_name.len) {
		text_out_text(t, " (");
		text_out_span(t, r->conn.server_name);
		text_out_char(t, ')');
	}
	text_out_text(t, ": ");
	add_path(t, &r->txn.mail);
	for (; rcpt && named < NAMED; rcpt = rcpt->next, named++) {
		text_out_text(t, named ? ", " : " for ");
		add_path(t, &rcpt->path);
	}
	if (all > named)
		text_out_format(t, ", %u more", all - named);
}

static void
write_row(struct transactions *c, const struct record *r)
{
	bool beside = c->width >= BEFORE_WHAT + WHAT_MIN;
	unsigned at = beside ? BEFORE_WHAT : INDENT;
	char when[TIME_TEXT_SHORT];

	time_text_write_short(r->txn.time, when);
	printf("%s  %-9s  %-13s", when, record_outcome_name(r->txn.outcome),
		record_auth_name(r->conn.auth.state));
	printf(beside ? "  " : "\n%*s", (int)INDENT, "");
	what_of(&c->text, r);
	server_text_wrap_span(
		stdout, text_out_all(&c->text), at, at, c->width);
}

static bool
see_transaction(void *ctx, const struct store_row *row)
{
	struct transactions *c = ctx;
	struct format_options options = {c->rows.o->config.redact, c->rows.observer};
	const char *reason = "it is of another type";
	struct record r;

	text_out_reset(&c->line);
	format_redacted(row->body, &options, &c->line);
	if (record_read_line(c->reader, text_out_all(&c->line), &r, &reason) !=
			RECORD_READ_OK ||
		r.kind != RECORD_TRANSACTION) {
		command_rows_refuse(&c->rows, "a transaction", reason);
		return true;
	}
	if (!command_rows_take(&c->rows, &r.conn.server.addr, r.conn.server.port,
		    r.conn.server_name))
		return true;
	if (c->rows.o->json)
		command_rows_line(&c->rows, text_out_all(&c->line));
	else
		write_row(c, &r);
	return !c->rows.failed && !ferror(stdout);
}

static void
start(void *ctx)
{
	struct transactions *c = ctx;

	c->width = command_terminal_width();
	record_files_init(&c->files);
	c->reader = record_reader_new(&c->files);
	text_out_init(&c->text);
	text_out_init(&c->line);
}

static void
stop(void *ctx)
{
	struct transactions *c = ctx;

	record_reader_free(c->reader);
	record_files_free(&c->files);
	text_out_free(&c->text);
	text_out_free(&c->line);
	if (c->rows.shown == 0 && !c->rows.o->json)
		puts("No such transaction.");
}

static int
run_transactions(int argc, char **argv)
{
	static const struct command_rows_of of = {&command_transactions,
		store_read_transactions, see_transaction, start, stop};
	struct transactions c = {0};

	return command_rows_run(&of, &c.rows, argc, argv);
}

const struct command command_transactions = {
	"transactions",
	"[options]",
	"Shows the newest mail transactions that a sensor keeps, oldest first, also "
	"while\n"
	"it runs. With --json they can be read again by relaytap infer.\n"
	"      --state DIR          its state.directory\n"
	"  -c, --config FILE        its configuration, for state.directory and redact\n"
	"      --server SERVER      at this one: address, address:port or name\n"
	"      --since TIME         2026-11-24, 2026-11-24T20:22:53Z, or ago: 30m, 12h, "
	"7d\n"
	"      --until TIME         the same\n"
	"      --limit N            the newest N\n"
	"      --json               one JSON object a transaction\n",
	run_transactions,
};
