/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#include "sensor/base/arena.h"

const struct ip_addr *
record_client(const struct record_conn *c)
{
	return ip_addr_is_none(&c->real.addr) ? &c->client.addr : &c->real.addr;
}

void
record_path_set(
	struct record_path_arg *path, struct span args, const char *keyword, struct arena *a)
{
	struct smtp_path parsed;

	smtp_path_parse(args, keyword, &parsed);
	path->raw = arena_copy(a, parsed.raw);
	path->address = arena_copy(a, parsed.address);
	path->domain = arena_copy(a, parsed.domain);
	path->target = arena_copy(a, parsed.target);
	path->target_domain = arena_copy(a, parsed.target_domain);
	path->params = arena_copy(a, parsed.params);
	path->form = parsed.form;
	path->inner = parsed.inner;
	path->via = parsed.via;
}

static const char *const auth_names[] = {
	[RECORD_AUTH_NONE] = "none",
	[RECORD_AUTH_OK] = "ok",
	[RECORD_AUTH_FAILED] = "failed",
	[RECORD_AUTH_UNKNOWN] = "unknown",
	[RECORD_AUTH_INFERRED_OK] = "inferred-ok",
	[RECORD_AUTH_INFERRED_NONE] = "inferred-none",
};

static const char *const tls_names[] = {
	[RECORD_TLS_NONE] = "none",
	[RECORD_TLS_STARTTLS] = "starttls",
	[RECORD_TLS_IMPLICIT] = "implicit",
	[RECORD_TLS_REFUSED] = "refused",
	[RECORD_TLS_STRIPPED] = "stripped",
};

static const char *const outcome_names[] = {
	[RECORD_UNKNOWN] = "unknown",
	[RECORD_ACCEPTED] = "accepted",
	[RECORD_REFUSED] = "refused",
	[RECORD_ABANDONED] = "abandoned",
};

static const char *const rr_names[] = {
	[RECORD_RR_A] = "A",
	[RECORD_RR_AAAA] = "AAAA",
	[RECORD_RR_MX] = "MX",
	[RECORD_RR_CNAME] = "CNAME",
	[RECORD_RR_PTR] = "PTR",
	[RECORD_RR_TXT] = "TXT",
	[RECORD_RR_OTHER] = "OTHER",
};

static const char *const real_names[] = {
	[RECORD_REAL_NONE] = "none",
	[RECORD_REAL_PROXY] = "proxy",
	[RECORD_REAL_XCLIENT] = "xclient",
	[RECORD_REAL_XFORWARD] = "xforward",
};

static const char *const sides_names[] = {
	[RECORD_BOTH_SIDES] = "both",
	[RECORD_CLIENT_ONLY] = "client",
	[RECORD_SERVER_ONLY] = "server",
};

const char *
record_auth_name(enum record_auth state)
{
	return auth_names[state];
}

const char *
record_tls_name(enum record_tls state)
{
	return tls_names[state];
}

const char *
record_outcome_name(enum record_outcome outcome)
{
	return outcome_names[outcome];
}

const char *
record_rr_name(enum record_rr type)
{
	return rr_names[type];
}

const char *
record_real_name(enum record_real by)
{
	return real_names[by];
}

const char *
record_sides_name(enum record_sides sides)
{
	return sides_names[sides];
}
