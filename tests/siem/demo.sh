#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: demo.sh BINARY [CONFIG-READER...]
# relaytap reads a sample capture and tells a rsyslog on loopback, over TLS with
# certificates made for it, and over RELP; then what rsyslog has, taken apart into fields.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
binary=$1
sample=captures/open-relay-confirmed.pcap
dir=$(mktemp -d)
rsyslog_pid=""
# All that rsyslog knows of a message, as JSON: the syslog header, and the alert's fields.
rsyslog_template=fields

. "$here/rsyslog.sh"

trap 'rsyslog_stop KILL; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM

sh "$here/certs.sh" "$dir"
rsyslog_configure
rsyslog_start
cat >"$dir/relaytap.conf" <<END
home: [203.0.113.0/24]
outputs:
  - {to: tls, host: localhost, port: $port_tls, format: ecs,
     ca: $dir/ca.pem, certificate: $dir/client.pem, key: $dir/client.key}
  - {to: relp, host: localhost, port: $port_relp, format: ecs}
END
echo "\$ cat relaytap.conf"
cat "$dir/relaytap.conf"
echo
echo "\$ relaytap read -c relaytap.conf $sample"
"$binary" read -c "$dir/relaytap.conf" "$sample"
for _ in $(seq 50); do
	[ -s "$dir/tls.out" ] && [ -s "$dir/relp.out" ] && break
	sleep 0.1
done
status=0
for input in tls relp; do
	echo
	echo "What rsyslog received by $input:"
	echo
	python3 "$here/demo_fields.py" "$dir/$input.out" || status=1
done
exit $status
