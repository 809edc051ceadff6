/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: send CONFIG COUNT [PAUSE-MS [WAIT-MS]]
 *
 * Makes so many alerts, keeps them in the store and delivers them to the outputs of the
 * configuration, as relaytap does; for tests of real receivers. After each ten alerts it
 * pauses. At the end it waits for what is not delivered yet; then it writes, for each
 * output, "NAME taken=N failed=N waiting=N". Exit status 1: something still waits.
 *
 * The alert with number N has N in its detail ("alert N of COUNT") and an id of its own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/deliver/deliver.h"

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static struct alert *
make(unsigned n, unsigned count)
{
	uint8_t client[4] = {198, 51, (uint8_t)(n >> 8), (uint8_t)n};
	uint8_t server[4] = {203, 0, 113, 11};
	struct alert *a = alert_new();
	char detail[64];

	a->kind = ALERT_FINDING;
	a->action = ALERT_OPENED;
	a->severity = (enum alert_severity)(n % 4);
	a->rule = alert_keep_text(a, "relay-probe");
	a->title = alert_keep_text(a, "Relay probe");
	snprintf(detail, sizeof(detail), "alert %u of %u", n, count);
	a->detail = alert_keep_text(a, detail);
	a->explanation = alert_keep_text(
		a, "Caf\xc3\xa9 \"quoted\" \\ | = \xe2\x82\xac, no case at all.");
	a->time = a->first = a->last = now();
	a->count = a->since = 1;
	a->server = ip_addr_v4(server);
	a->port = 25;
	a->client = ip_addr_v4(client);
	a->client_port = (uint16_t)(1024 + n % 60000);
	alert_identify(a);
	return a;
}

static void
commit(struct store *s, unsigned from, unsigned to, unsigned count)
{
	struct store_batch *b = store_batch_new();
	struct alert *a;

	for (unsigned n = from; n < to; n++) {
		a = make(n, count);
		store_batch_alert(b, a);
		alert_free(a);
	}
	if (store_commit(s, b))
		fatalx("send: the store took nothing");
	store_batch_free(b);
}

static bool
tell(const struct config_outputs *o, struct store *s, struct deliver *d)
{
	struct store_output_counters waits;
	struct deliver_counters c;
	bool all = true;

	for (size_t i = 0; i < o->count; i++) {
		deliver_counters(d, i, &c);
		store_output_counters(s, o->at[i].name, &waits);
		printf("%s taken=%llu failed=%llu waiting=%llu%s%s\n", o->at[i].name,
			(unsigned long long)c.taken, (unsigned long long)c.failed,
			(unsigned long long)waits.waiting, c.error[0] ? " " : "",
			c.error);
		all = all && waits.waiting == 0;
	}
	return all;
}

static bool
all_delivered(const struct config_outputs *o, struct store *s)
{
	struct store_output_counters waits;

	for (size_t i = 0; i < o->count; i++) {
		store_output_counters(s, o->at[i].name, &waits);
		if (waits.waiting)
			return false;
	}
	return true;
}

static unsigned
number(char **argv, int argc, int at, unsigned otherwise)
{
	return at < argc ? (unsigned)strtoul(argv[at], NULL, 10) : otherwise;
}

static int
run(const struct config *c, unsigned count, unsigned pause_ms, unsigned wait_ms)
{
	struct deliver_options o = {
		.outputs = &c->outputs, .redact = c->redact, .observer = "sensor-1"};
	char error[STORE_ERROR_MAX];
	struct store *s = store_open(&c->state, STORE_WRITE, error);
	struct deliver *d;
	uint64_t end;
	bool all;

	if (!s)
		fatalx("send: %s", error);
	if (store_outputs(s, &c->outputs) || !(d = deliver_start(&o, s)))
		fatalx("send: cannot begin");
	for (unsigned n = 0; n < count; n += 10) {
		commit(s, n, n + 10 < count ? n + 10 : count, count);
		usleep(pause_ms * 1000);
	}
	end = now() + (uint64_t)wait_ms * 1000000u;
	while (now() < end && !all_delivered(&c->outputs, s))
		usleep(10000);
	all = tell(&c->outputs, s, d);
	deliver_stop(d, 1000);
	store_close(s);
	return all ? 0 : 1;
}

int
main(int argc, char **argv)
{
	char error[CONFIG_ERROR];
	struct config c;
	int status;

	if (argc < 3)
		fatalx("usage: send CONFIG COUNT [PAUSE-MS [WAIT-MS]]");
	config_init(&c);
	if (config_read(&c, argv[1], error, sizeof(error)))
		fatalx("%s", error);
	status = run(&c, number(argv, argc, 2, 1), number(argv, argc, 3, 0),
		number(argv, argc, 4, 10000));
	config_free(&c);
	return status;
}
