/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/config/config_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* What errors call a key: "limits.idle". */
struct label {
	char at[64];
};

static struct label
label_of(const struct config_key *k)
{
	struct label l;

	snprintf(l.at, sizeof(l.at), "%s%s%s", k->section, k->section[0] ? "." : "",
		k->name);
	return l;
}

static void *
place(void *c, const struct config_key *k)
{
	return (char *)c + k->at;
}

void *
config_value_grow(void *at, size_t count, size_t size)
{
	void *grown;

	/* Only at powers of two: lists are short, but a hostile file is not. */
	if (count & (count - 1))
		return at;
	if (count > SIZE_MAX / 2 / size)
		abort();
	grown = realloc(at, (count ? 2 * count : 1) * size);
	if (!grown)
		abort();
	return grown;
}

bool
config_value_is_list(enum config_kind kind)
{
	return kind == CONFIG_PREFIXES || kind == CONFIG_PORTS || kind == CONFIG_HOSTED ||
	       kind == CONFIG_TEXTS || kind == CONFIG_OUTPUTS;
}

/* --- numbers -------------------------------------------------------------------------
 */

/* Decimal. A leading zero is refused: to some readers of YAML it means octal. */
static bool
parse_number(struct span text, uint64_t *out)
{
	if (text.len > 1 && text.at[0] == '0')
		return false;
	return span_number(text, UINT64_MAX, out);
}

static bool
parse_octets(struct span text, uint64_t *out)
{
	static const char *const units[] = {"", "KiB", "MiB", "GiB"};
	struct span unit;
	size_t digits = 0;
	uint64_t n;

	while (digits < text.len && dis_is_digit(text.at[digits]))
		digits++;
	if (!parse_number(span_slice(text, 0, digits), &n))
		return false;
	unit = span_trim(span_slice(text, digits, text.len));
	for (unsigned i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (!span_equal(unit, span_of_text(units[i])))
			continue;
		if (n > UINT64_MAX >> 10 * i)
			return false;
		*out = n << 10 * i;
		return true;
	}
	return false;
}

static int
set_number(void *c, const struct config_key *k, struct span text, size_t line,
	struct config_fault *f)
{
	uint64_t n;

	if (!parse_number(text, &n) || n < k->min || n > k->max)
		return config_fault_set(f, line,
			"%s is %s; write a whole number from %" PRIu64 " to %" PRIu64
			"%s%s",
			label_of(k).at, config_fault_quote(text).at, k->min, k->max,
			k->unit[0] ? " of " : "", k->unit);
	if (k->kind == CONFIG_COUNT32)
		*(uint32_t *)place(c, k) = (uint32_t)n;
	else
		*(size_t *)place(c, k) = (size_t)n;
	return 0;
}

static int
set_octets(void *c, const struct config_key *k, struct span text, size_t line,
	struct config_fault *f)
{
	uint64_t n;

	if (!parse_octets(text, &n) || n < k->min || n > k->max)
		return config_fault_set(f, line,
			"%s is %s; write a size from %" PRIu64 " MiB to %" PRIu64
			" MiB, such as %s (units: KiB, MiB, GiB)",
			label_of(k).at, config_fault_quote(text).at, k->min >> 20,
			k->max >> 20, k->preset);
	*(size_t *)place(c, k) = (size_t)n;
	return 0;
}

static int
append_port(void *c, const struct config_key *k, struct span text, size_t line,
	struct config_fault *f)
{
	struct config_ports *p = place(c, k);
	uint64_t n;

	if (!parse_number(text, &n) || n < k->min || n > k->max)
		return config_fault_set(f, line,
			"%s holds %s; write port numbers from %" PRIu64 " to %" PRIu64,
			label_of(k).at, config_fault_quote(text).at, k->min, k->max);
	if (config_ports_hold(p, (uint16_t)n))
		return config_fault_set(f, line,
			"%s holds %" PRIu64 " twice; write it once", label_of(k).at, n);
	p->at = config_value_grow(p->at, p->count, sizeof(*p->at));
	p->at[p->count++] = (uint16_t)n;
	return 0;
}

/* --- words and text ------------------------------------------------------------------
 */

static int
set_bool(void *c, const struct config_key *k, struct span text, size_t line,
	struct config_fault *f)
{
	bool truth = span_equal(text, SPAN_LITERAL("true"));

	if (!truth && !span_equal(text, SPAN_LITERAL("false")))
		return config_fault_set(f, line, "%s is %s; write true or false",
			label_of(k).at, config_fault_quote(text).at);
	*(bool *)place(c, k) = truth;
	return 0;
}

/* "hash, plain or none" */
static void
write_words(const char *const *words, char *out, size_t room)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; words[i] && used < room; i++) {
		const char *before = i == 0 ? "" : words[i + 1] ? ", " : " or ";

		used += (size_t)snprintf(
			out + used, room - used, "%s%s", before, words[i]);
	}
}

static int
set_word(void *c, const struct config_key *k, struct span text, size_t line,
	struct config_fault *f)
{
	char words[120];

	for (unsigned i = 0; k->words[i]; i++) {
		if (!span_equal(text, span_of_text(k->words[i])))
			continue;
		/* Enums without negative values are unsigned in both compilers' ABI. */
		_Static_assert(
			sizeof(enum config_users) == sizeof(i), "enum as unsigned");
		memcpy(place(c, k), &i, sizeof(i));
		return 0;
	}
	write_words(k->words, words, sizeof(words));
	return config_fault_set(f, line, "%s is %s; write %s", label_of(k).at,
		config_fault_quote(text).at, words);
}

static int
set_text(void *c, const struct config_key *k, struct span text, size_t line,
	struct config_fault *f)
{
	char **to = place(c, k);

	if (text.len > k->max)
		return config_fault_set(f, line,
			"%s has %zu octets; write at most %" PRIu64, label_of(k).at,
			text.len, k->max);
	if (span_find(text, '\0') < text.len)
		return config_fault_set(f, line, "%s holds a NUL octet; write it without",
			label_of(k).at);
	config_value_clear(c, k);
	if (text.len == 0)
		return 0;
	*to = malloc(text.len + 1);
	if (!*to)
		abort();
	span_copy(text, *to, text.len + 1);
	return 0;
}

static int
append_text(void *c, const struct config_key *k, struct span text, size_t line,
	struct config_fault *f)
{
	struct config_texts *t = place(c, k);

	if (text.len == 0 || text.len > k->max || span_find(text, '\0') < text.len)
		return config_fault_set(f, line,
			"%s holds %s; write texts of 1 to %" PRIu64 " octets", label_of(k).at,
			config_fault_quote(text).at, k->max);
	t->at = config_value_grow(t->at, t->count, sizeof(*t->at));
	t->at[t->count] = strndup((const char *)text.at, text.len);
	if (!t->at[t->count++])
		abort();
	return 0;
}

/* --- networks ------------------------------------------------------------------------
 */

static void
write_prefix(const struct ip_prefix *p, char *out, size_t room)
{
	char base[IP_ADDR_TEXT];
	bool v4 = ip_addr_is_v4(&p->base);

	ip_addr_write(&p->base, base);
	snprintf(out, room, "%s/%d", base, v4 ? p->bits - 96 : p->bits);
}

/* An address and a length whose only fault is that the address has bits beyond it. */
static bool
parse_host_bits(struct span text, struct ip_addr *host, struct ip_prefix *meant)
{
	size_t slash = span_find(text, '/');
	uint64_t bits;

	if (slash == text.len || !ip_addr_parse(span_slice(text, 0, slash), host))
		return false;
	/* A mapped address in colon form counts to 128, as ip_prefix_parse has it. */
	bool colons = span_find(text, ':') < text.len;
	if (!span_number(span_slice(text, slash + 1, text.len), colons ? 128 : 32, &bits))
		return false;
	meant->base = *host;
	meant->bits = (uint8_t)(colons ? bits : bits + 96);
	for (size_t bit = meant->bits; bit < 128; bit++)
		meant->base.at[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
	return true;
}

int
config_value_prefix(const char *what, struct span text, size_t line,
	struct ip_prefix *out, struct config_fault *f)
{
	struct ip_prefix meant;
	struct ip_addr host;
	char net[IP_ADDR_TEXT + 4], one[IP_ADDR_TEXT];

	if (ip_prefix_parse(text, out))
		return 0;
	if (!parse_host_bits(text, &host, &meant))
		return config_fault_set(f, line,
			"%s holds %s; write a network such as 10.0.0.0/8 or "
			"2001:db8::/32, "
			"or an address",
			what, config_fault_quote(text).at);
	write_prefix(&meant, net, sizeof(net));
	ip_addr_write(&host, one);
	return config_fault_set(f, line,
		"%s holds %s, an address within a network; write %s for the network or "
		"%s "
		"for the host",
		what, config_fault_quote(text).at, net, one);
}

static int
append_prefix(void *c, const struct config_key *k, struct span text, size_t line,
	struct config_fault *f)
{
	struct config_prefixes *p = place(c, k);
	struct ip_prefix prefix;

	if (config_value_prefix(label_of(k).at, text, line, &prefix, f))
		return -1;
	p->at = config_value_grow(p->at, p->count, sizeof(*p->at));
	p->at[p->count++] = prefix;
	return 0;
}

/* --- by kind -------------------------------------------------------------------------
 */

int
config_value_set(void *c, const struct config_key *k, struct span text,
	size_t line, struct config_fault *f)
{
	switch (k->kind) {
	case CONFIG_BOOL:
		return set_bool(c, k, text, line, f);
	case CONFIG_COUNT:
	case CONFIG_COUNT32:
		return set_number(c, k, text, line, f);
	case CONFIG_OCTETS:
		return set_octets(c, k, text, line, f);
	case CONFIG_WORD:
		return set_word(c, k, text, line, f);
	case CONFIG_TEXT:
		return set_text(c, k, text, line, f);
	case CONFIG_PREFIXES:
		return append_prefix(c, k, text, line, f);
	case CONFIG_PORTS:
		return append_port(c, k, text, line, f);
	case CONFIG_TEXTS:
		return append_text(c, k, text, line, f);
	case CONFIG_HOSTED:
	case CONFIG_OUTPUTS:
		break;
	}
	abort();
}

static void
clear_texts(struct config_texts *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->at[i]);
	free(t->at);
	*t = (struct config_texts){0};
}

static void
clear_outputs(struct config_outputs *o)
{
	for (size_t i = 0; i < o->count; i++)
		for (const struct config_key *k = config_output_schema; k->name; k++)
			config_value_clear(&o->at[i], k);
	free(o->at);
	*o = (struct config_outputs){0};
}

static void
clear_hosted(struct config *c)
{
	for (size_t i = 0; i < c->hosted_count; i++)
		free(c->hosted[i].domain);
	free(c->hosted);
	c->hosted = NULL;
	c->hosted_count = 0;
}

void
config_value_clear(void *c, const struct config_key *k)
{
	struct config_prefixes *prefixes = place(c, k);
	struct config_ports *ports = place(c, k);
	char **text = place(c, k);

	switch (k->kind) {
	case CONFIG_PREFIXES:
		free(prefixes->at);
		*prefixes = (struct config_prefixes){0};
		break;
	case CONFIG_PORTS:
		free(ports->at);
		*ports = (struct config_ports){0};
		break;
	case CONFIG_TEXT:
		/* It may be the hash's secret. */
		if (*text)
			explicit_bzero(*text, strlen(*text));
		free(*text);
		*text = NULL;
		break;
	case CONFIG_HOSTED:
		clear_hosted(c);
		break;
	case CONFIG_TEXTS:
		clear_texts(place(c, k));
		break;
	case CONFIG_OUTPUTS:
		clear_outputs(place(c, k));
		break;
	default:
		break;
	}
}
