/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the sensor's parts: all of struct watch but the wire. The capture is a
 * list of frames with counters that the test sets, linked instead of the real one; store,
 * desk, inference, queues and pipelines are the real ones, the store in memory. No thread
 * runs until the test starts one.
 */
#ifndef WATCH_SENSOR_H
#define WATCH_SENSOR_H

#include "frames.h"
#include "relay_scene.h"

#include <stdio.h>
#include <time.h>

#include "sensor/base/log.h"
#include "sensor/sandbox/sandbox.h"
#include "sensor/watch/watch_part.h"

#define SENSOR_FRAMES	  64
#define SENSOR_INTERFACES 20

struct capture_live {
	int none;
};

struct sensor_capture {
	struct capture capture; /* first */
	size_t given;
};

/* The wire that is none. */
static struct {
	struct capture_live live;
	pthread_mutex_t lock; /* of the frames */
	struct {
		uint8_t octets[600];
		size_t len;
		uint64_t ns;
		enum capture_status status;
	} frame[SENSOR_FRAMES];
	size_t frames;
	uint64_t idle_ns; /* time that a silent wire has reached */
	atomic_bool stop;
	struct sensor_capture heard[CAPTURE_LIVE_THREADS_MAX];
	struct capture_live_counters counters;
	struct capture_live_interface interface[SENSOR_INTERFACES];
	size_t interfaces;
	int sandbox; /* what sandbox_thread() answers */
} wire = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* --- instead of the capture and the sandbox ---------------------------------------- */

static inline enum capture_status
wire_next(struct capture *c, struct capture_frame *out)
{
	struct sensor_capture *h = (struct sensor_capture *)c;
	enum capture_status status = CAPTURE_IDLE;

	*out = (struct capture_frame){.linktype = 1};
	pthread_mutex_lock(&wire.lock);
	/* Time does not run back behind the newest frame. */
	out->at.ns = wire.idle_ns;
	if (h->given > 0 && h->given <= wire.frames &&
		wire.frame[h->given - 1].ns > out->at.ns)
		out->at.ns = wire.frame[h->given - 1].ns;
	if (h->given < wire.frames) {
		out->octets =
			span_of(wire.frame[h->given].octets, wire.frame[h->given].len);
		out->wire_len = (uint32_t)out->octets.len;
		out->at.ns = wire.frame[h->given].ns;
		status = wire.frame[h->given++].status;
	} else if (atomic_load(&wire.stop))
		status = CAPTURE_END;
	pthread_mutex_unlock(&wire.lock);
	if (status == CAPTURE_IDLE)
		usleep(200);
	return status;
}

struct capture *
capture_live_thread(struct capture_live *l, size_t thread)
{
	static const struct capture_ops ops = {.name = "none", .next = wire_next};
	struct sensor_capture *h = &wire.heard[thread];

	assert_ptr_equal(l, &wire.live);
	/* All frames come by the first, as from one connection. */
	*h = (struct sensor_capture){.given = thread ? SENSOR_FRAMES : 0};
	h->capture.ops = &ops;
	strcpy(h->capture.damage.reason, "the wire is broken");
	return &h->capture;
}

void
capture_live_stop(struct capture_live *l)
{
	(void)l;
	atomic_store(&wire.stop, true);
}

struct capture_bpf *
capture_live_bpf(struct capture_live *l)
{
	(void)l;
	return NULL;
}

void
capture_live_counters(struct capture_live *l, struct capture_live_counters *out)
{
	(void)l;
	*out = wire.counters;
}

size_t
capture_live_interfaces(const struct capture_live *l)
{
	(void)l;
	return wire.interfaces;
}

void
capture_live_interface(
	struct capture_live *l, size_t i, struct capture_live_interface *out)
{
	(void)l;
	assert_true(i < wire.interfaces);
	*out = wire.interface[i];
}

const char *
capture_live_method_name(enum capture_live_method method)
{
	return method == CAPTURE_LIVE_AFPACKET ? "afpacket" : "pcap";
}

int
sandbox_thread(void)
{
	return wire.sandbox;
}

/* --- frames ------------------------------------------------------------------------- */

static inline void
wire_put(const void *octets, size_t len, uint64_t ns, enum capture_status status)
{
	pthread_mutex_lock(&wire.lock);
	assert_true(wire.frames < SENSOR_FRAMES && len <= sizeof(wire.frame[0].octets));
	if (len)
		memcpy(wire.frame[wire.frames].octets, octets, len);
	wire.frame[wire.frames].len = len;
	wire.frame[wire.frames].ns = ns;
	wire.frame[wire.frames++].status = status;
	pthread_mutex_unlock(&wire.lock);
}

/* A connection from 192.0.2.1 to 198.51.100.2, and its next numbers. */
struct wire_talk {
	unsigned port[2];
	uint32_t seq[2];
	uint64_t ns;
};

static inline void
wire_segment(struct wire_talk *t, enum dis_dir dir, const char *text, uint8_t flags)
{
	static const uint8_t back[8] = {198, 51, 100, 2, 192, 0, 2, 1};
	static struct frame f;
	enum dis_dir peer = dir == DIS_CLIENT ? DIS_SERVER : DIS_CLIENT;
	size_t len = text ? strlen(text) : 0;
	uint8_t *ip;

	frame_start(&f, text, len);
	frame_tcp(&f, t->port[dir], t->port[peer], t->seq[dir],
		flags == PACKET_TCP_SYN ? 0 : t->seq[peer], flags);
	ip = frame_ipv4(&f, 1, 2, 6);
	if (dir == DIS_SERVER)
		memcpy(ip + 12, back, sizeof(back));
	frame_ethernet(&f, 0x0800);
	t->seq[dir] += (uint32_t)len + ((flags & (PACKET_TCP_SYN | PACKET_TCP_FIN)) != 0);
	t->ns += 1000000;
	wire_put(f.at, f.len, t->ns, CAPTURE_FRAME);
}

/* Handshake, and the server's greeting. */
static inline void
wire_open(struct wire_talk *t, unsigned client, unsigned server, uint64_t ns)
{
	*t = (struct wire_talk){{client, server}, {1000, 5000}, ns};
	wire_segment(t, DIS_CLIENT, NULL, PACKET_TCP_SYN);
	wire_segment(t, DIS_SERVER, NULL, PACKET_TCP_SYN | PACKET_TCP_ACK);
	wire_segment(t, DIS_CLIENT, NULL, PACKET_TCP_ACK);
	wire_segment(t, DIS_SERVER, "220 mail.corp.test ESMTP Postfix\r\n",
		PACKET_TCP_ACK | PACKET_TCP_PSH);
}

static inline void
wire_close(struct wire_talk *t)
{
	wire_segment(t, DIS_CLIENT, NULL, PACKET_TCP_ACK | PACKET_TCP_FIN);
	wire_segment(t, DIS_SERVER, NULL, PACKET_TCP_ACK | PACKET_TCP_FIN);
	wire_segment(t, DIS_CLIENT, NULL, PACKET_TCP_ACK);
}

/* --- the sensor --------------------------------------------------------------------- */

struct sensor {
	struct watch w;
	struct watch_options o;
	struct scene
		scene; /* feeds the sensor's inference; while its thread does not run */
	char *changes; /* what the desk told */
	size_t changes_len;
};

/* A name of an interface that is up and heard by afpacket. */
static inline void
wire_interface(const char *name, enum capture_link_state state)
{
	wire.interface[wire.interfaces++] = (struct capture_live_interface){
		.name = name, .method = CAPTURE_LIVE_AFPACKET, .state = state};
}

static inline void
wire_reset(void)
{
	wire.frames = wire.interfaces = 0;
	wire.idle_ns = 0;
	wire.sandbox = 0;
	atomic_store(&wire.stop, false);
	memset(&wire.counters, 0, sizeof(wire.counters));
}

static inline void
sensor_desk(struct sensor *s)
{
	struct watch *w = &s->w;
	struct desk_options d = {.config = w->config,
		.infer = w->infer,
		.files = &w->files,
		.store = w->store};

	w->changes = open_memstream(&s->changes, &s->changes_len);
	assert_non_null(w->changes);
	d.changes = w->changes;
	w->desk = desk_new(&d);
	assert_non_null(w->desk);
}

/* The configuration is that of the defaults, or is in s->w.boot already. */
static inline void
sensor_init(struct sensor *s, size_t threads)
{
	struct watch *w = &s->w;
	char error[STORE_ERROR_MAX];

	wire_reset();
	if (w->boot.limits.connections == 0)
		config_init(&w->boot);
	w->o = &s->o;
	w->config = &w->boot;
	w->live = &wire.live;
	w->signals = w->wake = -1;
	strcpy(w->host, "host.test");
	pthread_mutex_init(&w->live_lock, NULL);
	pthread_mutex_init(&w->deliver_lock, NULL);
	pthread_mutex_init(&w->known_lock, NULL);
	json_out_init(&w->json);
	record_files_init(&w->files);
	record_files_add(&w->files, SPAN_LITERAL("eth0"));
	w->store = store_open(&w->boot.state, STORE_WRITE, error);
	assert_non_null(w->store);
	scene_init(&s->scene);
	w->infer = s->scene.in;
	sensor_desk(s);
	w->packets = threads;
	for (size_t i = 0; i < threads; i++)
		watch_packet_init(w, i);
	watch_merge_init(&w->merge);
	for (size_t i = 0; i < threads; i++)
		watch_merge_insert(&w->merge, w->packet[i].queue);
}

/* Starts the packet threads and the inference's. */
static inline void
sensor_start(struct sensor *s)
{
	assert_int_equal(watch_infer_start(&s->w), 0);
	for (size_t i = 0; i < s->w.packets; i++)
		assert_int_equal(watch_packet_start(&s->w.packet[i]), 0);
}

/* Ends whatever was started. */
static inline void
sensor_stop(struct sensor *s)
{
	capture_live_stop(s->w.live);
	for (size_t i = 0; i < s->w.packets; i++)
		watch_packet_join(&s->w.packet[i]);
	watch_infer_join(&s->w);
}

static inline void
sensor_free(struct sensor *s)
{
	struct watch *w = &s->w;

	sensor_stop(s);
	assert_int_equal(desk_free(w->desk), 0);
	if (w->deliver)
		deliver_stop(w->deliver, 2000);
	store_close(w->store);
	for (size_t i = 0; i < w->packets; i++)
		watch_packet_free(&w->packet[i]);
	scene_free(&s->scene);
	fclose(w->changes);
	free(s->changes);
	json_out_free(&w->json);
	record_files_free(&w->files);
	config_free(&w->boot);
	memset(s, 0, sizeof(*s));
}

/* Until it is so, 10 s at most. */
#define sensor_await(what)                                                               \
	do {                                                                             \
		int left = 10000;                                                        \
		while (!(what) && left--)                                                \
			usleep(1000);                                                    \
		if (left < 0)                                                            \
			fail_msg("did not come: %s", #what);                             \
	} while (0)

/* --- the log ------------------------------------------------------------------------ */

static struct {
	int kept;
	FILE *file;
	char text[8192];
} sensor_log;

/* What is logged from here on, notes too, goes to sensor_log_end()'s text. */
static inline void
sensor_log_begin(void)
{
	log_init(LOG_NORMAL, 1);
	fflush(stderr);
	sensor_log.kept = dup(STDERR_FILENO);
	sensor_log.file = tmpfile();
	assert_non_null(sensor_log.file);
	dup2(fileno(sensor_log.file), STDERR_FILENO);
}

static inline const char *
sensor_log_end(void)
{
	size_t n;

	fflush(stderr);
	dup2(sensor_log.kept, STDERR_FILENO);
	close(sensor_log.kept);
	rewind(sensor_log.file);
	n = fread(sensor_log.text, 1, sizeof(sensor_log.text) - 1, sensor_log.file);
	sensor_log.text[n] = '\0';
	fclose(sensor_log.file);
	return sensor_log.text;
}

#endif
