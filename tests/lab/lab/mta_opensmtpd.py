# SPDX-License-Identifier: Apache-2.0
"""OpenSMTPD.  The first rule that matches wins, so open rules stand after the local ones.

Its filters are programs that speak a line protocol; the one here is a shell script, for
greylisting and for refusing a message at its end.
"""

import os

from . import world
from .mta import Mta, Unsupported

FILTER = r"""#!/bin/sh
# WORD: a subject with it is refused; GREY: not empty: greylist
mkdir -p /tmp/f
while IFS= read -r line; do
	case $line in
	'config|ready')
		for phase in rcpt-to data-line commit; do
			echo "register|filter|smtp-in|$phase"
		done
		echo 'register|ready'
		continue ;;
	config*) continue ;;
	esac
	IFS='|'; set -f
	set -- $line
	unset IFS
	phase=$5 session=$6 token=$7
	shift 7
	case $phase in
	rcpt-to)
		seen=/tmp/f/grey.$(echo "$*" | md5sum | cut -c1-16)
		if [ -n "$GREY" ] && [ ! -e "$seen" ]; then
			: > "$seen"
			echo "filter-result|$session|$token|reject|451 4.7.1 Greylisted, come back later"
		else
			echo "filter-result|$session|$token|proceed"
		fi ;;
	data-line)
		text=${line#*|*|*|*|*|*|*|}
		case $text in
		Subject:*"$WORD"*) [ -n "$WORD" ] && : > "/tmp/f/bad.$session" ;;
		esac
		printf '%s\n' "filter-dataline|$session|$token|$text" ;;
	commit)
		if [ -e "/tmp/f/bad.$session" ]; then
			rm -f "/tmp/f/bad.$session"
			echo "filter-result|$session|$token|reject|550 5.7.1 message content rejected"
		else
			echo "filter-result|$session|$token|proceed"
		fi ;;
	esac
done
"""


class OpenSmtpd(Mta):
    name, title, image, package = "opensmtpd", "OpenSMTPD", "opensmtpd", "opensmtpd"

    def configure(self):
        f, node = self.features, self.node
        if f.auth and f.auth_clear:
            raise Unsupported("OpenSMTPD offers AUTH inside TLS only")
        if [m for m in f.auth if m not in ("PLAIN", "LOGIN")]:
            raise Unsupported("OpenSMTPD knows AUTH PLAIN and LOGIN only")
        if f.proxy == "v1":
            raise Unsupported("OpenSMTPD reads version 2 of the PROXY protocol only")
        if f.trick == "percent":
            raise Unsupported("OpenSMTPD never rewrites user%host")
        if f.bare_dot:
            raise Unsupported("OpenSMTPD ends a message at <CR><LF>.<CR><LF> only")
        # smtpd does not start without a list of authorities, nor without its aliases
        node.write("/etc/ssl/certs/ca-certificates.crt", node.read("/etc/ssl/lab.crt"))
        aliases = ["root: alice"] + ["%s: %s" % (a, ", ".join(m))
                                     for a, m in f.aliases.items()]
        node.write("/etc/aliases", "\n".join(aliases) + "\n")
        if f.stock:
            text = node.read("/etc/smtpd.conf").replace("\nlisten on localhost",
                                                        "\nlisten on 0.0.0.0\nlisten on \"::\"")
            node.write("/etc/smtpd.conf", text)
            return
        node.write("/etc/mail/all", "@ vmail\n")
        for name in ("key", "crt"):
            node.write("/etc/mail/lab." + name, node.read("/etc/ssl/lab." + name), 0o600)
        if f.auth:
            rows = []
            for user, password in world.USERS.items():
                rows.append("%s %s" % (user, node.call(["smtpctl", "encrypt", password]).strip()))
            node.write("/etc/mail/secrets", "\n".join(rows) + "\n")
        if f.reject_subject or f.greylist is not None:
            node.write("/usr/local/bin/lab-filter", FILTER, 0o755)
        if f.bounce_foreign or f.backscatter:
            node.write("/usr/local/bin/nouser", "#!/bin/sh\ncat > /dev/null\nexit 67\n", 0o755)
        node.write("/etc/smtpd.conf", "\n".join(self.listen() + self.actions() + self.rules())
                   + "\n")

    def listen(self):
        f, lines = self.features, ["table aliases file:/etc/aliases",
                                   "table all { \"@\" = vmail }", "smtp max-message-size 20M"]
        extra = ""
        if f.reject_subject or f.greylist is not None:
            grey = "1" if f.greylist is not None else ""
            lines.append('filter "lab" proc-exec "/usr/bin/env GREY=%s WORD=%s /usr/local/bin/lab-filter"'
                         % (grey, f.reject_subject or ""))
            extra += ' filter "lab"'
        if f.tls or f.smtps or f.auth:
            lines += ['pki lab cert "/etc/mail/lab.crt"', 'pki lab key "/etc/mail/lab.key"']
        if f.auth:
            lines.append("table secrets file:/etc/mail/secrets")
        plain = extra + (" tls pki lab" if f.tls else "")
        plain += " auth-optional <secrets>" if f.auth and f.tls else ""
        plain += " proxy-v2" if f.proxy else ""
        host = " hostname " + f.hostname
        lines.append("listen on eth0 port 25%s%s" % (plain, host))
        lines.append("listen on lo port 25" + host)
        if f.submission:
            more = ""
            if f.submission == "auth":
                more = " tls pki lab auth <secrets>"
            lines.append("listen on eth0 port 587%s tag MSA%s" % (more, host))
        if f.smtps:
            lines.append("listen on eth0 port 465 smtps pki lab%s%s"
                         % (" auth <secrets>" if f.auth else "", host))
        return lines

    def actions(self):
        f = self.features
        relay = 'action "relay" relay' + (" host %s" % f.smarthost if f.smarthost else "")
        lines = [relay + " helo %s" % f.hostname,
                 'action "local" maildir "%{user.directory}/Maildir" alias <aliases>',
                 'action "store" maildir "/var/mail/hosted/all" virtual <all>']
        for n, (domain, hop) in enumerate(f.relay.items()):
            how = "relay host %s" % hop if hop else "relay backup mx %s" % f.hostname
            lines.append('action "hop%d" %s helo %s' % (n, how, f.hostname))
        if f.bounce_foreign or f.backscatter:
            lines.append('action "nouser" mda "/usr/local/bin/nouser" virtual <all>')
        return lines

    def rules(self):
        f = self.features
        local = '{ %s }' % ", ".join('"%s"' % d for d in f.local)
        nets = ", ".join('"%s"' % n for n in f.trusted)
        lines = []
        if f.sink:
            return ['match from any for any action "store"']
        if f.backscatter:
            names = list(world.USERS) + ["root", "postmaster"] + list(f.aliases)
            known = ", ".join('"%s@%s"' % (u, d) for u in names for d in f.local)
            lines += ['match from any for domain %s rcpt-to { %s } action "local"'
                      % (local, known), 'match from any for domain %s action "nouser"' % local]
        lines.append('match from any for domain %s action "local"' % local)
        if f.hosted:
            lines.append('match from any for domain { %s } action "store"'
                         % ", ".join('"%s"' % d for d in f.hosted))
        for n, domain in enumerate(f.relay):
            lines.append('match from any for domain "%s" action "hop%d"' % (domain, n))
        lines.append('match for local action "local"')
        lines.append('match from local for any action "relay"')
        if nets:
            lines.append('match from src { %s } for any action "relay"' % nets)
        if f.auth:
            lines.append('match auth from any for any action "relay"')
        lines += {
            None: [], "sender-domain": ['match from any mail-from "@corp.test" for any '
                                        'action "relay"'],
            "null-sender": ['match from any mail-from regex "^(<>|@)?$" for any action "relay"'],
            "helo": ['match from any helo "mail.corp.test" for any action "relay"'],
        }[f.trick]
        if f.submission == "open":
            lines.append('match tag MSA from any for any action "relay"')
        if f.bounce_foreign:
            lines.append('match from any for any action "nouser"')
        if f.open == "rule":
            lines.append('match from any for any action "relay"')
        if f.open == "networks":
            lines.append('match from src { %s } for any action "relay"'
                         % ", ".join('"%s"' % n for n in f.open_to))
        return lines

    def start(self):
        self.node.call(["smtpd", "-n"])
        self.process = self.node.spawn(["smtpd", "-d"])
        self.node.wait_port(25)

    def reload(self):
        """OpenSMTPD has no reload: stop and start."""
        self.node.call(["smtpctl", "stop"], check=False)
        self.node.call(["sh", "-c", "kill $(cat /run/smtpd.pid /var/run/smtpd.pid) 2>/dev/null;"
                        " pkill -x smtpd"], check=False)
        self.process.terminate()
        self.process.wait()
        self.start()

    def flush(self):
        self.node.call(["smtpctl", "schedule", "all"], check=False)

    def queue(self):
        return self.count("/var/spool/smtpd/queue/??/*", "/var/spool/smtpd/incoming/*")
