#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh O: what relaytap costs over a large capture, against the bare libpcap loop.
#
# Both read the same file, in turns, in one run, from the page cache. The machine's noise
# hits both alike; medians are shown. BENCH_MB (800) and BENCH_RUNS (7) change the size.
set -eu

O=$1
MB=${BENCH_MB:-800}
RUNS=${BENCH_RUNS:-7}
DIR=$O/bench

# median COLUMN FILE
median() {
	awk -v c="$1" '{ print $c }' "$2" | sort -n | awk '
		{ v[NR] = $1 }
		END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# row NAME PACKETS OCTETS COSTS BARE
row() {
	awk -v name="$1" -v p="$2" -v o="$3" -v cpu="$(median 1 "$4")" \
		-v wall="$(median 2 "$4")" -v peak="$(median 3 "$4")" \
		-v bare="$(median 1 "$5")" 'BEGIN {
		printf "  %-14s %8.0f %8.0f %8.2f %8.0f %8.2f %9.1f\n", name, cpu, wall,
			p / wall / 1000, o / wall / 1000, cpu / bare, peak / 1024 }'
}

# compare KIND
compare() {
	file=$DIR/$1-$MB.pcap
	if [ ! -s "$file" ]; then
		"$DIR/make_capture" "$file.part" "$MB" "$1"
		mv "$file.part" "$file"
	fi
	counts=$("$DIR/bare_loop" "$file")
	rm -f "$DIR/bare.cost" "$DIR/relaytap.cost"
	i=0
	while [ $i -lt "$RUNS" ]; do
		"$DIR/cost" "$DIR/bare.cost" "$DIR/bare_loop" "$file"
		"$DIR/cost" "$DIR/relaytap.cost" "$O/relaytap" read -q --json "$file"
		i=$((i + 1))
	done
	printf '%s: %s packets, %s octets\n' "$1" "${counts% *}" "${counts#* }"
	printf '  %-14s %8s %8s %8s %8s %8s %9s\n' "" "CPU ms" "wall ms" "Mpkt/s" "MB/s" \
		"CPU x" "peak MiB"
	row "libpcap loop" "${counts% *}" "${counts#* }" "$DIR/bare.cost" "$DIR/bare.cost"
	row "relaytap read" "${counts% *}" "${counts#* }" "$DIR/relaytap.cost" "$DIR/bare.cost"
}

echo "Medians of $RUNS runs in turns; CPU is user and system; rates are by wall time."
compare mixed
compare mail
compare other
echo
"$DIR/bench_flow"
