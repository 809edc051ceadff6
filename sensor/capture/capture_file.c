/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/capture/capture_damage.h"
#include "sensor/capture/capture_pcap.h"
#include "sensor/capture/pcap_format.h"
#include "sensor/capture/pcapng_format.h"

struct capture_file {
	struct capture capture;
	struct source *source;
	union {
		struct pcap_format pcap;
		struct pcapng_format pcapng;
		struct capture_pcap *libpcap;
	} as;
};

static struct capture_file *
file_of(struct capture *c)
{
	return (struct capture_file *)c;
}

static void
file_stats(const struct capture *c, struct capture_stats *out)
{
	const struct capture_file *f = (const struct capture_file *)c;

	*out = (struct capture_stats){
		.size = f->source->raw.size, .done = source_raw_offset(f->source)};
}

static void
file_free(struct capture_file *f)
{
	source_close(f->source);
	free(f);
}

static enum capture_status
pcap_next(struct capture *c, struct capture_frame *out)
{
	return pcap_format_next(&file_of(c)->as.pcap, out, &c->damage);
}

static void
pcap_close_file(struct capture *c)
{
	file_free(file_of(c));
}

static enum capture_status
pcapng_next(struct capture *c, struct capture_frame *out)
{
	return pcapng_format_next(&file_of(c)->as.pcapng, out, &c->damage);
}

static void
pcapng_close(struct capture *c)
{
	pcapng_format_release(&file_of(c)->as.pcapng);
	file_free(file_of(c));
}

static enum capture_status
libpcap_next(struct capture *c, struct capture_frame *out)
{
	return capture_pcap_next(file_of(c)->as.libpcap, out, &c->damage);
}

static void
libpcap_close(struct capture *c)
{
	capture_pcap_close(file_of(c)->as.libpcap);
	file_free(file_of(c));
}

static const struct capture_ops pcap_ops = {
	"pcap", pcap_next, file_stats, pcap_close_file};
static const struct capture_ops pcapng_ops = {
	"pcapng", pcapng_next, file_stats, pcapng_close};
static const struct capture_ops libpcap_ops = {
	"pcap variant", libpcap_next, file_stats, libpcap_close};

/* --- which format --------------------------------------------------------------------
 */

static enum capture_file_answer
begin_pcap(struct capture_file *f, struct capture_damage *damage)
{
	f->capture.ops = &pcap_ops;
	if (pcap_format_init(&f->as.pcap, f->source, damage) == CAPTURE_FRAME)
		return CAPTURE_FILE_OPEN;
	return CAPTURE_FILE_BROKEN;
}

static enum capture_file_answer
begin_pcapng(struct capture_file *f)
{
	f->capture.ops = &pcapng_ops;
	pcapng_format_init(&f->as.pcapng, f->source);
	return CAPTURE_FILE_OPEN;
}

static enum capture_file_answer
begin_libpcap(struct capture_file *f, struct capture_damage *damage)
{
	char error[CAPTURE_PCAP_ERROR_MAX];

	f->capture.ops = &libpcap_ops;
	f->as.libpcap = capture_pcap_open(f->source, error);
	if (f->as.libpcap)
		return CAPTURE_FILE_OPEN;
	capture_damage_note(damage, f->source, 0, "%s", error);
	return CAPTURE_FILE_BROKEN;
}

static enum capture_file_answer
refuse(struct source *s, struct span head, struct capture_damage *damage)
{
	char octets[3 * 4 + 1] = "";

	if (s->state == SOURCE_FAILED || s->state == SOURCE_DAMAGED) {
		capture_damage_short(damage, s, "the first record");
		return s->state == SOURCE_FAILED ? CAPTURE_FILE_UNREADABLE
						 : CAPTURE_FILE_BROKEN;
	}
	for (size_t i = 0; i < head.len && i < 4; i++)
		snprintf(octets + 3 * i, 4, " %02x", head.at[i]);
	if (head.len)
		capture_damage_note(
			damage, s, 0, "not a capture file (first octets%s)", octets);
	else
		capture_damage_note(damage, s, 0, "not a capture file (empty)");
	return CAPTURE_FILE_NO_CAPTURE;
}

static enum capture_file_answer
begin(struct capture_file *f, struct capture_damage *damage)
{
	struct span head;

	source_peek(f->source, 4);
	head = span_of(f->source->at, source_ready(f->source));
	if (pcap_format_magic(head))
		return begin_pcap(f, damage);
	if (pcapng_format_magic(head))
		return begin_pcapng(f);
	if (capture_pcap_magic(head))
		return begin_libpcap(f, damage);
	return refuse(f->source, head, damage);
}

void
capture_file_open_source(struct capture_file_opened *out, struct source *s, uint32_t file)
{
	struct capture_file *f = calloc(1, sizeof(*f));

	*out = (struct capture_file_opened){.answer = CAPTURE_FILE_UNREADABLE};
	if (!f) {
		snprintf(out->damage.reason, CAPTURE_REASON_MAX, "%s", strerror(errno));
		source_close(s);
		return;
	}
	f->source = s;
	f->capture.file = file;
	out->answer = begin(f, &out->damage);
	if (out->answer == CAPTURE_FILE_OPEN)
		out->capture = &f->capture;
	else
		file_free(f);
}

void
capture_file_open(struct capture_file_opened *out, const char *path, uint32_t file)
{
	struct source *s = source_open(path);

	if (s) {
		capture_file_open_source(out, s, file);
		return;
	}
	*out = (struct capture_file_opened){.answer = CAPTURE_FILE_UNREADABLE};
	snprintf(out->damage.reason, CAPTURE_REASON_MAX, "%s", strerror(errno));
}

struct source *
capture_file_source(struct capture *c)
{
	return file_of(c)->source;
}
