/* SPDX-License-Identifier: Apache-2.0 */
#include "store_part.h"

#include <stdio.h>

/* "RTap": tells our databases from others (SQLite file format, offset 68). */
#define APPLICATION_ID 0x52546170

/*
 * Times are nanoseconds since 1970; ip is text, as in the records; name and mta are
 * escaped; body is the JSON record of relaytap-events(7).
 */
static const char tables[] =
	"CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT "
	"ROWID;"

	/* The newest verdict on each. */
	"CREATE TABLE server (id INTEGER PRIMARY KEY, ip TEXT NOT NULL, port INTEGER NOT "
	"NULL,"
	" time INTEGER NOT NULL, verdict TEXT NOT NULL, grade TEXT, confidence REAL NOT "
	"NULL,"
	" rank INTEGER NOT NULL, name TEXT, mta TEXT, body TEXT NOT NULL,"
	" UNIQUE (ip, port)) STRICT;"
	"CREATE INDEX server_time ON server (time);"

	/* How they changed. */
	"CREATE TABLE verdict (id INTEGER PRIMARY KEY AUTOINCREMENT, ip TEXT NOT NULL,"
	" port INTEGER NOT NULL, time INTEGER NOT NULL, verdict TEXT NOT NULL, grade "
	"TEXT,"
	" confidence REAL NOT NULL, rank INTEGER NOT NULL, name TEXT, mta TEXT,"
	" body TEXT NOT NULL) STRICT;"
	"CREATE INDEX verdict_server ON verdict (ip, port, id);"

	/* severity: 0 low to 3 critical. delivered: outputs that have taken it. */
	"CREATE TABLE alert (id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL "
	"UNIQUE,"
	" incident TEXT NOT NULL, kind TEXT NOT NULL, action TEXT NOT NULL,"
	" severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 3), rule TEXT NOT NULL,"
	" time INTEGER NOT NULL, ip TEXT, port INTEGER NOT NULL,"
	" delivered INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL) STRICT;"
	"CREATE INDEX alert_time ON alert (time);"
	"CREATE INDEX alert_server ON alert (ip, port);"

	/* stream: 1 servers, 2 transactions; a line is there for as long as it waits. */
	"CREATE TABLE line (id INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT "
	"NULL,"
	" time INTEGER NOT NULL, body TEXT NOT NULL) STRICT;"

	"CREATE TABLE output (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL "
	"UNIQUE,"
	" stream INTEGER NOT NULL, minimum INTEGER NOT NULL,"
	" delivered INTEGER NOT NULL DEFAULT 0, dropped_low INTEGER NOT NULL DEFAULT 0,"
	" dropped_medium INTEGER NOT NULL DEFAULT 0, dropped_high INTEGER NOT NULL "
	"DEFAULT 0,"
	" dropped_critical INTEGER NOT NULL DEFAULT 0) STRICT;"

	/* What waits for an output, and nothing else. id: that of the alert or line. */
	"CREATE TABLE delivery (output INTEGER NOT NULL REFERENCES output (id)"
	" ON DELETE CASCADE, id INTEGER NOT NULL, severity INTEGER NOT NULL"
	" CHECK (severity BETWEEN 0 AND 3), time INTEGER NOT NULL, octets INTEGER NOT "
	"NULL,"
	" alert INTEGER REFERENCES alert (id), line INTEGER REFERENCES line (id),"
	" PRIMARY KEY (output, id), CHECK (id IS coalesce(alert, line))) STRICT, WITHOUT "
	"ROWID;"
	"CREATE INDEX delivery_severity ON delivery (output, severity, id);"
	"CREATE INDEX delivery_alert ON delivery (alert);"
	"CREATE INDEX delivery_line ON delivery (line);"

	"CREATE TABLE txn (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
	" time INTEGER NOT NULL, ip TEXT, port INTEGER NOT NULL, client TEXT,"
	" body TEXT NOT NULL) STRICT;"
	"CREATE INDEX txn_time ON txn (time);"
	"CREATE INDEX txn_server ON txn (ip, port);"

	/* What the inference and the gate of the alerts remember. */
	"CREATE TABLE state (tbl TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,"
	" PRIMARY KEY (tbl, key)) STRICT, WITHOUT ROWID;"

	"INSERT INTO meta VALUES ('made_by', 'relaytap " RELAYTAP_VERSION "');";

/*
 * Text of a JSON object, still with JSON's escapes: peers have said it, and sqlite3(1)
 * would send it to the terminal as it is.
 */
#define TEXT(object, key)                                                                \
	"substr(" object " -> '" key "', 2, length(" object " -> '" key "') - 2)"

/* For people with sqlite3(1). A body that is no JSON must not spoil the others. */
static const char views[] =
	"CREATE VIEW evidence AS SELECT s.ip, s.port, s.name, s.verdict, s.grade,"
	" e.value ->> 'kind' AS kind, " TEXT("e.value",
		"what") " AS what,"
			" e.value ->> 'weight' AS weight, e.value ->> 'time' AS time,"
			" " TEXT("e.value",
				"file") " AS file, e.value ->> 'frame' AS frame,"
					" e.value ->> 'client' AS client, " TEXT(
						"e.value",
						"domain") " AS domain,"
							  " e.value ->> 'reply_code' AS "
							  "reply_code, " TEXT("e.value",
								  "reply") " AS reply,"
									   " " TEXT("e."
										    "valu"
										    "e",
										   "queue"
										   "_id") " AS queue_id, e.value ->> 'next_hop' AS next_hop,"
											  " e.value ->> 'tie' AS tie FROM server s,"
											  " json_each(CASE WHEN json_valid(s.body) THEN s.body ELSE '{}' END, '$.evidence') e;"

											  /*
											   * Domains that a server was seen to take mail for by right: so says the evidence of
											   * its verdict, or it knows who has a mailbox there (the inference's tallies).
											   */
											  "CREATE VIEW hosted AS SELECT ip, port, domain FROM evidence"
											  " WHERE kind = 'hosted' AND domain IS NOT NULL"
											  " UNION SELECT s.body ->> 'ip', s.body ->> 'port', " TEXT(
												  "t.body",
												  "domain") " FROM (SELECT body FROM state WHERE tbl = 'tally' AND json_valid(body)) t"
													    " JOIN state i ON i.tbl = 'identity' AND i.key = t.body ->> 'of'"
													    " JOIN state s ON s.tbl = 'server' AND s.key = i.body ->> 'of'"
													    " WHERE t.body ->> 'unknown_user' > 0 AND json_valid(i.body) AND json_valid(s.body);";

/* Step i leads from version i to i + 1. What was released is never edited. */
static const char *const steps[] = {tables, views};

#define VERSION ((int)(sizeof(steps) / sizeof(*steps)))

int
store_schema_version(void)
{
	return VERSION;
}

static void
refuse(const struct store *s, char *error, const char *why, const char *mend)
{
	char place[STORE_ERROR_MAX / 2];

	store_place(s, place);
	snprintf(error, STORE_ERROR_MAX, "%s/%s %s; %s", place, STORE_FILE, why, mend);
}

static int
newer(const struct store *s, int64_t version, char *error)
{
	char why[96];

	snprintf(why, sizeof(why), "is of version %lld, and this relaytap knows %d",
		(long long)version, VERSION);
	refuse(s, error, why,
		"use the relaytap that wrote it, or another state.directory");
	return -1;
}

/* All tables that version has: a file cut at a page's end can lack some. */
static bool
is_whole(struct store *s, int64_t version)
{
	static const char there[] = "SELECT count(*) FROM sqlite_schema WHERE type = "
				    "'table' AND name IN ('meta',"
				    " 'server', 'verdict', 'alert', 'line', 'output', "
				    "'delivery', 'txn', 'state')";

	return version == 0 || store_number(s, there) == 9;
}

bool
store_schema_is_ours(struct store *s)
{
	return store_number(s, "PRAGMA application_id") == APPLICATION_ID &&
	       s->rc == SQLITE_OK;
}

int
store_schema_examine(struct store *s, int64_t *version, char *error)
{
	int64_t application = store_number(s, "PRAGMA application_id");
	int64_t things = store_number(s, "SELECT count(*) FROM sqlite_schema");

	*version = store_number(s, "PRAGMA user_version");
	if (s->rc != SQLITE_OK)
		return 1;
	if (application != APPLICATION_ID && (things || application || *version)) {
		refuse(s, error, "is a database of another program", "it is not used");
		return 1;
	}
	if (*version > VERSION)
		return newer(s, *version, error);
	if (!is_whole(s, *version)) {
		refuse(s, error, "has lost tables", "it is damaged");
		return 1;
	}
	return 0;
}

static void
take_step(struct store *s, int version)
{
	char text[96];

	store_exec(s, "BEGIN IMMEDIATE");
	store_exec(s, steps[version]);
	snprintf(text, sizeof(text),
		"PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
		version + 1);
	store_exec(s, text);
	store_exec(s, "COMMIT");
}

void
store_schema_migrate(struct store *s, int64_t version)
{
	while (s->rc == SQLITE_OK && version < VERSION)
		take_step(s, (int)version++);
}

int
store_schema_check(struct store *s, char *error)
{
	int64_t version = 0;
	int status = store_schema_examine(s, &version, error);

	if (s->rc != SQLITE_OK)
		return -1; /* the caller knows what may be done about it */
	if (status == 0 && version < VERSION) {
		refuse(s, error, "was written by an older relaytap",
			"start the sensor once, it brings it up to date");
		return -1;
	}
	return status ? -1 : 0;
}
