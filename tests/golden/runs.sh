# SPDX-License-Identifier: Apache-2.0
# A part of run.sh: what must hold of runs over captures.
# shellcheck shell=sh disable=SC2154

one_capture() {
	if ! read_capture "$capture" "$name"; then
		fail "$capture: exit status $?, $(head -1 "$work/$name.errors")"
		return
	fi
	[ -s "$work/$name.errors" ] && fail "$capture: $(head -1 "$work/$name.errors")"
	if ! python3 "$here/reduce.py" "$work/$name.records" "$work/$name.servers" \
		>"$work/$name.got"; then
		fail "$capture: the output cannot be reduced"
		return
	fi
	if [ "$update" = 1 ]; then
		cp "$work/$name.got" "$name.want"
	elif ! diff -u "$name.want" "$work/$name.got"; then
		fail "$capture: not as in captures/$name.want"
		return
	fi
	read_capture "$capture" again
	if ! same "$name" again; then
		fail "$capture: two runs differ"
		return
	fi
	passed=$((passed + 1))
}

# What is kept is what the scripts make, and every capture is told of in the README.
made_as_kept() {
	mkdir "$work/made"
	if python3 make/all.py "$work/made" >"$work/made.list"; then
		while read -r made; do
			cmp -s "$made" "$(basename "$made")" ||
				fail "$(basename "$made"): not what make/all.py makes"
		done <"$work/made.list"
		passed=$((passed + 1))
	else
		fail "make/all.py"
	fi
	for f in *.pcap *.pcapng; do
		grep -q "^| \`${f%.*}\`" README.md || fail "$f: not in captures/README.md"
		[ -e "$work/made/$f" ] || fail "$f: no script makes it"
	done
}

# The name of a file stands in its records: packed copies keep it in a folder of their own.
packed_alike() {
	for how in gzip zstd; do
		command -v $how >/dev/null || { fail "no $how to test with"; continue; }
		mkdir "$work/$how"
		$how -c open-relay-confirmed.pcap >"$work/$how/open-relay-confirmed.pcap"
		(cd "$work/$how" && read_capture open-relay-confirmed.pcap $how)
		if same open-relay-confirmed $how; then
			passed=$((passed + 1))
		else
			fail "open-relay-confirmed.pcap packed by $how reads otherwise"
		fi
	done
	"$binary" read -q --transactions "$work/pipe.records" --json - \
		<open-relay-confirmed.pcap 2>"$work/pipe.errors" >"$work/pipe.servers" ||
		fail "standard input: $(head -1 "$work/pipe.errors")"
	python3 "$here/reduce.py" "$work/pipe.records" "$work/pipe.servers" >"$work/pipe.got"
	if cmp -s "$work/pipe.got" "$work/open-relay-confirmed.got"; then
		passed=$((passed + 1))
	else
		fail "open-relay-confirmed.pcap from standard input reads otherwise"
	fi
}

# The waist holds: verdicts over written records are those over the packets.
records_reason_alike() {
	for capture in *.pcap *.pcapng; do
		name=${capture%.*}
		[ -e "$work/$name.records" ] || continue
		"$binary" infer -q --json "$work/$name.records" >"$work/infer" 2>&1 ||
			fail "$name: infer: $(head -1 "$work/infer")"
		grep '"type":"server"' "$work/$name.servers" >"$work/of-packets"
		grep '"type":"server"' "$work/infer" >"$work/of-records"
		cmp -s "$work/of-packets" "$work/of-records" ||
			fail "$name: verdicts over records differ from those over packets"
	done
	passed=$((passed + 1))
}
