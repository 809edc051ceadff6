/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/deliver/deliver.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sensor/base/log.h"
#include "sensor/deliver/deliver_batch.h"
#include "sensor/deliver/deliver_pause.h"

#define NS_PER_MS 1000000u
/* ms: how soon a thread with nothing to do notices that it shall end or reopen. */
#define IDLE_MS 200

/* One output and its thread. */
struct deliver_one {
	struct deliver *of;
	const struct config_output *output;
	struct format_options options;
	struct sink *sink;
	pthread_t thread;
	struct deliver_batch batch;
	unsigned failures; /* one after another */
	uint64_t down_at;  /* ns, of now_ns(); 0: up */
	bool owes;	   /* what was taken could not be noted */
	/* Of both this thread and others; under the lock of all. */
	struct deliver_counters counters;
	bool reopen;
};

struct deliver {
	struct store *store;
	char *observer;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* stopping or reopen */
	bool stopping;
	uint64_t stop_at; /* ns, of now_ns() */
	size_t count, started;
	struct deliver_one one[];
};

static uint64_t
clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * 1000u * NS_PER_MS + (uint64_t)t.tv_nsec;
}

static uint64_t
now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* --- what others ask of the thread -------------------------------------------------- */

/* False: it is time to end. Sets *reopen, once. */
static bool
may_go_on(struct deliver_one *d, bool *reopen)
{
	bool on;

	pthread_mutex_lock(&d->of->lock);
	on = !d->of->stopping || now_ns() < d->of->stop_at;
	*reopen = d->reopen;
	d->reopen = false;
	pthread_mutex_unlock(&d->of->lock);
	return on;
}

static bool
is_stopping(struct deliver_one *d)
{
	bool stopping;

	pthread_mutex_lock(&d->of->lock);
	stopping = d->of->stopping;
	pthread_mutex_unlock(&d->of->lock);
	return stopping;
}

/* ms, but no longer than until it is told to stop, or has to have stopped. */
static void
pause_for(struct deliver_one *d, unsigned ms)
{
	struct deliver *all = d->of;
	uint64_t end = now_ns() + (uint64_t)ms * NS_PER_MS, until;
	bool was_stopping;
	struct timespec t;

	pthread_mutex_lock(&all->lock);
	was_stopping = all->stopping;
	until = was_stopping && all->stop_at < end ? all->stop_at : end;
	t = (struct timespec){(time_t)(until / (1000u * NS_PER_MS)),
		(long)(until % (1000u * NS_PER_MS))};
	while (all->stopping == was_stopping && now_ns() < until)
		if (pthread_cond_timedwait(&all->changed, &all->lock, &t))
			break;
	pthread_mutex_unlock(&all->lock);
}

/* --- up and down -------------------------------------------------------------------- */

static void
count_batch(struct deliver_one *d, size_t taken, const char *error)
{
	struct deliver_counters *c = &d->counters;
	uint64_t now = clock_ns(CLOCK_REALTIME);
	const struct sink_line *l;

	pthread_mutex_lock(&d->of->lock);
	for (size_t i = 0; i < taken; i++) {
		l = &d->batch.lines[i];
		c->octets += l->text.len;
		if (l->time == 0 || l->time > now)
			continue;
		c->latency_ns_sum += now - l->time;
		c->latency_count++;
	}
	c->taken += taken;
	c->up = taken == d->batch.count;
	c->failed += !c->up;
	snprintf(c->error, sizeof(c->error), "%s", c->up ? "" : error);
	pthread_mutex_unlock(&d->of->lock);
}

static void
went_down(struct deliver_one *d, const char *error)
{
	d->failures++;
	if (d->down_at)
		return;
	d->down_at = now_ns();
	log_warnx("output %s is down, what it misses is kept for it: %s", d->output->name,
		error);
}

static void
came_up(struct deliver_one *d)
{
	struct store_output_counters waits;

	d->failures = 0;
	if (!d->down_at)
		return;
	store_output_counters(d->of->store, d->output->name, &waits);
	log_info("output %s is up again after %.1f s; %llu waited", d->output->name,
		(double)(now_ns() - d->down_at) / 1e9, (unsigned long long)waits.waiting);
	d->down_at = 0;
}

/* --- delivery ----------------------------------------------------------------------- */

static void
count_unreadable(struct deliver_one *d, size_t done)
{
	const struct deliver_batch *b = &d->batch;

	for (size_t i = 0; i < done; i++) {
		if (!b->unreadable[i])
			continue;
		log_warnx("output %s: alert %llu of the store cannot be read and is left "
			  "out: %s",
			d->output->name, (unsigned long long)b->waiting[i].id,
			b->unreadable[i]);
		pthread_mutex_lock(&d->of->lock);
		d->counters.unreadable++;
		pthread_mutex_unlock(&d->of->lock);
	}
}

/*
 * What the store cannot note is noted later, or given again after the next start: rather
 * twice than never.
 */
static void
note_done(struct deliver_one *d, size_t done)
{
	uint64_t ids[DELIVER_BATCH_MAX];

	for (size_t i = 0; i < done; i++)
		ids[i] = d->batch.waiting[i].id;
	count_unreadable(d, done);
	if (done && store_delivered(d->of->store, d->output->name, ids, done)) {
		d->owes = true;
		pause_for(d, DELIVER_PAUSE_FIRST);
	}
}

/* A line of which the sink took a part of the batch is slow, but not down. */
static void
send_batch(struct deliver_one *d)
{
	char error[SINK_ERROR_MAX] = "";
	size_t taken = sink_send(d->sink, d->batch.lines, d->batch.count, error);

	count_batch(d, taken, error);
	if (taken == d->batch.count)
		came_up(d);
	else if (taken == 0)
		went_down(d, error);
	note_done(d, deliver_batch_done(&d->batch, taken));
	if (taken == 0 && d->batch.count)
		pause_for(d, deliver_pause_ms(d->output->name, d->failures));
}

/* Nothing waits: until something may, or somebody wants something of us. */
static void
idle(struct deliver_one *d)
{
	uint64_t before = now_ns();

	store_wait(d->of->store, d->output->name, IDLE_MS);
	if (d->owes)
		d->owes = store_delivered(d->of->store, d->output->name, NULL, 0) != 0;
	/* A store whose waits were ended answers at once; this must not become a spin. */
	if (now_ns() - before < NS_PER_MS)
		pause_for(d, IDLE_MS / 10);
}

static void *
run(void *ctx)
{
	struct deliver_one *d = ctx;
	bool reopen;

	while (may_go_on(d, &reopen)) {
		if (reopen)
			sink_reopen(d->sink);
		if (deliver_batch_fill(&d->batch, d->of->store, d->output, &d->options))
			send_batch(d);
		else if (is_stopping(d))
			break;
		else
			idle(d);
	}
	return NULL;
}

/* --- life --------------------------------------------------------------------------- */

static enum config_redact
stricter(enum config_redact a, enum config_redact b)
{
	return a > b ? a : b;
}

static int
one_open(struct deliver *all, const struct deliver_options *o, size_t i)
{
	struct deliver_one *d = &all->one[i];
	char error[SINK_ERROR_MAX];

	d->of = all;
	d->output = &o->outputs->at[i];
	d->options.observer = all->observer;
	d->options.redact = stricter(o->redact, d->output->redact);
	d->counters.up = true;
	deliver_batch_init(&d->batch);
	d->sink = sink_open(d->output, all->observer, error);
	if (!d->sink)
		log_warnx("output %s: %s", d->output->name, error);
	return d->sink ? 0 : -1;
}

/* Signals are for the program's own threads. */
static int
one_start(struct deliver_one *d)
{
	sigset_t every, before;
	int error;

	sigfillset(&every);
	pthread_sigmask(SIG_SETMASK, &every, &before);
	error = pthread_create(&d->thread, NULL, run, d);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error)
		log_warnx(
			"no thread for output %s: %s", d->output->name, strerror(error));
	return error ? -1 : 0;
}

static struct deliver *
deliver_new(const struct deliver_options *o, struct store *store)
{
	struct deliver *all =
		calloc(1, sizeof(*all) + o->outputs->count * sizeof(*all->one));
	pthread_condattr_t clock;

	if (!all || !(all->observer = strdup(o->observer ? o->observer : "")))
		abort();
	all->store = store;
	pthread_mutex_init(&all->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&all->changed, &clock);
	pthread_condattr_destroy(&clock);
	return all;
}

/* Of outputs whose threads have ended, or never began. */
static void
deliver_free(struct deliver *all)
{
	for (size_t i = 0; i < all->count; i++) {
		sink_close(all->one[i].sink);
		deliver_batch_free(&all->one[i].batch);
	}
	pthread_mutex_destroy(&all->lock);
	pthread_cond_destroy(&all->changed);
	free(all->observer);
	free(all);
}

struct deliver *
deliver_start(const struct deliver_options *o, struct store *store)
{
	struct deliver *all = deliver_new(o, store);
	bool bad = false;

	for (; all->count < o->outputs->count && !bad; all->count += !bad)
		bad = one_open(all, o, all->count) != 0;
	for (; !bad && all->started < all->count; all->started += !bad)
		bad = one_start(&all->one[all->started]) != 0;
	if (!bad)
		return all;
	deliver_stop(all, 0);
	return NULL;
}

bool
deliver_stop(struct deliver *d, unsigned ms)
{
	struct store_output_counters waits;
	bool all = true;

	if (!d)
		return true;
	pthread_mutex_lock(&d->lock);
	d->stopping = true;
	d->stop_at = now_ns() + (uint64_t)ms * NS_PER_MS;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
	for (size_t i = 0; i < d->count; i++)
		sink_hurry(d->one[i].sink, ms);
	for (size_t i = 0; i < d->started; i++)
		pthread_join(d->one[i].thread, NULL);
	for (size_t i = 0; i < d->count; i++) {
		store_output_counters(d->store, d->one[i].output->name, &waits);
		all = all && waits.waiting == 0;
	}
	deliver_free(d);
	return all;
}

void
deliver_reopen(struct deliver *d)
{
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < d->count; i++)
		d->one[i].reopen = true;
	pthread_cond_broadcast(&d->changed);
	pthread_mutex_unlock(&d->lock);
}

/* --- counters ----------------------------------------------------------------------- */

size_t
deliver_count(const struct deliver *d)
{
	return d->count;
}

const char *
deliver_name(const struct deliver *d, size_t i)
{
	return d->one[i].output->name;
}

void
deliver_counters(struct deliver *d, size_t i, struct deliver_counters *out)
{
	pthread_mutex_lock(&d->lock);
	*out = d->one[i].counters;
	pthread_mutex_unlock(&d->lock);
}
