# SPDX-License-Identifier: Apache-2.0
# A part of run.sh: bad input of all kinds. Each must end with its exit status, with one
# line on standard error that names what is wrong, and must never crash.
# shellcheck shell=sh disable=SC2154

# expect STATUS WORDS ARGUMENT...
expect() {
	status=$1
	words=$2
	shift 2
	"$binary" "$@" >"$work/bad.out" 2>"$work/bad.err" </dev/null
	got=$?
	lines=$(wc -l <"$work/bad.err")
	if [ $got -ne "$status" ]; then
		fail "relaytap $*: exit status $got, not $status: $(head -1 "$work/bad.err")"
	elif [ "$lines" -ne 1 ]; then
		fail "relaytap $*: $lines lines on standard error, not one"
		sed 's/^/    /' "$work/bad.err"
	elif ! grep -q -- "$words" "$work/bad.err"; then
		fail "relaytap $*: says not \"$words\" but: $(cat "$work/bad.err")"
	else
		passed=$((passed + 1))
	fi
}

# quiet STATUS ARGUMENT...: nothing to complain of.
quiet() {
	status=$1
	shift
	"$binary" "$@" >"$work/bad.out" 2>"$work/bad.err" </dev/null
	got=$?
	if [ $got -ne "$status" ] || [ -s "$work/bad.err" ]; then
		fail "relaytap $*: exit status $got, not $status: $(head -1 "$work/bad.err")"
	else
		passed=$((passed + 1))
	fi
}

bad_input() {
	good=open-relay-confirmed.pcap
	head -c 3000 $good >"$work/cut.pcap"
	head -c 20 $good >"$work/short.pcap"
	: >"$work/empty.pcap"
	head -c 4000 "$here/../../LICENSE" >"$work/text.pcap"
	printf 'home: [10.0.0.0/99]\n' >"$work/bad.conf"
	printf 'hme: [10.0.0.0/8]\n' >"$work/typo.conf"
	printf 'home: [10.0.0.0/8]\n' >"$work/good.conf"
	printf '{"type":"transaction"\n' >"$work/bad.jsonl"
	printf '{"type":"stats","schema":1}\n' >"$work/stats.jsonl"

	expect 3 cut.pcap read -q "$work/cut.pcap"
	expect 3 short.pcap read -q "$work/short.pcap"
	expect 3 empty.pcap read -q "$work/empty.pcap"
	expect 3 text.pcap read -q "$work/text.pcap"
	expect 3 missing.pcap read -q "$work/missing.pcap"
	expect 3 missing.pcap read -q $good "$work/missing.pcap"
	expect 3 bad.jsonl:1 infer -q "$work/bad.jsonl"
	expect 3 missing.jsonl infer -q "$work/missing.jsonl"
	expect 1 'no domain' read -q --hosted joe@corp.test $good
	expect 1 'no option --fail-on' alerts --state "$work" --fail-on open-relay
	expect 1 'for captures' show 203.0.113.11 --state "$work" --filter 'port 25'
	expect 1 'for captures' servers --state "$work" --transactions "$work/none.jsonl"
	quiet 0 infer -q "$work/stats.jsonl"

	expect 1 "no file" read
	expect 1 "no file" infer
	expect 1 "file" show 203.0.113.11
	expect 1 "no server" show -q 192.0.2.99 $good
	expect 1 "no such command" frobnicate
	expect 1 "no such verdict" read --fail-on open $good
	expect 1 "filter" read -q --filter "tcp port port" $good
	expect 1 "prefix" read --home 10.0.0.0/99 $good
	expect 1 "color" read --color sometimes $good
	expect 1 "transactions" read -q --transactions "$work/no/such" $good
	expect 1 bad.conf:1 read --config "$work/bad.conf" $good
	expect 1 typo.conf:1 check-config "$work/typo.conf"
	expect 1 missing.conf check-config "$work/missing.conf"
	quiet 0 check-config "$work/good.conf"
	quiet 0 check-config -c "$work/good.conf"

	quiet 2 read -q --fail-on open-relay $good
	quiet 2 read -q --fail-on restricted $good
	quiet 0 read -q --fail-on open-relay closed.pcap
	quiet 0 show -q 203.0.113.11:25 $good
	quiet 0 show -q mail.corp.test $good
	quiet 0 --version
	quiet 0 read --help
}
