/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the report: a scene whose one server relays for a stranger, and whatever
 * is written about it.
 */
#ifndef REPORT_RIG_H
#define REPORT_RIG_H

#include "scene.h"

#include "sensor/report/report.h"
#include "sensor/report/report_model.h"

#define REPORT_RIG_SERVER "203.0.113.11"

struct report_rig {
	struct scene scene;
	struct ranking ranking;
	struct record_files files;
	struct report_input input;
	struct report_model model;
	char *text; /* what was written */
	size_t len;
};

/* count messages from a stranger, each for a domain of its own, all taken. */
static inline void
report_rig_relay(struct report_rig *r, const char *server, const char *name, size_t count)
{
	scene_mx(&r->scene, "198.51.100.77", "victim.test", "mx.victim.test",
		"192.0.2.25");
	for (size_t i = 0; i < count; i++)
		scene_mail(&r->scene, (struct scene_mail){.client = "198.51.100.66",
					      .server = server,
					      .name = name,
					      .helo = "client66.isp.test",
					      .from = "<offers@shop.test>",
					      .rcpt = {{"<bob@victim.test>", 250, NULL}},
					      .data = 250,
					      .queue_id = "4XyZ1a2b3c"});
}

static inline void
report_rig_refusal(struct report_rig *r, const char *server, const char *name)
{
	scene_mail(&r->scene, (struct scene_mail){.client = "198.51.100.67",
				      .server = server,
				      .name = name,
				      .from = "<offers@shop.test>",
				      .rcpt = {{"<bob@victim.test>", 554, NULL}}});
}

static inline void
report_rig_init(struct report_rig *r)
{
	memset(r, 0, sizeof(*r));
	scene_init(&r->scene);
	record_files_init(&r->files);
	record_files_add(&r->files, SPAN_LITERAL("tap<1>.pcap"));
}

/* After all was told to the scene. */
static inline void
report_rig_rank(struct report_rig *r)
{
	ranking_fill(&r->ranking, r->scene.in);
	r->input = (struct report_input){.infer = r->scene.in,
		.ranking = &r->ranking,
		.files = &r->files,
		.losses = "",
		.source = "a test"};
	report_model_fill(&r->model, &r->input);
}

static inline const char *
report_rig_write(struct report_rig *r, enum report_format format)
{
	FILE *to;

	free(r->text);
	r->text = NULL;
	to = open_memstream(&r->text, &r->len);
	assert_non_null(to);
	assert_int_equal(report_write(&r->input, format, to), 0);
	assert_int_equal(fclose(to), 0);
	return r->text;
}

static inline void
report_rig_free(struct report_rig *r)
{
	free(r->text);
	report_model_free(&r->model);
	ranking_free(&r->ranking);
	record_files_free(&r->files);
	scene_free(&r->scene);
}

static inline void
assert_in(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
}

static inline void
assert_not_in(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in: %s", part, text);
}

static inline size_t
count_in(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		n++;
	return n;
}

#endif
