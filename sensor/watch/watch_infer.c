/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <time.h>

#include "sensor/base/log.h"
#include "sensor/record/record_write.h"
#include "sensor/sandbox/sandbox.h"
#include "watch_part.h"

/* While records keep coming, the desk looks so often. */
#define LOOK_NS (50 * WATCH_MS)
/* A look that took long is not repeated before so many times as long. */
#define LOOK_SHARE 4u
/* ns of sleep: for want of records, and while one waits for a thread to hear as far. */
#define SLEEP_NS      (50 * WATCH_MS)
#define SLEEP_WAIT_NS (1 * WATCH_MS)

uint64_t
watch_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * WATCH_SECOND + (uint64_t)t.tv_nsec;
}

/* --- sleep ---------------------------------------------------------------------------
 */

/*
 * The fence pairs with the one in sleep_for(): either the record that was just put is
 * seen there, or the flag is seen here.
 */
void
watch_infer_wake(struct watch *w)
{
	atomic_thread_fence(memory_order_seq_cst);
	if (!atomic_load_explicit(&w->sleeping, memory_order_relaxed))
		return;
	pthread_mutex_lock(&w->sleep_lock);
	pthread_cond_signal(&w->sleep_cond);
	pthread_mutex_unlock(&w->sleep_lock);
}

static bool
has_more(struct watch *w)
{
	struct watch_time at;

	for (size_t i = 0; i < w->packets; i++)
		if (watch_queue_peek(w->packet[i].queue, &at))
			return true;
	return false;
}

/* waits: a record is there, but not its turn. */
static void
sleep_for(struct watch *w, bool waits)
{
	uint64_t until = watch_clock() + (waits ? SLEEP_WAIT_NS : SLEEP_NS);
	struct timespec t = {
		.tv_sec = (time_t)(until / WATCH_SECOND),
		.tv_nsec = (long)(until % WATCH_SECOND),
	};

	pthread_mutex_lock(&w->sleep_lock);
	atomic_store_explicit(&w->sleeping, true, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	if (!watch_box_has(&w->box) && (waits || !has_more(w)))
		pthread_cond_timedwait(&w->sleep_cond, &w->sleep_lock, &t);
	atomic_store_explicit(&w->sleeping, false, memory_order_relaxed);
	pthread_mutex_unlock(&w->sleep_lock);
}

/* --- records -------------------------------------------------------------------------
 */

static void
write_record(struct watch *w, const struct record *r)
{
	record_write(r, &w->files, &w->json);
	if (json_out_line(&w->json, w->records) == 0)
		return;
	if (!atomic_exchange(&w->failed, true))
		log_warn("--transactions %s", w->o->records);
}

static void
take_record(struct watch *w, const struct record *r)
{
	infer_feed(w->infer, r);
	if (w->records)
		write_record(w, r);
	desk_record(w->desk, r);
	w->learned = true;
	w->taken++;
}

/* --- looks ---------------------------------------------------------------------------
 */

static void
look(struct watch *w, uint64_t clock)
{
	uint64_t now = watch_merge_now(&w->merge), took;

	if (now == 0)
		return;
	desk_look(w->desk, now);
	if (w->records)
		fflush(w->records);
	if (w->evidence)
		evidence_write(w->evidence);
	w->learned = false;
	took = watch_clock() - clock;
	w->looked_ns = clock;
	w->look_not_before_ns = clock + took + LOOK_SHARE * took;
}

/*
 * Low latency: as soon as nothing waits. Under load at intervals, and if there is so much
 * to look at that it takes long, it is not all that is done.
 */
static void
look_if_due(struct watch *w, bool nothing_waits)
{
	uint64_t clock = watch_clock();

	if (clock < w->look_not_before_ns)
		return;
	if ((w->learned && nothing_waits) || clock - w->looked_ns >= LOOK_NS)
		look(w, clock);
}

static void
tell_blindness(struct watch *w, const struct alert_blindness *b, bool alert)
{
	log_warnx("not all is seen: %llu packets dropped for want of room, %llu lost by "
		  "the "
		  "card, %llu records dropped, %llu connections given up%s%.*s",
		(unsigned long long)b->ring, (unsigned long long)b->card,
		(unsigned long long)b->queue, (unsigned long long)b->evicted,
		b->where.len ? "; " : "", (int)b->where.len, (const char *)b->where.at);
	if (alert)
		desk_blindness(w->desk, b, b->to);
}

static void
judge_losses(struct watch *w)
{
	uint64_t now = watch_merge_now(&w->merge);
	struct watch_loss_totals totals;
	struct alert_blindness b;
	enum watch_loss_verdict verdict;

	if (now == 0)
		return;
	watch_stats_losses(w, &totals);
	verdict = watch_loss_judge(&w->loss, &totals, now, &b);
	if (verdict != WATCH_LOSS_NOTHING)
		tell_blindness(w, &b, verdict == WATCH_LOSS_BLIND);
}

static void
tell_stats_if_due(struct watch *w, uint64_t clock)
{
	uint64_t every = w->o->stats_seconds * WATCH_SECOND;
	bool wanted = atomic_exchange(&w->stats_wanted, false);

	if (!wanted && (!every || clock - w->stats_ns < every))
		return;
	w->stats_ns = clock;
	watch_stats_log(w);
}

/* What is done once a second whatever comes. */
static void
each_second(struct watch *w)
{
	uint64_t clock = watch_clock();

	if (atomic_load_explicit(&w->stats_wanted, memory_order_relaxed))
		w->second_ns = 0;
	if (clock - w->second_ns < WATCH_SECOND)
		return;
	w->second_ns = clock;
	watch_stats_count(w);
	judge_losses(w);
	tell_stats_if_due(w, clock);
}

/* --- the thread ----------------------------------------------------------------------
 */

/* False: all has been taken, and nothing comes any more. */
static bool
step(struct watch *w)
{
	const struct record *r;

	switch (watch_merge_next(&w->merge, watch_clock(), &r)) {
	case WATCH_MERGE_RECORD:
		take_record(w, r);
		watch_merge_take(&w->merge);
		look_if_due(w, !has_more(w));
		return true;
	case WATCH_MERGE_WAITS:
		look_if_due(w, true);
		sleep_for(w, true);
		return true;
	case WATCH_MERGE_EMPTY:
		look_if_due(w, true);
		sleep_for(w, false);
		return true;
	case WATCH_MERGE_END:
	default:
		return false;
	}
}

static void *
infer_main(void *arg)
{
	struct watch *w = arg;

	if (sandbox_thread() < 0) {
		atomic_store(&w->failed, true);
		capture_live_stop(w->live);
	}
	w->stats_ns = watch_clock();
	do {
		atomic_fetch_add_explicit(&w->beats, 1, memory_order_relaxed);
		if (watch_box_has(&w->box))
			watch_box_serve(&w->box);
		each_second(w);
	} while (step(w));
	look(w, watch_clock());
	judge_losses(w);
	watch_stats_count(w);
	watch_box_close(&w->box);
	return NULL;
}

static void
wake_infer(void *ctx)
{
	watch_infer_wake(ctx);
}

int
watch_infer_start(struct watch *w)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->sleep_cond, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&w->sleep_lock, NULL);
	watch_box_init(&w->box, wake_infer, w);
	watch_merge_init(&w->merge);
	for (size_t i = 0; i < w->packets; i++)
		watch_merge_insert(&w->merge, w->packet[i].queue);
	errno = pthread_create(&w->thread, NULL, infer_main, w);
	if (errno) {
		log_warn("the inference's thread");
		return -1;
	}
	w->started = true;
	return 0;
}

void
watch_infer_join(struct watch *w)
{
	if (w->started)
		pthread_join(w->thread, NULL);
	w->started = false;
}
