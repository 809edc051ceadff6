# SPDX-License-Identifier: Apache-2.0
# To be sourced: a rsyslog of our own on loopback. $dir: its folder, where certs.sh has
# been; what each input takes goes to $dir/INPUT.out, a line for each message:
#	event.id severity hostname msgid event.reason
# udp and tcp in the clear, tls and relps (RELP within TLS) for the client sensor.test
# alone, relp in the clear. No queue of its own: what is acknowledged is in the file.
# Others may set rsyslog_templates to more of them, rsyslog_template to the name of the one
# for the files, and rsyslog_parsed to statements over the fields of a message.

# free_ports N: so many ports that nobody listens on, TCP or UDP.
free_ports() {
	python3 - "$1" <<-'END'
		import socket, sys
		held = []
		while len(held) < 2 * int(sys.argv[1]):
		    t = socket.socket()
		    t.bind(("127.0.0.1", 0))
		    u = socket.socket(type=socket.SOCK_DGRAM)
		    try:
		        u.bind(t.getsockname())
		    except OSError:
		        continue
		    held += [t, u]
		print(*[s.getsockname()[1] for s in held[::2]])
	END
}

rsyslog_configure() {
	# shellcheck disable=SC2046
	set -- $(free_ports 5)
	port_udp=$1 port_tcp=$2 port_tls=$3 port_relp=$4 port_relps=$5
	cat >"$dir/rsyslog.conf" <<-END
		global(workDirectory="$dir" maxMessageSize="64k"
			defaultNetstreamDriverCAFile="$dir/ca.pem"
			defaultNetstreamDriverCertFile="$dir/server.pem"
			defaultNetstreamDriverKeyFile="$dir/server.key")
		module(load="mmjsonparse")
		module(load="imudp")
		module(load="imptcp")
		module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1"
			streamDriver.authMode="x509/name" permittedPeer=["sensor.test"])
		module(load="imrelp")
		template(name="ids" type="string"
			string="%\$!event!id% %syslogseverity-text% %hostname% %msgid% %\$!event!reason%\n")
	END
	printf '%s\n' "${rsyslog_templates:-}" >>"$dir/rsyslog.conf"
	rsyslog_input udp imudp "port=\"$port_udp\" address=\"127.0.0.1\" rcvbufSize=\"4m\""
	rsyslog_input tcp imptcp "port=\"$port_tcp\" address=\"127.0.0.1\""
	rsyslog_input tls imtcp "port=\"$port_tls\" address=\"127.0.0.1\""
	rsyslog_input relp imrelp "port=\"$port_relp\" address=\"127.0.0.1\" maxDataSize=\"64k\""
	rsyslog_input relps imrelp "port=\"$port_relps\" address=\"127.0.0.1\" maxDataSize=\"64k\"
		tls=\"on\" tls.caCert=\"$dir/ca.pem\" tls.myCert=\"$dir/server.pem\"
		tls.myPrivKey=\"$dir/server.key\" tls.authMode=\"name\"
		tls.permittedPeer=[\"sensor.test\"]"
}

# rsyslog_input NAME MODULE PARAMETERS
rsyslog_input() {
	cat >>"$dir/rsyslog.conf" <<-END
		ruleset(name="$1" queue.type="Direct") {
			action(type="mmjsonparse" cookie="")
			${rsyslog_parsed:-}
			action(type="omfile" file="$dir/$1.out" template="${rsyslog_template:-ids}")
		}
		input(type="$2" ruleset="$1" $3)
	END
}

# True when somebody listens on each TCP port. By looking: a connection that comes to
# nothing keeps librelp's server busy for seconds.
listens() {
	for port in "$@"; do
		ss -Hltn "sport = :$port" | grep -q . || return 1
	done
}

# It listens everywhere when this is done.
rsyslog_start() {
	rm -f "$dir/rsyslog.pid"
	/usr/sbin/rsyslogd -n -f "$dir/rsyslog.conf" -i "$dir/rsyslog.pid" \
		>>"$dir/rsyslog.log" 2>&1 &
	rsyslog_pid=$!
	for _ in $(seq 100); do
		listens "$port_tcp" "$port_tls" "$port_relp" "$port_relps" && return 0
		sleep 0.1
	done
	echo "rsyslog does not start:" >&2
	cat "$dir/rsyslog.log" >&2
	return 1
}

# rsyslog_stop [SIGNAL]
rsyslog_stop() {
	[ -n "${rsyslog_pid:-}" ] || return 0
	kill -"${1:-TERM}" "$rsyslog_pid" 2>/dev/null || :
	{ wait "$rsyslog_pid" || :; } 2>/dev/null
	rsyslog_pid=""
}
