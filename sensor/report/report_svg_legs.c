/* SPDX-License-Identifier: Apache-2.0 */
#include "report_svg.h"

#include <stdio.h>

#include "report_words.h"
#include "sensor/infer/explain.h"
#include "sensor/infer/explain_parts.h"
#include "sensor/output/redact_reply.h"

/* Bold characters of a line in a box, with room at both ends; the box cuts wider ones. */
#define COLUMNS 22u

/* Three boxes and two arrows, from left to right or from top to bottom. */
struct layout {
	const char *class, *view;
	unsigned x[3], y[3];
	struct {
		unsigned x1, y1, x2, y2; /* the arrow */
		unsigned text_x, text_y; /* its word */
		const char *anchor;
	} arrow[2];
};

#define BOX_WIDTH  200u
#define BOX_HEIGHT 92u

static const struct layout wide = {"legs wide", "0 0 780 100", {4, 290, 576}, {4, 4, 4},
	{{206, 50, 286, 50, 246, 40, "middle"}, {492, 50, 572, 50, 532, 40, "middle"}}};
static const struct layout tall = {"legs tall", "0 0 280 380", {40, 40, 40},
	{4, 144, 284},
	{{140, 98, 140, 140, 150, 124, "start"},
		{140, 238, 140, 280, 150, 264, "start"}}};

/* What the picture says; names are raw. */
struct picture {
	const struct evidence *e;
	const char *way[2];   /* words at the arrows */
	const char *line[2];  /* their classes */
	struct span title[3]; /* of the boxes */
	struct span main[3], small[3];
	char room[6][160];
};

static void
ways(struct picture *l)
{
	static const struct {
		const char *in, *in_line, *on, *on_line;
	} of[] = {
		[EVIDENCE_SENT_ON] = {"taken", "yes", "sent on", "yes"},
		[EVIDENCE_TRIED] = {"taken", "yes", "tried", "maybe"},
		[EVIDENCE_INSIDE] = {"taken", "yes", "handed on", "maybe"},
		[EVIDENCE_TAKEN] = {"taken", "yes", "not seen", "maybe"},
		[EVIDENCE_RCPT_TAKEN] = {"recipient ok", "maybe", "not seen", "maybe"},
		[EVIDENCE_DENIED] = {"refused", "no", "nothing", "none"},
	};

	l->way[0] = of[l->e->kind].in;
	l->line[0] = of[l->e->kind].in_line;
	l->way[1] = of[l->e->kind].on;
	l->line[1] = of[l->e->kind].on_line;
}

static struct span
addr_text(const struct ip_addr *a, char room[160])
{
	struct prose p;

	prose_init(&p, room, 160);
	prose_addr(&p, a);
	return span_of_text(room);
}

static void
destination(struct picture *l)
{
	const struct attempt *a = l->e->a;
	struct prose p;

	l->title[2] = SPAN_LITERAL("Destination");
	if (ip_addr_is_none(&a->next_hop))
		l->main[2] = SPAN_LITERAL("not seen");
	else if (a->next_name && a->next_name->len)
		l->main[2] = word_span(a->next_name);
	else
		l->main[2] = addr_text(&a->next_hop, l->room[4]);
	if (!a->key.domain || !a->key.domain->len)
		return;
	prose_init(&p, l->room[5], sizeof(l->room[5]));
	prose_add(&p, "for ");
	prose_word(&p, a->key.domain);
	l->small[2] = span_of_text(l->room[5]);
}

static void
fill(struct picture *l, const struct verdict *v)
{
	const struct attempt *a = l->e->a;
	const struct word *name = v->identity->name;
	struct prose p;

	ways(l);
	l->title[0] = SPAN_LITERAL("Outsider");
	l->main[0] = addr_text(&a->key.client, l->room[0]);
	if (a->example && a->example->helo[0]) {
		prose_init(&p, l->room[1], sizeof(l->room[1]));
		prose_add(&p, "as ");
		prose_peer(&p, span_of_text(a->example->helo));
		l->small[0] = span_of_text(l->room[1]);
	}
	l->title[1] = SPAN_LITERAL("Server");
	prose_init(&p, l->room[2], sizeof(l->room[2]));
	prose_endpoint(&p, &v->server->key);
	l->main[1] = span_of_text(l->room[2]);
	if (name && name->len) {
		l->small[1] = l->main[1];
		l->main[1] = word_span(name);
	}
	destination(l);
}

static void
write_line(struct html_out *h, unsigned y, const char *class, struct span text)
{
	html_out_format(h, "<text class=\"%s\" x=\"100\" y=\"%u\">", class, y);
	html_out_short(h, text, 2 * COLUMNS);
	html_out_markup(h, "</text>");
}

/*
 * A name too long for one line is broken into two, wherever that is; what must not be
 * shown is taken out before, where the whole of it can still be recognised.
 */
static void
write_main(struct html_out *h, struct span text)
{
	if (html_out_columns(h, text) <= COLUMNS) {
		write_line(h, 50, "main", text);
		return;
	}
	html_out_markup(h, "<text class=\"main\" x=\"100\" y=\"42\">");
	html_out_slice(h, text, 0, COLUMNS, false);
	html_out_markup(h, "</text><text class=\"main\" x=\"100\" y=\"58\">");
	html_out_slice(h, text, COLUMNS, COLUMNS, true);
	html_out_markup(h, "</text>");
}

static void
write_box(struct html_out *h, const struct picture *l, const struct layout *at, size_t i)
{
	html_out_format(h, "<svg x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\">", at->x[i],
		at->y[i], BOX_WIDTH, BOX_HEIGHT);
	html_out_format(h,
		"<rect class=\"box%s\" x=\"1\" y=\"1\" width=\"%u\" height=\"%u\" "
		"rx=\"6\"/>",
		i == 1 ? " mid" : "", BOX_WIDTH - 2, BOX_HEIGHT - 2);
	write_line(h, 22, "role", l->title[i]);
	write_main(h, l->main[i]);
	if (l->small[i].len) {
		html_out_markup(h, "<text class=\"small\" x=\"100\" y=\"80\">");
		html_out_short(h, l->small[i], COLUMNS + 4);
		html_out_markup(h, "</text>");
	}
	html_out_markup(h, "</svg>");
}

/* The head of an arrow that ends at x, y, to the right or down. */
static void
write_head(struct html_out *h, const char *line, unsigned x, unsigned y, bool down)
{
	if (down)
		html_out_format(h, "<path class=\"head %s\" d=\"M%u %ul-6 -10h12z\"/>",
			line, x, y);
	else
		html_out_format(h, "<path class=\"head %s\" d=\"M%u %ul-10 -6v12z\"/>",
			line, x, y);
}

static void
write_arrow(
	struct html_out *h, const struct picture *l, const struct layout *at, size_t i)
{
	unsigned x1 = at->arrow[i].x1, y1 = at->arrow[i].y1;
	unsigned x2 = at->arrow[i].x2, y2 = at->arrow[i].y2;
	bool down = x1 == x2;

	if (strcmp(l->line[i], "none") != 0) {
		html_out_format(h, "<path class=\"way %s\" d=\"M%u %uL%u %u\"/>",
			l->line[i], x1, y1, down ? x2 : x2 - 8, down ? y2 - 8 : y2);
		write_head(h, l->line[i], x2, y2, down);
	}
	if (strcmp(l->line[i], "no") == 0) {
		unsigned x = (x1 + x2) / 2, y = (y1 + y2) / 2;

		html_out_format(h,
			"<path class=\"cross\" d=\"M%u %ul14 14m0 -14l-14 14\"/>", x - 7,
			y - 7);
	}
	html_out_format(h,
		"<text class=\"word\" x=\"%u\" y=\"%u\" text-anchor=\"%s\">%s</text>",
		at->arrow[i].text_x + (down && strcmp(l->line[i], "no") == 0 ? 6 : 0),
		at->arrow[i].text_y, at->arrow[i].anchor, l->way[i]);
}

static void
draw(struct html_out *h, const struct picture *l, const struct layout *at,
	const char *words)
{
	report_svg_open(
		h, at->class, at->view, "From the outsider to the destination", words);
	for (size_t i = 0; i < 3; i++)
		write_box(h, l, at, i);
	for (size_t i = 0; i < 2; i++)
		write_arrow(h, l, at, i);
	report_svg_close(h);
}

void
report_svg_legs(struct html_out *h, const struct verdict *v)
{
	char words[EXPLAIN_MAX];
	struct text_out shown;
	struct picture l = {.e = explain_furthest(v)};

	if (!l.e)
		l.e = explain_first(v, EVIDENCE_DENIED);
	if (!l.e)
		return;
	fill(&l, v);
	explain_evidence(v, l.e, words, sizeof(words));
	text_out_init(&shown);
	redact_evidence(span_of_text(words), h->text.level, &shown);
	html_out_markup(h, "<figure>\n");
	draw(h, &l, &wide, shown.at);
	draw(h, &l, &tall, shown.at);
	html_out_markup(h, "<figcaption>");
	html_out_prose(h, shown.at);
	html_out_markup(h, "</figcaption>\n</figure>\n");
	text_out_free(&shown);
}
