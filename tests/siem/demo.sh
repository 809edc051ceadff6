#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: demo.sh BINARY
# relaytap reads a sample capture and tells a rsyslog on loopback, over TLS with
# certificates made for it, and over RELP. rsyslog parses the JSON (mmjsonparse) and writes
# each field that is listed here by itself; that is shown. Exit status 1: one has no value.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
binary=$1
sample=captures/open-relay-confirmed.pcap
if [ ! -x /usr/sbin/rsyslogd ]; then
	echo "SKIP: siem-demo: no rsyslogd"
	exit 0
fi
dir=$(mktemp -d)
rsyslog_pid=""
# Of syslog's header, then of the alert, by the names of the Elastic Common Schema.
header="severity=syslogseverity-text facility=syslogfacility-text
time=timereported:::date-rfc3339 host=hostname application=app-name msgid=msgid"
fields="@timestamp message event.id event.kind event.action event.severity event.reason
rule.name rule.id server.address server.ip server.port server.domain source.ip source.port
network.transport network.protocol network.community_id email.from.address
email.to.address email.message_id observer.name threat.technique.id vulnerability.id
relaytap.verdict relaytap.grade relaytap.confidence relaytap.explanation"

# rows: for rsyslog's template, NAME<TAB>VALUE a line.
rows() {
	for name in $header; do
		printf 'syslog %s\t%%%s%%\n' "${name%%=*}" "${name#*=}"
	done
	for name in $fields; do
		printf '%s\t%%$!%s%%\n' "$name" "$(echo "$name" | tr . !)"
	done
}
rsyslog_template=fields
rsyslog_templates="template(name=\"fields\" type=\"string\" string=\"$(rows)\n%\$.evidence%\")"
# The evidence is an array.
rsyslog_parsed='set $.evidence = "";
			foreach ($.e in $!relaytap!evidence) do {
				set $.evidence = $.evidence & "relaytap.evidence\tframe " &
					$.e!frame & " of " & $.e!file & ": " & $.e!what & "\n";
			}'

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
	echo "What rsyslog received by $input and parsed:"
	echo
	# shellcheck disable=SC2086
	python3 "$here/demo_fields.py" "$dir/$input.out" $fields relaytap.evidence || status=1
done
exit $status
