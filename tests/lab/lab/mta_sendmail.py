# SPDX-License-Identifier: Apache-2.0
"""Sendmail, by an .mc file over Debian's m4 macros.

Rate limits, greet_pause and ident are left out, because bursts would run into them; the stock
scenario keeps Debian's own .mc with all of that, apart from the address it listens on.
"""

import os
import signal
import time

from . import net, world
from .mta import Mta, Unsupported

HEAD = """\
divert(-1)
divert(0)dnl
define(`_USE_ETC_MAIL_')dnl
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
DOMAIN(`debian-mta')dnl
undefine(`confHOST_STATUS_DIRECTORY')dnl
define(`confDOMAIN_NAME', `{hostname}')dnl
define(`confTO_IDENT', `0')dnl
define(`confMIN_QUEUE_AGE', `1s')dnl
define(`confTO_ICONNECT', `4s')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confDIAL_DELAY', `0')dnl
define(`confMAX_DAEMON_CHILDREN', `0')dnl
define(`confPRIVACY_FLAGS', `needmailhelo,nobodyreturn,authwarnings')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA-v4, Port=smtp')dnl
DAEMON_OPTIONS(`Family=inet6, Name=MTA-v6, Port=smtp, Modifiers=O')dnl
"""

TAIL = """\
FEATURE(`use_cw_file')dnl
FEATURE(`access_db')dnl
FEATURE(`delay_checks')dnl
FEATURE(`mailertable')dnl
FEATURE(`virtusertable')dnl
"""

TLS = """\
define(`confSERVER_CERT', `/etc/mail/lab.crt')dnl
define(`confSERVER_KEY', `/etc/mail/lab.key')dnl
define(`confCLIENT_CERT', `/etc/mail/lab.crt')dnl
define(`confCLIENT_KEY', `/etc/mail/lab.key')dnl
define(`confCACERT', `/etc/mail/lab.crt')dnl
define(`confCACERT_PATH', `/etc/ssl/certs')dnl
"""

RULES = {
    "null-sender": "SLocal_check_rcpt\nR$*\t$: <$&f>\nR<>\t$#OK\nR<<>>\t$#OK\n",
    # loose_relay_check opens % behind relay domains only, not behind the server's own
    "percent": "SLocal_check_rcpt\nR$* % $* @ $*\t$#OK\n",
    "helo": "SLocal_check_rcpt\nR$*\t$: $&s\nRmail.corp.test\t$#OK\n",
}


class Sendmail(Mta):
    name, title, image, package = "sendmail", "Sendmail", "sendmail", "sendmail-bin"

    def configure(self):
        f, node = self.features, self.node
        if f.proxy:
            raise Unsupported("Sendmail does not know the PROXY protocol")
        if f.stock:
            text = node.read("/etc/mail/sendmail.mc")
            text = text.replace("Name=MTA-v4, Port=smtp, Addr=127.0.0.1",
                                "Name=MTA-v4, Port=smtp")
        else:
            text = self.mc()
        node.write("/etc/mail/lab.mc", text)
        node.write("/usr/local/bin/nouser", "#!/bin/sh\ncat > /dev/null\nexit 67\n", 0o755)
        # maildirs: procmail waits eight seconds for the lock of an mbox
        node.write("/etc/procmailrc", "DEFAULT=$HOME/Maildir/\n")
        node.write("/etc/mail/local-host-names", "\n".join(f.local + f.hosted) + "\n")
        node.write("/etc/mail/relay-domains", "\n".join(f.relay) + "\n")
        self.maps()
        for name in ("key", "crt"):
            node.write("/etc/mail/lab." + name, node.read("/etc/ssl/lab." + name), 0o600)
        if f.auth:
            self.sasl()
        node.call(["sh", "-c", "cd /etc/mail && m4 lab.mc > sendmail.cf"])
        os.chmod(node.root + "/etc/mail/sendmail.cf", 0o644)

    def maps(self):
        f, node = self.features, self.node
        access = ["Connect:127.0.0.1 RELAY", "Connect:IPv6:::1 RELAY"]
        for network in f.trusted:
            access.append("Connect:%s RELAY" % self.prefix(network))
        if f.open == "networks":
            for network in f.open_to:
                # a map has no wildcard for all: the first octets of the lab's networks
                wide = {"0.0.0.0/0": ["198", "203", "10"],
                        "::/0": ["IPv6:2001:db8", "IPv6:2001:0db8"]}
                access += ["Connect:%s RELAY" % p for p in wide.get(network, [self.prefix(network)])]
        if f.greylist is not None:
            access += ['Connect:%s ERROR:"451 4.7.1 Greylisted, please come back later"' % p
                       for p in ("198.51.100",)]
        if f.trick == "sender-domain":
            access.append("From:corp.test RELAY")
        if f.bare_dot:
            access.append("Srv_Features: O U G")
        node.write("/etc/mail/access", "".join("%s\t%s\n" % tuple(a.split(" ", 1))
                                               for a in access))
        hops = ["%s\tesmtp:[%s]" % item for item in f.relay.items() if item[1]]
        if f.bounce_foreign:
            hops.append(".\tnouser:here")
        node.write("/etc/mail/mailertable", "\n".join(hops) + "\n")
        node.write("/etc/mail/virtusertable",
                   "".join("@%s\tvmail\n" % domain for domain in f.hosted))
        aliases = ["root: alice", "postmaster: root", "MAILER-DAEMON: postmaster"]
        aliases += ["%s: %s" % (a, ", ".join(m)) for a, m in f.aliases.items()]
        node.write("/etc/mail/aliases", "\n".join(aliases) + "\n")
        for name in ("access", "mailertable", "virtusertable"):
            node.call(["sh", "-c", "makemap hash /etc/mail/%s < /etc/mail/%s" % (name, name)])
        node.call(["newaliases"])

    @staticmethod
    def prefix(network):
        """access_db knows networks by whole octets or hextets only."""
        address, _, length = network.partition("/")
        if ":" in address:
            return "IPv6:" + address.replace("::", "")
        whole = int(length or 32) // 8
        return ".".join(address.split(".")[:whole])

    def sasl(self):
        node, f = self.node, self.features
        text = ("pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: %s\n"
                % " ".join(f.auth))
        for where in ("/etc/sasl2/Sendmail.conf", "/usr/lib/sasl2/Sendmail.conf",
                      "/etc/mail/sasl/Sendmail.conf.2", "/usr/lib/x86_64-linux-gnu/sasl2/Sendmail.conf"):
            node.write(where, text, 0o644)
        for user, password in world.USERS.items():
            node.call(["saslpasswd2", "-p", "-c", "-u", "corp.test", user], stdin=password)
        os.chmod(node.root + "/etc/sasldb2", 0o640)

    def mc(self):
        f = self.features
        text = HEAD.format(hostname=f.hostname)
        if f.tls or f.smtps:
            text += TLS
        if f.submission:
            flags = ", M=Ea" if f.submission == "auth" else ""
            text += "DAEMON_OPTIONS(`Family=inet, Name=MSA, Port=587%s')dnl\n" % flags
        if f.smtps:
            text += "DAEMON_OPTIONS(`Family=inet, Name=TLSMSA, Port=465, M=sa')dnl\n"
        if f.auth:
            mechs = " ".join(f.auth)
            text += ("define(`confAUTH_MECHANISMS', `%s')dnl\nTRUST_AUTH_MECH(`%s')dnl\n"
                     "define(`confAUTH_OPTIONS', `%s')dnl\n"
                     "define(`confAUTH_REALM', `corp.test')dnl\n"
                     % (mechs, mechs, "A" if f.auth_clear else "A p"))
        else:
            text += "define(`confAUTH_MECHANISMS', `EXTERNAL')dnl\n"
        if f.smarthost:
            text += "define(`SMART_HOST', `[%s]')dnl\n" % f.smarthost
        text += TAIL
        if f.open == "rule" or f.sink or f.bounce_foreign:
            text += "FEATURE(`promiscuous_relay')dnl\n"
        if f.trick == "sender-domain":
            text += "FEATURE(`relay_mail_from', `domain')dnl\n"
        if f.backscatter:
            text += "define(`LUSER_RELAY', `nouser:here')dnl\n"
        text += "MAILER_DEFINITIONS\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n"
        if f.bounce_foreign or f.backscatter:
            # without $u in its arguments a mailer is taken for one that speaks SMTP
            text += ("Mnouser, P=/usr/local/bin/nouser, F=lsDFMu, S=EnvFromL, R=EnvToL, "
                     "T=X-Unix, A=nouser $u\n")
        return text + self.rules()

    def rules(self):
        f, text = self.features, ""
        if f.sink:
            text += "LOCAL_RULE_0\nR$* < @ $* > $*\t$#local $: vmail\n"
        sets = RULES.get(f.trick, "")
        if f.submission == "open":
            sets += "SLocal_check_rcpt\nR$*\t$: $&{daemon_name}\nRMSA\t$#OK\n"
        if f.reject_subject:
            sets += ("HSubject: $>CheckSubject\nSCheckSubject\nR$* %s $*\t$#error $@ 5.7.1 $: "
                     '"550 message content rejected"\n' % f.reject_subject)
        return text + ("LOCAL_RULESETS\n" + sets if sets else "")

    def start(self):
        # its IPv4 and IPv6 sockets for the same port exclude each other otherwise
        with net.in_netns(self.node.pid), open("/proc/sys/net/ipv6/bindv6only", "w") as flag:
            flag.write("1")
        self.process = self.node.spawn(["/usr/sbin/sendmail-mta", "-bD", "-q1s"])
        self.node.wait_port(25)

    def reload(self):
        """Access rules are read anew by each connection; the .cf needs a SIGHUP."""
        pid = int(self.node.read("/run/sendmail/mta/sendmail.pid").split()[0])
        self.node.call(["sh", "-c", "kill -%d %d" % (signal.SIGHUP, pid)])
        time.sleep(0.8)
        self.node.wait_port(25)

    def flush(self):
        self.node.call(["sendmail-mta", "-q"], check=False)

    def queue(self):
        return self.count("/var/spool/mqueue/qf*", "/var/spool/mqueue-client/qf*",
                          "/var/spool/mqueue/*/qf*", "/var/spool/mqueue/df*")
