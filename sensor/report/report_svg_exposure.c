/* SPDX-License-Identifier: Apache-2.0 */
#include "report_svg.h"

#include "report_words.h"

/* Units of the view box; it is stretched to the page's width. */
#define WIDTH	      1000.0
#define NS_PER_SECOND UINT64_C(1000000000)
/* No bar is thinner. */
#define LEAST 6.0

void
report_svg_open(struct html_out *h, const char *class, const char *box, const char *title,
	const char *description)
{
	unsigned id = ++h->ids;

	html_out_format(h,
		"<svg class=\"%s\" viewBox=\"%s\" role=\"img\" "
		"aria-labelledby=\"g%ut g%ud\"",
		class, box, id, id);
	html_out_format(h, "%s focusable=\"false\">",
		strncmp(class, "legs", 4) == 0 ? "" : " preserveAspectRatio=\"none\"");
	html_out_format(h, "<title id=\"g%ut\">", id);
	html_out_short(h, span_of_text(title), 400);
	html_out_format(h, "</title><desc id=\"g%ud\">", id);
	html_out_short(h, span_of_text(description), 800);
	html_out_markup(h, "</desc>");
}

void
report_svg_close(struct html_out *h)
{
	html_out_markup(h, "</svg>\n");
}

/* Where ns stands between from and to, in units. */
static double
place(uint64_t ns, uint64_t from, uint64_t to)
{
	if (ns <= from || to <= from)
		return 0;
	if (ns >= to)
		return WIDTH;
	return (double)(ns - from) / (double)(to - from) * WIDTH;
}

static void
write_bars(struct html_out *h, const struct verdict *v, uint64_t from, uint64_t to)
{
	const struct exposure *e = &v->exposure;
	double left = place(e->from, from, to), right = place(e->to, from, to);

	if (right - left < LEAST)
		right = left + LEAST;
	if (right > WIDTH) {
		left -= right - WIDTH;
		right = WIDTH;
	}
	html_out_format(h,
		"<rect class=\"seen\" x=\"0\" y=\"9\" width=\"%.0f\" height=\"6\"/>",
		WIDTH);
	html_out_format(h,
		"<rect class=\"open\" x=\"%.1f\" y=\"2\" width=\"%.1f\" height=\"20\"/>",
		left, right - left);
	if (v->last_denied)
		html_out_format(h,
			"<rect class=\"denied\" x=\"%.1f\" y=\"0\" width=\"%.0f\" "
			"height=\"24\"/>",
			place(v->last_denied, from, to) * (WIDTH - LEAST) / WIDTH, LEAST);
}

static void
write_legend(struct html_out *h, const struct verdict *v)
{
	html_out_markup(h,
		"<p class=\"legend\"><span><i class=\"k open\"></i>open</span> "
		"<span><i class=\"k seen\"></i>watched</span>");
	if (v->last_denied) {
		html_out_markup(h, " <span><i class=\"k denied\"></i>last refusal, ");
		html_out_time(h, v->last_denied);
		html_out_markup(h, "</span>");
	}
	html_out_markup(h, "</p>\n");
}

void
report_svg_exposure(struct html_out *h, const struct verdict *v)
{
	const struct identity *id = v->identity;
	uint64_t from = v->exposure.from, to = v->exposure.to;
	char text[REPORT_WORDS_MAX];
	struct prose p;

	if (!from)
		return;
	if (id->first && id->first < from)
		from = id->first;
	if (id->last > to)
		to = id->last;
	/* A strip of less than a second shows nothing that its sentence does not say. */
	if (to - from < NS_PER_SECOND)
		return;
	prose_init(&p, text, sizeof(text));
	report_words_exposure(&p, v);
	html_out_markup(h, "<figure>\n");
	report_svg_open(h, "strip", "0 0 1000 24", "When the server was open", text);
	write_bars(h, v, from, to);
	report_svg_close(h);
	html_out_markup(h, "<p class=\"ends\">");
	html_out_time(h, from);
	html_out_time(h, to);
	html_out_markup(h, "</p>\n");
	write_legend(h, v);
	html_out_markup(h, "</figure>\n");
}
