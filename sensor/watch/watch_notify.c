/* SPDX-License-Identifier: Apache-2.0 */
#include "watch_notify.h"

#include <assert.h>
#include <inttypes.h>
#include <systemd/sd-daemon.h>

void
watch_notify_init(struct watch_notify *n)
{
	uint64_t us = 0;

	*n = (struct watch_notify){0};
	/* Twice in the time after which it would be taken for dead. */
	if (sd_watchdog_enabled(0, &us) > 0)
		n->every_ns = us * 1000 / 2;
}

void
watch_notify_ready(void)
{
	sd_notify(0, "READY=1");
}

void
watch_notify_reloading(uint64_t now_ns)
{
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, now_ns / 1000);
}

void
watch_notify_stopping(void)
{
	sd_notify(0, "STOPPING=1");
}

void
watch_notify_status(const char *text)
{
	sd_notifyf(0, "STATUS=%s", text);
}

bool
watch_notify_beat(
	struct watch_notify *n, const uint64_t *beats, size_t count, uint64_t now_ns)
{
	bool moved = true;

	assert(count <= WATCH_NOTIFY_BEATS);
	if (n->every_ns == 0 || now_ns - n->pinged_ns < n->every_ns)
		return false;
	for (size_t i = 0; i < count; i++)
		moved &= n->pinged_ns == 0 || beats[i] != n->before[i];
	if (!moved)
		return true;
	memcpy(n->before, beats, count * sizeof(*beats));
	n->pinged_ns = now_ns;
	sd_notify(0, "WATCHDOG=1");
	return false;
}
