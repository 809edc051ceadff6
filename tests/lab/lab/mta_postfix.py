# SPDX-License-Identifier: Apache-2.0
"""Postfix.  Configured from nothing, so that every line that matters is here."""

import os

from . import world
from .mta import Mta

MASTER = """\
smtp      inet  n - n - - smtpd
pickup    unix  n - n 1 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 1 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
local     unix  - n n - - local
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
nouser    unix  - n n - - pipe user=nobody argv=/bin/false
"""

STOCK_RELAY = "permit_mynetworks permit_sasl_authenticated defer_unauth_destination"


def bracket(network):
    """Postfix writes IPv6 networks with brackets."""
    if ":" not in network:
        return network
    address, _, length = network.partition("/")
    return "[%s]/%s" % (address, length)


class Postfix(Mta):
    name, title, image, package = "postfix", "Postfix", "postfix", "postfix"

    def configure(self):
        f, node = self.features, self.node
        main = {
            "compatibility_level": "3.6", "maillog_file": "/var/log/postfix.log",
            "maillog_file_prefixes": "/var", "inet_protocols": "all",
            "inet_interfaces": "all", "myhostname": f.hostname, "mydomain": f.local[0],
            "myorigin": f.local[0], "mydestination": ", ".join(f.local + ["localhost"]),
            "smtpd_banner": "$myhostname ESMTP $mail_name (Debian/GNU)",
            "mynetworks": " ".join(["127.0.0.0/8", "[::1]/128"]
                                   + [bracket(n) for n in f.trusted]),
            "home_mailbox": "Maildir/", "biff": "no", "smtp_address_preference": "ipv4",
            "alias_maps": "hash:/etc/aliases", "alias_database": "hash:/etc/aliases",
            "recipient_delimiter": "+", "smtp_tls_security_level": "may",
            "queue_run_delay": "1s", "minimal_backoff_time": "2s",
            "maximal_backoff_time": "4s", "smtp_connect_timeout": "4s",
            "smtp_host_lookup": "dns", "readme_directory": "no",
            "smtpd_relay_restrictions": self.restrictions(),
            "smtpd_forbid_bare_newline": "no" if f.bare_dot else "normalize",
            "enable_long_queue_ids": "yes" if f.long_ids else "no",
            "smtp_cname_overrides_servername": "no",
        }
        master = MASTER
        if f.stock:
            main["smtpd_relay_restrictions"] = STOCK_RELAY
        if f.open == "networks":
            main["mynetworks"] += " " + " ".join(bracket(n) for n in f.open_to)
        self.domains(main)
        self.extras(main)
        master += self.services(main)
        aliases = ["root: alice"]
        for alias, members in f.aliases.items():
            aliases.append("%s: %s" % (alias, ", ".join(members)))
        node.write("/etc/aliases", "\n".join(aliases) + "\n")
        node.write("/etc/postfix/main.cf",
                   "".join("%s = %s\n" % item for item in main.items()))
        node.write("/etc/postfix/master.cf", master)
        node.call(["newaliases"])

    def restrictions(self):
        f = self.features
        rules = ["permit_mynetworks", "permit_sasl_authenticated"]
        rules += {
            None: [], "percent": [],
            "sender-domain": ["check_sender_access inline:{corp.test=OK}"],
            "null-sender": ["check_sender_access inline:{{<>=OK}}"],
            "helo": ["check_helo_access inline:{mail.corp.test=OK}"],
        }[f.trick]
        if f.open == "rule" or f.sink:
            rules.append("check_client_access static:OK")
        return ", ".join(rules + ["reject_unauth_destination"])

    def domains(self, main):
        f = self.features
        if f.hosted:
            main.update({
                "virtual_mailbox_domains": " ".join(f.hosted),
                "virtual_mailbox_maps": "static:all/",
                "virtual_mailbox_base": "/var/mail/hosted",
                "virtual_uid_maps": "static:%d" % self.vmail,
                "virtual_gid_maps": "static:%d" % self.vmail})
        if f.relay:
            main["relay_domains"] = " ".join(f.relay)
            hops = ["%s=smtp:[%s]" % item for item in f.relay.items() if item[1]]
            if hops:
                main["transport_maps"] = "inline:{%s}" % ", ".join(hops)
        if f.smarthost:
            main["relayhost"] = "[%s]" % f.smarthost
        if f.trick == "percent":
            self.node.write("/etc/postfix/percent",
                            "/^(.+)%(.+)@(corp\\.test|mail\\.corp\\.test)$/ $1@$2\n")
            main.update({"allow_percent_hack": "no", "allow_untrusted_routing": "yes",
                         "virtual_alias_maps": "regexp:/etc/postfix/percent"})

    def extras(self, main):
        f, node = self.features, self.node
        if f.sink:
            main.update({"default_transport": "discard", "local_transport": "discard",
                         "local_recipient_maps": ""})
        if f.bounce_foreign:
            main["default_transport"] = "nouser"
        if f.backscatter:
            main["local_recipient_maps"] = ""
        if f.reject_subject:
            node.write("/etc/postfix/subject", "/^Subject:.*%s/ REJECT message content "
                       "rejected\n" % f.reject_subject)
            main["header_checks"] = "regexp:/etc/postfix/subject"
        if f.greylist is not None:
            main["smtpd_recipient_restrictions"] = "check_policy_service inet:127.0.0.1:10023"
        if f.proxy:
            main["smtpd_upstream_proxy_protocol"] = "haproxy"
        if f.auth:
            node.write("/etc/postfix/sasl/smtpd.conf",
                       "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: %s\n"
                       % " ".join(f.auth))
            main.update({"smtpd_sasl_auth_enable": "yes", "smtpd_sasl_local_domain": "corp.test",
                         "smtpd_sasl_security_options": "noanonymous",
                         "smtpd_tls_auth_only": "no" if f.auth_clear else "yes"})
            for user, password in world.USERS.items():
                node.call(["saslpasswd2", "-p", "-c", "-u", "corp.test", user],
                          stdin=password)
            os.chmod(node.root + "/etc/sasldb2", 0o644)
        if f.tls:
            main.update({"smtpd_tls_cert_file": "/etc/ssl/lab.crt",
                         "smtpd_tls_key_file": "/etc/ssl/lab.key",
                         "smtpd_tls_security_level": "may"})

    def services(self, main):
        f, text = self.features, ""
        if f.submission:
            main["mua_relay"] = {
                "auth": "permit_sasl_authenticated, reject",
                "open": "check_client_access static:OK, reject",
                "local": "reject_unauth_destination"}[f.submission]
            text += ("submission inet n - n - - smtpd -o syslog_name=postfix/submission "
                     "-o smtpd_relay_restrictions=$mua_relay\n")
        if f.smtps:
            text += ("smtps inet n - n - - smtpd -o syslog_name=postfix/smtps "
                     "-o smtpd_tls_wrappermode=yes "
                     "-o smtpd_relay_restrictions=permit_sasl_authenticated,reject\n")
        return text

    def start(self):
        node = self.node
        if self.features.greylist is not None:
            node.spawn(["postgrey", "--inet=127.0.0.1:10023", "--delay=3", "--user=postgrey",
                        "--group=nogroup", "--auto-whitelist-clients=0"])
            node.wait_port(10023)
        self.process = node.spawn(["postfix", "start-fg"])
        node.wait_port(25)

    def reload(self):
        self.node.call(["postfix", "reload"])

    def flush(self):
        self.node.call(["postqueue", "-f"], check=False)

    def queue(self):
        spool = "/var/spool/postfix/"
        return self.count(spool + "maildrop/*", spool + "incoming/*", spool + "active/*",
                          spool + "deferred/*/*")
