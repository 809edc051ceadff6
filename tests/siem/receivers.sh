#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: receivers.sh BUILD-FOLDER
# Real collectors take alerts: rsyslog by UDP, TCP, TLS, RELP and RELP within TLS, and
# syslog-ng by UDP, TCP and TLS. They are stopped, killed, frozen, and refuse us. Each
# check that fails prints a line; exit status 1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
build=$1
send=$build/siem/send
dir=$(mktemp -d)
rsyslog_pid="" sender_pid="" ng_pid=""
passed=0 failed=0 skipped=0

. "$here/rsyslog.sh"
. "$here/syslog_ng.sh"

end() {
	[ -z "$sender_pid" ] || kill -KILL "$sender_pid" 2>/dev/null || :
	rsyslog_stop KILL
	ng_stop KILL
	rm -rf "$dir"
}
trap end EXIT
trap 'exit 1' INT TERM

check() {
	what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		echo "FAILED: receivers: $what: $*"
		failed=$((failed + 1))
	fi
}

# Messages in NAME.out, and how many different ids there are.
lines() {
	[ -f "$dir/$1.out" ] && wc -l <"$dir/$1.out" || echo 0
}
ids() {
	[ -f "$dir/$1.out" ] && cut -d' ' -f1 "$dir/$1.out" | sort -u | wc -l || echo 0
}
# Waits until there are so many ids, or they stop coming.
settle() {
	last=-1
	for _ in $(seq 100); do
		now=$(ids "$1")
		[ "$now" -ge "$2" ] && return 0
		[ "$now" != "$last" ] || [ "$now" = 0 ] || sleep 0.3
		last=$now
		sleep 0.1
	done
}

# outputs begins the configuration, output NAME TRANSPORT PORT [MORE] adds one.
outputs() {
	echo "outputs:" >"$dir/send.conf"
}
output() {
	printf '  - {name: %s, to: %s, host: 127.0.0.1, port: %s%s}\n' "$1" "$2" "$3" \
		"${4:-}" >>"$dir/send.conf"
}
ours=", ca: $dir/ca.pem, certificate: $dir/client.pem, key: $dir/client.key"
strangers=", ca: $dir/ca.pem, certificate: $dir/wrong-client.pem, key: $dir/wrong-client.key"

# sending COUNT PAUSE WAIT: in the background; sent waits for it.
sending() {
	"$send" "$dir/send.conf" "$@" >"$dir/said" 2>"$dir/log" &
	sender_pid=$!
}
sent() {
	status=0
	{ wait "$sender_pid" || status=$?; } 2>/dev/null
	sender_pid=""
}
# How often the log has the words about the output: told OUTPUT WORDS.
told() {
	grep -c "output $1 $2" "$dir/log" || :
}

# Not removed: the collectors have them open.
fresh() {
	for f in "$dir"/*.out; do
		[ ! -f "$f" ] || : >"$f"
	done
}

# --- a collector that does its duty ---------------------------------------------------

in_order() {
	sed 's/.* alert \([0-9]*\) of .*/\1/' "$dir/$1.out" | sort -nc
}

# take_all NAME...: the outputs of the configuration.
take_all() {
	fresh
	sending 300 10 20000
	sent
	check "$*: all were taken" [ "$status" = 0 ]
	for name in "$@"; do
		settle "$name" 300
		check "$name: each arrived" [ "$(ids "$name")" = 300 ]
		check "$name: and once" [ "$(lines "$name")" = 300 ]
		check "$name: parsed into fields" \
			grep -q ' notice sensor-1 relay-probe alert 296 of 300$' "$dir/$name.out"
		# UDP may be read by more than one thread.
		case $name in
		*udp) ;;
		*) check "$name: in order" in_order "$name" ;;
		esac
	done
}

# --- one that stops, dies, or is slow -------------------------------------------------

# Loss that each may have: RELP none; the others what the collector had not read.
bound() {
	case $1 in
	relp*) echo 0 ;;
	*) echo 100 ;;
	esac
}

# Each has some and none has all.
in_the_middle() {
	for name in "$@"; do
		now=$(ids "$name")
		[ "$now" -gt 0 ] && [ "$now" -lt 600 ] || return 1
	done
}

# away SIGNAL NAME...: the collector ends in the middle and is back a second later. False:
# it was not the middle for all, as librelp may mind the end of earlier sessions for long.
away() {
	signal=$1
	shift
	fresh
	sending 600 20 30000
	for _ in $(seq 200); do
		in_the_middle "$@" && break
		sleep 0.05
	done
	sleep 1
	rsyslog_stop "$signal"
	middle=0
	in_the_middle "$@" || middle=1
	sleep 1
	rsyslog_start
	sent
	return $middle
}

# interrupted SIGNAL NAME...: what is lost and said when it was away.
interrupted() {
	met=1
	for _ in 1 2 3 4 5; do
		away "$@" && met=0 && break
	done
	signal=$1
	shift
	check "SIG$signal: it was in the middle" [ "$met" = 0 ]
	check "SIG$signal: all were taken" [ "$status" = 0 ]
	for name in "$@"; do
		settle "$name" 600
		lost=$((600 - $(ids "$name")))
		twice=$(($(lines "$name") - $(ids "$name")))
		check "$name, SIG$signal: no more is lost than its bound" \
			[ "$lost" -le "$(bound "$name")" ]
		check "$name, SIG$signal: told once that it went down" \
			[ "$(told "$name" 'is down')" = 1 ]
		check "$name, SIG$signal: told once that it came back" \
			[ "$(told "$name" 'is up again')" = 1 ]
		echo "receivers: $name, collector ended by SIG$signal among 600:" \
			"$lost lost, $twice twice"
	done
}

# frozen NAME...: for longer than a sink waits (5 s).
frozen() {
	fresh
	sending 600 5 30000
	sleep 0.3
	kill -STOP "$rsyslog_pid"
	sleep 6.5
	kill -CONT "$rsyslog_pid"
	sent
	check "frozen: all were taken" [ "$status" = 0 ]
	for name in "$@"; do
		settle "$name" 600
		check "$name, frozen: each arrived" [ "$(ids "$name")" = 600 ]
		check "$name, frozen: and once" [ "$(lines "$name")" = 600 ]
	done
}

# --- one that refuses us, or that we refuse -------------------------------------------

# refused NAME WHY: nothing was taken, nothing arrived, and it was said once and why.
refused() {
	check "$1: nothing was taken" grep -q "^$1 taken=0 .*waiting=50" "$dir/said"
	check "$1: said why" grep -q "output $1 is down.*$2" "$dir/log"
	check "$1: once" [ "$(told "$1" 'is down')" = 1 ]
}

# --- the sensor dies ------------------------------------------------------------------

# What its store holds comes in the end, whatever was under way.
sensor_killed() {
	fresh
	rm -rf "$dir/state"
	mkdir "$dir/state"
	outputs
	output relp relp "$port_relp"
	printf '  - {to: file, path: %s}\nstate: {directory: %s}\n' "$dir/alerts.json" \
		"$dir/state" >>"$dir/send.conf"
	sending 1000 10 0
	sleep 0.8
	kill -KILL "$sender_pid"
	sent
	sending 0 0 10000
	sent
	kept=$(python3 -c 'import glob, sqlite3, sys
for f in glob.glob(sys.argv[1] + "/*.db") + glob.glob(sys.argv[1] + "/*.sqlite*"):
    print(sqlite3.connect(f).execute("SELECT count(*) FROM alert").fetchone()[0]); break' \
		"$dir/state")
	settle relp "$kept"
	check "sensor killed: it was in the middle ($kept)" \
		[ "$kept" -gt 0 -a "$kept" -lt 1000 ]
	check "sensor killed: RELP has each" [ "$(ids relp)" = "$kept" ]
	check "sensor killed: the file has each" \
		[ "$(in_file | sort -u | wc -l)" = "$kept" ]
	echo "receivers: sensor killed with $kept alerts in its store: 0 lost," \
		"$(($(lines relp) - kept)) twice by RELP," \
		"$(($(in_file | wc -l) - kept)) twice in the file"
}
in_file() {
	python3 -c 'import json, sys
for line in sys.stdin:
    print(json.loads(line)["event"]["id"])' <"$dir/alerts.json"
}

# --- all of it ------------------------------------------------------------------------

with_rsyslog() {
	rsyslog_configure
	rsyslog_start
	outputs
	output udp udp "$port_udp"
	output tcp tcp "$port_tcp"
	output tls tls "$port_tls" ", server_name: collector.test$ours"
	output relp relp "$port_relp"
	output relps relp "$port_relps" ", tls: true$ours"
	take_all udp tcp tls relp relps

	outputs
	output stranger tls "$port_tls" "$strangers"
	output nobody tls "$port_tls" ", ca: $dir/ca.pem"
	output name tls "$port_tls" ", server_name: siem.test$ours"
	output authority tls "$port_tls" ", ca: $dir/other-ca.pem"
	output relps-stranger relp "$port_relps" ", tls: true$strangers"
	output no-relp relp "$port_tcp"
	fresh
	sending 50 0 1500
	sent
	refused stranger "closed right after the TLS handshake"
	refused nobody "it may want certificate and key\|closed right after"
	refused name "certificate is for collector.test, localhost.*not for siem.test"
	refused authority "is not trusted; set ca"
	refused relps-stranger "certificate\|closed"
	refused no-relp "does not answer\|does not speak RELP\|closed"
	check "refused: nothing arrived" [ "$(ids tls)$(ids relps)" = 00 ]

	outputs
	output relp relp "$port_relp"
	output relps relp "$port_relps" ", tls: true$ours"
	output tcp tcp "$port_tcp"
	output tls tls "$port_tls" "$ours"
	interrupted TERM relp relps tcp tls
	interrupted KILL relp relps tcp tls
	frozen relp relps tcp tls
	sensor_killed
	rsyslog_stop
}

with_syslog_ng() {
	ng_configure
	ng_start
	outputs
	output ng-udp udp "$port_ng_udp"
	output ng-tcp tcp "$port_ng_tcp"
	output ng-tls tls "$port_ng_tls" ", server_name: collector.test$ours"
	take_all ng-udp ng-tcp ng-tls
	outputs
	output nobody tls "$port_ng_tls" ", ca: $dir/ca.pem"
	sending 50 0 1000
	sent
	refused nobody "certificate\|closed"
	ng_stop
}

sh "$here/certs.sh" "$dir"
if [ -x /usr/sbin/rsyslogd ]; then
	with_rsyslog
else
	echo "SKIP: receivers: no rsyslogd"
	skipped=$((skipped + 1))
fi
if ng_get; then
	with_syslog_ng
else
	echo "SKIP: receivers: syslog-ng cannot be had here: $ng_why"
	skipped=$((skipped + 1))
fi
echo "receivers: $passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
