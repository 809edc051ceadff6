/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the service manager is told (sd_notify(3)): that the sensor is ready, reloads,
 * ends, and that its threads get on. Nothing unless NOTIFY_SOCKET is set.
 */
#ifndef WATCH_NOTIFY_H
#define WATCH_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

#include "dissect/dissect.h"

/* Threads whose progress is looked at. */
#define WATCH_NOTIFY_BEATS 66

/* The caller's, embedded. */
struct watch_notify {
	uint64_t every_ns; /* watchdog pings; 0: none are wanted */
	uint64_t pinged_ns;
	uint64_t before[WATCH_NOTIFY_BEATS];
};

/* Reads the environment, and leaves it: before any thread is started. */
void watch_notify_init(struct watch_notify *n);
void watch_notify_ready(void);
/* now_ns: CLOCK_MONOTONIC, as systemd wants it for Type=notify-reload. */
void watch_notify_reloading(uint64_t now_ns);
void watch_notify_stopping(void);
/* A line for systemctl status. */
void watch_notify_status(const char *text);

/*
 * The threads' counters of progress: a ping goes out when it is time and each of them has
 * moved since the ping before. True: it is time, and one stands still.
 */
bool watch_notify_beat(
	struct watch_notify *n, const uint64_t *beats, size_t count, uint64_t now_ns);

#endif
