/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Over a name service of the test's own: getaddrinfo() is here, and sleeps or fails as it
 * is told.
 */
#include "sink_rig.h"

#include <semaphore.h>

#include "sensor/output/sink_name.h"

static struct {
	bool sleeps;
	int error; /* EAI_...; 0: it finds */
	sem_t asked, go, freed;
	char host[64], port[16]; /* as they were when it went on */
	int type;
	sigset_t blocked;
	pthread_t by;
	unsigned questions; /* about names */
} service;

static struct addrinfo numeric, found;

int
getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
	struct addrinfo **out)
{
	if (hints->ai_flags & AI_NUMERICHOST) {
		*out = strcmp(host, "192.0.2.1") == 0 ? &numeric : NULL;
		return *out ? 0 : EAI_NONAME;
	}
	service.questions++;
	service.by = pthread_self();
	pthread_sigmask(SIG_SETMASK, NULL, &service.blocked);
	sem_post(&service.asked);
	if (service.sleeps)
		sem_wait(&service.go);
	snprintf(service.host, sizeof(service.host), "%s", host);
	snprintf(service.port, sizeof(service.port), "%s", port);
	service.type = hints->ai_socktype;
	*out = service.error ? NULL : &found;
	return service.error;
}

void
freeaddrinfo(struct addrinfo *a)
{
	assert_ptr_equal(a, &found);
	sem_post(&service.freed);
}

static int
setup(void **state)
{
	(void)state;
	memset(&service, 0, sizeof(service));
	sem_init(&service.asked, 0, 0);
	sem_init(&service.go, 0, 0);
	sem_init(&service.freed, 0, 0);
	return 0;
}

struct bench {
	struct config_output output;
	struct sink sink;
};

/* Texts in memory of their own, so that they can be gone. */
static void
bench_init(struct bench *b, const char *host)
{
	memset(b, 0, sizeof(*b));
	b->output = (struct config_output){.name = "test",
		.to = CONFIG_TO_TLS,
		.host = strdup(host),
		.port = strdup("6514")};
	b->sink.output = &b->output;
	atomic_init(&b->sink.give_up, UINT64_MAX);
}

static void
bench_free(struct bench *b)
{
	free(b->output.host);
	free(b->output.port);
}

static unsigned
freed(void)
{
	int n;

	sem_getvalue(&service.freed, &n);
	return (unsigned)n;
}

static void
an_address_is_no_question_for_the_name_service(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "192.0.2.1");
	/* No time is needed for that either. */
	assert_ptr_equal(sink_name_find(&b.sink, SOCK_STREAM, 0), &numeric);
	assert_int_equal(service.questions, 0);
	bench_free(&b);
}

static void
a_name_is_asked_for_by_a_thread_that_takes_no_signals(void **state)
{
	sigset_t before, behind;
	struct bench b;

	(void)state;
	bench_init(&b, "siem.example");
	pthread_sigmask(SIG_SETMASK, NULL, &before);
	assert_ptr_equal(sink_name_find(&b.sink, SOCK_DGRAM, UINT64_MAX), &found);
	assert_string_equal(service.host, "siem.example");
	assert_string_equal(service.port, "6514");
	assert_int_equal(service.type, SOCK_DGRAM);
	assert_false(pthread_equal(service.by, pthread_self()));
	assert_true(sigismember(&service.blocked, SIGTERM));
	assert_true(sigismember(&service.blocked, SIGHUP));
	pthread_sigmask(SIG_SETMASK, NULL, &behind);
	assert_int_equal(sigismember(&behind, SIGTERM), sigismember(&before, SIGTERM));
	/* The answer is the caller's. */
	assert_int_equal(freed(), 0);
	bench_free(&b);
}

static void
a_name_that_is_not_there_is_told_with_the_mend(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, "siem.example");
	service.error = EAI_NONAME;
	assert_null(sink_name_find(&b.sink, SOCK_STREAM, UINT64_MAX));
	assert_string_equal(b.sink.error,
		"tls to siem.example:6514: its name cannot be resolved: Name or service "
		"not known; mend host, or the name service");
	service.error = EAI_AGAIN;
	assert_null(sink_name_find(&b.sink, SOCK_STREAM, UINT64_MAX));
	assert_string_equal(b.sink.error,
		"tls to siem.example:6514: its name cannot be resolved: no answer from "
		"the name service; mend host, or the name service");
	bench_free(&b);
}

/*
 * The deadline comes first, and even the output is gone before the service answers: what
 * it then says is freed by the one who asked.
 */
static void
a_name_service_that_sleeps_is_left_to_itself(void **state)
{
	(void)state;
	service.sleeps = true;
	for (int hurried = 0; hurried < 2; hurried++) {
		struct bench b;

		bench_init(&b, hurried ? "b.example" : "a.example");
		if (hurried)
			sink_hurry(&b.sink, 0);
		assert_null(sink_name_find(&b.sink, SOCK_STREAM,
			hurried ? UINT64_MAX : sink_now() + 20000000u));
		assert_non_null(strstr(b.sink.error,
			"cannot be resolved: no answer from the name service"));
		bench_free(&b);
		sem_wait(&service.asked);
		assert_int_equal(freed(), 0);
		sem_post(&service.go);
		sem_wait(&service.freed);
		assert_string_equal(service.host, hurried ? "b.example" : "a.example");
	}
}

/* A failure that comes too late has nothing to free. */
static void
a_late_failure_frees_nothing(void **state)
{
	struct bench b;

	(void)state;
	service.sleeps = true;
	service.error = EAI_FAIL;
	bench_init(&b, "siem.example");
	assert_null(sink_name_find(&b.sink, SOCK_STREAM, 0));
	sem_wait(&service.asked);
	sem_post(&service.go);
	bench_free(&b);
	/* The next question does not find the last one's answer. */
	service.sleeps = false;
	bench_init(&b, "siem.example");
	assert_null(sink_name_find(&b.sink, SOCK_STREAM, UINT64_MAX));
	assert_non_null(strstr(b.sink.error, "Non-recoverable failure"));
	assert_int_equal(freed(), 0);
	bench_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			an_address_is_no_question_for_the_name_service, setup),
		cmocka_unit_test_setup(
			a_name_is_asked_for_by_a_thread_that_takes_no_signals, setup),
		cmocka_unit_test_setup(
			a_name_that_is_not_there_is_told_with_the_mend, setup),
		cmocka_unit_test_setup(
			a_name_service_that_sleeps_is_left_to_itself, setup),
		cmocka_unit_test_setup(a_late_failure_frees_nothing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
