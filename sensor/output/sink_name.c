/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/output/sink_name.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* A question to the resolver, which outlives whoever does not wait for it. */
struct question {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	bool done, given_up;
	char *host, *port;
	struct addrinfo hints, *answer;
	int error;
};

static void
question_free(struct question *q)
{
	if (q->answer)
		freeaddrinfo(q->answer);
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->answered);
	free(q->host);
	free(q->port);
	free(q);
}

static struct question *
question_new(const struct config_output *o, const struct addrinfo *hints)
{
	struct question *q = calloc(1, sizeof(*q));
	pthread_condattr_t clock;

	if (!q || !(q->host = strdup(o->host)) || !(q->port = strdup(o->port)))
		abort();
	q->hints = *hints;
	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&q->answered, &clock);
	pthread_condattr_destroy(&clock);
	return q;
}

static void *
ask(void *ctx)
{
	struct question *q = ctx;
	struct addrinfo *answer = NULL;
	int error = getaddrinfo(q->host, q->port, &q->hints, &answer);
	bool given_up;

	pthread_mutex_lock(&q->lock);
	q->answer = error ? NULL : answer;
	q->error = error;
	q->done = true;
	given_up = q->given_up;
	pthread_cond_signal(&q->answered);
	pthread_mutex_unlock(&q->lock);
	if (given_up)
		question_free(q);
	return NULL;
}

/* A thread that takes no signals: they are for those who expect them. */
static int
ask_aside(struct question *q)
{
	sigset_t all, before;
	pthread_t thread;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, NULL, ask, q);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		pthread_detach(thread);
	return error;
}

/* EAI_AGAIN when the time was over; then q belongs to its thread. */
static int
wait_for(struct sink *s, struct question *q, uint64_t deadline, struct addrinfo **out)
{
	struct timespec slice;
	uint64_t end;
	int error;
	bool done;

	pthread_mutex_lock(&q->lock);
	while (!q->done) {
		end = atomic_load(&s->give_up);
		end = deadline < end ? deadline : end;
		if (sink_now() >= end)
			break;
		if (end > sink_now() + 50000000u)
			end = sink_now() + 50000000u;
		slice = (struct timespec){
			(time_t)(end / 1000000000u), (long)(end % 1000000000u)};
		pthread_cond_timedwait(&q->answered, &q->lock, &slice);
	}
	done = q->done;
	q->given_up = !done;
	error = done ? q->error : EAI_AGAIN;
	*out = q->answer;
	q->answer = NULL;
	pthread_mutex_unlock(&q->lock);
	if (done)
		question_free(q);
	return error;
}

struct addrinfo *
sink_name_find(struct sink *s, int type, uint64_t deadline)
{
	struct addrinfo hints = {
		.ai_socktype = type, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
	const struct config_output *o = s->output;
	struct addrinfo *found = NULL;
	struct question *q;
	int error;

	if (getaddrinfo(o->host, o->port, &hints, &found) == 0)
		return found;
	hints.ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG;
	q = question_new(o, &hints);
	error = ask_aside(q);
	if (error) {
		question_free(q);
		sink_fail(s, "cannot ask for its address: %s", strerror(error));
		return NULL;
	}
	error = wait_for(s, q, deadline, &found);
	if (error == 0)
		return found;
	sink_fail(s, "its name cannot be resolved: %s; mend host, or the name service",
		error == EAI_AGAIN ? "no answer from the name service"
				   : gai_strerror(error));
	return NULL;
}
