/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_make.h"

#include <inttypes.h>

#include "sensor/base/text_out.h"

/* Of all that came by, in percent; 0 where nothing is known to have come. */
static double
share_lost(uint64_t lost, uint64_t seen)
{
	return lost ? 100.0 * (double)lost / ((double)lost + (double)seen) : 0;
}

static void
add(struct text_out *t, uint64_t count, const char *one, const char *many)
{
	if (count == 0)
		return;
	text_out_format(t, "%s%" PRIu64 " %s", t->used ? ", " : "", count,
		count == 1 ? one : many);
}

static struct span
keep_all(struct alert *a, struct text_out *t)
{
	struct span s = alert_keep(a, text_out_all(t));

	text_out_free(t);
	return s;
}

/* "120 packets lost for want of room in the ring, …; eth1 is down" */
static struct span
detail(struct alert *a, const struct alert_blindness *b)
{
	struct text_out t;

	text_out_init(&t);
	add(&t, b->ring, "packet lost for want of room in the ring",
		"packets lost for want of room in the ring");
	add(&t, b->card, "packet lost by the network card",
		"packets lost by the network card");
	add(&t, b->queue, "record that the inference had no room for",
		"records that the inference had no room for");
	add(&t, b->evicted, "connection given up for want of room",
		"connections given up for want of room");
	if (a->count)
		text_out_format(&t, " (%.1f %% of %" PRIu64 " packets)",
			share_lost(a->count, b->seen), a->count + b->seen);
	if (t.used && b->where.len)
		text_out_text(&t, "; ");
	text_out_span(&t, b->where);
	return keep_all(a, &t);
}

static struct span
explanation(struct alert *a, const char *observer)
{
	struct text_out t;

	text_out_init(&t);
	text_out_text(&t, "The sensor");
	if (observer && *observer)
		text_out_format(&t, " %s", observer);
	text_out_text(&t,
		" did not see all traffic. What it did not see it cannot judge: a relay "
		"may go unnoticed, and verdicts may rest on half of a conversation. "
		"Until "
		"this is mended, \"no alert\" does not mean \"no relay\".");
	return keep_all(a, &t);
}

static struct span
mend(struct alert *a, const struct alert_blindness *b)
{
	struct text_out t;

	text_out_init(&t);
	if (b->where.len)
		text_out_text(&t, "Look at the cable, the mirror port and the "
				  "interface:\n  ip -s link\n");
	if (b->ring)
		text_out_text(&t, "Give the ring more room or more threads "
				  "(relaytap.conf(5): ring and threads under capture), "
				  "and see that the host has a processor to spare.\n");
	if (b->card)
		text_out_text(&t, "Enlarge the network card's own ring:\n"
				  "  ethtool -G INTERFACE rx 4096\n");
	if (b->queue)
		text_out_text(&t, "The inference does not keep up: see that the host has "
				  "a processor to spare and that its disk answers.\n");
	if (b->evicted)
		text_out_text(&t, "Allow more connections at once (relaytap.conf(5): "
				  "connections and windows under limits).\n");
	return keep_all(a, &t);
}

/* A gone interface shows nothing at all of what is on it. */
static enum alert_severity
severity(const struct alert *a, const struct alert_blindness *b)
{
	return b->where.len || share_lost(a->count, b->seen) > 10.0
		       ? ALERT_SEVERITY_HIGH
		       : ALERT_SEVERITY_MEDIUM;
}

struct alert *
alert_of_blindness(const struct alert_blindness *b, const char *observer)
{
	struct alert *a = alert_new();

	a->kind = ALERT_SENSOR;
	a->rule = alert_keep_text(a, "sensor-blind");
	a->title = alert_keep_text(a, "Sensor does not see all traffic");
	a->time = b->to;
	a->first = b->from;
	a->last = b->to;
	a->count = b->ring + b->card;
	a->severity = severity(a, b);
	a->detail = detail(a, b);
	a->explanation = explanation(a, observer);
	a->mend = mend(a, b);
	return a;
}
