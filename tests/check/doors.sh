#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One door for each library: its headers are included in the files named here alone.
# Each other place is a line "file:line: what; what instead", and exit status 1.
# CHECK_ROOT: another tree to look at, for selftest.sh.
set -eu
cd "${CHECK_ROOT:-$(dirname "$0")/../..}"

# Library, its headers, where they may be included (both extended regular expressions).
doors='
libpcap  ^pcap([/.-]|$)                           ^sensor/capture/capture_pcap\.[ch]$
nDPI     ^(libndpi/)?ndpi                         ^sensor/flow/classify\.c$
libpsl   ^libpsl\.h$                              ^sensor/infer/word\.c$
libyaml  ^yaml\.h$                                ^sensor/config/
zlib     ^(zlib|zconf)\.h$                        ^sensor/capture/source_[a-z_]*\.[ch]$
zstd     ^(zstd|zstd_errors|zdict)\.h$            ^sensor/capture/source_[a-z_]*\.[ch]$
json-c   ^json-c/|^json\.h$                       ^sensor/(record|alert|infer|command)/
libbpf   ^bpf/(bpf|libbpf|btf|xsk)|\.skel\.h$     ^sensor/capture/[a-z_]*bpf[a-z_]*\.[ch]$
sqlite   ^sqlite3(ext)?\.h$                       ^sensor/store/
openssl  ^openssl/                                ^sensor/output/
httpd    ^microhttpd\.h$                          ^sensor/metrics/
seccomp  ^seccomp\.h$                             ^sensor/sandbox/
systemd  ^systemd/                                ^sensor/watch/
'

files=$(find dissect sensor -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
[ -n "$files" ] || { echo "check: doors: no files" >&2; exit 1; }

# Through the environment: awk -v would eat the backslashes.
# shellcheck disable=SC2086
DOORS=$doors awk '
BEGIN {
	n = split(ENVIRON["DOORS"], line, "\n")
	for (i = 1; i <= n; i++) {
		if (split(line[i], word, " ") != 3)
			continue
		library[++count] = word[1]
		header[count] = word[2]
		place[count] = word[3]
	}
}
FNR == 1 { seen++ }
/^[ \t]*#[ \t]*include/ && match($0, /["<][^">]*[">]/) {
	name = substr($0, RSTART + 1, RLENGTH - 2)
	for (i = 1; i <= count; i++) {
		if (name !~ header[i] || FILENAME ~ place[i])
			continue
		printf "%s:%d: <%s> of %s; its door is %s\n", FILENAME, FNR, name,
			library[i], place[i]
		faults++
	}
}
END {
	if (!faults)
		printf "check: doors ok (%d files)\n", seen
	exit faults > 0
}
' $files
