/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_filter.h"

#include <stdio.h>
#include <stdlib.h>

#include "sensor/base/escape.h"
#include "sensor/base/log.h"
#include "sensor/capture/capture_pcap.h"

/* Link types kept compiled. Beyond: the last place is compiled anew at each change. */
#define PROGRAMS_MAX 16

#define SHOWN_MAX 512

struct compiled {
	uint32_t linktype;
	struct capture_pcap_program *program; /* NULL: makes no sense for it */
	bool told;			      /* that it makes none */
};

struct capture_filter {
	char *expr;
	size_t compiled;
	struct compiled by_type[PROGRAMS_MAX];
	size_t last; /* the one used last */
	uint64_t senseless;
};

/* Ethernet, raw IP, Linux cooked, 802.11: an expression must make sense for one. */
static const uint32_t common[] = {1, 101, 113, 105};

static void
log_expression(const char *expr, const char *what, const char *error)
{
	char shown[SHOWN_MAX];

	escape_text(span_of_text(expr), shown, sizeof(shown));
	log_warnx("filter \"%s\"%s: %s", shown, what, error);
}

static struct compiled *
compile(struct capture_filter *f, uint32_t linktype, char *error)
{
	bool fresh = f->compiled < PROGRAMS_MAX;
	struct compiled *c;

	if (fresh)
		f->compiled++;
	f->last = f->compiled - 1;
	c = &f->by_type[f->last];
	capture_pcap_program_free(c->program);
	c->linktype = linktype;
	/* In a place that changes hands it would be told at each change. */
	c->told = !fresh;
	c->program = capture_pcap_compile(f->expr, linktype, error);
	return c;
}

static bool
makes_sense(struct capture_filter *f)
{
	char error[CAPTURE_PCAP_ERROR_MAX], first[CAPTURE_PCAP_ERROR_MAX];

	if (compile(f, common[0], first)->program)
		return true;
	for (size_t i = 1; i < sizeof(common) / sizeof(common[0]); i++)
		if (compile(f, common[i], error)->program)
			return true;
	log_expression(f->expr, "", first);
	return false;
}

struct capture_filter *
capture_filter_new(const char *expr)
{
	struct capture_filter *f = calloc(1, sizeof(*f));

	if (f)
		f->expr = strdup(expr);
	if (!f || !f->expr) {
		log_warn("filter");
		free(f);
		return NULL;
	}
	if (makes_sense(f))
		return f;
	capture_filter_free(f);
	return NULL;
}

static struct compiled *
compiled_for(struct capture_filter *f, uint32_t linktype)
{
	char error[CAPTURE_PCAP_ERROR_MAX];

	for (size_t i = 0; i < f->compiled; i++) {
		if (f->by_type[i].linktype != linktype)
			continue;
		f->last = i;
		return &f->by_type[i];
	}
	return compile(f, linktype, error);
}

/* A frame is dropped for it; what was only tried at first concerns nobody. */
static void
tell_once(const struct capture_filter *f, struct compiled *c)
{
	char error[CAPTURE_PCAP_ERROR_MAX], what[48];

	if (c->told)
		return;
	c->told = true;
	/* Once more, for the words. */
	capture_pcap_program_free(capture_pcap_compile(f->expr, c->linktype, error));
	snprintf(what, sizeof(what), " for link type %u", c->linktype);
	log_expression(f->expr, what, error);
}

bool
capture_filter_match(struct capture_filter *f, const struct capture_frame *frame)
{
	struct compiled *c = &f->by_type[f->last];

	if (c->linktype != frame->linktype)
		c = compiled_for(f, frame->linktype);
	if (c->program)
		return capture_pcap_match(c->program, frame);
	f->senseless++;
	tell_once(f, c);
	return false;
}

uint64_t
capture_filter_senseless(const struct capture_filter *f)
{
	return f->senseless;
}

void
capture_filter_free(struct capture_filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->compiled; i++)
		capture_pcap_program_free(f->by_type[i].program);
	free(f->expr);
	free(f);
}
