#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: run.sh [--update] BINARY
#
# Reads every capture beside a .want file and compares what is reduced of it (reduce.py);
# then what must hold of any run: made captures come out as they are kept, two runs and
# packed copies agree, records reason as their capture does, bad input is told in one line
# and by the exit status, and all output is as the schema and the manual page have it.
# --update writes .want files anew: read the difference before you keep it.
set -u

update=0
binary=""
for arg in "$@"; do
	case $arg in
	--update) update=1 ;;
	*) binary=$arg ;;
	esac
done
[ -x "$binary" ] || { echo "usage: run.sh [--update] BINARY" >&2; exit 1; }

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
binary=$(cd "$(dirname "$binary")" && pwd)/$(basename "$binary")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1
# The one that Debian's python3-jsonschema belongs to, whatever else is installed.
PATH=/usr/bin:$PATH
failed=0
passed=0

fail() {
	echo "golden: $*"
	failed=$((failed + 1))
}

# The two outputs of one capture, into $work/NAME.records and $work/NAME.servers.
read_capture() {
	"$binary" read -q --transactions "$work/$2.records" --json "$1" \
		>"$work/$2.servers" 2>"$work/$2.errors"
}

same() {
	cmp -s "$work/$1.records" "$work/$2.records" &&
		cmp -s "$work/$1.servers" "$work/$2.servers"
}

. "$here/runs.sh"
. "$here/bad_input.sh"
. "$here/manuals.sh"
. "$here/completion.sh"

cd "$top/captures" || exit 1
for capture in *.pcap *.pcapng; do
	name=${capture%.*}
	one_capture
done
made_as_kept
packed_alike
records_reason_alike
bad_input
manuals
completion

cat "$work"/*.records "$work"/*.servers >"$work/all.jsonl"
if python3 "$here/schema.py" "$top/sensor/relaytap.schema.json" \
	"$top/sensor/relaytap-events.7" "$work/all.jsonl" "$top"; then
	passed=$((passed + 1))
else
	fail "output, schema and relaytap-events(7) differ"
fi

echo "golden: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
