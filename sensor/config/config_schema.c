/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/config/config_schema.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

static const char *const users_words[] = {"hash", "plain", "none", NULL};
static const char *const redact_words[] = {"none", "local-part", "all", NULL};

static const char *const method_words[] = {"auto", "afpacket", "xdp", "pcap", NULL};
static const char *const stream_words[] = {"alerts", "servers", "transactions", NULL};
static const char *const format_words[] = {
	"ecs", "ocsf", "cef", "leef", "eve", "relaytap", NULL};
static const char *const to_words[] = {
	"stdout", "file", "unix", "udp", "tcp", "tls", "relp", NULL};
static const char *const severity_words[] = {"low", "medium", "high", "critical", NULL};

_Static_assert(
	CONFIG_USERS_HASH == 0 && CONFIG_USERS_PLAIN == 1 && CONFIG_USERS_NONE == 2,
	"users_words stands in this order");
_Static_assert(CONFIG_REDACT_NONE == 0 && CONFIG_REDACT_LOCAL_PART == 1 &&
		       CONFIG_REDACT_ALL == 2,
	"redact_words stands in this order");
_Static_assert(CONFIG_CAPTURE_PCAP == 3 && CONFIG_STREAM_TRANSACTIONS == 2 &&
		       CONFIG_FORMAT_RELAYTAP == 5 && CONFIG_TO_RELP == 6 &&
		       CONFIG_SEVERITY_CRITICAL == 3,
	"their words stand in this order");

#define AT(field) offsetof(struct config, field)

/* clang-format off */
const struct config_key config_schema[] = {
	{"", "home", CONFIG_PREFIXES, AT(home), 0, 0, "", NULL, "[]",
		"Our own networks: a client outside them is a stranger. Empty: guessed."},
	{"", "trusted", CONFIG_PREFIXES, AT(trusted), 0, 0, "", NULL, "[]",
		"Clients that may relay through any of our servers."},
	{"", "hosted", CONFIG_HOSTED, AT(hosted), 0, 0, "", NULL, "[]",
		"Domains that our servers take mail for: names, or maps of server and domains."},
	{"ports", "smtp", CONFIG_PORTS, AT(smtp_ports), 1, 65535, "", NULL, "[25, 587, 2525]",
		"Ports on which SMTP is spoken, in clear at first."},
	{"ports", "smtps", CONFIG_PORTS, AT(smtps_ports), 1, 65535, "", NULL, "[465]",
		"Ports on which TLS comes first and SMTP inside it."},
	{"", "any_port", CONFIG_BOOL, AT(any_port), 0, 0, "", NULL, "true",
		"Look for SMTP on every other port too. In relaytap watch the default is false."},
	{"", "users", CONFIG_WORD, AT(users), 0, 0, "", users_words, "hash",
		"How names of authenticated users are kept: hash, plain or none."},
	{"", "hash_key", CONFIG_TEXT, AT(hash_key), 0, 256, "", NULL, "\"\"",
		"Secret for users: hash. Empty: the same hashes as in every other installation."},
	{"", "redact", CONFIG_WORD, AT(redact), 0, 0, "", redact_words, "none",
		"What alerts leave out of mail addresses: none, local-part or all."},
	{"", "public_suffix_file", CONFIG_TEXT, AT(public_suffix_file), 0, 4096, "", NULL, "\"\"",
		"File with a public suffix list. Empty: the one that libpsl has built in."},
	{"", "remediated_after", CONFIG_COUNT32, AT(remediated_after), 1, 1000, "", NULL, "2",
		"Refusals after which a server that was open counts as remediated."},

	{"limits", "connections", CONFIG_COUNT, AT(limits.connections), 64, 4 * MIB, "", NULL,
		"32768", "Mail connections followed at once."},
	{"limits", "windows", CONFIG_COUNT, AT(limits.windows), 16, 512 * KIB, "", NULL, "1024",
		"Reassembly windows of 128 KiB lent to connections at once."},
	{"limits", "fragments", CONFIG_COUNT, AT(limits.fragments), 16, 16 * KIB, "", NULL, "256",
		"Fragmented IP datagrams put together at once."},
	{"limits", "text", CONFIG_OCTETS, AT(limits.text_octets), MIB, 64 * GIB, "", NULL, "64 MiB",
		"Memory for the texts of records in the making."},
	{"limits", "servers", CONFIG_COUNT, AT(limits.servers), 16, 16 * MIB, "", NULL, "65536",
		"Mail servers remembered."},
	{"limits", "attempts", CONFIG_COUNT, AT(limits.attempts), 256, 256 * MIB, "", NULL,
		"1048576", "Attempts to send remembered over all servers."},
	{"limits", "messages", CONFIG_COUNT, AT(limits.messages), 64, 16 * MIB, "", NULL, "262144",
		"Messages that wait to be seen leaving the server that took them."},
	{"limits", "names", CONFIG_COUNT, AT(limits.names), 64, 16 * MIB, "", NULL, "262144",
		"Names remembered from DNS answers."},
	{"limits", "idle", CONFIG_COUNT32, AT(limits.idle_seconds), 10, 86400, "seconds", NULL,
		"600", "Seconds after which a silent connection is over."},
	{"limits", "copy_window", CONFIG_COUNT32, AT(limits.copy_window_us), 1, 1000000,
		"microseconds", NULL, "2000",
		"Microseconds within which a span port's second copy of a packet comes."},

	{"capture", "interfaces", CONFIG_TEXTS, AT(capture.interfaces), 1, 15, "", NULL, "[]",
		"Interfaces to listen on; both halves of a tap, one each."},
	{"capture", "method", CONFIG_WORD, AT(capture.method), 0, 0, "", method_words, "auto",
		"Means of capture: auto, afpacket, xdp or pcap."},
	{"capture", "tap", CONFIG_BOOL, AT(capture.tap), 0, 0, "", NULL, "false",
		"The ports are taps: let XDP drop what is not mail, early."},
	{"capture", "tap_forced", CONFIG_BOOL, AT(capture.tap_forced), 0, 0, "", NULL, "false",
		"Do so even where the host itself has addresses on the interface."},
	{"capture", "threads", CONFIG_COUNT32, AT(capture.threads), 1, 64, "", NULL, "1",
		"Packet threads; both directions of a connection meet on one."},
	{"capture", "ring", CONFIG_OCTETS, AT(capture.ring_octets), MIB, 16 * GIB, "", NULL,
		"64 MiB", "Memory shared with the kernel for each interface and thread."},
	{"capture", "block_timeout", CONFIG_COUNT32, AT(capture.block_timeout_ms), 1, 1000,
		"milliseconds", NULL, "4",
		"Milliseconds after which packets are handed over though few have come."},
	{"capture", "snap", CONFIG_COUNT, AT(capture.snap), 128, 262144, "octets", NULL, "262144",
		"Octets of a packet that are looked at."},
	{"capture", "promiscuous", CONFIG_BOOL, AT(capture.promiscuous), 0, 0, "", NULL, "true",
		"Hear also what is not addressed to this host."},
	{"capture", "shunt", CONFIG_BOOL, AT(capture.shunt), 0, 0, "", NULL, "true",
		"Have the kernel hold back the bulk of large messages."},
	{"capture", "evidence", CONFIG_TEXT, AT(capture.evidence_file), 0, 4096, "", NULL, "\"\"",
		"pcapng file for the packets of connections that led to an alert."},
	{"capture", "evidence_memory", CONFIG_OCTETS, AT(capture.evidence_octets), MIB, 64 * GIB,
		"", NULL, "64 MiB", "Memory for the recent packets that may become evidence."},

	{"alerts", "repeat", CONFIG_COUNT32, AT(alerts.repeat_seconds), 0, 604800, "seconds", NULL,
		"3600", "Seconds after which a trouble that goes on is summed up; 0 is never."},
	{"alerts", "per_minute", CONFIG_COUNT32, AT(alerts.per_minute), 0, 1000000, "", NULL, "600",
		"Alerts in a minute, at most; the others are counted. 0 is no bound."},
	{"alerts", "observer", CONFIG_TEXT, AT(alerts.observer), 0, 255, "", NULL, "\"\"",
		"Name of this sensor in alerts. Empty: the host's name."},
	{"", "outputs", CONFIG_OUTPUTS, AT(outputs), 0, 0, "", NULL, "[]",
		"Where alerts go: a list of maps, see relaytap.conf(5)."},

	{"state", "directory", CONFIG_TEXT, AT(state.directory), 0, 4096, "", NULL, "\"\"",
		"Folder of the database of servers, verdicts and alerts. Empty: nothing lasts."},
	{"state", "spool", CONFIG_COUNT, AT(state.spool), 100, 16 * MIB, "", NULL, "100000",
		"Alerts that wait for each output, at most."},
	{"state", "spool_octets", CONFIG_OCTETS, AT(state.spool_octets), MIB, 64 * GIB, "", NULL,
		"256 MiB", "Size of all alerts that wait, at most."},
	{"state", "transactions", CONFIG_COUNT, AT(state.transactions), 0, 1024 * MIB, "", NULL,
		"100000", "Transactions kept, the newest; 0 is none."},

	{"metrics", "address", CONFIG_TEXT, AT(metrics.address), 0, 64, "", NULL, "127.0.0.1",
		"Address of the page of counters for Prometheus."},
	{"metrics", "port", CONFIG_COUNT32, AT(metrics.port), 0, 65535, "", NULL, "0",
		"Port of that page; 0 is no page."},

	{"run", "user", CONFIG_TEXT, AT(run.user), 0, 64, "", NULL, "\"\"",
		"User to become once all is open. Empty: nobody."},
	{"run", "chroot", CONFIG_TEXT, AT(run.chroot), 0, 4096, "", NULL, "\"\"",
		"Folder to be confined to. Empty: none."},
	{"run", "control", CONFIG_TEXT, AT(run.control), 0, 107, "", NULL,
		"/run/relaytap/control",
		"Socket for relaytap ctl and relaytap top. Empty: none."},
	{NULL, NULL, CONFIG_BOOL, 0, 0, 0, NULL, NULL, NULL, NULL},
};
/* clang-format on */

_Static_assert(sizeof(config_schema) / sizeof(*config_schema) <= CONFIG_KEYS_MAX,
	"readers keep a bit for each key");

#define IN(field) offsetof(struct config_output, field)

/* clang-format off */
const struct config_key config_output_schema[] = {
	{"outputs", "name", CONFIG_TEXT, IN(name), 1, 64, "", NULL, "\"\"",
		"What counters and messages call it. Empty: made of to."},
	{"outputs", "stream", CONFIG_WORD, IN(stream), 0, 0, "", stream_words, "alerts",
		"What it carries: alerts, servers or transactions."},
	{"outputs", "format", CONFIG_WORD, IN(format), 0, 0, "", format_words, "ecs",
		"How alerts are written: ecs, ocsf, cef, leef, eve or relaytap."},
	{"outputs", "to", CONFIG_WORD, IN(to), 0, 0, "", to_words, "",
		"Where to: stdout, file, unix, udp, tcp, tls or relp."},
	{"outputs", "path", CONFIG_TEXT, IN(path), 1, 4096, "", NULL, "\"\"",
		"The file, or the socket's file."},
	{"outputs", "host", CONFIG_TEXT, IN(host), 1, 253, "", NULL, "\"\"",
		"Name or address of the collector."},
	{"outputs", "port", CONFIG_TEXT, IN(port), 1, 5, "", NULL, "\"\"",
		"Its port. Empty: 514 for udp and tcp, 6514 for tls, 2514 for relp."},
	{"outputs", "ca", CONFIG_TEXT, IN(ca), 1, 4096, "", NULL, "\"\"",
		"File of certificates to trust. Empty: the system's."},
	{"outputs", "certificate", CONFIG_TEXT, IN(certificate), 1, 4096, "", NULL, "\"\"",
		"File of our own certificate, with key."},
	{"outputs", "key", CONFIG_TEXT, IN(key), 1, 4096, "", NULL, "\"\"",
		"File of our own private key."},
	{"outputs", "server_name", CONFIG_TEXT, IN(server_name), 1, 253, "", NULL, "\"\"",
		"Name that the collector's certificate must bear. Empty: host."},
	{"outputs", "tls", CONFIG_BOOL, IN(tls), 0, 0, "", NULL, "false",
		"For relp: inside TLS."},
	{"outputs", "minimum", CONFIG_WORD, IN(minimum), 0, 0, "", severity_words, "low",
		"Least severity that goes there: low, medium, high or critical."},
	{"outputs", "redact", CONFIG_WORD, IN(redact), 0, 0, "", redact_words, "none",
		"What is left out of mail addresses: none, local-part or all."},
	{"outputs", "facility", CONFIG_COUNT32, IN(facility), 0, 23, "", NULL, "16",
		"Syslog facility (RFC 5424, 6.2.1); 16 is local0."},
	{NULL, NULL, CONFIG_BOOL, 0, 0, 0, NULL, NULL, NULL, NULL},
};
/* clang-format on */

/* --- exact ---------------------------------------------------------------------------
 */

const struct config_key *
config_schema_find(const char *section, struct span name)
{
	for (const struct config_key *k = config_schema; k->name; k++)
		if (strcmp(k->section, section) == 0 &&
			span_equal(span_of_text(k->name), name))
			return k;
	return NULL;
}

const char *
config_schema_section(struct span name)
{
	for (const struct config_key *k = config_schema; k->name; k++)
		if (k->section[0] && span_equal(span_of_text(k->section), name))
			return k->section;
	return NULL;
}

const struct config_key *
config_schema_elsewhere(struct span name)
{
	for (const struct config_key *k = config_schema; k->name; k++)
		if (span_equal(span_of_text(k->name), name))
			return k;
	return NULL;
}

/* --- near ----------------------------------------------------------------------------
 */

/* Longest word that suggestions are made for. */
#define WORD_MAX 32

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* "-" and "_" are the same slip of the finger as upper case. */
static uint8_t
fold(uint8_t c)
{
	return c == '-' ? '_' : dis_lower(c);
}

/* Damerau and Levenshtein, neighbours swapped at most once (optimal string alignment). */
size_t
config_schema_distance(struct span a, struct span b)
{
	size_t d[WORD_MAX + 1][WORD_MAX + 1];

	if (a.len > WORD_MAX || b.len > WORD_MAX)
		return SIZE_MAX;
	for (size_t i = 0; i <= a.len; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= b.len; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		for (size_t j = 1; j <= b.len; j++) {
			uint8_t x = fold(a.at[i - 1]), y = fold(b.at[j - 1]);

			d[i][j] = d[i - 1][j - 1] + (x != y);
			d[i][j] = least(d[i][j], least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && x == fold(b.at[j - 2]) &&
				y == fold(a.at[i - 2]))
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[a.len][b.len];
}

bool
config_schema_is_near(struct span a, struct span b)
{
	size_t longer = a.len > b.len ? a.len : b.len;

	return config_schema_distance(a, b) <= (longer < 4 ? 1 : longer / 3);
}

const char *
config_schema_near(const char *section, struct span name)
{
	const char *best = NULL;
	size_t best_distance = SIZE_MAX;

	for (const struct config_key *k = config_schema; k->name; k++) {
		bool here = strcmp(k->section, section) == 0;
		const char *word = here ? k->name : k->section;
		size_t distance = config_schema_distance(name, span_of_text(word));

		if (!here && section[0])
			continue;
		if (distance >= best_distance ||
			!config_schema_is_near(name, span_of_text(word)))
			continue;
		best = word;
		best_distance = distance;
	}
	return best;
}
