/* SPDX-License-Identifier: Apache-2.0 */
#include "store_part.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/base/log.h"

/* The counters are no part of the database, and have to go back with it. */
static void
begin(struct store *s)
{
	size_t size = s->output_count * sizeof(*s->outputs);

	s->rc = SQLITE_OK;
	free(s->outputs_before);
	s->output_count_before = s->output_count;
	s->outputs_before = size ? malloc(size) : NULL;
	if (size && !s->outputs_before)
		abort();
	if (size)
		memcpy(s->outputs_before, s->outputs, size);
	s->rows_before = s->rows;
	s->brought = (struct store_rows){0};
	store_sql_run(s, store_sql(s, SQL_BEGIN));
}

static void
roll_back(struct store *s)
{
	int rc = s->rc;

	s->rc = SQLITE_OK;
	/* After some errors SQLite has done so itself. */
	if (!sqlite3_get_autocommit(s->db))
		store_sql_run(s, store_sql(s, SQL_ROLLBACK));
	s->rc = rc;
	free(s->outputs);
	s->outputs = s->outputs_before;
	s->output_count = s->output_count_before;
	s->outputs_before = NULL;
	s->rows = s->rows_before;
}

static int
attempt(struct store *s, store_work *work, void *ctx)
{
	begin(s);
	if (s->rc == SQLITE_OK)
		store_spool_note_taken(s);
	if (s->rc == SQLITE_OK)
		work(s, ctx);
	store_sql_run(s, store_sql(s, SQL_COMMIT));
	if (s->rc == SQLITE_OK)
		return 0;
	roll_back(s);
	return -1;
}

/* A full disk is told once, not with every batch; and that it is over. */
static void
tell(struct store *s, const char *what)
{
	char place[STORE_ERROR_MAX / 2];

	if (s->rc == s->trouble)
		return;
	store_place(s, place);
	if (s->rc == SQLITE_OK)
		log_info("%s/%s: works again", place, STORE_FILE);
	else
		log_warnx("%s/%s: %s: %s%s", place, STORE_FILE, what,
			sqlite3_errstr(s->rc),
			(s->rc & 0xff) == SQLITE_FULL ? "; make room on the disk" : "");
	s->trouble = s->rc;
}

int
store_write(struct store *s, const char *what, store_work *work, void *ctx)
{
	const char *missing;
	int status;

	pthread_mutex_lock(&s->mutex);
	/* SQLite would go on writing into a file that nobody finds any more. */
	missing = store_missing(s);
	status = missing ? -1 : attempt(s, work, ctx);
	if ((missing || (status < 0 && store_is_damage(s->rc))) &&
		store_begin_anew(s, missing) == 0)
		status = attempt(s, work, ctx);
	tell(s, what);
	if (status == 0) {
		s->commits++;
		store_note_files(s);
		pthread_cond_broadcast(&s->something);
	} else {
		s->failed++;
	}
	pthread_mutex_unlock(&s->mutex);
	return status;
}

int
store_read(struct store *s, const char *what, store_work *work, void *ctx)
{
	int status;

	pthread_mutex_lock(&s->mutex);
	s->rc = SQLITE_OK;
	work(s, ctx);
	status = s->rc == SQLITE_OK ? 0 : -1;
	if (status < 0)
		tell(s, what);
	if (status < 0 && s->mode == STORE_WRITE && store_is_damage(s->rc))
		store_begin_anew(s, NULL);
	pthread_mutex_unlock(&s->mutex);
	return status;
}
