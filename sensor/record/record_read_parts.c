/* SPDX-License-Identifier: Apache-2.0 */
#include "record_read_parts.h"

#include "record_names.h"
#include "sensor/base/time_text.h"

struct json_object *
read_member(struct json_object *o, const char *key, enum json_type type)
{
	struct json_object *member;

	if (!o || !json_object_object_get_ex(o, key, &member) ||
		!json_object_is_type(member, type))
		return NULL;
	return member;
}

static struct span
text_of(struct json_object *o)
{
	if (!json_object_is_type(o, json_type_string))
		return SPAN_NONE;
	return span_of(json_object_get_string(o), (size_t)json_object_get_string_len(o));
}

struct span
read_text(struct json_object *o, const char *key)
{
	struct json_object *member = read_member(o, key, json_type_string);

	return member ? text_of(member) : SPAN_NONE;
}

uint64_t
read_uint(struct json_object *o, const char *key)
{
	struct json_object *member = read_member(o, key, json_type_int);

	return member ? json_object_get_uint64(member) : 0;
}

uint64_t
read_amount(struct json_object *o, const char *key, uint64_t most)
{
	uint64_t n = read_uint(o, key);

	return n < most ? n : most;
}

uint64_t
read_number(struct json_object *o, const char *key, uint64_t most)
{
	uint64_t n = read_uint(o, key);

	return n <= most ? n : 0;
}

static int64_t
read_int(struct json_object *o, const char *key)
{
	struct json_object *member = read_member(o, key, json_type_int);

	return member ? json_object_get_int64(member) : 0;
}

bool
read_bool(struct json_object *o, const char *key)
{
	struct json_object *member = read_member(o, key, json_type_boolean);

	return member && json_object_get_boolean(member);
}

bool
read_time(struct json_object *o, const char *key, uint64_t *ns)
{
	return time_text_parse(read_text(o, key), ns);
}

static bool
read_end(struct json_object *o, struct record_end *out)
{
	uint64_t port = read_uint(o, "port");

	out->port = (uint16_t)port;
	return port <= UINT16_MAX && ip_addr_parse(read_text(o, "ip"), &out->addr);
}

static uint32_t
read_bits(struct json_object *list, const struct record_bit *names, size_t count)
{
	uint32_t bits = 0;

	for (size_t i = 0; list && i < json_object_array_length(list); i++)
		bits |= record_bit_of_name(
			names, count, text_of(json_object_array_get_idx(list, i)));
	return bits;
}

static void
read_server(struct json_object *o, struct record_conn *c)
{
	struct json_object *caps = read_member(o, "capabilities", json_type_array);

	c->server_name = read_text(o, "name");
	c->banner = read_text(o, "banner");
	c->mta = smtp_mta_of_name(read_text(o, "mta"));
	c->ehlo_seen = caps != NULL;
	c->caps =
		read_bits(caps, record_caps, sizeof(record_caps) / sizeof(*record_caps));
	c->mechs = read_bits(read_member(o, "mechanisms", json_type_array), record_mechs,
		sizeof(record_mechs) / sizeof(*record_mechs));
	c->any_port = read_bool(o, "found_by_speech");
}

static void
read_client(struct json_object *o, struct record_conn *c)
{
	struct span hello = read_text(o, "hello");

	c->helo = read_text(o, "helo");
	for (enum smtp_verb v = SMTP_VERB_HELO; v <= SMTP_VERB_LHLO; v++)
		if (span_equal(hello, span_of_text(smtp_verb_name(v))))
			c->hello = v;
	for (enum record_real by = RECORD_REAL_PROXY; by <= RECORD_REAL_XFORWARD; by++)
		if (span_equal(
			    read_text(o, "real_by"), span_of_text(record_real_name(by))))
			c->real_by = by;
	ip_addr_parse(read_text(o, "real_ip"), &c->real.addr);
	c->real.port = (uint16_t)read_number(o, "real_port", UINT16_MAX);
}

static void
read_tls(struct json_object *o, struct record_tls_facts *t)
{
	struct span state = read_text(o, "state");

	for (enum record_tls s = RECORD_TLS_NONE; s <= RECORD_TLS_STRIPPED; s++)
		if (span_equal(state, span_of_text(record_tls_name(s))))
			t->state = s;
	t->version = read_text(o, "version");
	t->cipher = read_text(o, "cipher");
	t->sni = read_text(o, "sni");
	t->cert_name = read_text(o, "cert_name");
	t->cert_issuer = read_text(o, "cert_issuer");
	t->cert_from = read_int(o, "cert_from");
	t->cert_to = read_int(o, "cert_to");
}

static void
read_auth(struct json_object *o, struct record_auth_facts *a)
{
	struct span state = read_text(o, "state");

	a->state = RECORD_AUTH_UNKNOWN;
	for (enum record_auth s = RECORD_AUTH_NONE; s <= RECORD_AUTH_INFERRED_NONE; s++)
		if (span_equal(state, span_of_text(record_auth_name(s))))
			a->state = s;
	a->mechanism = read_text(o, "mechanism");
	a->user = read_text(o, "user");
	a->at.frame = (uint32_t)read_number(o, "frame", UINT32_MAX);
}

/* A number that is none of 16 bits is as good as absent. */
static void
read_vlans(struct json_object *list, struct record_path *p)
{
	for (size_t i = 0;
		list && i < json_object_array_length(list) && p->vlans < PACKET_VLANS_MAX;
		i++) {
		struct json_object *o = json_object_array_get_idx(list, i);
		int64_t n = json_object_get_int64(o);

		if (json_object_is_type(o, json_type_int) && n >= 0 && n <= UINT16_MAX)
			p->vlan[p->vlans++] = (uint16_t)n;
	}
}

static void
read_outer_path(struct json_object *o, struct record_path *p)
{
	struct json_object *tunnels = read_member(o, "tunnel", json_type_array);

	read_vlans(read_member(o, "vlan", json_type_array), p);
	for (size_t i = 0; tunnels && i < json_object_array_length(tunnels) &&
			   i < RECORD_TUNNELS_MAX;
		i++)
		p->tunnel[p->tunnels++] = text_of(json_object_array_get_idx(tunnels, i));
}

bool
read_conn(struct json_object *o, struct record_conn *c, struct arena *a)
{
	struct json_object *client = read_member(o, "client", json_type_object);
	struct json_object *server = read_member(o, "server", json_type_object);
	struct span only = read_text(o, "only_side");

	(void)a;
	if (!read_end(client, &c->client) || !read_end(server, &c->server))
		return false;
	read_client(client, c);
	read_server(server, c);
	read_outer_path(read_member(o, "path", json_type_object), &c->path);
	read_tls(read_member(o, "tls", json_type_object), &c->tls);
	read_auth(read_member(o, "auth", json_type_object), &c->auth);
	for (enum record_sides s = RECORD_CLIENT_ONLY; s <= RECORD_SERVER_ONLY; s++)
		if (span_equal(only, span_of_text(record_sides_name(s))))
			c->sides = s;
	c->whole = !read_bool(o, "late_start");
	return true;
}

static void
read_enhanced(struct span text, struct smtp_enhanced *out)
{
	*out = (struct smtp_enhanced){0};
	if (text.len)
		smtp_enhanced_parse(&text, out);
}

void
read_reply(struct json_object *o, uint32_t file, struct record_reply *out)
{
	struct smtp_reply reply = {0};

	*out = (struct record_reply){0};
	out->code = (uint16_t)read_number(o, "code", UINT16_MAX);
	if (out->code == 0)
		return;
	read_enhanced(read_text(o, "enhanced"), &out->enhanced);
	out->text = read_text(o, "text");
	reply.code = out->code;
	reply.enhanced = out->enhanced;
	reply.text = out->text;
	out->result = smtp_result_of_reply(&reply);
	out->at.file = file;
	out->at.frame = (uint32_t)read_number(o, "frame", UINT32_MAX);
	read_time(o, "time", &out->at.ns);
}

/* What there is room for of s, behind the used octets. Returns the octets used then. */
static size_t
append(char *to, size_t room, size_t used, struct span s)
{
	s = span_slice(s, 0, room - used);
	if (s.len)
		memcpy(to + used, s.at, s.len);
	return used + s.len;
}

void
read_path(struct json_object *o, const char *keyword, uint32_t file,
	struct record_path_arg *out, struct arena *a)
{
	struct span raw = read_text(o, "raw"), params = read_text(o, "params");
	/* Of an argument that could not be taken apart, raw is all, the keyword too. */
	bool all = span_equal(read_text(o, "form"), SPAN_LITERAL("malformed"));
	char args[2 * SMTP_PATH_MAX + SMTP_COMMAND_MAX];
	size_t n = 0;

	if (!o)
		return;
	read_reply(o, file, &out->reply);
	if (raw.len == 0)
		return;
	/* With their lengths: a peer may have sent NUL. */
	if (!all) {
		n = append(args, sizeof(args), n, span_of_text(keyword));
		n = append(args, sizeof(args), n, SPAN_LITERAL(":"));
	}
	n = append(args, sizeof(args), n, raw);
	if (params.len)
		n = append(args, sizeof(args), n, SPAN_LITERAL(" "));
	n = append(args, sizeof(args), n, params);
	record_path_set(out, span_of(args, n), keyword, a);
	out->at.file = file;
	out->at.frame = (uint32_t)read_number(o, "command_frame", UINT32_MAX);
}

void
read_rcpts(struct json_object *list, struct record_txn *t, struct arena *a)
{
	struct record_rcpt **at = &t->rcpts;

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		*at = arena_alloc(a, sizeof(**at));
		if (!*at)
			return;
		read_path(o, "TO", t->file, &(*at)->path, a);
		read_reply(read_member(o, "final", json_type_object), t->file,
			&(*at)->final);
		at = &(*at)->next;
		t->rcpt_count++;
	}
}

static void
read_received(struct json_object *list, struct record_message *m, struct arena *a)
{
	struct record_received **at = &m->received;

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		*at = arena_alloc(a, sizeof(**at));
		if (!*at)
			return;
		(*at)->raw = text_of(json_object_array_get_idx(list, i));
		at = &(*at)->next;
	}
}

/* Sixteen hexadecimal digits; anything else: 0. */
static uint64_t
read_hex64(struct span text)
{
	uint64_t value = 0;

	if (text.len != 16)
		return 0;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = dis_lower(text.at[i]);

		if (!dis_is_digit(c) && (c < 'a' || c > 'f'))
			return 0;
		value = value << 4 | (uint64_t)(dis_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	return value;
}

static void
read_dsn(struct json_object *o, struct record_dsn *d)
{
	d->is = o != NULL;
	d->action = read_text(o, "action");
	d->recipient = read_text(o, "recipient");
	d->status = read_text(o, "status");
	d->message_id = read_text(o, "message_id");
}

void
read_message(
	struct json_object *o, uint32_t file, struct record_message *m, struct arena *a)
{
	if (!o)
		return;
	read_reply(o, file, &m->reply);
	read_reply(read_member(o, "go", json_type_object), file, &m->go);
	m->queue_id = read_text(o, "queue_id");
	m->octets = read_uint(o, "octets");
	m->seen = read_member(o, "how", json_type_string) != NULL;
	m->complete = m->seen && !read_bool(o, "incomplete");
	m->bdat = span_equal(read_text(o, "how"), SPAN_LITERAL("bdat"));
	m->message_id = read_text(o, "message_id");
	m->from = read_text(o, "from");
	m->to = read_text(o, "to");
	m->subject = read_text(o, "subject");
	m->dkim_domain = read_text(o, "dkim_domain");
	m->auth_results = read_text(o, "authentication_results");
	m->list_id = read_text(o, "list_id");
	m->delivered_to = read_text(o, "delivered_to");
	m->auto_submitted = read_bool(o, "auto_submitted");
	read_received(read_member(o, "received", json_type_array), m, a);
	m->received_count = (uint32_t)read_amount(o, "received_count", UINT32_MAX);
	m->fingerprint = read_hex64(read_text(o, "fingerprint"));
	m->body_octets = read_uint(o, "body_octets");
	m->names_server = read_bool(o, "names_server");
	read_dsn(read_member(o, "dsn", json_type_object), &m->dsn);
}

struct record_answer *
read_answers(struct json_object *list, struct arena *a)
{
	struct record_answer *first = NULL, **at = &first;

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *o = json_object_array_get_idx(list, i);

		*at = arena_alloc(a, sizeof(**at));
		if (!*at)
			break;
		(*at)->name = read_text(o, "name");
		(*at)->type = read_rr(read_text(o, "type"));
		(*at)->ttl = (uint32_t)read_amount(o, "ttl", UINT32_MAX);
		ip_addr_parse(read_text(o, "address"), &(*at)->addr);
		(*at)->target = read_text(o, "target");
		(*at)->preference = (uint16_t)read_amount(o, "preference", UINT16_MAX);
		at = &(*at)->next;
	}
	return first;
}

void
read_notes(struct json_object *o, struct record_notes *notes)
{
	struct json_object *list = read_member(o, "notes", json_type_array);

	for (size_t i = 0; list && i < json_object_array_length(list); i++) {
		enum smtp_note note =
			smtp_note_of_name(text_of(json_object_array_get_idx(list, i)));

		if (note < SMTP_NOTE_COUNT)
			record_note(notes, note);
	}
}

/* "ca262144*16", "ch517!": see record_write.c. */
static bool
read_tls_run(struct span text, struct tls_run *run)
{
	static const char types[] = "xlha";
	bool clear = text.len && text.at[text.len - 1] == '!';
	size_t star;
	uint64_t octets, records = 1;
	const char *type;

	if (clear)
		text.len--;
	star = span_find(text, '*');
	if (text.len < 3 || !span_number(span_slice(text, 2, star), UINT32_MAX, &octets))
		return false;
	if (star < text.len &&
		!span_number(span_slice(text, star + 1, text.len), UINT16_MAX, &records))
		return false;
	type = strchr(types, text.at[1]);
	*run = (struct tls_run){.octets = (uint32_t)octets, .records = (uint16_t)records};
	run->type = (uint8_t)(type && text.at[1] ? 20 + (type - types) : 0);
	run->dir = text.at[0] == 'c' ? DIS_CLIENT : DIS_SERVER;
	run->clear = clear;
	run->bulk = records > 1;
	return true;
}

void
read_tls_runs(struct json_object *list, struct record_connection *c, struct arena *a)
{
	size_t count = list ? json_object_array_length(list) : 0;
	struct tls_run *runs;

	if (count > TLS_TRACE_MAX)
		count = TLS_TRACE_MAX;
	runs = count ? arena_alloc(a, count * sizeof(*runs)) : NULL;
	if (!runs)
		return;
	for (size_t i = 0; i < count; i++)
		if (read_tls_run(text_of(json_object_array_get_idx(list, i)),
			    &runs[c->tls_run_count]))
			c->tls_run_count++;
	c->tls_runs = runs;
}

enum record_outcome
read_outcome(struct span name)
{
	for (enum record_outcome o = RECORD_UNKNOWN; o <= RECORD_ABANDONED; o++)
		if (span_equal(name, span_of_text(record_outcome_name(o))))
			return o;
	return RECORD_UNKNOWN;
}

enum record_rr
read_rr(struct span name)
{
	for (enum record_rr t = RECORD_RR_A; t <= RECORD_RR_OTHER; t++)
		if (span_equal(name, span_of_text(record_rr_name(t))))
			return t;
	return RECORD_RR_OTHER;
}
