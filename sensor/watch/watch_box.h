/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request to a thread, to do something with what it alone may touch. Who asks waits
 * until it is done; who owns the box looks into it when it has time. That costs the owner
 * one load of an atomic while nobody asks.
 */
#ifndef WATCH_BOX_H
#define WATCH_BOX_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct watch_ask;

/* The owner's, embedded. */
struct watch_box {
	pthread_mutex_t lock;
	pthread_cond_t done;
	struct watch_ask *first; /* the oldest that waits */
	atomic_bool asked;
	bool closed;
	void (*wake)(void *ctx); /* gets the owner to look; NULL: it looks often */
	void *ctx;
};

void watch_box_init(struct watch_box *b, void (*wake)(void *ctx), void *ctx);
void watch_box_free(struct watch_box *b);

/*
 * Has run(arg) done by the owner. False: not done, and never will be, for the owner has
 * ended or did not get to it within ms.
 */
bool watch_box_ask(struct watch_box *b, void (*run)(void *arg), void *arg, unsigned ms);

/* For the owner: does what waits. */
void watch_box_serve(struct watch_box *b);
/* For the owner: from now on every request is refused, also those that wait. */
void watch_box_close(struct watch_box *b);

static inline bool
watch_box_has(struct watch_box *b)
{
	return atomic_load_explicit(&b->asked, memory_order_relaxed);
}

#endif
