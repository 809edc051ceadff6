/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as a configuration. What was read is within the table's ranges, also after
 * an error; an error is one printable line that names its place and a way out; reading
 * twice gives the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "dissect/dissect.h"
#include "sensor/config/config.h"
#include "sensor/config/config_schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(truth)                                                                     \
	do {                                                                             \
		if (!(truth))                                                            \
			abort();                                                         \
	} while (0)

static void
check_number(const struct config *c, const struct config_key *k)
{
	const char *at = (const char *)c + k->at;
	uint32_t narrow;
	size_t wide;

	memcpy(&narrow, at, sizeof(narrow));
	if (k->kind == CONFIG_COUNT32) {
		CHECK(narrow >= k->min && narrow <= k->max);
	} else if (k->kind == CONFIG_COUNT || k->kind == CONFIG_OCTETS) {
		memcpy(&wide, at, sizeof(wide));
		CHECK(wide >= k->min && wide <= k->max);
	}
}

static void
check_prefixes(const struct config_prefixes *p)
{
	for (size_t i = 0; i < p->count; i++) {
		CHECK(p->at[i].bits <= 128);
		CHECK(ip_prefix_holds(&p->at[i], &p->at[i].base));
		CHECK(config_prefixes_hold(p, &p->at[i].base));
	}
}

static void
check_config(const struct config *c)
{
	for (const struct config_key *k = config_schema; k->name; k++)
		check_number(c, k);
	check_prefixes(&c->home);
	check_prefixes(&c->trusted);
	for (size_t i = 0; i < c->smtp_ports.count; i++)
		CHECK(c->smtp_ports.at[i] > 0);
	for (size_t i = 0; i < c->hosted_count; i++) {
		struct span domain = span_of_text(c->hosted[i].domain);

		CHECK(domain.len > 0 && domain.len <= 255);
		for (size_t j = 0; j < domain.len; j++)
			CHECK(domain.at[j] > ' ' && domain.at[j] < 0x7f &&
				dis_lower(domain.at[j]) == domain.at[j]);
	}
	CHECK((unsigned)c->users <= CONFIG_USERS_NONE);
	CHECK((unsigned)c->redact <= CONFIG_REDACT_ALL);
}

static void
check_error(const char *error, struct span text)
{
	unsigned long line;
	char *end;
	size_t lines = 1;

	CHECK(memcmp(error, "f:", 2) == 0);
	for (size_t i = 0; error[i]; i++)
		CHECK((uint8_t)error[i] >= ' ' && error[i] != 0x7f);
	if (error[2] == ' ') {
		CHECK(text.len > CONFIG_TEXT_MAX);
		return;
	}
	line = strtoul(error + 2, &end, 10);
	/* YAML ends lines at CR, NEL, LS and PS too. */
	for (size_t i = 0; i < text.len; i++)
		lines += text.at[i] == '\n' || text.at[i] == '\r' || text.at[i] >= 0x80;
	CHECK(memcmp(end, ": ", 2) == 0 && line > 0 && line <= lines);
	CHECK(strstr(end, "; ") || strlen(error) == CONFIG_ERROR - 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = span_of(data, size);
	char first[CONFIG_ERROR] = "", second[CONFIG_ERROR] = "";
	struct config c;
	int result;

	config_init(&c);
	result = config_read_text(&c, "f", text, first, sizeof(first));
	check_config(&c);
	if (result)
		check_error(first, text);
	else
		CHECK(first[0] == '\0');
	CHECK(config_read_text(&c, "f", text, second, sizeof(second)) == result);
	/* Ports of the first reading may stand in the way of the second's. */
	CHECK(strcmp(first, second) == 0);
	config_free(&c);
	return 0;
}
