#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# No function and no file is longer than a reader can hold. Each that is, is a line
# "file:line: what; what instead", and exit status 1. Needs universal-ctags.
# CHECK_ROOT: another tree to look at, for selftest.sh.
set -eu
cd "${CHECK_ROOT:-$(dirname "$0")/../..}"

folders='dissect sensor bpf tests'
function_lines=100 # from the line of its name to its closing brace
file_lines=600

list=""
for d in $folders; do
	[ ! -d "$d" ] || list="$list $d"
done
# shellcheck disable=SC2086
files=$(find $list -name '*.[ch]' | LC_ALL=C sort)
[ -n "$files" ] || { echo "check: size: no files" >&2; exit 1; }
ctags --version 2>/dev/null | grep -q Universal ||
	{ echo "check: size: no universal-ctags" >&2; exit 1; }

# shellcheck disable=SC2086
{
	ctags -x --languages=C --langmap=C:.c.h --kinds-C=f --fields=+ne \
		--_xformat='function %F %n %{end} %N' $files
	awk 'FNR == 1 && NR > 1 { print "file", was, n } { was = FILENAME; n = FNR }
		END { print "file", was, n }' $files
} | awk -v function_lines="$function_lines" -v file_lines="$file_lines" '
$1 == "function" {
	functions++
	if ($4 - $3 + 1 > function_lines) {
		printf "%s:%d: function %s has %d lines; split it below %d\n", $2, $3, $5,
			$4 - $3 + 1, function_lines + 1
		faults++
	}
}
$1 == "file" {
	seen++
	if ($3 > file_lines) {
		printf "%s:%d: the file has %d lines; split it below %d\n", $2, file_lines + 1,
			$3, file_lines + 1
		faults++
	}
}
END {
	if (!functions) {
		print "check: size: ctags found no function"
		faults++
	}
	if (!faults)
		printf "check: size ok (%d files)\n", seen
	exit faults > 0
}
'
