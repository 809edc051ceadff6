#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check.sh PROGRAM
# Each report is well formed whatever the peers said, the same twice, and as large as its
# servers are many. Runs where the repository is.
set -u
program=$1
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
check() {
	if "$@"; then passed=$((passed + 1)); else
		failed=$((failed + 1))
		echo "FAILED: report: $*"
	fi
}
# FORMAT INPUT...: its report into $work/out
report() {
	format=$1
	shift
	"$program" report -q --format "$format" "$@" >"$work/out" 2>"$work/err" || [ $? = 3 ]
}
page() { report html "$@" && python3 "$here/page.py" "$work/out"; }
same() {
	report "$@" && cp "$work/out" "$work/first" && report "$@" && cmp -s "$work/out" "$work/first"
}
if command -v cmark-gfm >/dev/null; then
	markdown() { report markdown "$@" && python3 "$here/markdown.py" "$work/out"; }
else
	echo "SKIP: report: no cmark-gfm, Markdown is not rendered"
	markdown() { report markdown "$@"; }
fi
without() { ! grep -qF "$1" "$work/out"; }

for capture in captures/*.pcap captures/*.pcapng; do
	check page "$capture"
	check markdown "$capture"
done
check same html captures/*.pcap
check same markdown captures/*.pcap
check same csv captures/*.pcap

python3 "$here/hostile.py" >"$work/hostile.jsonl"
check page "$work/hostile.jsonl"
check grep -q 'Open relay' "$work/out"
cp "$work/out" "$work/hostile.html"
check without '<script>alert'
check without 'onerror=alert'
check markdown "$work/hostile.jsonl"
check without '<script'
check without '](b)'
check report csv "$work/hostile.jsonl"
check python3 - "$work/out" <<-'END'
	import csv, sys
	rows = list(csv.reader(open(sys.argv[1], newline="", encoding="utf-8"), strict=True))
	assert len(rows) == 4 and {len(r) for r in rows} == {22}, [len(r) for r in rows]
	assert not [c for r in rows[1:] for c in r if c[:1] in "=+-@" and c], "a formula"
END

echo '{"type":"none","schema":1}' >"$work/none.jsonl"
for count in 0 1 50 2000; do
	python3 "$here/hostile.py" "$count" >"$work/many.jsonl"
	[ "$count" = 0 ] && cp "$work/none.jsonl" "$work/many.jsonl"
	began=$(date +%s%N)
	check page "$work/many.jsonl"
	ended=$(date +%s%N)
	cp "$work/out" "$work/servers-$count.html"
	echo "report: $count servers: $(wc -c <"$work/out") octets, $(((ended - began) / 1000000)) ms"
done
check python3 "$here/browser.py" "$work/hostile.html" "$work"/servers-*.html
printf 'redact: all\n' >"$work/redact.conf"
check report html -c "$work/redact.conf" captures/open-relay-confirmed.pcap
check without 'bob@victim.test'
check without 'offers@'
# What a sensor told before is in the report of its state, and -o is --output.
"$program" read -q --state "$work/state" captures/remediated-in-capture.pcap >/dev/null
check "$program" report --state "$work/state" -o "$work/out"
check python3 "$here/page.py" "$work/out"
check grep -q '<h4>History</h4>' "$work/out"
check grep -q '>verdict</span>' "$work/out"
# All or nothing: with no room (a limit on files stands for a full disk) and without a
# folder the older report stays, nothing is left beside it, and one line says why.
older() {
	mkdir -p "$work/kept"
	echo older >"$work/kept/r"
	(
		ulimit -f 8
		"$program" report -q --format html -o "$work/kept/$1" captures/*.pcap
	) 2>"$work/err" >/dev/null && return 1
	[ "$(cat "$work/kept/r")" = older ] && [ "$(ls "$work/kept")" = r ] &&
		[ "$(wc -l <"$work/err")" = 1 ] && grep -qF -- "--output $work/kept/$1" "$work/err"
}
check older r
check older none/r
echo "report: $passed passed, $failed failed"
[ "$failed" = 0 ]
