# SPDX-License-Identifier: Apache-2.0
# To be sourced: a syslog-ng of our own on loopback, as rsyslog.sh has a rsyslog. Debian's
# package cannot be installed beside rsyslog, so it is unpacked into $build/syslog-ng and
# run from there. $dir/ng-INPUT.out holds lines as those of rsyslog.

# Unpacks the packages once. False with $ng_why.
ng_get() {
	ng=$build/syslog-ng
	ng_why=""
	if [ ! -x "$ng/usr/sbin/syslog-ng" ]; then
		rm -rf "$ng"
		mkdir -p "$ng"
		for package in syslog-ng-core libivykis0 libnet1 libpcre3 libwrap0; do
			(cd "$ng" && apt-get download -q "$package" >/dev/null 2>&1) ||
				ng_why="no package $package"
		done
		for deb in "$ng"/*.deb; do
			dpkg -x "$deb" "$ng" 2>/dev/null || ng_why="cannot unpack $deb"
		done
		rm -f "$ng"/*.deb
	fi
	ng_libraries=$(find "$(cd "$ng" && pwd)" -name '*.so*' -printf '%h\n' | sort -u |
		grep -v '/syslog-ng/3' | tr '\n' ':')
	ng_modules=$(dirname "$(find "$(cd "$ng" && pwd)" -name libafsocket.so | head -1)")
	LD_LIBRARY_PATH=$ng_libraries "$ng/usr/sbin/syslog-ng" --version >/dev/null 2>&1 &&
		return 0
	ng_why=${ng_why:-"it does not run"}
	return 1
}

ng_configure() {
	# shellcheck disable=SC2046
	set -- $(free_ports 3)
	port_ng_udp=$1 port_ng_tcp=$2 port_ng_tls=$3
	mkdir -p "$dir/ng-ca"
	cp "$dir/ca.pem" "$dir/ng-ca/$(openssl x509 -hash -noout -in "$dir/ca.pem").0"
	cat >"$dir/ng.conf" <<-END
		@version: 3.38
		options { log-msg-size(65536); keep-hostname(yes); };
		source s_udp { syslog(ip("127.0.0.1") transport("udp") port($port_ng_udp)
			so-rcvbuf(4194304)); };
		source s_tcp { syslog(ip("127.0.0.1") transport("tcp") port($port_ng_tcp)); };
		source s_tls { syslog(ip("127.0.0.1") transport("tls") port($port_ng_tls)
			tls(key-file("$dir/server.key") cert-file("$dir/server.pem")
			ca-dir("$dir/ng-ca") peer-verify(required-trusted))); };
		parser p { json-parser(prefix("j.")); };
		template t { template("\${j.event.id} \$LEVEL \$HOST \$MSGID \${j.event.reason}\n"); };
		$(for i in udp tcp tls; do
			echo "log { source(s_$i); parser(p);
				destination { file(\"$dir/ng-$i.out\" template(t)); }; };"
		done)
	END
}

ng_start() {
	LD_LIBRARY_PATH=$ng_libraries "$ng/usr/sbin/syslog-ng" -F --no-caps \
		-f "$dir/ng.conf" -p "$dir/ng.pid" -c "$dir/ng.ctl" -R "$dir/ng.persist" \
		--module-path "$ng_modules" >>"$dir/ng.log" 2>&1 &
	ng_pid=$!
	for _ in $(seq 100); do
		listens "$port_ng_tcp" "$port_ng_tls" && return 0
		sleep 0.1
	done
	echo "syslog-ng does not start:" >&2
	cat "$dir/ng.log" >&2
	return 1
}

# ng_stop [SIGNAL]
ng_stop() {
	[ -n "${ng_pid:-}" ] || return 0
	kill -"${1:-TERM}" "$ng_pid" 2>/dev/null || :
	{ wait "$ng_pid" || :; } 2>/dev/null
	ng_pid=""
}
