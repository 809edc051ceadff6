/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/config/config.h"

#include <stdio.h>
#include <stdlib.h>

#include "sensor/config/config_schema.h"
#include "sensor/config/config_value.h"

/* The table's defaults as the file that they are documented as: read by the same code. */
void
config_init(struct config *c)
{
	const char *section = "";
	char error[CONFIG_ERROR];
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		abort();
	for (const struct config_key *k = config_schema; k->name; k++) {
		if (k->section[0] && strcmp(k->section, section) != 0)
			fprintf(f, "%s:\n", k->section);
		fprintf(f, "%s%s: %s\n", k->section[0] ? "  " : "", k->name, k->preset);
		section = k->section;
	}
	if (fclose(f) != 0)
		abort();
	*c = (struct config){0};
	if (config_read_text(c, "defaults", span_of(text, len), error, sizeof(error)))
		abort();
	free(text);
}

void
config_free(struct config *c)
{
	for (const struct config_key *k = config_schema; k->name; k++)
		config_value_clear(c, k);
}

bool
config_prefixes_hold(const struct config_prefixes *p, const struct ip_addr *a)
{
	for (size_t i = 0; i < p->count; i++)
		if (ip_prefix_holds(&p->at[i], a))
			return true;
	return false;
}

bool
config_ports_hold(const struct config_ports *p, uint16_t port)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->at[i] == port)
			return true;
	return false;
}
