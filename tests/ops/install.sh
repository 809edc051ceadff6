#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: install.sh TOP
# make install puts every file where it belongs, with its paths in place, and the unit is one
# that systemd takes.
set -eu
top=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make="${MAKE:-make} --no-print-directory -s -C $top"

fail() {
	echo "install: $*"
	exit 1
}

check() {
	for f in bin/relaytap share/man/man8/relaytap.8 share/man/man5/relaytap.conf.5 \
		share/man/man7/relaytap-events.7 share/man/man7/relaytap-formats.7 \
		share/bash-completion/completions/relaytap \
		lib/systemd/system/relaytap.service lib/sysusers.d/relaytap.conf; do
		[ -s "$root$prefix/$f" ] || fail "$prefix/$f is missing"
	done
	for f in "$top"/sensor/relaytap.*.json "$top"/sensor/relaytap.*.yml \
		"$top"/sensor/relaytap.*.ndjson; do
		[ -e "$f" ] || continue
		cmp -s "$f" "$root$prefix/share/relaytap/$(basename "$f")" ||
			fail "$(basename "$f") is not in $prefix/share/relaytap"
	done
	# The manual names the schemas where they are.
	formats=$root$prefix/share/man/man7/relaytap-formats.7
	grep -qx "[.]Pa $prefix/share/relaytap :" "$formats" || fail "relaytap-formats(7): folder"
	for f in $(sed -n 's/^[.]It Pa \(relaytap[.].*\)/\1/p' "$formats"); do
		[ -s "$root$prefix/share/relaytap/$f" ] || fail "relaytap-formats(7) names $f"
	done
	for f in "$top"/sensor/relaytap.*schema.json; do
		grep -qx "[.]It Pa $(basename "$f")" "$formats" ||
			fail "relaytap-formats(7) does not name $(basename "$f")"
	done
	for f in relaytap/relaytap.conf logrotate.d/relaytap; do
		[ -s "$root$etc/$f" ] || fail "$etc/$f is missing"
	done
	[ -x "$root$prefix/bin/relaytap" ] || fail "the program is not executable"
	unit=$root$prefix/lib/systemd/system/relaytap.service
	grep -q '@[A-Z]*@' "$unit" && fail "a path is not in place: $(grep '@[A-Z]*@' "$unit")"
	grep -qx "ExecStart=$prefix/bin/relaytap watch --config $etc/relaytap/relaytap.conf" \
		"$unit" || fail "ExecStart is $(grep ^ExecStart= "$unit")"
	grep -l "@BINDIR@\|@SYSCONFDIR@\|@DATADIR@" -r "$root" --include='*.[0-9]' && fail "a manual page"
	"$root$prefix/bin/relaytap" --version >/dev/null || fail "the program does not run"
	"$root$prefix/bin/relaytap" check-config "$root$etc/relaytap/relaytap.conf" >/dev/null ||
		fail "the sample configuration is not in order"
}

# What is edited by hand stays when the program is installed again.
kept() {
	echo "# mine" >>"$root$etc/relaytap/relaytap.conf"
	$make install DESTDIR="$root" PREFIX="$prefix" SYSCONFDIR="$etc" >/dev/null
	tail -1 "$root$etc/relaytap/relaytap.conf" | grep -q "# mine" ||
		fail "an installed configuration was written over"
}

root=$work/default prefix=/usr/local etc=/usr/local/etc
$make install DESTDIR="$root" >/dev/null || fail "make install fails"
check
root=$work/usr prefix=/usr etc=/etc
$make install DESTDIR="$root" PREFIX=/usr SYSCONFDIR=/etc >/dev/null || fail "with PREFIX=/usr"
check
kept

# The unit's programs have to exist for systemd-analyze: a root of its own has them.
if command -v systemd-analyze >/dev/null; then
	sed "s#/usr/bin/relaytap#$root/usr/bin/relaytap#" "$unit" >"$work/relaytap.service"
	systemd-analyze verify --man=no "$work/relaytap.service" >"$work/verify" 2>&1 || :
	if grep 'relaytap\.service' "$work/verify"; then
		fail "systemd-analyze has something to say"
	fi
else
	echo "SKIP: install: no systemd-analyze, the unit is not verified"
fi
if command -v promtool >/dev/null; then
	promtool check rules "$top/sensor/relaytap.rules.yml" >"$work/rules" 2>&1 ||
		fail "$(cat "$work/rules")"
else
	echo "SKIP: install: no promtool, the rules are not checked"
fi
echo "install: ok"
