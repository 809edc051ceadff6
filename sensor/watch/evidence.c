/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/watch/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/capture/pcapng_write.h"
#include "sensor/watch/evidence_pick.h"

/* Interfaces of the file: one for each name and link type that occurs. */
#define INTERFACES_MAX 64u

struct thread {
	struct evidence_ring *ring;
	_Atomic unsigned asked; /* requests for it, in turn */
	_Atomic uint64_t kept, left_out;
	pthread_mutex_t lock; /* of the following */
	struct evidence_request request[EVIDENCE_WAITING_MAX];
	struct evidence_batch *done; /* the oldest first */
};

struct interface {
	uint32_t interface, linktype;
};

struct evidence {
	struct evidence_options o;
	FILE *file;
	bool begun;   /* its section */
	bool stopped; /* full, or failed */
	struct interface interface[INTERFACES_MAX];
	size_t interfaces;
	struct evidence_counters n;
	struct thread thread[];
};

/* --- life -------------------------------------------------------------------------- */

static FILE *
open_file(const char *name, uint64_t *size)
{
	FILE *f;
	int d = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct stat s;

	if (d < 0)
		return NULL;
	errno = 0;
	if (fstat(d, &s) != 0 || !S_ISREG(s.st_mode)) {
		close(d);
		return NULL;
	}
	*size = (uint64_t)s.st_size;
	f = fdopen(d, "a");
	if (!f)
		close(d);
	return f;
}

static int
file_open(const char *name, struct evidence_file *out, char *error, size_t room)
{
	out->file = open_file(name, &out->octets);
	if (out->file)
		return 0;
	snprintf(error, room, "evidence file %s: %s", name,
		errno ? strerror(errno) : "not a file");
	return -1;
}

int
evidence_file_open(
	const struct evidence *e, struct evidence_file *out, char *error, size_t room)
{
	return file_open(e->o.file, out, error, room);
}

/* Where it will be found again, once the sensor is confined to its folder. */
static int
first_open(const struct evidence *e, struct evidence_file *out, char *error, size_t room)
{
	char path[PATH_MAX];

	if (!e->o.within)
		return file_open(e->o.file, out, error, room);
	if (snprintf(path, sizeof(path), "%s/%s", e->o.within, e->o.file) <
		(int)sizeof(path))
		return file_open(path, out, error, room);
	snprintf(error, room, "evidence file %s: %s", e->o.file, strerror(ENAMETOOLONG));
	return -1;
}

static bool
thread_open(struct thread *t, size_t octets)
{
	pthread_mutex_init(&t->lock, NULL);
	t->ring = evidence_ring_new(octets);
	return t->ring;
}

struct evidence *
evidence_open(const struct evidence_options *o, char *error, size_t room)
{
	struct evidence *e = calloc(1, sizeof(*e) + o->threads * sizeof(e->thread[0]));
	struct evidence_file file;
	bool enough = e;

	if (!e) {
		snprintf(error, room, "no memory");
		return NULL;
	}
	e->o = *o;
	e->o.file_octets = o->file_octets ? o->file_octets : EVIDENCE_FILE_MAX;
	for (size_t i = 0; i < o->threads; i++)
		enough = thread_open(&e->thread[i], o->octets / o->threads) && enough;
	if (!enough)
		snprintf(error, room, "evidence file %s: no memory for %zu octets",
			o->file, o->octets);
	if (!enough || first_open(e, &file, error, room) != 0) {
		evidence_close(e);
		return NULL;
	}
	e->file = file.file;
	e->n.octets = file.octets;
	return e;
}

int
evidence_descriptor(const struct evidence *e)
{
	return fileno(e->file);
}

void
evidence_close(struct evidence *e)
{
	if (!e)
		return;
	if (e->file) {
		for (size_t i = 0; i < e->o.threads; i++)
			evidence_turn(e, i);
		evidence_write(e);
		if (fclose(e->file) != 0 && !e->stopped)
			log_warn("evidence file %s", e->o.file);
	}
	for (size_t i = 0; i < e->o.threads; i++) {
		evidence_ring_free(e->thread[i].ring);
		pthread_mutex_destroy(&e->thread[i].lock);
	}
	free(e);
}

/* --- packet threads ---------------------------------------------------------------- */

void
evidence_frame(struct evidence *e, size_t thread, const struct capture_frame *frame)
{
	struct thread *t = &e->thread[thread];
	_Atomic uint64_t *n =
		evidence_ring_insert(t->ring, frame) ? &t->kept : &t->left_out;

	atomic_fetch_add_explicit(n, 1, memory_order_relaxed);
	evidence_turn(e, thread);
}

static void
hand_over(struct thread *t, struct evidence_batch *b)
{
	struct evidence_batch **at = &t->done;

	while (*at)
		at = &(*at)->next;
	*at = b;
}

/* The lock is not held while frames are copied: the inference never waits for that. */
void
evidence_turn(struct evidence *e, size_t thread)
{
	struct thread *t = &e->thread[thread];

	while (atomic_load_explicit(&t->asked, memory_order_acquire) > 0) {
		struct evidence_request r;
		struct evidence_batch *b;

		pthread_mutex_lock(&t->lock);
		r = t->request[0];
		memmove(t->request, t->request + 1, sizeof(r) * (t->asked - 1));
		t->asked--;
		pthread_mutex_unlock(&t->lock);
		b = evidence_pick(t->ring, &r, EVIDENCE_ALERT_MAX);
		if (!b)
			continue;
		pthread_mutex_lock(&t->lock);
		hand_over(t, b);
		pthread_mutex_unlock(&t->lock);
	}
}

/* --- the inference's thread -------------------------------------------------------- */

static bool
ask(struct thread *t, const struct evidence_request *r)
{
	bool room;

	pthread_mutex_lock(&t->lock);
	room = t->asked < EVIDENCE_WAITING_MAX;
	if (room)
		t->request[t->asked++] = *r;
	pthread_mutex_unlock(&t->lock);
	return room;
}

void
evidence_alerted(void *ctx, const struct alert *a)
{
	struct evidence *e = ctx;
	struct evidence_request r;
	bool refused = false;

	evidence_request_of(&r, a);
	if (r.count == 0)
		return;
	e->n.alerts++;
	for (size_t i = 0; i < e->o.threads; i++)
		refused = !ask(&e->thread[i], &r) || refused;
	e->n.refused += refused;
}

static const char *
name_of(const struct evidence *e, uint32_t interface)
{
	return interface < e->o.interfaces ? e->o.interface[interface] : "";
}

/* The interface's number in the file; a file that was there has its own before. */
static int
interface_of(struct evidence *e, const struct evidence_entry *from, uint32_t *out)
{
	size_t i = 0;

	if (!e->begun && pcapng_write_section(e->file, "relaytap", &e->n.octets) != 0)
		return -1;
	e->begun = true;
	while (i < e->interfaces && (e->interface[i].interface != from->interface ||
					    e->interface[i].linktype != from->linktype))
		i++;
	*out = (uint32_t)i;
	if (i < e->interfaces)
		return 0;
	if (i == INTERFACES_MAX) {
		errno = ENOSPC;
		return -1;
	}
	e->interface[e->interfaces++] =
		(struct interface){from->interface, from->linktype};
	return pcapng_write_interface(e->file, (uint16_t)from->linktype,
		name_of(e, from->interface), &e->n.octets);
}

static int
write_packet(struct evidence *e, const struct evidence_out *o, struct span octets,
	const char *comment)
{
	struct pcapng_packet p = {.ns = o->entry.ns,
		.octets = octets,
		.wire_len = o->entry.wire_len,
		.comment = o->first ? span_of_text(comment) : SPAN_NONE};

	if (e->n.octets + pcapng_packet_size(&p) + 4096 > e->o.file_octets) {
		log_warnx("evidence file %s has its %llu octets: no more is written; "
			  "move it away and send SIGHUP",
			e->o.file, (unsigned long long)e->o.file_octets);
		e->stopped = true;
		return 0;
	}
	if (interface_of(e, &o->entry, &p.interface) != 0 ||
		pcapng_write_packet(e->file, &p, &e->n.octets) != 0)
		return -1;
	e->n.written++;
	return 0;
}

static void
fail(struct evidence *e)
{
	log_warn("evidence file %s: no more is written", e->o.file);
	e->stopped = true;
}

static void
write_batch(struct evidence *e, const struct evidence_batch *b)
{
	struct evidence_out o;
	struct span octets;

	e->n.cut += b->cut;
	for (size_t at = 0; evidence_batch_next(b, &at, &o, &octets);) {
		if (!e->stopped && write_packet(e, &o, octets, b->comment) != 0)
			fail(e);
		e->n.no_room += e->stopped;
	}
	if (!e->stopped && fflush(e->file) != 0)
		fail(e);
}

void
evidence_write(struct evidence *e)
{
	for (size_t i = 0; i < e->o.threads; i++) {
		struct thread *t = &e->thread[i];
		struct evidence_batch *b, *next;

		pthread_mutex_lock(&t->lock);
		b = t->done;
		t->done = NULL;
		pthread_mutex_unlock(&t->lock);
		for (; b; b = next) {
			next = b->next;
			write_batch(e, b);
			evidence_batch_free(b);
		}
	}
}

/* Interfaces are numbered in their section (draft-ietf-opsawg-pcapng 4.2). */
void
evidence_exchange(struct evidence *e, struct evidence_file *f)
{
	struct evidence_file old;

	evidence_write(e);
	old = (struct evidence_file){e->file, e->n.octets};
	e->file = f->file;
	e->n.octets = f->octets;
	e->begun = false;
	e->interfaces = 0;
	e->stopped = false;
	*f = old;
}

void
evidence_counters(struct evidence *e, struct evidence_counters *out)
{
	*out = e->n;
	for (size_t i = 0; i < e->o.threads; i++) {
		out->kept += e->thread[i].kept;
		out->left_out += e->thread[i].left_out;
	}
}
