#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Includes only point as the architecture says. Each broken rule is a line
# "file:line: what; what instead", and then the exit status is 1.
# CHECK_ROOT: another tree to look at, for selftest.sh.
set -eu
cd "${CHECK_ROOT:-$(dirname "$0")/../..}"

# Folder of sensor/, and what its files may include beside their own folder. Files that
# stand in sensor/ itself (main, the pipeline) know all of these but command; see below.
stages='
base     dissect
config   dissect base
capture  dissect base config bpf
flow     dissect base config capture
record   dissect base config
infer    dissect base config record
alert    dissect base config record infer
store    dissect base config record infer alert
output   dissect base config record infer alert store
deliver  dissect base config alert store output
desk     dissect base config record infer alert store output
control  dissect base
metrics  dissect base
report   dissect base config record infer alert output
sandbox  base
watch    dissect base config capture flow record infer alert store output deliver desk control metrics sandbox top
command  dissect base config capture flow record infer alert store output deliver desk control report watch top
top      dissect base config capture flow record infer alert store output command
'

# dissect/: what every family may include, and files that belong to a family whose name
# they do not bear. A family is what stands before the first "_".
common='dissect.h limits.h ip_addr.h base64.h'
kin='xclient=smtp proxy=smtp'

# dissect/: all of libc that it may include.
libc='string.h stddef.h stdint.h stdbool.h'

files=$(find dissect sensor bpf -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
[ -n "$files" ] || { echo "check: layers: no files" >&2; exit 1; }

# shellcheck disable=SC2086
awk -v stages="$stages" -v common="$common" -v kin="$kin" -v libc="$libc" '
function words(text, set,    a, i, n) {
	n = split(text, a, " ")
	for (i = 1; i <= n; i++)
		set[a[i]] = 1
}
function family(name) {
	sub(/\.[ch]$/, "", name)
	sub(/_.*/, "", name)
	return name in of ? of[name] : name
}
function bad(what) {
	printf "%s:%d: %s\n", FILENAME, FNR, what
	faults++
}
# "sensor/flow/x.c" is of stage flow, "sensor/main.c" of stage top, "dissect/x.c" of dissect.
function stage_of(path,    part, n) {
	n = split(path, part, "/")
	if (part[1] != "sensor")
		return part[1]
	return n > 2 ? part[2] : "top"
}
function folder_of(path) {
	sub(/\/[^\/]*$/, "", path)
	return path
}
function check_dissect(name, quoted) {
	if (!quoted && !(name in is_libc))
		bad("<" name "> in dissect/; only " libc)
	else if (quoted && name ~ /\//)
		bad("\"" name "\" in dissect/; it includes only itself, by plain names")
	else if (quoted && !(name in is_common) && family(name) != family(base))
		bad("\"" name "\" in family " family(base) "; families are strangers, " \
			"only " common " are common")
}
function check_bpf(name, quoted) {
	if (quoted && name ~ /\//)
		bad("\"" name "\" in bpf/; it includes nothing of ours but its own headers")
}
function check_sensor(name, from, to) {
	if (!(from in known)) {
		bad("folder sensor/" from " has no line in the table of tests/check/layers.sh")
		return
	}
	to = stage_of(name ~ /\// ? name : folder_of(FILENAME) "/" name)
	if (to != from && !((from, to) in may))
		bad("stage " from " includes \"" name "\" of " to "; it may include" allowed[from])
}
BEGIN {
	words(common, is_common)
	words(libc, is_libc)
	n = split(kin, pair, " ")
	for (i = 1; i <= n; i++) {
		split(pair[i], side, "=")
		of[side[1]] = side[2]
	}
	n = split(stages, line, "\n")
	for (i = 1; i <= n; i++) {
		m = split(line[i], word, " ")
		if (m)
			known[word[1]] = 1
		for (j = 2; j <= m; j++) {
			may[word[1], word[j]] = 1
			allowed[word[1]] = allowed[word[1]] " " word[j]
		}
	}
}
FNR == 1 { base = FILENAME; sub(/.*\//, "", base); seen++ }
/^[ \t]*#[ \t]*include/ {
	if (!match($0, /["<][^">]*[">]/)) {
		bad("an include whose file is not to be seen; write its name")
		next
	}
	name = substr($0, RSTART + 1, RLENGTH - 2)
	quoted = substr($0, RSTART, 1) == "\""
	if (name ~ /(^|\/)\.\.?(\/|$)/)
		bad("\"" name "\" goes by . or ..; name it from the top")
	else if (FILENAME ~ /^dissect\//)
		check_dissect(name, quoted)
	else if (FILENAME ~ /^bpf\//)
		check_bpf(name, quoted)
	else if (quoted)
		check_sensor(name, stage_of(FILENAME))
	else if (name ~ /^(dissect|sensor)\//)
		bad("<" name "> is ours; write it in quotes")
}
END {
	if (!faults)
		printf "check: layers ok (%d files)\n", seen
	exit faults > 0
}
' $files
