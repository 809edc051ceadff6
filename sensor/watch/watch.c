/* SPDX-License-Identifier: Apache-2.0 */
#include "watch.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/sandbox/sandbox.h"
#include "watch_config.h"
#include "watch_part.h"
#include "watch_paths.h"

/* ms that alerts get to go out at the end. */
#define END_MS 10000u
/* ms of silence after which a packet thread looks up; several wait for each other. */
#define TICK_ALONE_MS	 100u
#define TICK_TOGETHER_MS 5u
/* Where the control socket is if nobody says otherwise. */
#define CONTROL_DEFAULT "/run/relaytap/control"

/* --- capture -------------------------------------------------------------------------
 */

/* What the kernel lets through: the ports of the configuration, and name servers. */
static uint16_t *
ports_new(const struct config *c, size_t *count)
{
	uint16_t *ports =
		calloc(c->smtp_ports.count + c->smtps_ports.count + 1, sizeof(*ports));

	if (!ports)
		abort();
	*count = 0;
	for (size_t i = 0; i < c->smtp_ports.count; i++)
		ports[(*count)++] = c->smtp_ports.at[i];
	for (size_t i = 0; i < c->smtps_ports.count; i++)
		ports[(*count)++] = c->smtps_ports.at[i];
	ports[(*count)++] = 53;
	return ports;
}

static enum capture_live_method
method_of(const struct config_capture *c)
{
	static const enum capture_live_method methods[] = {
		[CONFIG_CAPTURE_AUTO] = CAPTURE_LIVE_AUTO,
		[CONFIG_CAPTURE_AFPACKET] = CAPTURE_LIVE_AFPACKET,
		[CONFIG_CAPTURE_XDP] = CAPTURE_LIVE_XDP,
		[CONFIG_CAPTURE_PCAP] = CAPTURE_LIVE_PCAP,
	};

	return c->tap ? CAPTURE_LIVE_XDP : methods[c->method];
}

static int
open_capture(struct watch *w)
{
	static const uint16_t dns[] = {53};
	const struct config_capture *c = &w->boot.capture;
	char error[CAPTURE_LIVE_ERROR_MAX];
	size_t count;
	uint16_t *ports = ports_new(&w->boot, &count);
	struct capture_live_options o = {
		.interface = (const char *const *)c->interfaces.at,
		.interfaces = c->interfaces.count,
		.threads = c->threads,
		.method = method_of(c),
		.xdp_forced = c->tap_forced,
		.ports = {.tcp = ports,
			.tcp_count = count,
			.udp = dns,
			.udp_count = 1,
			.any_tcp = w->boot.any_port},
		.shunt = c->shunt,
		.connections = w->boot.limits.connections * c->threads,
		.ring_octets = c->ring_octets,
		.retire_ms = c->block_timeout_ms,
		.snap = (uint32_t)c->snap,
		.tick_ms = c->threads > 1 ? TICK_TOGETHER_MS : TICK_ALONE_MS,
		.not_promiscuous = !c->promiscuous,
	};

	w->live = capture_live_open(&o, error);
	free(ports);
	w->packets = w->live ? c->threads : 0;
	if (!w->live)
		log_warnx("%s", error);
	return w->live ? 0 : -1;
}

/* --- files and sockets ---------------------------------------------------------------
 */

/* A file made by root has to be the sensor's own, so that it can be opened anew later. */
static void
give_to_user(struct watch *w, int descriptor, const char *name)
{
	const char *user = w->boot.run.user ? w->boot.run.user : "nobody";
	const struct passwd *pw = geteuid() == 0 ? getpwnam(user) : NULL;
	struct stat st;

	if (pw && fstat(descriptor, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0 &&
		st.st_size == 0 && fchown(descriptor, pw->pw_uid, pw->pw_gid) != 0)
		log_warn("%s", name);
}

static int
open_evidence(struct watch *w)
{
	const struct config_capture *c = &w->boot.capture;
	struct evidence_options o = {
		.file = c->evidence_file,
		.within = w->boot.run.chroot,
		.octets = c->evidence_octets,
		.threads = c->threads,
		.interface = (const char *const *)c->interfaces.at,
		.interfaces = c->interfaces.count,
	};
	char error[256];

	if (!c->evidence_file)
		return 0;
	w->evidence = evidence_open(&o, error, sizeof(error));
	if (!w->evidence) {
		log_warnx("%s", error);
		return -1;
	}
	give_to_user(w, evidence_descriptor(w->evidence), c->evidence_file);
	return 0;
}

/* Where the sensor will find it again, once it is confined to its folder. */
static FILE *
open_from_within(const struct watch *w, const char *name)
{
	const char *root = w->boot.run.chroot;
	char path[PATH_MAX];

	if (!root)
		return fopen(name, "ae");
	if (snprintf(path, sizeof(path), "%s/%s", root, name) >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return fopen(path, "ae");
}

static int
open_records(struct watch *w)
{
	const char *name = w->o->records;

	if (!name)
		return 0;
	w->records = strcmp(name, "-") == 0 ? stdout : open_from_within(w, name);
	if (!w->records) {
		log_warn("--transactions %s", name);
		return -1;
	}
	if (w->records != stdout)
		give_to_user(w, fileno(w->records), name);
	return 0;
}

/* Where nobody asked for a socket, a host without its folder does without one. */
static int
open_control(struct watch *w)
{
	const char *path = w->boot.run.control;
	char error[256];

	if (!path)
		return 0;
	w->control = control_open(path, error, sizeof(error));
	if (w->control)
		return 0;
	if (strcmp(path, CONTROL_DEFAULT) != 0) {
		log_warnx("%s", error);
		return -1;
	}
	log_info("no control socket: %s", error);
	return 0;
}

static int
open_store(struct watch *w)
{
	char error[STORE_ERROR_MAX];

	w->store = store_open(&w->boot.state, STORE_WRITE, error);
	if (!w->store)
		log_warnx("%s", error);
	return w->store ? 0 : -1;
}

static int
open_metrics(struct watch *w)
{
	const struct config_metrics *m = &w->boot.metrics;
	char error[256];

	if (m->port == 0)
		return 0;
	w->metrics = metrics_open(m->address ? m->address : "127.0.0.1",
		(uint16_t)m->port, watch_metrics_collect, w, error, sizeof(error));
	if (!w->metrics)
		log_warnx("%s", error);
	return w->metrics ? 0 : -1;
}

static int
enter_sandbox(struct watch *w)
{
	struct watch_paths paths;
	struct sandbox_options o = {
		.user = w->boot.run.user,
		.chroot = w->boot.run.chroot,
	};

	watch_paths_of(&w->boot, w->o, &paths);
	o.writable = paths.writable;
	o.writable_count = paths.writable_count;
	o.readable = paths.readable;
	o.readable_count = paths.readable_count;
	o.network = paths.network;
	o.bpf = capture_live_bpf(w->live) != NULL;
	return sandbox_enter(&o);
}

/* Then packets pass, and the kernel is told nothing of them. */
static void
say_what_kernel_refuses(struct watch *w)
{
	struct capture_bpf *b = capture_live_bpf(w->live);
	struct tap_counters n[TAP_STAGES];

	if (!b || capture_bpf_counts(b, n))
		return;
	log_warnx("this kernel keeps eBPF maps from who has given up root (Linux 5.10 "
		  "does, 6.1 does not): nothing is shunted, what is filtered is not "
		  "counted");
	if (w->boot.any_port)
		log_warnx("any_port: for the same reason only the first segments of "
			  "mail on other ports are heard");
}

/* --- start ---------------------------------------------------------------------------
 */

/* Server records go to standard output unless an output was sent there. */
static FILE *
changes_of(const struct config *c)
{
	for (size_t i = 0; i < c->outputs.count; i++)
		if (c->outputs.at[i].to == CONFIG_TO_STDOUT)
			return NULL;
	return stdout;
}

/* Frames are numbered over all interfaces together, so together they are one "file". */
static void
name_interfaces(struct watch *w)
{
	const struct config_texts *names = &w->boot.capture.interfaces;
	struct text_out t;

	text_out_init(&t);
	for (size_t i = 0; i < names->count; i++)
		text_out_format(&t, "%s%s", i ? "," : "", names->at[i]);
	record_files_add(&w->files, text_out_all(&t));
	text_out_free(&t);
}

static void
make_inference(struct watch *w)
{
	struct desk_options o = {
		.config = w->config,
		.files = &w->files,
		.store = w->store,
		.own_thread = true,
		.alerted = w->evidence ? evidence_alerted : NULL,
		.ctx = w->evidence,
	};

	name_interfaces(w);
	w->infer = infer_new(w->config);
	w->changes = changes_of(w->config);
	o.infer = w->infer;
	o.changes = w->changes;
	w->desk = desk_new(&o);
}

static int
start_packets(struct watch *w)
{
	for (size_t i = 0; i < w->packets; i++)
		if (watch_packet_start(&w->packet[i]) < 0)
			return -1;
	return 0;
}

static int
start_control(struct watch *w)
{
	if (!w->control || control_start(w->control, watch_control_answer, w) == 0)
		return 0;
	log_warnx("the control socket does not answer");
	return -1;
}

/*
 * The order of the start. What needs privileges comes before the sandbox; what is written
 * later by the sensor's user is made by that user, so behind it; threads inherit it.
 */
static int
start(struct watch *w)
{
	if (open_capture(w) < 0 || open_evidence(w) < 0)
		return -1;
	if (open_records(w) < 0 || open_control(w) < 0)
		return -1;
	if (enter_sandbox(w) < 0)
		return -1;
	say_what_kernel_refuses(w);
	if (open_store(w) < 0)
		return -1;
	make_inference(w);
	for (size_t i = 0; i < w->packets; i++)
		watch_packet_init(w, i);
	w->outputs = w->boot.outputs;
	if (watch_deliver_start(w) < 0 || watch_infer_start(w) < 0)
		return -1;
	if (start_packets(w) < 0 || start_control(w) < 0 || open_metrics(w) < 0)
		return -1;
	return 0;
}

/* --- end -----------------------------------------------------------------------------
 */

static void
write_line(struct watch *w)
{
	if (json_out_line(&w->json, w->changes) == 0 && fflush(w->changes) == 0)
		return;
	if (!atomic_exchange(&w->failed, true))
		log_warn("standard output");
}

static void
tell_counters(struct watch *w)
{
	watch_stats_log(w);
	if (!w->changes)
		return;
	watch_stats_write_capture(w, &w->json);
	write_line(w);
	watch_stats_write(w, &w->json);
	write_line(w);
}

/*
 * The order of the end: no more questions, packets to their end, records to theirs, then
 * what waits goes out and is kept.
 */
static void
end(struct watch *w, bool ran)
{
	if (w->live)
		capture_live_stop(w->live);
	for (size_t i = 0; i < w->packets; i++)
		watch_packet_join(&w->packet[i]);
	watch_infer_join(w);
	if (w->control)
		control_close(w->control);
	if (w->metrics)
		metrics_close(w->metrics);
	if (w->evidence)
		evidence_close(w->evidence);
	w->evidence = NULL;
	if (ran)
		tell_counters(w);
	if (desk_free(w->desk) < 0)
		atomic_store(&w->failed, true);
	if (w->deliver && !deliver_stop(w->deliver, END_MS))
		log_warnx("an output did not take all: %s",
			w->boot.state.directory ? "what is left waits in the database"
						: "what is left is lost");
	if (w->store)
		store_close(w->store);
}

static void
release(struct watch *w)
{
	for (size_t i = 0; i < w->packets; i++)
		if (w->packet[i].queue)
			watch_packet_free(&w->packet[i]);
	if (w->infer)
		infer_free(w->infer);
	json_out_free(&w->json);
	record_files_free(&w->files);
	capture_live_close(w->live);
	if (w->records && w->records != stdout && fclose(w->records) != 0)
		atomic_store(&w->failed, true);
	if (w->config != &w->boot) {
		watch_config_release(w->config);
		free(w->config);
	}
	config_free(&w->boot);
	watch_signal_close(w);
	pthread_mutex_destroy(&w->live_lock);
	pthread_mutex_destroy(&w->deliver_lock);
	pthread_mutex_destroy(&w->known_lock);
	free(w);
}

static struct watch *
watch_new(const struct watch_options *o)
{
	struct watch *w = calloc(1, sizeof(*w));
	struct timespec t;

	if (!w)
		abort();
	w->o = o;
	w->config = &w->boot;
	w->signals = w->wake = -1;
	pthread_mutex_init(&w->live_lock, NULL);
	pthread_mutex_init(&w->deliver_lock, NULL);
	pthread_mutex_init(&w->known_lock, NULL);
	json_out_init(&w->json);
	record_files_init(&w->files);
	if (gethostname(w->host, sizeof(w->host) - 1) != 0)
		strcpy(w->host, "relaytap");
	clock_gettime(CLOCK_REALTIME, &t);
	w->started_ns = (uint64_t)t.tv_sec * WATCH_SECOND + (uint64_t)t.tv_nsec;
	watch_notify_init(&w->notify);
	return w;
}

static int
check_config(struct watch *w)
{
	char error[CONFIG_ERROR];

	if (watch_config_load(w->o, &w->boot, error) < 0) {
		log_warnx("%s", error);
		return -1;
	}
	if (w->boot.capture.interfaces.count)
		return 0;
	log_warnx("watch: name interfaces, each with -i, or in the configuration");
	return -1;
}

int
watch_run(const struct watch_options *o)
{
	struct watch *w = watch_new(o);
	bool ran = false, failed;

	if (watch_signal_open(w) == 0 && check_config(w) == 0 && start(w) == 0) {
		ran = true;
		watch_notify_ready();
		log_info("listening");
		watch_signal_loop(w);
		watch_notify_stopping();
	}
	end(w, ran);
	failed = !ran || atomic_load(&w->failed);
	release(w);
	return failed ? -1 : 0;
}
