#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# relaytap watch on a virtual cable: the verdict over a conversation of its own making is
# that of relaytap read over the same packets, told by a process without privileges.
# $1: the program. Everything happens in two name spaces made here.
set -u
binary=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
a=rtw-a-$$
b=rtw-b-$$
if [ "$(id -u)" != 0 ] || ! ip netns add "$a" 2>/dev/null; then
	echo "SKIP: relaytap watch: no root or no network name spaces"
	exit 0
fi
work=$(mktemp -d)
clean() {
	[ -n "${sensor:-}" ] && kill "$sensor" 2>/dev/null
	ip netns del "$a" 2>/dev/null
	ip netns del "$b" 2>/dev/null
	rm -rf "$work"
}
trap clean EXIT INT TERM
# The sensor's user must be able to run nothing of ours; the program itself is open already.
set -e
ip netns add "$b"
ip link add va netns "$a" type veth peer name vb netns "$b"
ip -n "$a" addr add 198.51.100.66/24 dev va
ip -n "$b" addr add 203.0.113.11/24 dev vb
ip -n "$a" link set va up
ip -n "$b" link set vb up
ip -n "$a" route add default dev va
ip -n "$b" route add default dev vb
ip netns exec "$b" "$binary" watch -q -i vb >"$work/out" 2>"$work/err" &
sensor=$!
# All is open once it has given up what it needed for that; a busy machine takes its time.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	sleep 1
	! grep -q 'Seccomp:.2' "/proc/$sensor/status" || break
done
grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):' "/proc/$sensor/status" >"$work/status"
python3 "$here/watch_talk.py" "$a" "$b"
sleep 1.5
kill -TERM "$sensor"
wait "$sensor" || { echo "FAILED: relaytap watch ended with $?"; cat "$work/err"; exit 1; }
sensor=
fail() { echo "FAILED: relaytap watch: $1"; cat "$work/out" "$work/err" "$work/status"; exit 1; }
grep -q '"verdict":"restricted"' "$work/out" || fail "no verdict"
grep -q '"type":"stats"' "$work/out" || fail "no counters"
grep -q '"dropped":0' "$work/out" || fail "packets were dropped"
grep -q 'Uid:.0\b' "$work/status" && fail "still root"
grep -q 'CapEff:.0000000000000000' "$work/status" || fail "still has capabilities"
grep -q 'CapBnd:.0000000000000000' "$work/status" || fail "may be given capabilities"
grep -q 'NoNewPrivs:.1' "$work/status" || fail "may gain privileges"
grep -q 'Seccomp:.2' "$work/status" || fail "may make any call"
echo "relaytap watch: passed"
