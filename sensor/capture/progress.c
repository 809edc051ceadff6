/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "sensor/base/log.h"

#define NS_PER_S 1000000000u
/* At most four times a second. */
#define REDRAW_NS (NS_PER_S / 4)

/* ECMA-48: carriage return, erase to the end of the line. */
#define ERASE "\r\033[K"

static uint64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

void
progress_init(struct progress *p, bool quiet)
{
	*p = (struct progress){.shown_at_all = !quiet && isatty(STDERR_FILENO)};
	if (p->shown_at_all)
		p->started = p->drawn = now();
}

static void
erase(struct progress *p)
{
	if (p->standing)
		fputs(ERASE, stderr);
	p->standing = false;
	log_erase(NULL);
}

void
progress_close(struct progress *p)
{
	erase(p);
	p->shown_at_all = false;
}

/* "1:02:03" or "2:03" */
static void
duration_text(uint64_t seconds, char *out, size_t room)
{
	unsigned long long h = seconds / 3600, m = seconds / 60 % 60, s = seconds % 60;

	if (h)
		snprintf(out, room, "%llu:%02llu:%02llu", h, m, s);
	else
		snprintf(out, room, "%llu:%02llu", m, s);
}

size_t
progress_text(
	const struct timeline_totals *totals, uint64_t elapsed_ns, char *out, size_t room)
{
	double seconds = (double)(elapsed_ns ? elapsed_ns : 1) / NS_PER_S;
	double rate = (double)totals->done / seconds;
	double frames = (double)totals->frames / seconds;
	char left[32];
	int n;

	if (totals->size == 0 || totals->done == 0) {
		n = snprintf(out, room, "%.0f MB read, %.0f MB/s, %.0f packets/s",
			(double)totals->done / 1e6, rate / 1e6, frames);
	} else {
		uint64_t done = totals->done < totals->size ? totals->done : totals->size;

		duration_text((uint64_t)((double)(totals->size - done) / rate), left,
			sizeof(left));
		n = snprintf(out, room, "%.0f %%, %.0f MB/s, %.0f packets/s, %s left",
			100.0 * (double)done / (double)totals->size, rate / 1e6, frames,
			left);
	}
	if (n < 0)
		return 0;
	return (size_t)n < room ? (size_t)n : room - 1;
}

void
progress_look(struct progress *p, const struct timeline *t)
{
	struct timeline_totals totals;
	uint64_t at = now();
	char text[100];

	p->frames = 0;
	if (at - p->drawn < REDRAW_NS)
		return;
	p->drawn = at;
	timeline_totals(t, &totals);
	progress_text(&totals, at - p->started, text, sizeof(text));
	fprintf(stderr, ERASE "%s", text);
	fflush(stderr);
	p->standing = true;
	log_erase(ERASE);
}
