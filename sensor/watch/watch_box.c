/* SPDX-License-Identifier: Apache-2.0 */
#include "watch_box.h"

#include <errno.h>
#include <time.h>

enum ask_state {
	ASK_WAITS,
	ASK_RUNS,
	ASK_DONE,
	ASK_REFUSED
};

/* On the stack of who asks, who stays until it is done or taken back. */
struct watch_ask {
	void (*run)(void *arg);
	void *arg;
	enum ask_state state;
	struct watch_ask *next;
};

void
watch_box_init(struct watch_box *b, void (*wake)(void *ctx), void *ctx)
{
	pthread_condattr_t attr;

	*b = (struct watch_box){.wake = wake, .ctx = ctx};
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->done, &attr);
	pthread_condattr_destroy(&attr);
}

void
watch_box_free(struct watch_box *b)
{
	pthread_mutex_destroy(&b->lock);
	pthread_cond_destroy(&b->done);
}

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

static void
append(struct watch_box *b, struct watch_ask *a)
{
	struct watch_ask **at = &b->first;

	while (*at)
		at = &(*at)->next;
	*at = a;
	atomic_store(&b->asked, true);
}

static void
take_back(struct watch_box *b, struct watch_ask *a)
{
	for (struct watch_ask **at = &b->first; *at; at = &(*at)->next)
		if (*at == a) {
			*at = a->next;
			return;
		}
}

/* Holding the lock. What is being done is waited for, however long it takes. */
static void
wait_for(struct watch_box *b, struct watch_ask *a, unsigned ms)
{
	struct timespec until = from_now(ms);

	while (a->state == ASK_WAITS)
		if (pthread_cond_timedwait(&b->done, &b->lock, &until) == ETIMEDOUT &&
			a->state == ASK_WAITS) {
			take_back(b, a);
			return;
		}
	while (a->state == ASK_RUNS)
		pthread_cond_wait(&b->done, &b->lock);
}

bool
watch_box_ask(struct watch_box *b, void (*run)(void *arg), void *arg, unsigned ms)
{
	struct watch_ask a = {.run = run, .arg = arg};

	pthread_mutex_lock(&b->lock);
	if (!b->closed) {
		append(b, &a);
		pthread_mutex_unlock(&b->lock);
		if (b->wake)
			b->wake(b->ctx);
		pthread_mutex_lock(&b->lock);
		wait_for(b, &a, ms);
	}
	pthread_mutex_unlock(&b->lock);
	return a.state == ASK_DONE;
}

void
watch_box_serve(struct watch_box *b)
{
	struct watch_ask *a;

	pthread_mutex_lock(&b->lock);
	atomic_store(&b->asked, false);
	while ((a = b->first)) {
		b->first = a->next;
		a->state = ASK_RUNS;
		pthread_mutex_unlock(&b->lock);
		a->run(a->arg);
		pthread_mutex_lock(&b->lock);
		a->state = ASK_DONE;
		pthread_cond_broadcast(&b->done);
	}
	pthread_mutex_unlock(&b->lock);
}

void
watch_box_close(struct watch_box *b)
{
	pthread_mutex_lock(&b->lock);
	b->closed = true;
	for (struct watch_ask *a = b->first; a; a = a->next)
		a->state = ASK_REFUSED;
	b->first = NULL;
	pthread_cond_broadcast(&b->done);
	pthread_mutex_unlock(&b->lock);
}
