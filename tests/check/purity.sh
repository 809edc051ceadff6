#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# libdissect needs nothing but libc's mem* and str*, and keeps nothing between calls.
# $1: the archive, built with -fno-pie (else constant tables of pointers count as writable).
set -eu

# Those of mem* and str* that neither allocate, nor depend on a locale, nor keep a state.
allowed='memchr memcmp memcpy memmem memmove memrchr memset
strchr strcmp strcspn strlen strncmp strnlen strpbrk strrchr strspn strstr'

# The linker makes it; no function of a library.
linker='_GLOBAL_OFFSET_TABLE_'

# nm's letters: initialized, zeroed and small data, common, and unique globals.
writable='BbDdCcGgSsu'

if [ $# != 1 ] || [ ! -f "$1" ]; then
	echo "usage: purity.sh ARCHIVE" >&2
	exit 1
fi

# A line: "archive:member: [value] letter name".
nm -A "$1" | awk -v allowed="$allowed $linker" -v writable="$writable" '
function bad(member, what) {
	sub(/\.o$/, ".c", member)
	faults[++count] = "dissect/" member ":1: " what
}
BEGIN {
	n = split(allowed, a, /[ \n]+/)
	for (i = 1; i <= n; i++)
		fine[a[i]] = 1
}
{
	n = split($1, path, ":")
	member = path[n] ~ /\.o$/ ? path[n] : path[n - 1]
	members[member] = 1
	letter = $(NF - 1)
	if (letter == "U" || letter == "w" || letter == "v")
		needed[$NF] = needed[$NF] " " member
	else {
		defined[$NF] = 1
		if (index(writable, letter))
			bad(member, "writable symbol " $NF " (" letter "); the caller owns all state")
	}
}
END {
	for (name in needed) {
		if (name in defined || name in fine)
			continue
		n = split(needed[name], who, " ")
		for (i = 1; i <= n; i++)
			bad(who[i], "needs " name "; dissect/ uses only mem* and str*")
	}
	for (i = 1; i <= count; i++)
		print faults[i]
	for (m in members)
		total++
	if (!total) {
		print "check: purity: no symbols"
		exit 1
	}
	if (!count)
		printf "check: purity ok (%d files)\n", total
	exit count > 0
}
'
