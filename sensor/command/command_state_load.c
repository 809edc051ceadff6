/* SPDX-License-Identifier: Apache-2.0 */
#include "command_state.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "sensor/base/log.h"
#include "sensor/infer/infer_state.h"
#include "sensor/infer/state_table.h"
#include "sensor/pipeline_stats.h"

struct loading {
	struct command_input *input;
	uint64_t refused;
};

static bool
load_row(void *ctx, const char *table, struct span key, struct span body)
{
	struct loading *l = ctx;
	struct infer_row row = {.table = table, .key = key, .body = body};

	/* Others keep rows there too: the gate of the alerts. */
	if (state_table_find(table) == KEPT_TABLES)
		return true;
	if (!infer_state_load(l->input->infer, &l->input->files, &row))
		l->refused++;
	return true;
}

static void
input_init(struct command_input *i, const struct command_options *o)
{
	memset(i, 0, sizeof(*i));
	record_files_init(&i->files);
	json_out_init(&i->stats);
	i->infer = infer_new(&o->config);
}

static void
loaded(struct loading *l)
{
	infer_state_loaded(l->input->infer);
	if (l->refused == 0)
		return;
	log_warnx("%llu rows of the state are not understood, and left out",
		(unsigned long long)l->refused);
	l->input->damaged = true;
}

int
command_input_state(
	struct command_input *i, const struct command_options *o, struct store *s)
{
	struct loading l = {.input = i};

	input_init(i, o);
	if (store_read_state(s, load_row, &l) < 0)
		return COMMAND_FAILED;
	loaded(&l);
	pipeline_stats_write(NULL, NULL, i->infer, &i->stats);
	return COMMAND_GOOD;
}

static uint64_t
count_of(struct store *s, enum kept_table table)
{
	return store_count_state_of(s, state_table_of(table)->name);
}

int
command_input_findings(
	struct command_input *i, const struct command_options *o, struct store *s)
{
	struct loading l = {.input = i};
	struct pipeline_stats_kept kept = {0};

	input_init(i, o);
	if (store_read_state_of(s, state_table_of(KEPT_INFER)->name, load_row, &l) < 0 ||
		store_read_state_of(s, state_table_of(KEPT_FINDING)->name, load_row, &l) <
			0)
		return COMMAND_FAILED;
	loaded(&l);
	if (!o->json)
		return COMMAND_GOOD;
	kept.servers = count_of(s, KEPT_SERVER);
	kept.attempts = count_of(s, KEPT_ATTEMPT);
	kept.clients = count_of(s, KEPT_PATRON);
	kept.domains = count_of(s, KEPT_TALLY);
	pipeline_stats_write_kept(i->infer, &kept, &i->stats);
	return COMMAND_GOOD;
}

/* --- one server -----------------------------------------------------------------------
 */

/* Servers of one name, or identities, beyond which rather all is loaded. */
#define CHOSEN_MAX 64u
#define MEMBER_MAX 300u

struct serials {
	uint64_t at[CHOSEN_MAX];
	size_t count;
};

/*
 * A verdict rests on its server, the host that it is at, their parts, and on names. Rows
 * of other servers are passed over unread: whose they are is looked for as it is written
 * (infer_state.c). A row too many does no harm.
 */
struct choice {
	struct loading l;
	char member[MEMBER_MAX]; /* "ip":"…", or "name":"…" */
	struct serials servers, identities;
	char host[CHOSEN_MAX][IP_ADDR_TEXT + 8]; /* "ip":"…" of each server */
	size_t hosts;
	bool too_many;
};

static void
choose(struct choice *c, struct serials *s, uint64_t serial)
{
	if (s->count == CHOSEN_MAX)
		c->too_many = true;
	else
		s->at[s->count++] = serial;
}

static bool
is_chosen(const struct serials *s, uint64_t serial)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->at[i] == serial)
			return true;
	return false;
}

static bool
has(struct span body, const char *member)
{
	return span_search_nocase(body, span_of_text(member)) < body.len;
}

/* The row's owner stands near its beginning; 0: none. */
static uint64_t
owner_of(struct span body)
{
	static const char member[] = "\"of\":";
	struct span front = span_slice(body, 0, body.len < 48 ? body.len : 48);
	size_t at = span_search_nocase(front, SPAN_LITERAL(member));
	uint64_t serial;

	if (at == front.len)
		return 0;
	front = span_slice(front, at + sizeof(member) - 1, front.len);
	front = span_slice(front, 0, span_find(front, ','));
	return span_number(front, KEPT_SERIAL_MAX, &serial) ? serial : 0;
}

static uint64_t
serial_of(struct span key)
{
	uint64_t serial;

	return span_number(key, KEPT_SERIAL_MAX, &serial) ? serial : 0;
}

/* Of identities: those of that name tell servers. */
static bool
see_name(void *ctx, const char *table, struct span key, struct span body)
{
	struct choice *c = ctx;
	uint64_t of;

	(void)table;
	(void)key;
	if (!has(body, c->member))
		return true;
	of = owner_of(body);
	if (!is_chosen(&c->servers, of))
		choose(c, &c->servers, of);
	return !c->too_many;
}

static void
note_host(struct choice *c, struct span body)
{
	static const char member[] = "\"ip\":\"";
	size_t from = span_search_nocase(body, SPAN_LITERAL(member));
	struct span rest = span_slice(body, from, body.len);
	size_t end = from == body.len ? 0 : sizeof(member) - 1;

	while (end < rest.len && rest.at[end] != '"')
		end++;
	if (end == 0 || end >= rest.len || c->hosts == CHOSEN_MAX)
		return;
	span_copy(span_slice(rest, 0, end + 1), c->host[c->hosts++], sizeof(c->host[0]));
}

static bool
see_server(void *ctx, const char *table, struct span key, struct span body)
{
	struct choice *c = ctx;
	uint64_t serial = serial_of(key);

	if (!is_chosen(&c->servers, serial)) {
		if (!*c->member || !has(body, c->member))
			return true;
		choose(c, &c->servers, serial);
	}
	note_host(c, body);
	return load_row(&c->l, table, key, body) && !c->too_many;
}

static bool
see_host(void *ctx, const char *table, struct span key, struct span body)
{
	struct choice *c = ctx;

	for (size_t i = 0; i < c->hosts; i++)
		if (has(body, c->host[i]))
			return load_row(&c->l, table, key, body);
	return true;
}

static bool
see_identity(void *ctx, const char *table, struct span key, struct span body)
{
	struct choice *c = ctx;

	if (!is_chosen(&c->servers, owner_of(body)))
		return true;
	choose(c, &c->identities, serial_of(key));
	return load_row(&c->l, table, key, body) && !c->too_many;
}

static bool
see_part(void *ctx, const char *table, struct span key, struct span body)
{
	struct choice *c = ctx;

	if (!is_chosen(&c->identities, owner_of(body)))
		return true;
	return load_row(&c->l, table, key, body);
}

static bool
see_any(void *ctx, const char *table, struct span key, struct span body)
{
	struct choice *c = ctx;

	return load_row(&c->l, table, key, body);
}

/* Names are compared as they are written: only such as are written as they are. */
static bool
choice_init(struct choice *c, struct command_input *i, const struct command_server *w)
{
	char ip[IP_ADDR_TEXT];

	*c = (struct choice){.l = {.input = i}};
	if (!ip_addr_is_none(&w->addr)) {
		ip_addr_write(&w->addr, ip);
		snprintf(c->member, MEMBER_MAX, "\"ip\":\"%s\"", ip);
		return true;
	}
	for (size_t at = 0; at < w->name.len; at++)
		if (!isalnum(w->name.at[at]) && !strchr(".-_", w->name.at[at]))
			return false;
	if (w->name.len == 0 || w->name.len > MEMBER_MAX - 16)
		return false;
	snprintf(c->member, MEMBER_MAX, "\"name\":\"%.*s\"", (int)w->name.len,
		(const char *)w->name.at);
	return true;
}

static int
choice_load(struct choice *c, struct store *s, bool by_name)
{
	static const struct {
		enum kept_table table;
		store_visit_state *see;
	} steps[] = {
		{KEPT_SERVER, see_server},
		{KEPT_HOST, see_host},
		{KEPT_IDENTITY, see_identity},
		{KEPT_ATTEMPT, see_part},
		{KEPT_PATRON, see_part},
		{KEPT_TALLY, see_part},
		{KEPT_INFER, see_any},
		{KEPT_NAME, see_any},
		{KEPT_REVERSE, see_any},
		{KEPT_ASKER, see_any},
		{KEPT_ASKED, see_any},
		{KEPT_FINDING, see_any},
	};

	if (by_name) {
		if (store_read_state_of(
			    s, state_table_of(KEPT_IDENTITY)->name, see_name, c) < 0)
			return -1;
		c->member[0] = '\0';
	}
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && !c->too_many; i++)
		if (store_read_state_of(
			    s, state_table_of(steps[i].table)->name, steps[i].see, c) < 0)
			return -1;
	return 0;
}

int
command_input_server(struct command_input *i, const struct command_options *o,
	struct store *s, const struct command_server *w)
{
	struct choice c;

	/* --fail-on asks for all of them. */
	if (o->fail_on || !choice_init(&c, i, w))
		return command_input_state(i, o, s);
	input_init(i, o);
	if (choice_load(&c, s, ip_addr_is_none(&w->addr)) < 0)
		return COMMAND_FAILED;
	if (c.too_many) {
		command_input_free(i);
		return command_input_state(i, o, s);
	}
	loaded(&c.l);
	return COMMAND_GOOD;
}
