/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the watch*.c files only: the sensor's inside, and who may touch what.
 *
 * Each packet thread has its struct watch_packet. The inference's thread has infer, desk,
 * files, merge, loss and records. The main thread has the rest. What crosses over is
 * atomic, under a lock that is named here, or done by request (watch_box.h).
 */
#ifndef WATCH_PART_H
#define WATCH_PART_H

#include <pthread.h>
#include <stdio.h>

#include "sensor/capture/capture_live.h"
#include "sensor/control/control.h"
#include "sensor/deliver/deliver.h"
#include "sensor/desk/desk.h"
#include "sensor/metrics/metrics.h"
#include "sensor/pipeline_totals.h"
#include "sensor/store/store.h"
#include "sensor/watch/evidence.h"
#include "watch.h"
#include "watch_box.h"
#include "watch_loss.h"
#include "watch_merge.h"
#include "watch_notify.h"

#define WATCH_MS     UINT64_C(1000000)
#define WATCH_SECOND UINT64_C(1000000000)
/* ms that a request to another thread may take before it is given up. */
#define WATCH_ASK_MS 3000u

struct watch;

struct watch_packet {
	struct watch *watch;
	size_t number;
	pthread_t thread;
	bool started;
	/*
	 * The values in force, always at this place: connections point to it. Its texts
	 * belong to the configuration that it was copied from.
	 */
	struct config config;
	struct capture *capture;
	struct pipeline *pipeline;
	struct watch_queue *queue;
	struct watch_box box;
	_Atomic uint64_t beats; /* moves as long as the thread does */
	uint64_t now_ns;	/* of the packet at hand */
	uint64_t shown_ns;
	pthread_mutex_t lock;	       /* of totals */
	struct pipeline_totals totals; /* as of a short while ago; after the end: exact */
};

/* Counted up to some moment, and each second since the one before. */
struct watch_rates {
	uint64_t clock_ns;
	uint64_t packets, octets, segments, transactions;
	double packets_s, octets_s, segments_s, transactions_s;
};

/* What the inference knows, counted. */
struct watch_known {
	uint64_t records[RECORD_DNS + 1];
	uint64_t servers, servers_evicted, attempts;
	uint64_t attempts_evicted, clients_evicted, domains_evicted;
	uint64_t names_evicted, words;
	uint64_t messages_waiting, messages_forgotten;
	uint64_t findings, findings_forgotten;
	uint64_t verdicts[VERDICT_UNKNOWN + 1]; /* servers by their verdict */
	struct desk_counters desk;
	uint64_t forced; /* records that did not wait for a thread that hung */
	struct watch_rates rates;
	uint64_t now_ns; /* packet time reached */
	uint64_t taken;	 /* records, of those put into the queues */
};

struct watch {
	const struct watch_options *o;
	struct config boot;    /* as at the start */
	struct config *config; /* in force; &boot until the first reload */
	char host[256];
	char observer[256]; /* of the deliveries */

	struct capture_live *live;
	pthread_mutex_t live_lock; /* of the calls for counters */
	struct evidence *evidence; /* NULL: none is kept */
	struct store *store;
	struct control *control;
	struct metrics *metrics;
	struct config_outputs outputs; /* what deliver was started with */
	struct deliver *deliver;       /* NULL: no outputs */
	pthread_mutex_t deliver_lock;

	struct watch_packet packet[CAPTURE_LIVE_THREADS_MAX];
	size_t packets;

	/* The inference's. */
	pthread_t thread;
	bool started;
	struct watch_merge merge;
	struct record_files files;
	struct infer *infer;
	struct desk *desk;
	struct json_out json;
	FILE *records; /* NULL: none */
	FILE *changes; /* NULL: none */
	struct watch_loss loss;
	bool learned; /* since the desk looked */
	uint64_t taken;
	uint64_t looked_ns, look_not_before_ns, second_ns, stats_ns;
	struct watch_rates rates;
	struct watch_box box;
	_Atomic uint64_t beats;
	pthread_mutex_t known_lock;
	struct watch_known known;
	/* It sleeps when there is nothing to do. */
	pthread_mutex_t sleep_lock;
	pthread_cond_t sleep_cond;
	atomic_bool sleeping;
	atomic_bool stats_wanted;

	/* The main thread's. */
	int signals; /* signalfd */
	int wake;    /* eventfd: something in main_box */
	struct watch_box main_box;
	struct watch_notify notify;
	uint64_t started_ns; /* CLOCK_REALTIME */
	atomic_bool failed;  /* output could not be written: exit status */
	_Atomic uint64_t reloads, reloads_failed;
};

/* CLOCK_MONOTONIC, ns. */
uint64_t watch_clock(void);

/* --- watch_packet.c ------------------------------------------------------------------
 */

/* Makes what thread number needs; the thread itself starts later. */
void watch_packet_init(struct watch *w, size_t number);
/* 0, or -1 (logged). */
int watch_packet_start(struct watch_packet *p);
/* Waits for its end. */
void watch_packet_join(struct watch_packet *p);
void watch_packet_free(struct watch_packet *p);

/* Open connections of a thread, as it knows them. */
struct watch_flow {
	struct flow_facts facts;
	bool tls;
	const char *kind; /* static */
};
struct watch_flows {
	struct watch_packet *from;
	struct watch_flow *at;
	size_t room, count;
	uint64_t open; /* in all; more than count is possible */
};
/* Asks the thread; false: it does not answer. */
bool watch_packet_flows(struct watch_packet *p, struct watch_flows *out);

/* --- watch_infer.c -------------------------------------------------------------------
 */

int watch_infer_start(struct watch *w);
/* There is something to do. By any thread. */
void watch_infer_wake(struct watch *w);
void watch_infer_join(struct watch *w);

/* --- watch_stats.c -------------------------------------------------------------------
 */

/* By any thread. */
void watch_stats_packets(struct watch *w, struct pipeline_totals *out);
void watch_stats_queues(struct watch *w, struct watch_queue_counters *out);
void watch_stats_live(struct watch *w, struct capture_live_counters *out);
void watch_stats_known(struct watch *w, struct watch_known *out);
/* The inference's thread: counts anew what watch_stats_known() gives. */
void watch_stats_count(struct watch *w);
/* What watch_loss_judge() needs. */
void watch_stats_losses(struct watch *w, struct watch_loss_totals *out);
/* Objects of types "capture" and "stats", without line ends between: one each. */
void watch_stats_write_capture(struct watch *w, struct json_out *j);
void watch_stats_write(struct watch *w, struct json_out *j);
/* A line for people. */
void watch_stats_log(struct watch *w);

/* --- watch_signal.c ------------------------------------------------------------------
 */

/* Blocks the signals and makes the descriptors by which they come. 0 or -1 (logged). */
int watch_signal_open(struct watch *w);
void watch_signal_close(struct watch *w);
/* Until it is to end. */
void watch_signal_loop(struct watch *w);

/* --- watch_reload.c ------------------------------------------------------------------
 */

/* The main thread. NULL, or a static text that says what went wrong (logged in full). */
const char *watch_reload(struct watch *w);
/* Opens all output files anew. */
void watch_reopen(struct watch *w);
/* Starts the deliveries of w->outputs; 0 or -1 (logged). */
int watch_deliver_start(struct watch *w);

/* --- watch_control.c, watch_top.c, watch_metrics.c
 * ------------------------------------------------
 */

/* Asks the inference's thread; false: it does not answer. */
bool watch_top_answer(struct watch *w, struct text_out *out, unsigned ms);
const char *watch_control_answer(
	void *ctx, char *const *words, size_t count, struct text_out *out);
void watch_metrics_collect(void *ctx, struct text_out *out);

#endif
