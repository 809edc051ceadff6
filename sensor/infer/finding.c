/* SPDX-License-Identifier: Apache-2.0 */
#include "finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <utlist.h>

#include "finding_rules.h"

#define HOUR_NS (UINT64_C(3600) * 1000000000)

void
findings_init(struct findings *fs, struct words *words)
{
	*fs = (struct findings){.words = words,
		.max_raised = FINDINGS_MAX,
		.max_watched = FINDINGS_WATCHED_MAX};
}

static void
release(struct findings *fs, struct finding *f)
{
	if (f->key.kind == FINDING_RELAY_PROBE)
		free(f->of.probe.tests);
	if (f->changed)
		DL_DELETE2(fs->changed, f, changed_prev, changed_next);
	kept_drop(&f->kept);
	word_drop(fs->words, f->name);
	free(f);
}

static void
clear(struct findings *fs, struct finding **table)
{
	struct finding *f, *next;

	HASH_ITER(hh, *table, f, next)
	{
		HASH_DEL(*table, f);
		release(fs, f);
	}
}

void
findings_free(struct findings *fs)
{
	clear(fs, &fs->raised);
	clear(fs, &fs->watched);
}

/* The head is the one that was touched longest ago. */
static void
make_room(struct findings *fs, struct finding **table, size_t max, uint64_t *forgotten)
{
	struct finding *oldest = *table;

	if (HASH_COUNT(*table) < max || !oldest)
		return;
	HASH_DEL(*table, oldest);
	release(fs, oldest);
	(*forgotten)++;
}

static void
move_to_end(struct finding **table, struct finding *f)
{
	HASH_DEL(*table, f);
	HASH_ADD(hh, *table, key, sizeof(f->key), f);
	f->turn = ++f->home->turn;
	kept_touch(&f->kept);
}

void
finding_touch(struct finding *f)
{
	kept_touch(&f->kept);
	if (!f->raised || f->changed || !f->home)
		return;
	f->changed = true;
	DL_APPEND2(f->home->changed, f, changed_prev, changed_next);
}

const struct finding *
findings_changed_next(struct infer *in)
{
	struct findings *fs = &in->findings;
	struct finding *f = fs->changed;

	if (!f)
		return NULL;
	DL_DELETE2(fs->changed, f, changed_prev, changed_next);
	f->changed = false;
	return f;
}

struct finding *
finding_find(struct findings *fs, const struct finding_key *key)
{
	struct finding *f;

	HASH_FIND(hh, fs->raised, key, sizeof(*key), f);
	if (!f)
		HASH_FIND(hh, fs->watched, key, sizeof(*key), f);
	return f;
}

struct finding *
finding_insert(
	struct findings *fs, const struct finding_key *key, struct span name, uint64_t ns)
{
	struct finding *f = finding_find(fs, key);

	if (f) {
		move_to_end(f->raised ? &fs->raised : &fs->watched, f);
	} else {
		make_room(fs, &fs->watched, fs->max_watched, &fs->watch_forgotten);
		f = calloc(1, sizeof(*f));
		if (!f)
			abort();
		f->key = *key;
		f->home = fs;
		f->turn = ++fs->turn;
		f->first = ns;
		f->window = ns;
		HASH_ADD(hh, fs->watched, key, sizeof(f->key), f);
		kept_add(fs->kept, &f->kept, KEPT_FINDING, NULL);
	}
	if (!f->name && name.len)
		f->name = word_take(fs->words, name);
	return f;
}

bool
finding_adopt(struct findings *fs, struct finding *f)
{
	struct finding **table = f->raised ? &fs->raised : &fs->watched;

	if (finding_find(fs, &f->key) ||
		HASH_COUNT(*table) >= (f->raised ? fs->max_raised : fs->max_watched))
		return false;
	HASH_ADD(hh, *table, key, sizeof(f->key), f);
	f->home = fs;
	if (f->turn > fs->turn)
		fs->turn = f->turn;
	return true;
}

void
finding_watch_hour(struct finding *f, uint64_t ns)
{
	if (f->raised || ns < f->window || ns - f->window <= HOUR_NS)
		return;
	if (f->key.kind == FINDING_RELAY_PROBE)
		free(f->of.probe.tests);
	memset(&f->of, 0, sizeof(f->of));
	f->evidence_count = 0;
	f->count = 0;
	f->client_count = 0;
	f->first = ns;
	f->last = 0;
	f->window = ns;
}

void
finding_raise(struct findings *fs, struct finding *f, enum finding_severity severity)
{
	bool worse = severity > f->severity || !f->raised;

	if (worse)
		f->severity = severity;
	if (!f->raised) {
		HASH_DEL(fs->watched, f);
		make_room(fs, &fs->raised, fs->max_raised, &fs->forgotten);
		f->raised = true;
		HASH_ADD(hh, fs->raised, key, sizeof(f->key), f);
		f->turn = ++fs->turn;
	}
	if (worse)
		finding_touch(f);
}

void
finding_note_client(struct finding *f, const struct ip_addr *client)
{
	for (uint32_t i = 0; i < f->client_count; i++)
		if (ip_addr_equal(&f->clients[i], client))
			return;
	if (f->client_count < FINDING_CLIENTS_MAX)
		f->clients[f->client_count++] = *client;
	else
		f->more_clients = true;
}

void
finding_count(struct finding *f, struct moment at)
{
	finding_touch(f);
	f->count++;
	if (at.ns && at.ns < f->first)
		f->first = at.ns;
	if (at.ns > f->last)
		f->last = at.ns;
}

void
finding_add_evidence(struct finding *f, struct moment at, const char *format, ...)
{
	struct finding_evidence *e;
	va_list args;

	if (f->evidence_count < FINDING_EVIDENCE_MAX)
		f->evidence_count++;
	e = &f->evidence[f->evidence_count - 1];
	e->at = at;
	va_start(args, format);
	vsnprintf(e->what, sizeof(e->what), format, args);
	va_end(args);
}

const char *
finding_peer(struct span text, char out[FINDING_LIST])
{
	size_t n = span_copy(text, out, FINDING_LIST);

	for (size_t i = 0; i < n; i++)
		if (out[i] == '\0' || out[i] == '\n' || out[i] == '\r')
			out[i] = ' ';
	if (n < text.len)
		memcpy(out + FINDING_LIST - 4, "...", 4);
	return out;
}

struct finding_key
finding_key_of(const struct record_conn *conn, enum finding_kind kind, bool of_client)
{
	struct finding_key key;

	memset(&key, 0, sizeof(key));
	key.server = conn->server.addr;
	key.port = conn->server.port;
	key.kind = kind;
	if (of_client)
		key.client = *record_client(conn);
	return key;
}

void
findings_feed(struct infer *in, const struct record *r)
{
	if (r->kind == RECORD_TRANSACTION) {
		finding_probe_feed(in, &r->conn, &r->txn);
		finding_mail_feed(in, &r->conn, &r->txn);
		finding_blocklist_feed(in, &r->conn, &r->txn);
		finding_users_feed(in, &r->conn, &r->txn);
	} else if (r->kind == RECORD_CONNECTION) {
		finding_tls_feed(in, &r->conn, &r->connection);
		finding_users_verify(in, &r->conn, &r->connection);
		finding_blocklist_greeting(in, &r->conn, &r->connection);
	} else {
		finding_blocklist_answer(in, &r->dns);
	}
}

static int
compare(const void *left, const void *right)
{
	const struct finding *a = *(const struct finding *const *)left;
	const struct finding *b = *(const struct finding *const *)right;
	int order;

	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	order = ip_addr_compare(&a->key.server, &b->key.server);
	if (order == 0)
		order = (a->key.port > b->key.port) - (a->key.port < b->key.port);
	if (order == 0)
		order = (a->key.kind > b->key.kind) - (a->key.kind < b->key.kind);
	return order ? order : ip_addr_compare(&a->key.client, &b->key.client);
}

const struct finding **
findings_list(const struct infer *in, size_t *count)
{
	const struct findings *fs = &in->findings;
	const struct finding **list;
	size_t n = 0;

	*count = HASH_COUNT(fs->raised);
	if (*count == 0)
		return NULL;
	list = calloc(*count, sizeof(*list));
	if (!list)
		abort();
	for (const struct finding *f = fs->raised; f; f = f->hh.next)
		list[n++] = f;
	qsort(list, n, sizeof(*list), compare);
	return list;
}
