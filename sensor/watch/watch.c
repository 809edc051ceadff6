/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "sensor/base/log.h"
#include "sensor/infer/changes.h"
#include "sensor/output/server_json.h"
#include "sensor/pipeline_stats.h"
#include "watch_drop.h"

#define NS_PER_SECOND UINT64_C(1000000000)

struct watch {
	const struct watch_options *o;
	struct capture_live *live;
	struct infer *infer;
	struct pipeline *pipeline;
	struct record_files files;
	struct json_out json;
	uint64_t looked_ns; /* when verdicts were last asked for */
	uint64_t stats_ns;
	bool failed;
};

/* The only thing that a signal handler may call for us. */
static struct capture_live *_Atomic stopping;

static void
on_signal(int number)
{
	struct capture_live *live = stopping;

	(void)number;
	if (live)
		capture_live_stop(live);
}

static void
catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

static void
write_line(struct watch *w)
{
	if (json_out_line(&w->json, w->o->changes) < 0 || fflush(w->o->changes) != 0) {
		if (!w->failed)
			log_warn("standard output");
		w->failed = true;
	}
}

static void
write_capture(const struct capture_live_counters *c, struct json_out *j)
{
	json_out_object(j, NULL);
	json_out_text(j, "type", "capture");
	json_out_uint(j, "schema", RECORD_SCHEMA);
	json_out_uint(j, "delivered", c->delivered);
	json_out_uint(j, "filtered", c->filtered);
	json_out_uint(j, "withheld", c->withheld);
	json_out_uint(j, "dropped", c->dropped);
	json_out_uint(j, "lost_by_card", c->card);
	json_out_uint(j, "octets", c->octets);
	json_out_object_end(j);
}

static void
tell_stats(struct watch *w)
{
	struct capture_live_counters c;

	capture_live_counters(w->live, &c);
	write_capture(&c, &w->json);
	write_line(w);
	pipeline_stats_write(w->pipeline, NULL, w->infer, &w->json);
	write_line(w);
	if (c.dropped || c.card)
		log_warnx("%" PRIu64 " packets dropped, %" PRIu64
			  " lost by the card: this sensor does not see all",
			c.dropped, c.card);
}

static void
tell_changes(struct watch *w)
{
	struct server *after = NULL;
	struct verdict v;
	bool changed;

	while (changes_next(w->infer, &after, &v, &changed)) {
		if (!changed)
			continue;
		server_json_write(&v, &w->files, &w->json);
		write_line(w);
	}
	if (w->o->records && fflush(w->o->records) != 0)
		w->failed = true;
}

/* Once a second of packet time: what was learned, and who has gone silent. */
static void
look(struct watch *w, uint64_t now_ns)
{
	if (now_ns < w->looked_ns + NS_PER_SECOND && now_ns >= w->looked_ns)
		return;
	w->looked_ns = now_ns;
	pipeline_tick(w->pipeline, now_ns);
	tell_changes(w);
	if (!w->o->stats_seconds || now_ns < w->stats_ns)
		return;
	if (w->stats_ns)
		tell_stats(w);
	w->stats_ns = now_ns + w->o->stats_seconds * NS_PER_SECOND;
}

static int
listen_on(struct watch *w)
{
	struct capture *c = capture_live_thread(w->live, 0);
	struct capture_frame frame;

	for (;;) {
		switch (capture_next(c, &frame)) {
		case CAPTURE_FRAME:
			pipeline_frame(w->pipeline, &frame);
			look(w, frame.at.ns);
			break;
		case CAPTURE_IDLE:
			look(w, frame.at.ns);
			break;
		case CAPTURE_DAMAGED:
			log_warnx("%s", c->damage.reason);
			break;
		case CAPTURE_ERROR:
			log_warnx("%s", c->damage.reason);
			return -1;
		case CAPTURE_END:
		default:
			return 0;
		}
	}
}

static int
open_all(struct watch *w, const struct config *config)
{
	char error[CAPTURE_LIVE_ERROR_MAX];

	w->live = capture_live_open(&w->o->live, error);
	if (!w->live) {
		log_warnx("%s", error);
		return -1;
	}
	if (watch_drop(w->o->user) < 0)
		return -1;
	record_files_init(&w->files);
	json_out_init(&w->json);
	for (size_t i = 0; i < w->o->live.interfaces; i++)
		record_files_add(&w->files, span_of_text(w->o->live.interface[i]));
	w->infer = infer_new(config);
	w->pipeline = pipeline_new(config, &w->files, w->infer, w->o->records);
	return 0;
}

int
watch_run(const struct config *config, const struct watch_options *o)
{
	struct watch w = {.o = o};
	int status = open_all(&w, config);

	if (status == 0) {
		stopping = w.live;
		catch_signals();
		log_info("listening");
		status = listen_on(&w);
		pipeline_drain(w.pipeline);
		tell_changes(&w);
		tell_stats(&w);
		stopping = NULL;
	}
	pipeline_free(w.pipeline);
	infer_free(w.infer);
	json_out_free(&w.json);
	record_files_free(&w.files);
	if (w.live)
		capture_live_close(w.live);
	return status < 0 || w.failed ? -1 : 0;
}
