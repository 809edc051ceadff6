#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The checks can fail: for each rule a small tree that breaks it and one that keeps it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
CHECK_ROOT=$tmp/tree
export CHECK_ROOT
cases=0

# A tree that keeps every rule.
fresh() {
	rm -rf "$CHECK_ROOT"
	for d in dissect bpf sensor/base sensor/config sensor/capture sensor/flow \
		sensor/record sensor/infer sensor/output tests; do
		mkdir -p "$CHECK_ROOT/$d"
	done
	put dissect/dissect.h '#include <stdint.h>'
	put dissect/smtp_line.h '#include "dissect.h"'
	put dissect/smtp_path.c '#include "smtp_line.h"' 'int path(void) { return 1; }'
	put sensor/base/log.h '#include "dissect/dissect.h"'
	put sensor/capture/capture_pcap.c '#include <pcap/pcap.h>' '#include "sensor/base/log.h"'
	put sensor/infer/word.c '#include <libpsl.h>' '#include "sensor/record/record.h"'
	put sensor/pipeline.c '#include "sensor/infer/infer.h"'
	put bpf/tap.bpf.c '#include <linux/bpf.h>' '#include "tap.h"'
}

# put FILE LINE...
put() {
	f=$CHECK_ROOT/$1
	shift
	mkdir -p "$(dirname "$f")"
	printf '%s\n' "$@" >"$f"
}

fail() {
	echo "selftest: $*" >&2
	exit 1
}

# keeps CHECK [ARGUMENT]: it must pass.
keeps() {
	cases=$((cases + 1))
	check=$1
	shift
	out=$(sh "$here/$check.sh" "$@" 2>&1) || fail "$check fails a good tree: $out"
	case $out in
	"check: $check ok ("*" files)") ;;
	*) fail "$check says: $out" ;;
	esac
}

# breaks CHECK WANT [ARGUMENT]: it must fail, with one line that begins with WANT.
breaks() {
	cases=$((cases + 1))
	check=$1
	want=$2
	shift 2
	if out=$(sh "$here/$check.sh" "$@" 2>&1); then
		fail "$check passes a tree that should fail with: $want"
	fi
	[ "$(printf '%s\n' "$out" | wc -l)" = 1 ] || fail "$check says more than $want: $out"
	case $out in
	"$want"*) ;;
	*) fail "$check says: $out; wanted: $want" ;;
	esac
}

# wrong CHECK FILE INCLUDE: that include alone must break it.
wrong() {
	fresh
	put "$2" '/* line 1 */' "$3"
	breaks "$1" "$2:2: "
}

right() {
	fresh
	put "$2" "$3"
	keeps "$1"
}

# --- layers -----------------------------------------------------------------------------
fresh
keeps layers
wrong layers dissect/packet.c '#include <stdio.h>'
wrong layers dissect/packet.c '#  include  <stdlib.h> /* why not */'
wrong layers dissect/packet.c '#include "sensor/base/log.h"'
wrong layers dissect/packet.c '#include "../sensor/base/log.h"'
wrong layers dissect/packet.c '#include "dissect/dissect.h"'
wrong layers dissect/packet.c '#include "smtp_line.h"'
wrong layers dissect/mail_date.c '#include "smtp_line.h"'
wrong layers dissect/tls_der.c '#include "xclient.h"'
right layers dissect/smtp_front.c '#include "xclient.h"'
right layers dissect/xclient.c '#include "smtp_line.h"'
right layers dissect/mail_date.c '#include "mail_line.h"'
wrong layers bpf/tap.bpf.c '#include "dissect/dissect.h"'
wrong layers bpf/tap.h '#include "sensor/base/log.h"'
wrong layers sensor/base/log.c '#include "sensor/config/config.h"'
wrong layers sensor/config/config.c '#include "sensor/capture/capture.h"'
wrong layers sensor/capture/capture.c '#include "sensor/flow/flow.h"'
wrong layers sensor/flow/flow.c '#include "sensor/record/record.h"'
wrong layers sensor/record/record.c '#include "sensor/flow/flow.h"'
wrong layers sensor/record/record.c '#include "sensor/infer/infer.h"'
wrong layers sensor/infer/infer.c '#include "sensor/flow/flow.h"'
wrong layers sensor/infer/infer.c '#include "sensor/output/json.h"'
wrong layers sensor/output/json.c '#include "sensor/pipeline.h"'
wrong layers sensor/flow/flow.c '#include "bpf/tap.h"'
wrong layers sensor/flow/flow.c '#include <sensor/base/log.h>'
wrong layers sensor/flow/flow.c '#include HEADER'
right layers sensor/capture/capture_bpf.c '#include "bpf/tap.h"'
right layers sensor/output/json.c '#include "sensor/infer/infer.h"'
right layers sensor/command/command_read.c '#include "sensor/pipeline.h"'
right layers sensor/main.c '#include "sensor/command/command.h"'
wrong layers sensor/nowhere/new.c '#include "sensor/base/log.h"'
rm -rf "$CHECK_ROOT/dissect" "$CHECK_ROOT/sensor" "$CHECK_ROOT/bpf"
breaks layers 'check: layers: no files'

# --- doors ------------------------------------------------------------------------------
fresh
keeps doors
wrong doors sensor/capture/capture_file.c '#include <pcap.h>'
wrong doors sensor/capture/capture_file.c '#include <pcap/bpf.h>'
wrong doors dissect/packet.c '#include "pcap/pcap.h"'
wrong doors sensor/flow/flow.c '#include <ndpi_api.h>'
wrong doors sensor/flow/classify.h '#include <ndpi_typedefs.h>'
wrong doors sensor/infer/word.h '#include <libpsl.h>'
wrong doors sensor/infer/infer.c '#include <yaml.h>'
wrong doors sensor/capture/capture_file.c '#include <zlib.h>'
wrong doors sensor/capture/capture_file.c '#include <zstd.h>'
wrong doors sensor/output/json.c '#include <json-c/json.h>'
wrong doors sensor/capture/capture_pcap.c '#include <bpf/libbpf.h>'
wrong doors sensor/capture/capture_pcap.c '#include <tap.skel.h>'
wrong doors sensor/output/json.c '#include <sqlite3.h>'
right doors sensor/flow/classify.c '#include <ndpi_api.h>'
right doors sensor/config/config_events.h '#include <yaml.h>'
right doors sensor/capture/source_gzip.c '#include <zlib.h>'
right doors sensor/capture/source_zstd.c '#include <zstd.h>'
right doors sensor/record/record_read.c '#include <json-c/json.h>'
right doors sensor/capture/capture_bpf.c '#include <bpf/bpf.h>'
right doors sensor/capture/pcap.c '#include "sensor/capture/capture_pcap.h"'
right doors sensor/store/store.c '#include <sqlite3.h>'

# --- size -------------------------------------------------------------------------------
# long FILE LINES: a function of so many lines, from its name to its brace.
long() {
	awk -v n="$2" 'BEGIN {
		print "int"
		print "long_one(void)"
		print "{"
		for (i = 0; i < n - 4; i++)
			print "\t/* line */"
		print "\treturn 1;"
		print "}"
	}' >"$CHECK_ROOT/$1"
}
fresh
keeps size
long dissect/long.c 100
keeps size
long dissect/long.c 101
breaks size 'dissect/long.c:2: function long_one has 101 lines'
fresh
long tests/long.h 101
breaks size 'tests/long.h:2: function long_one has 101 lines'
fresh
awk 'BEGIN { for (i = 0; i < 600; i++) print "/* line */" }' >"$CHECK_ROOT/bpf/tap.h"
keeps size
echo '/* one more */' >>"$CHECK_ROOT/bpf/tap.h"
breaks size 'bpf/tap.h:601: the file has 601 lines'

# --- purity -----------------------------------------------------------------------------
# archive LINE...: the lines as dissect/packet.c, with a second file that defines helper().
archive() {
	fresh
	put dissect/packet.c "$@"
	put dissect/helper.c 'int helper(void);' 'int helper(void) { return 1; }'
	for f in packet helper; do
		${CC:-cc} -O1 -fno-pie -fno-stack-protector -fno-builtin -c \
			-o "$tmp/$f.o" "$CHECK_ROOT/dissect/$f.c"
	done
	rm -f "$tmp/lib.a"
	ar rcs "$tmp/lib.a" "$tmp/packet.o" "$tmp/helper.o"
}
impure() {
	want=$1
	shift
	archive "$@"
	breaks purity "dissect/packet.c:1: $want" "$tmp/lib.a"
}
archive '#include <string.h>' 'int helper(void);' \
	'static const char *const names[] = {"a", "b"};' \
	'const char *f(char *to, int i) { memcpy(to, names[i & 1], 2); return to + helper(); }' \
	'unsigned long g(const char *s) { return strlen(s); }'
keeps purity "$tmp/lib.a"
impure 'needs malloc' '#include <stdlib.h>' 'void *f(void) { return malloc(3); }'
impure 'needs printf' '#include <stdio.h>' 'void f(void) { printf("%d", 1); }'
impure 'needs strtol' '#include <stdlib.h>' 'long f(char *s) { return strtol(s, 0, 9); }'
impure 'needs strdup' 'char *strdup(const char *);' 'char *f(char *s) { return strdup(s); }'
impure 'needs time' '#include <time.h>' 'long f(void) { return (long)time(0); }'
impure 'writable symbol count (b)' 'static int count;' 'int f(void) { return count++; }'
impure 'writable symbol count (d)' 'static int count = 3;' 'int f(void) { return count++; }'
impure 'writable symbol count (B)' 'int count;'
impure 'writable symbol count (D)' 'int count = 3;'
impure 'writable symbol count (b)' 'static _Thread_local int count;' \
	'int f(void) { return count++; }'
impure 'writable symbol table (D)' 'const char *table[] = {"a", "b"};'
breaks purity 'usage: ' "$tmp/none.a"

echo "check: selftest ok ($cases cases)"
