#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that build and tests need and that are missing: as root
# or through sudo without asking; otherwise says which they are and fails.
set -eu

need="gcc make pkg-config libc6-dev linux-libc-dev python3
libpcap-dev libndpi-dev libyaml-dev libpsl-dev publicsuffix libzstd-dev zlib1g-dev libjson-c-dev
uthash-dev libsqlite3-dev librelp-dev libmicrohttpd-dev libseccomp-dev libssl-dev libsystemd-dev
clang libclang-rt-14-dev bpftool libbpf-dev
libcmocka-dev universal-ctags mandoc cmark-gfm chromium logrotate python3-jsonschema zstd gzip iproute2 tcpdump openssl libcap2-bin
rsyslog rsyslog-gnutls rsyslog-relp prometheus"

# The check of ECS by Elastic's own library. Another nodejs than Debian's brings its npm.
command -v npm >/dev/null && command -v node >/dev/null || need="$need nodejs npm"

missing=""
for p in $need; do
	state=$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null || :)
	[ "$state" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

echo "setup: missing packages:$missing"
if [ "$(id -u)" = 0 ]; then
	sudo=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	sudo="sudo"
else
	echo "setup: not root and no sudo; run: apt-get install$missing" >&2
	exit 1
fi
# The tests start rsyslog themselves; no package shall start anything here.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	trap '$sudo rm -f "$policy"' EXIT
	printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
	$sudo chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q >/dev/null
# shellcheck disable=SC2086
$sudo apt-get install -y -q --no-install-recommends $missing >/dev/null
echo "setup: installed"
