/* SPDX-License-Identifier: Apache-2.0 */
#include "command_desk.h"

#include <inttypes.h>
#include <unistd.h>

#include "sensor/base/log.h"

#define NS_PER_SECOND UINT64_C(1000000000)

/* How long the end waits for collectors that are slow. */
#define DRAIN_MS 60000u

/* The sensor's name in alerts. */
static const char *
observer_of(const struct config *config, char *room, size_t size)
{
	if (config->alerts.observer)
		return config->alerts.observer;
	if (gethostname(room, size) != 0)
		return "relaytap";
	room[size - 1] = '\0';
	return room;
}

int
command_desk_open(struct command_desk *c, const struct config *config,
	struct infer *infer, struct record_files *files)
{
	static char host[256];
	struct deliver_options d = {
		.outputs = &config->outputs,
		.redact = config->redact,
		.observer = observer_of(config, host, sizeof(host)),
	};
	struct desk_options o = {.config = config, .infer = infer, .files = files};
	char error[STORE_ERROR_MAX];

	*c = (struct command_desk){.infer = infer};
	if (!config->state.directory && !config->outputs.count)
		return 0;
	c->store = store_open(&config->state, STORE_WRITE, error);
	if (!c->store) {
		log_warnx("%s", error);
		return -1;
	}
	o.store = c->store;
	c->desk = desk_new(&o);
	if (config->outputs.count)
		c->deliver = deliver_start(&d, c->store);
	if (!config->outputs.count || c->deliver)
		return 0;
	command_desk_close(c);
	return -1;
}

/* As a live sensor looks, and so often: what a capture tells is what was told then. */
void
command_desk_record(void *ctx, const struct record *r)
{
	struct command_desk *c = ctx;
	uint64_t now = c->infer->now;

	desk_record(c->desk, r);
	if (now < c->looked + NS_PER_SECOND)
		return;
	c->looked = now;
	desk_look(c->desk, now);
}

static uint64_t
count_waiting(const struct command_desk *c)
{
	struct store_output_counters n;
	uint64_t sum = 0;

	for (size_t i = 0; i < deliver_count(c->deliver); i++) {
		store_output_counters(c->store, deliver_name(c->deliver, i), &n);
		sum += n.waiting;
	}
	return sum;
}

static int
end_deliveries(struct command_desk *c, bool lasts)
{
	uint64_t waiting = count_waiting(c);

	if (waiting)
		log_debug("%" PRIu64 " lines wait for outputs", waiting);
	if (deliver_stop(c->deliver, DRAIN_MS))
		return 0;
	log_warnx("an output did not take all: %s",
		lasts ? "what is left waits in the database"
		      : "what is left is lost; with --state it would wait");
	return -1;
}

int
command_desk_close(struct command_desk *c)
{
	bool lasts = c->desk && desk_lasts(c->desk);
	int status = 0;

	if (c->desk)
		desk_look(c->desk, c->infer->now);
	status |= desk_free(c->desk);
	if (c->deliver)
		status |= end_deliveries(c, lasts);
	store_close(c->store);
	*c = (struct command_desk){0};
	return status;
}
