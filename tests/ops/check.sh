#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check.sh PROGRAM
# What operators get is all there and agrees with the program: files of make install, the
# unit, rules and dashboard over metrics that exist, the index template over real alerts.
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
		echo "FAILED: ops: $*"
	fi
}

O=$(dirname "$program")
make -s O="$O" install DESTDIR="$work/root" PREFIX=/usr SYSCONFDIR=/etc \
	>"$work/install" 2>&1 || cat "$work/install"
for file in usr/bin/relaytap usr/share/man/man8/relaytap.8 usr/share/man/man5/relaytap.conf.5 \
	usr/share/man/man7/relaytap-events.7 usr/share/man/man7/relaytap-formats.7 \
	etc/relaytap/relaytap.conf etc/logrotate.d/relaytap usr/lib/sysusers.d/relaytap.conf \
	usr/lib/systemd/system/relaytap.service usr/share/relaytap/relaytap.schema.json \
	usr/share/relaytap/relaytap.rules.yml usr/share/relaytap/relaytap.grafana.json \
	usr/share/relaytap/relaytap.elastic.json; do
	check test -s "$work/root/$file"
done
unit=$work/root/usr/lib/systemd/system/relaytap.service
check grep -q '^ExecStart=/usr/bin/relaytap watch --config /etc/relaytap/relaytap.conf$' "$unit"
check test "$(grep -c @ "$unit")" = "$(grep -c '[@]system-service\|~@clock' "$unit")"
check "$work/root/usr/bin/relaytap" check-config "$work/root/etc/relaytap/relaytap.conf"

if command -v systemd-analyze >/dev/null; then
	sed 's,/usr/bin/relaytap,/bin/true,' "$unit" >"$work/relaytap.service"
	systemd-analyze verify "$work/relaytap.service" 2>&1 | grep -v 'man ' >"$work/verify"
	check test ! -s "$work/verify"
else
	echo "SKIP: ops: no systemd-analyze: the unit is not verified"
fi

if command -v promtool >/dev/null; then
	promtool check rules sensor/relaytap.rules.yml >"$work/rules" 2>&1
	check grep -q SUCCESS "$work/rules"
else
	echo "SKIP: ops: no promtool: the rules are not checked"
fi
check python3 "$here/metrics.py" sensor/watch/watch_metrics.c sensor/relaytap.rules.yml \
	sensor/relaytap.grafana.json

for capture in captures/*.pcap captures/*.pcapng; do
	"$program" read -q --alerts ecs "$capture"
done >"$work/alerts"
[ ! -s "$O/siem/ecs.jsonl" ] || cat "$O/siem/ecs.jsonl" >>"$work/alerts"
python3 "$here/elastic.py" sensor/relaytap.elastic.json <"$work/alerts"
check test $? = 0
echo "ops: $passed passed, $failed failed"
[ "$failed" = 0 ]
