/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any octets as the rows of a database that is damaged or not ours, a line each: table,
 * key and body with a tab between. What is understood of them can be linked, judged and
 * told, and is written again as rows that are understood.
 */
#include <stdlib.h>

#include "sensor/infer/changes.h"
#include "sensor/infer/infer_state.h"
#include "sensor/output/finding_json.h"
#include "sensor/output/finding_text.h"
#include "sensor/output/server_json.h"
#include "sensor/output/server_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(truth)                                                                     \
	do {                                                                             \
		if (!(truth))                                                            \
			abort();                                                         \
	} while (0)

/* Up to the next c, which is taken off too. */
static struct span
take(struct span *from, uint8_t c)
{
	size_t n = span_find(*from, c);
	struct span taken = span_slice(*from, 0, n);

	*from = span_slice(*from, n + 1, from->len);
	return taken;
}

static void
load(struct infer *in, struct record_files *files, struct span line)
{
	char table[32];
	struct infer_row row = {.table = table};

	span_copy(take(&line, '\t'), table, sizeof(table));
	row.key = take(&line, '\t');
	row.body = line;
	infer_state_load(in, files, &row);
}

static void
tell(struct infer *in, const struct record_files *files, FILE *nowhere)
{
	struct server_text_style style = {.width = 80};
	struct server *after = NULL;
	struct json_out j;
	struct verdict v;
	bool changed;
	size_t count;
	const struct finding **list = findings_list(in, &count);

	json_out_init(&j);
	while (changes_next(in, &after, &v, &changed)) {
		server_json_write(&v, files, &j);
		server_text_detail(&v, files, &style, nowhere);
		finding_text_detail(in, after, files, &style, nowhere);
	}
	for (size_t i = 0; i < count; i++)
		finding_json_write(list[i], files, &j);
	finding_text_table(in, &style, nowhere);
	json_out_free(&j);
	free(list);
}

/* Chains end, and lead to what is there. */
static void
meet(struct legs *l)
{
	for (uint64_t i = 0; i < l->max && i < l->serial; i++) {
		const struct leg *leg = legs_by_serial(l, l->serial - i);

		for (int id = 0; leg && id < LEG_IDS; id++) {
			struct leg *met = NULL;

			while ((met = legs_find(l, (enum leg_id)id, leg->ids[id], met)))
				CHECK(met->serial <= l->serial);
		}
	}
}

/* Telling marks servers as told: those rows come again, and have to be good ones. */
static void
save(struct infer *in, const struct config *config, struct record_files *files)
{
	struct infer *again = infer_new(config);
	struct json_out key, body;
	struct infer_row row;

	json_out_init(&key);
	json_out_init(&body);
	while (infer_state_next(in, files, &key, &body, &row))
		if (row.body.len)
			CHECK(infer_state_load(again, files, &row));
	infer_state_loaded(again);
	infer_free(again);
	json_out_free(&key);
	json_out_free(&body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span lines = span_of(data, size);
	struct record_files files;
	struct config config;
	struct infer *in;
	FILE *nowhere = fopen("/dev/null", "w");

	CHECK(nowhere);
	config_init(&config);
	config.limits.messages = 64;
	record_files_init(&files);
	in = infer_new(&config);
	while (lines.len)
		load(in, &files, take(&lines, '\n'));
	infer_state_loaded(in);
	meet(&in->legs);
	tell(in, &files, nowhere);
	save(in, &config, &files);
	infer_free(in);
	record_files_free(&files);
	config_free(&config);
	fclose(nowhere);
	return 0;
}
