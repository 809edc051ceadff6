# SPDX-License-Identifier: Apache-2.0
"""Exim (daemon-heavy).  The access rules are Debian's, without its macro layer."""

import os
import time

from . import world
from .mta import Mta, Unsupported

MAIN = """\
primary_hostname = {hostname}
domainlist local_domains = {local}
domainlist hosted_domains = {hosted}
domainlist relay_to_domains = {relay}
hostlist relay_from_hosts = <; 127.0.0.1 ; ::1{trusted}
acl_smtp_rcpt = acl_check_rcpt
acl_smtp_data = acl_check_data
qualify_domain = {first}
host_lookup = *
never_users = root
dns_dnssec_ok = 0
rfc1413_query_timeout = 0s
ignore_bounce_errors_after = 0s
smtp_accept_queue_per_connection = 0
smtp_accept_max = 50
daemon_smtp_ports = {ports}
tls_on_connect_ports = 465
trusted_users = root
untrusted_set_sender = *
local_from_check = false
keep_environment =
log_selector = +smtp_confirmation +received_recipients
tls_certificate = /etc/ssl/lab.crt
tls_privatekey = /etc/ssl/lab.key
tls_advertise_hosts = {tls}
auth_advertise_hosts = {advertise}
dns_ipv4_lookup = {ipv4}
{more}
begin acl
acl_check_rcpt:
  accept hosts = :
{tricks_first}{characters}  accept local_parts = postmaster
         domains = +local_domains
{msa}  accept hosts = +relay_from_hosts
         control = submission/sender_retain
  accept authenticated = *
         control = submission/sender_retain
{tricks}  require message = relay not permitted
          domains = +local_domains : +hosted_domains : +relay_to_domains
{grey}{verify}  accept

acl_check_data:
{data}  accept

begin routers
{routers}
begin transports
remote_smtp:
  driver = smtp
local_maildir:
  driver = appendfile
  directory = $home/Maildir
  maildir_format
  delivery_date_add
  envelope_to_add
  return_path_add
store:
  driver = appendfile
  directory = /var/mail/hosted/all
  maildir_format
  create_directory
  delivery_date_add
  envelope_to_add
  return_path_add
  user = vmail
  group = vmail
address_pipe:
  driver = pipe
  return_fail_output
address_file:
  driver = appendfile
address_reply:
  driver = autoreply

begin retry
* * F,1h,2s

begin authenticators
{authenticators}
"""

CHARACTERS = r"""  deny message = restricted characters in address
       domains = +local_domains
       local_parts = ^[.] : ^.*[@%!/|`#&?]
  deny message = restricted characters in address
       domains = !+local_domains
       local_parts = ^[./|] : ^.*[@%!`#&?] : ^.*/\\.\\./
"""

AUTH = {
    "PLAIN": """plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if eq{$auth3}{${lookup{$auth2}lsearch{/etc/exim4/users}{$value}fail}}}
  server_set_id = $auth2
""",
    "LOGIN": """login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${if eq{$auth2}{${lookup{$auth1}lsearch{/etc/exim4/users}{$value}fail}}}
  server_set_id = $auth1
""",
    "CRAM-MD5": """cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${lookup{$auth1}lsearch{/etc/exim4/users}{$value}fail}
  server_set_id = $auth1
""",
}

TRICKS = {
    "sender-domain": "  accept sender_domains = corp.test\n",
    "null-sender": "  accept senders = :\n",
    "helo": "  accept condition = ${if eq{$sender_helo_name}{mail.corp.test}}\n",
}

GREY = """  defer message = greylisted, please come back later
        domains = {0}
        condition = ${{if !exists{{/var/spool/exim4/grey/${{md5:$sender_address$local_part@$domain}}}}}}
        condition = ${{run{{/usr/bin/touch /var/spool/exim4/grey/${{md5:$sender_address$local_part@$domain}}}}{{yes}}{{yes}}}}
"""

LOCAL_ROUTERS = """hosted:
  driver = accept
  domains = +hosted_domains
  transport = store
aliases:
  driver = redirect
  domains = +local_domains
  allow_fail
  data = ${lookup{$local_part}lsearch{/etc/aliases}}
userforward:
  driver = redirect
  domains = +local_domains
  check_local_user
  file = $home/.forward
  no_verify
  check_ancestor
  pipe_transport = address_pipe
  file_transport = address_file
  reply_transport = address_reply
localuser:
  driver = accept
  domains = +local_domains
  check_local_user
  transport = local_maildir
"""


class Exim(Mta):
    name, title, image, package = "exim", "Exim", "exim", "exim4-daemon-heavy"

    def configure(self):
        f, node = self.features, self.node
        if f.bare_dot:
            raise Unsupported("Debian's Exim has no way back to bare line feeds")
        if "SCRAM-SHA-256" in f.auth:
            raise Unsupported("Debian's Exim is built without the gsasl authenticator")
        grey = node.root + "/var/spool/exim4/grey"
        os.makedirs(grey, exist_ok=True)
        os.chown(grey, self.uid(), self.uid())
        users = "".join("%s: %s\n" % item for item in world.USERS.items())
        node.write("/etc/exim4/users", users)
        aliases = ["root: alice"] + ["%s: %s" % (a, ", ".join(m))
                                     for a, m in f.aliases.items()]
        node.write("/etc/aliases", "\n".join(aliases) + "\n")
        if f.stock:
            return self.stock()
        node.write("/etc/exim4/exim4.conf", MAIN.format(**self.parts()))
        return None

    def uid(self):
        for line in self.node.read("/etc/passwd").splitlines():
            if line.startswith("Debian-exim:"):
                return int(line.split(":")[2])
        return 0

    def stock(self):
        """Debian's own configuration as an Internet site (what dpkg-reconfigure writes)."""
        f, node = self.features, self.node
        nets = " ; ".join(f.trusted)
        node.write("/etc/exim4/update-exim4.conf.conf", """\
dc_eximconfig_configtype='internet'
dc_other_hostnames='%s'
dc_local_interfaces=''
dc_readhost=''
dc_relay_domains=''
dc_minimaldns='false'
dc_relay_nets='<; %s'
dc_smarthost=''
CFILEMODE='644'
dc_use_split_config='false'
dc_hide_mailname=''
dc_mailname_in_oh='true'
dc_localdelivery='maildir_home'
""" % (":".join(f.local), nets))
        node.call(["update-exim4.conf"])

    def parts(self):
        f = self.features
        trusted = list(f.trusted)
        if f.open == "networks":
            trusted += f.open_to
        ports = ["25"] + (["587"] if f.submission else []) + (["465"] if f.smtps else [])
        tls = "*" if f.tls else ""
        if f.tls and f.tls_for:
            tls = "${if inlist{$received_ip_address}{%s}{*}{}}" % ":".join(f.tls_for)
        advertise = "*" if f.auth_clear else "${if eq{$tls_in_cipher}{}{}{*}}"
        more = "hosts_proxy = *\n" if f.proxy else ""
        tricks = TRICKS.get(f.trick, "")
        if f.open == "rule":
            tricks += "  accept hosts = *\n"
        if f.sink or f.bounce_foreign:
            tricks += "  accept\n"
        msa = ""
        if f.submission == "auth":
            msa = ("  require message = authentication required\n"
                   "          condition = ${if or{{!eq{$received_port}{587}}"
                   "{def:authenticated_id}}}\n")
        elif f.submission == "open":
            msa = "  accept condition = ${if eq{$received_port}{587}}\n"
        data = ""
        if f.reject_subject:
            data = ("  deny message = message content rejected\n       condition = "
                    "${if match{$rh_subject:}{%s}}\n" % f.reject_subject)
        grey = GREY.format(":".join(f.greylist) or "*") if f.greylist is not None else ""
        return {
            "hostname": f.hostname, "first": f.local[0],
            "local": " : ".join(f.local + ["localhost"]), "hosted": " : ".join(f.hosted),
            "relay": " : ".join(f.relay), "trusted": "".join(" ; " + n for n in trusted),
            "ports": " : ".join(ports), "tls": tls, "advertise": advertise if f.auth else "",
            "ipv4": "dual.test" if "dual.test" not in f.hosted else "", "more": more,
            "tricks_first": "", "characters": "" if f.trick == "percent" else CHARACTERS,
            "msa": msa, "tricks": tricks, "grey": grey,
            "verify": "" if f.backscatter else "  require verify = recipient\n", "data": data,
            "routers": self.routers(), "authenticators": "".join(AUTH[m] for m in f.auth),
        }

    def routers(self):
        f, text = self.features, ""
        if f.trick == "percent":
            text += ("percent:\n  driver = redirect\n  domains = +local_domains\n"
                     "  local_parts = ^.*%\n"
                     "  data = ${sg{$local_part}{%}{@}}\n")
        if f.sink:
            text += "sink:\n  driver = accept\n  transport = store\n"
        if f.bounce_foreign:
            text += ("nouser:\n  driver = redirect\n  domains = !+local_domains\n  allow_fail\n"
                     "  condition = ${if !eq{$sender_address}{}}\n  no_verify\n"
                     "  data = :fail: no relaying here\n")
        hops = ["%s %s byname" % item for item in f.relay.items() if item[1]]
        if hops:
            text += ("gateway:\n  driver = manualroute\n  domains = +relay_to_domains\n"
                     "  transport = remote_smtp\n  route_list = %s\n" % " ; ".join(hops))
        if f.smarthost:
            text += ("smarthost:\n  driver = manualroute\n  domains = !+local_domains : "
                     "!+hosted_domains\n  transport = remote_smtp\n  route_list = * %s byname\n"
                     "  no_more\n" % f.smarthost)
        else:
            text += ("dnslookup:\n  driver = dnslookup\n  domains = !+local_domains : "
                     "!+hosted_domains\n  transport = remote_smtp\n"
                     "  ignore_target_hosts = <; 0.0.0.0 ; 127.0.0.0/8 ; ::1\n  no_more\n")
        return text + LOCAL_ROUTERS

    def start(self):
        self.process = self.node.spawn(["exim4", "-bdf", "-q2s"])
        self.node.wait_port(25)

    def reload(self):
        """SIGHUP to the daemon makes Exim read its configuration again."""
        pid = self.node.read("/run/exim4/exim.pid").strip()
        self.node.call(["sh", "-c", "kill -HUP " + pid])
        time.sleep(0.5)
        self.node.wait_port(25)

    def flush(self):
        self.node.call(["exim4", "-qff"], check=False)

    def queue(self):
        return self.count("/var/spool/exim4/input/*-H", "/var/spool/exim4/input/*/*-H")
