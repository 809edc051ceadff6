#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: commands.sh RELAYTAP FILL
#
# What the commands show of a sensor's state is what its records say, while a writer is
# there and when it is not, and every refusal is one line.
set -u

relaytap=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
fill=$(cd "$(dirname "$2")" && pwd)/$(basename "$2")
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$top/captures" || exit 1
failed=0
passed=0

good() { passed=$((passed + 1)); }
fail() {
	echo "store: $*"
	failed=$((failed + 1))
}
# is NAME WANT GOT
is() {
	if [ "$2" = "$3" ]; then good; else fail "$1: wanted \"$2\", got \"$3\""; fi
}
# run STATUS ARGUMENT...: into $work/out and $work/error; then lines of error are counted.
run() {
	want=$1
	shift
	"$relaytap" "$@" >"$work/out" 2>"$work/error"
	is "exit status of $*" "$want" $?
}
lines() { wc -l <"$work/out" | tr -d ' '; }
# refused WORDS ARGUMENT...: one line that holds them.
refused() {
	words=$1
	shift
	run 1 "$@"
	is "lines of error of $*" 1 "$(wc -l <"$work/error" | tr -d ' ')"
	grep -q -- "$words" "$work/error" || fail "$*: no \"$words\" in: $(cat "$work/error")"
}

"$relaytap" read -q --transactions "$work/records" open-relay-confirmed.pcap closed.pcap \
	ipv6-open-only.pcap nmap-sixteen-open.pcap source-masking.pcap >"$work/table"
state=$work/state
"$fill" "$state" "$work/records" || fail "the state cannot be filled"
grep '"type":"transaction"' "$work/records" >"$work/transactions"
count=$(wc -l <"$work/transactions" | tr -d ' ')

# The same verdicts, findings and counters as of the records; the same table.
"$relaytap" infer --json "$work/records" >"$work/want"
run 0 servers --state "$state" --json
cmp -s "$work/want" "$work/out" && good || fail "servers --json is not what infer says"
"$relaytap" infer --explain "$work/records" >"$work/want"
run 0 servers --state "$state" --explain
cmp -s "$work/want" "$work/out" && good || fail "servers --explain is not what infer says"
run 2 servers --state "$state" --fail-on open-relay

# The configuration names the folder; an option is stronger.
printf 'state:\n  directory: %s\n' "$state" >"$work/conf"
run 0 servers -c "$work/conf" --json
run 0 transactions -c "$work/conf" --json
cmp -s "$work/transactions" "$work/out" && good || fail "transactions are not as they came"
printf 'state:\n  directory: /nonexistent\n' >"$work/conf"
refused '/nonexistent/relaytap.db' alerts -c "$work/conf"
run 0 alerts -c "$work/conf" --state "$state"

# One server, by each of its names, and how its verdict changed.
run 0 show 203.0.113.11 --state "$state"
grep -q '^History$' "$work/out" && good || fail "show has no history"
grep -q '  unknown$' "$work/out" && good || fail "show does not tell what was before"
run 0 show mail.corp.test --state "$state" --json
grep -c '"type":"history"' "$work/out" >"$work/n"
[ "$(cat "$work/n")" -ge 1 ] && good || fail "show --json has no history"
cp "$work/out" "$work/shown"
refused 'no server 192.0.2.99' show 192.0.2.99 --state "$state"
refused 'name a server' show --state "$state"
refused 'either files or --state' show 203.0.113.11 closed.pcap --state "$state"

# Alerts: as lines, in each format, and what is asked for.
run 0 alerts --state "$state" --json
alerts=$(lines)
[ "$alerts" -ge 2 ] && good || fail "too few alerts to look for: $alerts"
cp "$work/out" "$work/alerts"
run 0 alerts --state "$state" --format relaytap
cmp -s "$work/alerts" "$work/out" && good || fail "--format relaytap is not --json"
for format in ecs ocsf cef leef eve; do
	run 0 alerts --state "$state" --format $format
	is "lines as $format" "$alerts" "$(lines)"
done
run 0 alerts --state "$state" --json --limit 1
is "--limit 1" "$(tail -n 1 "$work/alerts")" "$(cat "$work/out")"
run 0 alerts --state "$state" --json --server '[2001:db8:11::25]:25'
is "of one server" "$(grep -c '"ip":"2001:db8:11::25","port":25' "$work/alerts")" "$(lines)"
run 0 alerts --state "$state" --json --server MAIL.corp.test
named=$(lines)
[ "$named" -ge 2 ] && good || fail "alerts of a name: $named"
tail -n 1 "$work/out" >"$work/last"
run 0 alerts --state "$state" --json --server mail.corp.test --limit 1
cmp -s "$work/last" "$work/out" && good || fail "the newest of a name is not the newest"
run 0 alerts --state "$state" --json --since 2031-01-01
is "since the future" 0 "$(lines)"
run 0 alerts --state "$state" --json --until 2001-01-01T00:00:00Z
is "until the past" 0 "$(lines)"
run 0 alerts --state "$state" --json --since 5200w
is "since 5200 weeks" "$alerts" "$(lines)"
run 0 alerts --state "$state"
grep -q ' 1/1 .*Open mail relay' "$work/out" && good || fail "an alert that was delivered"
grep -q ' 0/1 ' "$work/out" && good || fail "an alert that waits"
run 0 alerts --state "$state" --server 192.0.2.99
is "no alert" "No such alert." "$(cat "$work/out")"
printf 'redact: local-part\n' >"$work/conf"
run 0 alerts --state "$state" -c "$work/conf" --json
grep -q 'bob@\|offers@' "$work/out" && fail "an address was not redacted" || good
run 0 transactions --state "$state" -c "$work/conf"
grep -q 'bob@\|offers@' "$work/out" && fail "an address was not redacted" || good

# Transactions.
run 0 transactions --state "$state" --json --limit 3
tail -n 3 "$work/transactions" >"$work/want"
cmp -s "$work/want" "$work/out" && good || fail "not the three newest"
run 0 transactions --state "$state"
grep -q '<[^ ]*> for ' "$work/out" && good || fail "no transaction in the table"
[ "$(grep -c '^20[0-9-]* [0-9:]*  ' "$work/out")" = "$count" ] && good ||
	fail "not every transaction in the table"

# What is not to be had, each in one line.
refused 'No such file' servers --state "$work/none"
refused 'takes no files' alerts --state "$state" x.pcap
refused 'has no option --server' read --server 192.0.2.1 closed.pcap
refused 'has no option --minimum' transactions --state "$state" --minimum low
refused 'write low' alerts --state "$state" --minimum worst
refused 'write ecs' alerts --state "$state" --format xml
refused '2026-11-24' alerts --state "$state" --since yesterday
refused '2026-11-24' alerts --state "$state" --since h
refused 'a number from 1' alerts --state "$state" --limit 0
printf 'garbage, and much of it, where a database should be' >"$work/relaytap.db"
refused 'damaged' alerts --state "$work"

# A line that is no alert is told, and the others are shown.
if command -v python3 >/dev/null; then
	python3 - "$state/relaytap.db" <<-'END'
	import sqlite3, sys
	db = sqlite3.connect(sys.argv[1])
	db.execute("UPDATE alert SET body = '{\"type\":' WHERE id = 1")
	db.execute("UPDATE state SET body = '{}' WHERE tbl = 'attempt'")
	db.execute("UPDATE server SET body = '{}' WHERE rowid = 1")
	db.commit()
	END
	run 3 alerts --state "$state" --json
	is "alerts but one" $((alerts - 1)) "$(lines)"
	run 3 servers --state "$state"
	is "records that are refused" 1 "$(grep -c 'is not understood' "$work/error")"
	run 3 servers --state "$state" --explain
fi

# The schema knows the history and the alerts' own form is checked elsewhere.
grep '"type":"history"' "$work/shown" >"$work/history"
if python3 -c 'import jsonschema' 2>/dev/null; then
	python3 - "$top/sensor/relaytap.schema.json" "$work/history" <<-'END' && good || fail "history is not as the schema has it"
	import json, sys
	import jsonschema
	schema = json.load(open(sys.argv[1]))
	check = jsonschema.Draft202012Validator(dict(schema["$defs"]["history"], **{"$defs": schema["$defs"]}))
	for line in open(sys.argv[2]):
	    check.validate(json.loads(line))
	END
fi

echo "store: $passed passed, $failed failed"
[ "$failed" = 0 ]
