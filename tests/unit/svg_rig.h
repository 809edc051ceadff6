/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the report's pictures: what a picture's function writes, and whether all
 * of it stands within its view box and can be read aloud.
 */
#ifndef SVG_RIG_H
#define SVG_RIG_H

#include "report_rig.h"

#include "sensor/report/html_out.h"

typedef void svg_picture(struct html_out *h, const struct verdict *v);

/* Into r->text. */
static inline const char *
svg_rig_draw_redacted(struct report_rig *r, svg_picture *picture, const struct verdict *v,
	enum config_redact level)
{
	struct html_out h;
	FILE *to;

	free(r->text);
	r->text = NULL;
	to = open_memstream(&r->text, &r->len);
	assert_non_null(to);
	html_out_init(&h, to, level);
	picture(&h, v);
	html_out_free(&h);
	assert_int_equal(fclose(to), 0);
	return r->text;
}

static inline const char *
svg_rig_draw(struct report_rig *r, svg_picture *picture, const struct verdict *v)
{
	return svg_rig_draw_redacted(r, picture, v, CONFIG_REDACT_NONE);
}

/* The number behind name=" in the element that begins at tag; fails if it is none. */
static inline double
svg_rig_number(const char *tag, const char *name)
{
	const char *end = strchr(tag, '>'), *at = strstr(tag, name);
	char *behind;
	double n;

	if (!end || !at || at > end)
		fail_msg("no%s in %.80s", name, tag);
	n = strtod(at + strlen(name), &behind);
	if (behind == at + strlen(name) || *behind != '"')
		fail_msg("%s is no number in %.80s", name, tag);
	return n;
}

static inline void
svg_rig_assert_inside(double from, double size, double room, const char *tag)
{
	if (!(from >= -0.005 && size > 0 && from + size <= room + 0.005))
		fail_msg("%g and %g more do not lie within %g: %.100s", from, size, room,
			tag);
}

/* How many rectangles there are; each must lie within the svg element around it. */
static inline size_t
svg_rig_assert_geometry(const char *text)
{
	double width[3] = {0}, height[3] = {0};
	size_t depth = 0, count = 0;

	assert_not_in(text, "nan");
	assert_not_in(text, "inf\"");
	for (const char *at = text; (at = strchr(at, '<')); at++) {
		if (strncmp(at, "<svg class", 10) == 0) {
			const char *box = strstr(at, "viewBox=\"0 0 ");

			assert_non_null(box);
			depth = 1;
			assert_int_equal(sscanf(box, "viewBox=\"0 0 %lf %lf\"", &width[1],
						 &height[1]),
				2);
		} else if (strncmp(at, "<svg ", 5) == 0 ||
			   strncmp(at, "<rect ", 6) == 0) {
			double w = svg_rig_number(at, " width=\"");
			double h = svg_rig_number(at, " height=\"");

			assert_in_range(depth, 1, 2);
			svg_rig_assert_inside(
				svg_rig_number(at, " x=\""), w, width[depth], at);
			svg_rig_assert_inside(
				svg_rig_number(at, " y=\""), h, height[depth], at);
			if (at[1] == 's') {
				depth++;
				width[depth] = w;
				height[depth] = h;
			} else {
				count++;
			}
		} else if (strncmp(at, "</svg>", 6) == 0) {
			depth--;
		}
	}
	assert_int_equal(depth, 0);
	return count;
}

/* Each picture has its two texts, and its names are those of these. */
static inline void
svg_rig_assert_words(const char *text, size_t pictures)
{
	assert_int_equal(count_in(text, "role=\"img\""), pictures);
	assert_int_equal(count_in(text, "<title id=\"g"), pictures);
	assert_int_equal(count_in(text, "<desc id=\"g"), pictures);
	assert_int_equal(count_in(text, "aria-labelledby=\"g"), pictures);
	assert_not_in(text, "<title id=\"g1t\"></title>");
	assert_not_in(text, "<desc id=\"g1d\"></desc>");
}

#endif
