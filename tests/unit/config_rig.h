/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the configuration: text in, struct or error line out. */
#ifndef CONFIG_RIG_H
#define CONFIG_RIG_H

#include "feed.h"

#include "sensor/config/config.h"

/* Over the defaults, from memory that ends at an unreadable page. */
static inline int
config_rig_read(struct config *c, const char *text, size_t len, char *error)
{
	struct guarded g = guarded_new(text, len);
	int result;

	config_init(c);
	result = config_read_text(c, "f", guarded_span(&g), error, CONFIG_ERROR);
	guarded_free(&g);
	return result;
}

/* It must parse. */
static inline void
config_rig_good(struct config *c, const char *text)
{
	char error[CONFIG_ERROR] = "";

	if (config_rig_read(c, text, strlen(text), error))
		fail_msg("%s: %s", text, error);
}

/* It must fail with exactly that line. */
static inline void
config_rig_bad(const char *text, const char *want)
{
	char error[CONFIG_ERROR] = "no error";
	struct config c;

	config_rig_read(&c, text, strlen(text), error);
	config_free(&c);
	assert_string_equal(error, want);
}

struct config_rig_wrong {
	const char *text;
	const char *error;
};

static inline void
config_rig_all_bad(const struct config_rig_wrong *w, size_t count)
{
	for (size_t i = 0; i < count; i++)
		config_rig_bad(w[i].text, w[i].error);
}

#define CONFIG_RIG_ALL_BAD(table)                                                        \
	config_rig_all_bad(table, sizeof(table) / sizeof(*(table)))

#endif
