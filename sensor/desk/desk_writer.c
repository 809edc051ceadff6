/* SPDX-License-Identifier: Apache-2.0 */
#include "desk_writer.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "sensor/base/log.h"

/* After a commit that failed: a full disk is asked again after so long. */
#define RETRY_MS 1000u

#define NS_PER_SECOND UINT64_C(1000000000)

struct desk_writer {
	struct store *store;
	bool own_thread;
	uint64_t offer_ns;
	pthread_t thread;
	pthread_mutex_t lock; /* of all below */
	pthread_cond_t given;
	pthread_cond_t done;
	struct store_batch *hand; /* being committed; NULL: idle */
	bool stop;
	uint64_t failed;
	uint64_t octets;  /* of hand, when it was given */
	uint64_t failing; /* ns, of now_ns(): since when; 0: not */
	bool offering;
};

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * NS_PER_SECOND + (uint64_t)t.tv_nsec;
}

/* An absolute time for waits, ms from now. */
static struct timespec
from_now(unsigned ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

/* --- alerts that cannot be kept --------------------------------------------------------
 */

/* Holding the lock. True: hand is to be offered. */
static bool
note_failure(struct desk_writer *w)
{
	uint64_t now = now_ns();

	w->failed++;
	if (!w->failing)
		w->failing = now;
	if (!w->offering && now - w->failing >= w->offer_ns) {
		w->offering = true;
		log_warnx("the database could not be written for %llu s: until it can, "
			  "alerts go to the outputs from memory",
			(unsigned long long)((now - w->failing) / NS_PER_SECOND));
	}
	return w->offering;
}

/* Holding the lock. */
static void
note_success(struct desk_writer *w)
{
	if (w->offering)
		log_info("the database is written again after %llu s; alerts that went "
			 "out "
			 "meanwhile are kept, too",
			(unsigned long long)((now_ns() - w->failing) / NS_PER_SECOND));
	w->failing = 0;
	w->offering = false;
}

/* --- commits --------------------------------------------------------------------------
 */

/* Holding the lock; gives it up during the commit. */
static void
commit_hand(struct desk_writer *w)
{
	struct store_batch *batch = w->hand;
	int result;

	pthread_mutex_unlock(&w->lock);
	result = store_commit(w->store, batch);
	pthread_mutex_lock(&w->lock);
	if (result == 0) {
		store_batch_free(batch);
		w->hand = NULL;
		note_success(w);
		pthread_cond_broadcast(&w->done);
		return;
	}
	if (note_failure(w))
		store_offer(w->store, batch);
	if (!w->stop) {
		struct timespec until = from_now(RETRY_MS);

		pthread_cond_timedwait(&w->given, &w->lock, &until);
	}
}

static void *
work(void *ctx)
{
	struct desk_writer *w = ctx;

	pthread_mutex_lock(&w->lock);
	while (!w->stop || w->hand) {
		uint64_t failed = w->failed;
		/* One that failed before the end was known is tried once more. */
		bool last = w->stop;

		if (w->hand)
			commit_hand(w);
		else
			pthread_cond_wait(&w->given, &w->lock);
		if (last && w->failed > failed)
			break;
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Signals are the main thread's. */
static int
start(struct desk_writer *w)
{
	sigset_t all, old;
	int result;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	result = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return result;
}

struct desk_writer *
desk_writer_new(struct store *store, bool own_thread, unsigned offer_ms)
{
	struct desk_writer *w = calloc(1, sizeof(*w));
	pthread_condattr_t clock;

	if (!w)
		abort();
	w->store = store;
	w->own_thread = own_thread;
	w->offer_ns = (uint64_t)offer_ms * 1000000u;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&w->given, &clock);
	pthread_cond_init(&w->done, &clock);
	pthread_condattr_destroy(&clock);
	if (own_thread && start(w) != 0) {
		log_warnx("no thread for the database: it is written between packets");
		w->own_thread = false;
	}
	return w;
}

bool
desk_writer_free(struct desk_writer *w)
{
	bool lost;

	if (!w)
		return true;
	if (w->own_thread) {
		pthread_mutex_lock(&w->lock);
		w->stop = true;
		pthread_cond_broadcast(&w->given);
		pthread_mutex_unlock(&w->lock);
		pthread_join(w->thread, NULL);
	}
	lost = w->hand != NULL;
	if (lost)
		store_offer(w->store, w->hand);
	store_batch_free(w->hand);
	pthread_cond_destroy(&w->given);
	pthread_cond_destroy(&w->done);
	pthread_mutex_destroy(&w->lock);
	free(w);
	return !lost;
}

bool
desk_writer_is_idle(struct desk_writer *w)
{
	bool idle;

	pthread_mutex_lock(&w->lock);
	idle = w->hand == NULL;
	pthread_mutex_unlock(&w->lock);
	return idle;
}

/* store_commit() empties it only when it is done. */
static bool
give_at_once(struct desk_writer *w, struct store_batch *batch)
{
	if (store_commit(w->store, batch) == 0)
		return true;
	w->failed++;
	return false;
}

bool
desk_writer_give(struct desk_writer *w, struct store_batch **batch)
{
	bool taken;

	if (!w->own_thread)
		return give_at_once(w, *batch);
	pthread_mutex_lock(&w->lock);
	taken = w->hand == NULL;
	if (taken) {
		w->hand = *batch;
		w->octets = store_batch_octets(*batch);
		*batch = store_batch_new();
		pthread_cond_signal(&w->given);
	}
	pthread_mutex_unlock(&w->lock);
	return taken;
}

bool
desk_writer_is_offering(struct desk_writer *w)
{
	bool offering;

	pthread_mutex_lock(&w->lock);
	offering = w->offering;
	pthread_mutex_unlock(&w->lock);
	return offering;
}

bool
desk_writer_wait(struct desk_writer *w, unsigned ms)
{
	struct timespec until = from_now(ms);
	bool idle;

	pthread_mutex_lock(&w->lock);
	while (w->hand && pthread_cond_timedwait(&w->done, &w->lock, &until) != ETIMEDOUT)
		;
	idle = w->hand == NULL;
	pthread_mutex_unlock(&w->lock);
	return idle;
}

void
desk_writer_counters(struct desk_writer *w, struct desk_writer_counters *out)
{
	pthread_mutex_lock(&w->lock);
	out->failed = w->failed;
	out->octets = w->hand ? w->octets : 0;
	pthread_mutex_unlock(&w->lock);
}
