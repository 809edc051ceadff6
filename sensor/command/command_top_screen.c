/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/command/command_top.h"

#include "sensor/base/escape.h"
#include "sensor/base/time_text.h"
#include "sensor/infer/verdict.h"
#include "sensor/output/server_text_part.h"

/* Below this many columns a grade is a mark behind the verdict. */
#define WIDE 110u
/* Rows of interfaces, outputs and losses where the height is limited. */
#define ROWS_MAX 4u
/* Octets of a cell with its NUL: the longest is an address of IPv6 with its port. */
#define CELL 64

#define NS_PER_SECOND UINT64_C(1000000000)

/* Where the next octet goes. What is beyond width or height is not written. */
struct drawing {
	const struct top_screen *s;
	struct server_text_style style;
	FILE *to;
	unsigned line;
	unsigned column;
};

/* --- cells ---------------------------------------------------------------------------
 */

static bool
is_beyond(const struct drawing *d)
{
	return d->s->height && d->line >= d->s->height;
}

/* Escaped text, cut at the width between two characters. */
static void
put(struct drawing *d, const char *escaped)
{
	const char *at = escaped;

	if (is_beyond(d))
		return;
	while (*at && (!d->s->width || d->column < d->s->width)) {
		at++;
		while (((unsigned char)*at & 0xc0) == 0x80)
			at++;
		d->column++;
	}
	fwrite(escaped, 1, (size_t)(at - escaped), d->to);
}

static void
put_name(struct drawing *d, const char *name)
{
	char escaped[4 * TOP_TEXT_MAX + 1];

	escape_text(span_of_text(name), escaped, sizeof(escaped));
	put(d, escaped);
}

static void
pad(struct drawing *d, size_t columns)
{
	while (columns-- > 0)
		put(d, " ");
}

/* Then two blanks. right: aligned there, as numbers are. */
static void
put_cell(struct drawing *d, const char *escaped, unsigned width, bool right)
{
	size_t columns = server_text_columns(escaped);
	size_t rest = columns < width ? width - columns : 0;

	if (right)
		pad(d, rest);
	put(d, escaped);
	if (!right)
		pad(d, rest);
	pad(d, 2);
}

/* Names of interfaces and outputs are short by nature; a long one moves the rest. */
static void
put_name_cell(struct drawing *d, const char *name, unsigned width)
{
	char escaped[4 * TOP_NAME_MAX + 1];

	escape_text(span_of_text(name), escaped, sizeof(escaped));
	put_cell(d, escaped, width, false);
}

static void
end_line(struct drawing *d)
{
	if (!is_beyond(d)) {
		server_text_plain(&d->style, d->to);
		/* The last line of a terminal ends without a feed: it would scroll. */
		if (!d->s->terminal)
			fputc('\n', d->to);
		else
			fputs(d->line + 1 == d->s->height ? "\033[K" : "\033[K\r\n",
				d->to);
	}
	d->line++;
	d->column = 0;
}

static void
colour(struct drawing *d, enum verdict_kind kind)
{
	if (!is_beyond(d))
		server_text_colour(&d->style, kind, d->to);
}

static void
plain(struct drawing *d)
{
	if (!is_beyond(d))
		server_text_plain(&d->style, d->to);
}

static void
heading(struct drawing *d, const char *text)
{
	if (!is_beyond(d))
		server_text_bold(&d->style, d->to);
	put(d, text);
	end_line(d);
}

/* --- numbers -------------------------------------------------------------------------
 */

/* Five columns at most up to 10^15: 9999, 12.3k, 4.5M. */
static const char *
count_text(double n, char out[CELL])
{
	static const char units[] = "kMGTP";
	size_t unit = 0;

	if (n < 10000) {
		snprintf(out, CELL, n < 100 && n != (double)(uint64_t)n ? "%.1f" : "%.0f",
			n);
		return out;
	}
	for (n /= 1000; n >= 999.5 && unit < sizeof(units) - 2; unit++)
		n /= 1000;
	snprintf(out, CELL, "%.*f%c", n < 99.95 ? 1 : 0, n, units[unit]);
	return out;
}

static void
put_count(struct drawing *d, uint64_t n, unsigned width)
{
	char text[CELL];

	put_cell(d, count_text((double)n, text), width, true);
}

/* What must be 0, and is seen at once where it is not. */
static void
put_loss(struct drawing *d, uint64_t n, unsigned width)
{
	if (n)
		colour(d, VERDICT_OPEN_RELAY);
	put_count(d, n, width);
	if (n)
		plain(d);
}

static void
put_label(struct drawing *d, const char *label, double n, const char *unit)
{
	char text[CELL];

	put(d, label);
	put(d, " ");
	put(d, count_text(n, text));
	put(d, unit);
	pad(d, 2);
}

/* One unit of time, six columns at most: "3 s", "12 min", "4 h", "25 d". */
static const char *
age_text(uint64_t seconds, char out[CELL])
{
	if (seconds < 60)
		snprintf(out, CELL, "%u s", (unsigned)seconds);
	else if (seconds < 3600)
		snprintf(out, CELL, "%u min", (unsigned)(seconds / 60));
	else if (seconds < 86400)
		snprintf(out, CELL, "%u h", (unsigned)(seconds / 3600));
	else
		snprintf(out, CELL, "%llu d", (unsigned long long)(seconds / 86400));
	return out;
}

/* --- parts ---------------------------------------------------------------------------
 */

static size_t
rows(const struct drawing *d, size_t count)
{
	return d->s->height && count > ROWS_MAX ? ROWS_MAX : count;
}

static void
draw_more(struct drawing *d, size_t count, size_t shown)
{
	char text[CELL];

	if (count <= shown)
		return;
	snprintf(text, sizeof(text), "... and %zu more", count - shown);
	put(d, text);
	end_line(d);
}

static void
draw_head(struct drawing *d, const struct top_view *v)
{
	char when[TIME_TEXT_SHORT], age[CELL], keys[CELL];

	time_text_write_short(v->time, when);
	if (!is_beyond(d))
		server_text_bold(&d->style, d->to);
	put(d, "relaytap  ");
	put(d, when);
	put(d, " UTC  up ");
	put(d, age_text(v->uptime_s, age));
	plain(d);
	if (d->s->every_s) {
		snprintf(keys, sizeof(keys), "  each %u s, q quits", d->s->every_s);
		put(d, keys);
	}
	end_line(d);
	put_label(d, "packets", v->packets_s, "/s");
	put_label(d, "octets", v->octets_s, "/s");
	put_label(d, "mail", v->mail_s, "/s");
	put_label(d, "transactions", v->transactions_s, "/s");
	put_label(d, "alerts", (double)v->alerts, "");
	end_line(d);
	put_label(d, "connections", (double)v->flows_open, "");
	put_label(d, "of", (double)v->flows_max, "");
	put_label(d, "queue", (double)v->queue_depth, "");
	put(d, "dropped ");
	put_loss(d, v->queue_dropped, 0);
	end_line(d);
}

static void
draw_interfaces(struct drawing *d, const struct top_view *v)
{
	size_t shown = rows(d, v->interfaces);

	if (!v->interfaces)
		return;
	end_line(d);
	heading(d,
		"INTERFACE        STATE       BY        PACKETS  OCTETS  DROPPED   CARD");
	for (size_t i = 0; i < shown; i++) {
		const struct top_interface *at = &v->interface[i];
		bool up = strcmp(at->state, "up") == 0;

		put_name_cell(d, at->name, 15);
		if (!up)
			colour(d, VERDICT_OPEN_RELAY);
		put_name_cell(d, at->state, 10);
		plain(d);
		put_name_cell(d, at->method, 9);
		put_count(d, at->packets, 6);
		put_count(d, at->octets, 6);
		put_loss(d, at->dropped, 7);
		put_loss(d, at->card, 5);
		end_line(d);
	}
	draw_more(d, v->interfaces, shown);
}

static void
draw_outputs(struct drawing *d, const struct top_view *v)
{
	size_t shown = rows(d, v->outputs);

	if (!v->outputs)
		return;
	end_line(d);
	heading(d, "OUTPUT           STATE  WAITING  DELIVERED  ERROR");
	for (size_t i = 0; i < shown; i++) {
		const struct top_output *o = &v->output[i];

		put_name_cell(d, o->name, 15);
		colour(d, o->up ? VERDICT_RESTRICTED : VERDICT_OPEN_RELAY);
		put_cell(d, o->up ? "up" : "down", 5, false);
		plain(d);
		put_count(d, o->waiting, 7);
		put_count(d, o->delivered, 9);
		put_name(d, o->error);
		end_line(d);
	}
	draw_more(d, v->outputs, shown);
}

static void
draw_losses(struct drawing *d, const struct top_view *v)
{
	size_t shown = rows(d, v->losses);

	if (v->losses)
		end_line(d);
	for (size_t i = 0; i < shown; i++) {
		colour(d, VERDICT_ACCEPTS_THEN_DROPS);
		put(d, "! ");
		put_name(d, v->loss[i]);
		end_line(d);
	}
	draw_more(d, v->losses, shown);
}

/* --- servers -------------------------------------------------------------------------
 */

static void
address_cell(const struct top_server *s, char out[CELL])
{
	char ip[IP_ADDR_TEXT];
	bool four = ip_addr_is_v4(&s->ip);

	ip_addr_write(&s->ip, ip);
	snprintf(out, CELL, four ? "%s:%u" : "[%s]:%u", ip, s->port);
}

/* "open-relay, suspected"; where it is narrow, "open-relay?". */
static void
verdict_cell(const struct drawing *d, const struct top_server *s, char out[CELL])
{
	char verdict[CELL];
	bool wide = !d->s->width || d->s->width >= WIDE;
	const char *grade = "";

	escape_text(span_of_text(s->verdict), verdict, sizeof(verdict));
	if (strcmp(s->grade, "suspected") == 0)
		grade = wide ? ", suspected" : "?";
	else if (strcmp(s->grade, "confirmed") == 0)
		grade = wide ? ", confirmed" : "";
	snprintf(out, CELL, "%.40s%s", verdict, grade);
}

struct widths {
	unsigned address, verdict;
};

static unsigned
wider(unsigned width, const char *cell)
{
	size_t n = server_text_columns(cell);

	return n > width ? (unsigned)n : width;
}

static void
draw_server(struct drawing *d, const struct top_server *s, const struct widths *w,
	uint64_t now)
{
	enum verdict_kind kind = VERDICT_UNKNOWN;
	uint64_t age = s->last_seen < now ? (now - s->last_seen) / NS_PER_SECOND : 0;
	char cell[CELL];

	address_cell(s, cell);
	put_cell(d, cell, w->address, false);
	verdict_cell(d, s, cell);
	(void)verdict_kind_of_name(s->verdict, &kind);
	colour(d, kind);
	put_cell(d, cell, w->verdict, false);
	plain(d);
	/* Cut, not rounded, as everywhere: nothing inferred is 1.00. */
	if (s->confidence > 0 && s->confidence <= 1)
		snprintf(cell, sizeof(cell), "%.2f",
			(double)(int)(s->confidence * 100 + 1e-9) / 100);
	else
		snprintf(cell, sizeof(cell), "-");
	put_cell(d, cell, 4, true);
	put_count(d, s->messages, 5);
	put_cell(d, s->last_seen ? age_text(age, cell) : "-", 6, true);
	put_name(d, s->name);
	end_line(d);
}

static size_t
rows_left(const struct drawing *d, size_t count)
{
	size_t left;

	if (!d->s->height)
		return count;
	left = d->line < d->s->height ? d->s->height - d->line : 0;
	/* The last row tells how many more there are. */
	return count <= left ? count : left ? left - 1 : 0;
}

static void
draw_servers(struct drawing *d, const struct top_view *v)
{
	struct widths w = {.address = 6, .verdict = 7};
	size_t known = v->servers_known > v->servers ? v->servers_known : v->servers;
	size_t shown;
	char cell[CELL];

	end_line(d);
	if (v->servers == 0) {
		put(d, "No mail server was seen yet.");
		end_line(d);
		return;
	}
	for (size_t i = 0; i < v->servers; i++) {
		address_cell(&v->server[i], cell);
		w.address = wider(w.address, cell);
		verdict_cell(d, &v->server[i], cell);
		w.verdict = wider(w.verdict, cell);
	}
	if (!is_beyond(d))
		server_text_bold(&d->style, d->to);
	put_cell(d, "SERVER", w.address, false);
	put_cell(d, "VERDICT", w.verdict, false);
	put(d, "CONF   MAIL    SEEN  NAME");
	end_line(d);
	shown = rows_left(d, known);
	if (shown > v->servers)
		shown = v->servers;
	for (size_t i = 0; i < shown; i++)
		draw_server(d, &v->server[i], &w, v->time);
	draw_more(d, known, shown);
}

void
command_top_draw(const struct top_view *v, const struct top_screen *s, FILE *to)
{
	struct drawing d = {
		.s = s,
		.style = {.colour = s->colour, .width = s->width},
		.to = to,
	};

	if (s->terminal)
		fputs("\033[H", to);
	draw_head(&d, v);
	draw_losses(&d, v);
	draw_interfaces(&d, v);
	draw_outputs(&d, v);
	draw_servers(&d, v);
	if (s->terminal && !is_beyond(&d))
		fputs("\033[J", to);
}
