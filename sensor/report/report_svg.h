/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pictures of the page, as SVG inside of it. Each has a title and a description for
 * those who do not see it; colours are the page's (report_style.c), and nothing is told
 * by colour alone. Ids are unique on the page.
 *
 * report_svg_activity.c  messages over time
 * report_svg_exposure.c  when the server was seen, and when open
 * report_svg_legs.c      outsider, server, destination
 */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H

#include "html_out.h"
#include "sensor/infer/verdict.h"

/* Each writes a figure with its caption, or nothing where there is nothing to show. */
void report_svg_activity(struct html_out *h, const struct verdict *v);
void report_svg_exposure(struct html_out *h, const struct verdict *v);
void report_svg_legs(struct html_out *h, const struct verdict *v);

/*
 * "<svg …><title>…</title><desc>…</desc>", with role and labels; box: the view box, our
 * own text. description may hold peers' octets.
 */
void report_svg_open(struct html_out *h, const char *class, const char *box,
	const char *title, const char *description);
void report_svg_close(struct html_out *h);

#endif
