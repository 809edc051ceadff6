/* SPDX-License-Identifier: Apache-2.0 */
#include "format_part.h"

static const struct format_attack server = {"TA0042", "Resource Development", "T1584",
	"Compromise Infrastructure", "T1584.004", "Server"};
static const struct format_attack scanning = {"TA0043", "Reconnaissance", "T1595",
	"Active Scanning", "T1595.002", "Vulnerability Scanning"};
static const struct format_attack harvest = {"TA0043", "Reconnaissance", "T1589",
	"Gather Victim Identity Information", "T1589.002", "Email Addresses"};
static const struct format_attack spoofing = {
	"TA0005", "Defense Evasion", "T1672", "Email Spoofing", NULL, NULL};
static const struct format_attack middle = {
	"TA0006", "Credential Access", "T1557", "Adversary-in-the-Middle", NULL, NULL};

/* Numbers from the range that is left to local rules: 1000000 to 1999999. */
static const struct format_rule rules[] = {
	{"open-relay", 1925001, FORMAT_CLASS_RELAY, true, &server},
	{"partial-relay", 1925002, FORMAT_CLASS_RELAY, true, &server},
	{"open-submission", 1925003, FORMAT_CLASS_RELAY, false, &server},
	{"relay-probe", 1925011, FORMAT_CLASS_ABUSE, false, &scanning},
	{"clear-credentials", 1925012, FORMAT_CLASS_WEAKNESS, false, NULL},
	{"starttls-stripped", 1925013, FORMAT_CLASS_WEAKNESS, false, &middle},
	{"starttls-vanished", 1925014, FORMAT_CLASS_WEAKNESS, false, &middle},
	{"starttls-refused", 1925015, FORMAT_CLASS_WEAKNESS, false, NULL},
	{"command-injection", 1925016, FORMAT_CLASS_ABUSE, false, &middle},
	{"reply-injection", 1925017, FORMAT_CLASS_ABUSE, false, &middle},
	{"smuggling", 1925018, FORMAT_CLASS_ABUSE, false, &spoofing},
	{"blocklisted", 1925019, FORMAT_CLASS_WEAKNESS, false, NULL},
	{"backscatter", 1925020, FORMAT_CLASS_WEAKNESS, false, NULL},
	{"user-probing", 1925021, FORMAT_CLASS_ABUSE, false, &harvest},
	{"sensor-blind", 1925031, FORMAT_CLASS_SENSOR, false, NULL},
};

static const struct format_rule unknown[] = {
	[ALERT_RELAY] = {"", 1925000, FORMAT_CLASS_RELAY, false, NULL},
	[ALERT_FINDING] = {"", 1925010, FORMAT_CLASS_ABUSE, false, NULL},
	[ALERT_SENSOR] = {"", 1925030, FORMAT_CLASS_SENSOR, false, NULL},
};

const struct format_rule *
format_rule_of(const struct alert *a)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (span_equal(a->rule, span_of_text(rules[i].name)))
			return &rules[i];
	return &unknown[a->kind];
}

struct format_severity
format_severity_of(enum alert_severity severity)
{
	static const struct format_severity table[] = {
		[ALERT_SEVERITY_LOW] = {21, 2, 3, 3, 3},
		[ALERT_SEVERITY_MEDIUM] = {47, 3, 5, 5, 2},
		[ALERT_SEVERITY_HIGH] = {73, 4, 8, 8, 1},
		[ALERT_SEVERITY_CRITICAL] = {99, 5, 10, 10, 1},
	};

	return table[severity];
}

const char *format_class_name(enum format_class class)
{
	static const char *const names[] = {
		[FORMAT_CLASS_RELAY] = "relay",
		[FORMAT_CLASS_WEAKNESS] = "weakness",
		[FORMAT_CLASS_ABUSE] = "abuse",
		[FORMAT_CLASS_SENSOR] = "sensor",
	};

	return names[class];
}

const char *
format_attack_id(const struct format_attack *attack)
{
	return attack->part ? attack->part : attack->technique;
}

static size_t
add_address(struct ip_addr *list, size_t count, const struct ip_addr *a)
{
	if (ip_addr_is_none(a))
		return count;
	for (size_t i = 0; i < count; i++)
		if (ip_addr_equal(&list[i], a))
			return count;
	list[count] = *a;
	return count + 1;
}

size_t
format_addresses(const struct alert *a, struct ip_addr out[FORMAT_ADDRESSES_MAX])
{
	size_t n = add_address(out, 0, &a->server);

	n = add_address(out, n, &a->client);
	for (size_t i = 0; i < a->client_count; i++)
		n = add_address(out, n, &a->clients[i]);
	for (size_t i = 0; i < a->hop_count; i++)
		n = add_address(out, n, &a->hops[i]);
	return add_address(out, n, &a->masked_as);
}

static size_t
add_host(struct span *list, size_t count, struct span name)
{
	if (!name.len)
		return count;
	for (size_t i = 0; i < count; i++)
		if (span_equal_nocase(list[i], name))
			return count;
	list[count] = name;
	return count + 1;
}

size_t
format_hosts(const struct alert *a, struct span out[FORMAT_HOSTS_MAX])
{
	size_t n = add_host(out, 0, a->server_name);

	for (size_t i = 0; i < a->evidence_count; i++)
		n = add_host(out, n, a->evidence[i].next_hop_name);
	return n;
}

struct span
format_line(const struct alert *a)
{
	return a->detail.len ? a->detail : a->title;
}

void
format_texts(struct json_out *j, const char *key, const struct span *list, size_t count)
{
	if (!count)
		return;
	json_out_array(j, key);
	for (size_t i = 0; i < count; i++)
		json_out_span(j, NULL, list[i]);
	json_out_array_end(j);
}

void
format_addrs(
	struct json_out *j, const char *key, const struct ip_addr *list, size_t count)
{
	if (!count)
		return;
	json_out_array(j, key);
	for (size_t i = 0; i < count; i++)
		json_out_addr(j, NULL, &list[i]);
	json_out_array_end(j);
}

void
format_time_if(struct json_out *j, const char *key, uint64_t ns)
{
	if (ns)
		json_out_time(j, key, ns);
}
