/* SPDX-License-Identifier: Apache-2.0 */
#include "report_svg.h"

#include "report_words.h"

/* Units of the view box: a bucket is so wide, the highest bar so high. */
#define BUCKET 10.0
#define HEIGHT 100.0
/* A single bucket is not drawn as wide as the page. */
#define BUCKETS_MIN 12u

/* From the bottom of a bar to its top. */
static const struct {
	enum activity_series series;
	const char *class;
} series[ACTIVITY_SERIES] = {
	{ACTIVITY_UNAUTHENTICATED, "taken"},
	{ACTIVITY_AUTHENTICATED, "login"},
	{ACTIVITY_REFUSED, "refused"},
};

/*
 * How high each part of a bar is. One of a million is still to be seen; what that takes
 * comes off the highest part, so that the bar stays in the picture.
 */
static void
part_heights(const struct activity *a, size_t bucket, uint64_t peak,
	double high[ACTIVITY_SERIES])
{
	double sum = 0;
	size_t highest = 0;

	for (size_t s = 0; s < ACTIVITY_SERIES; s++) {
		uint32_t n = activity_count(a, series[s].series, bucket);

		high[s] = (double)n / (double)peak * HEIGHT;
		if (n && high[s] < 1)
			high[s] = 1;
		if (high[s] > high[highest])
			highest = s;
		sum += high[s];
	}
	if (sum > HEIGHT)
		high[highest] -= sum - HEIGHT;
}

static void
write_bar(struct html_out *h, const struct activity *a, size_t bucket, uint64_t peak)
{
	double high[ACTIVITY_SERIES], top = HEIGHT;

	part_heights(a, bucket, peak, high);
	for (size_t s = 0; s < ACTIVITY_SERIES; s++) {
		if (high[s] <= 0)
			continue;
		top -= high[s];
		html_out_format(h,
			"<rect class=\"%s\" x=\"%.0f\" y=\"%.2f\" width=\"%.0f\" "
			"height=\"%.2f\"/>",
			series[s].class, (double)bucket * BUCKET + 1, top > 0 ? top : 0,
			BUCKET - 2, high[s]);
	}
}

static void
write_legend(struct html_out *h, const struct activity *a)
{
	html_out_markup(h, "<p class=\"legend\">");
	for (size_t s = 0; s < ACTIVITY_SERIES; s++) {
		html_out_format(h, "%s<span><i class=\"k %s\"></i>", s ? " " : "",
			series[s].class);
		html_out_number(h, activity_total(a, series[s].series));
		html_out_format(h, " %s</span>", report_words_series(series[s].series));
	}
	html_out_markup(h, "</p>\n");
}

/* "tallest bar: 12 in 1 min" above the picture's left end. */
static void
write_scale(struct html_out *h, const struct activity *a, uint64_t peak)
{
	char text[REPORT_WORDS_MAX];
	struct prose p;

	html_out_markup(h, "<p class=\"ends\"><span>tallest bar: ");
	html_out_number(h, peak);
	prose_init(&p, text, sizeof(text));
	report_words_duration(&p, activity_width(a));
	html_out_format(h, " in %s; a bar is %s wide</span></p>\n", text, text);
}

void
report_svg_activity(struct html_out *h, const struct verdict *v)
{
	const struct activity *a = &v->identity->activity;
	size_t buckets = activity_buckets(a);
	uint64_t peak = report_words_activity_peak(a);
	char text[REPORT_WORDS_MAX], box[64];
	struct prose p;

	if (!peak)
		return;
	if (buckets < BUCKETS_MIN)
		buckets = BUCKETS_MIN;
	prose_init(&p, text, sizeof(text));
	report_words_activity(&p, a);
	snprintf(box, sizeof(box), "0 0 %.0f %.0f", (double)buckets * BUCKET, HEIGHT);
	html_out_markup(h, "<h4>Messages over time</h4>\n<figure>\n");
	write_scale(h, a, peak);
	report_svg_open(h, "bars", box, "Messages over time", text);
	for (size_t b = 0; b < activity_buckets(a); b++)
		write_bar(h, a, b, peak);
	report_svg_close(h);
	html_out_markup(h, "<p class=\"ends\">");
	html_out_time(h, activity_start(a));
	html_out_time(h, activity_start(a) + buckets * activity_width(a));
	html_out_markup(h, "</p>\n");
	write_legend(h, a);
	html_out_markup(h, "</figure>\n");
}
