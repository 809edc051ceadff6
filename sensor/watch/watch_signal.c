/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "watch_part.h"

/* ms between looks at the threads' progress. */
#define LOOK_MS 500

static void
wake_main(void *ctx)
{
	const struct watch *w = ctx;
	uint64_t one = 1;

	/* It can only fail when it is full, and then there is a wake-up waiting. */
	if (write(w->wake, &one, sizeof(one)) < 0)
		return;
}

int
watch_signal_open(struct watch *w)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	w->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	watch_box_init(&w->main_box, wake_main, w);
	if (w->signals >= 0 && w->wake >= 0)
		return 0;
	log_warn("signals");
	return -1;
}

void
watch_signal_close(struct watch *w)
{
	if (w->signals >= 0)
		close(w->signals);
	if (w->wake >= 0)
		close(w->wake);
	watch_box_free(&w->main_box);
}

static void
on_hangup(struct watch *w)
{
	watch_notify_reloading(watch_clock());
	watch_reload(w);
	watch_reopen(w);
	watch_notify_ready();
}

/* False: it is to end. */
static bool
take_signals(struct watch *w)
{
	struct signalfd_siginfo s;
	bool hangup = false, end = false;

	/* Many of one kind are as good as one. */
	while (read(w->signals, &s, sizeof(s)) == (ssize_t)sizeof(s)) {
		hangup |= s.ssi_signo == SIGHUP;
		end |= s.ssi_signo == SIGTERM || s.ssi_signo == SIGINT;
		if (s.ssi_signo == SIGUSR1) {
			atomic_store(&w->stats_wanted, true);
			watch_infer_wake(w);
		}
	}
	if (hangup && !end)
		on_hangup(w);
	return !end;
}

/* Packet threads and the inference: each has to get on, or the watchdog gets no ping. */
static void
look_at_threads(struct watch *w)
{
	uint64_t beats[WATCH_NOTIFY_BEATS];
	size_t count = 0;

	for (size_t i = 0; i < w->packets; i++)
		beats[count++] =
			atomic_load_explicit(&w->packet[i].beats, memory_order_relaxed);
	beats[count++] = atomic_load_explicit(&w->beats, memory_order_relaxed);
	if (watch_notify_beat(&w->notify, beats, count, watch_clock()))
		log_warnx("a thread does not get on; the watchdog gets no sign of life");
}

/* All packet threads have left: a system's error, which one of them logged. */
static bool
all_have_left(struct watch *w)
{
	for (size_t i = 0; i < w->packets; i++)
		if (watch_queue_heard(w->packet[i].queue).order != UINT64_MAX)
			return false;
	return true;
}

void
watch_signal_loop(struct watch *w)
{
	struct pollfd polled[] = {
		{.fd = w->signals, .events = POLLIN},
		{.fd = w->wake, .events = POLLIN},
	};
	uint64_t count;

	do {
		if (poll(polled, 2, LOOK_MS) > 0 && polled[1].revents &&
			read(w->wake, &count, sizeof(count)) < 0 && errno != EAGAIN)
			log_warn("eventfd");
		watch_box_serve(&w->main_box);
		look_at_threads(w);
	} while (take_signals(w) && !all_have_left(w));
	watch_box_close(&w->main_box);
}
