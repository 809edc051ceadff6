# SPDX-License-Identifier: Apache-2.0
"""What every mail server of the lab has in common: features to configure, life and queue.

A scenario asks for features in the words of Features; each mta_*.py says them in its server's
own language.  A feature that a server does not have raises Unsupported, and the table in
README.md gives the reason.
"""

import glob
import os

from . import images, world


class Unsupported(Exception):
    """This server cannot be brought to that."""


class Features:
    """Defaults are those of a closed server for corp.test that trusts its LAN."""

    def __init__(self, **changes):
        self.hostname = world.SERVER
        self.local = [world.LOCAL]
        self.hosted = []            # domains delivered to a store, any local part
        self.relay = {}             # domain -> next hop address, None: by MX
        self.trusted = list(world.LAN_NETS)
        self.open = None            # "networks" or "rule"; for whom: open_to
        self.open_to = ["0.0.0.0/0", "::/0"]
        self.trick = None           # sender-domain, null-sender, helo, percent
        self.auth = []              # mechanisms
        self.auth_clear = True
        self.tls = False
        self.tls_for = None         # addresses of this host that offer STARTTLS; None: all
        self.submission = None      # None, "auth", "open", "local" (own domains only)
        self.smtps = False
        self.smarthost = None
        self.aliases = {}
        self.away = None            # user with a vacation reply
        self.sink = False           # takes all, keeps all
        self.bounce_foreign = False # takes all, bounces foreign mail by itself
        self.backscatter = False    # takes unknown local users, bounces later
        self.reject_subject = None
        self.greylist = None        # None, or list of domains ([] is all)
        self.proxy = None           # "v1" or "v2": PROXY protocol on port 25
        self.bare_dot = False       # <LF>.<CRLF> ends a message
        self.long_ids = False       # Postfix: long queue ids
        self.stock = False          # the distribution's own configuration
        for name, value in changes.items():
            if not hasattr(self, name):
                raise AttributeError("no such feature: " + name)
            setattr(self, name, value)


class Mta:
    """A mail server in a node.  Subclasses: configure, start, reload, queue, flush."""

    name = image = package = None

    def __init__(self, node, features):
        self.node, self.features = node, features
        node.mta = self.name
        self.process = None

    @classmethod
    def version(cls):
        return "%s %s" % (cls.title, images.version(cls.image, cls.package))

    def prepare(self, key, cert):
        """Users, resolver, certificate: the same for all."""
        node = self.node
        node.write("/etc/resolv.conf", "nameserver %s\n" % world.DNS)
        node.write("/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n")
        node.write("/etc/hostname", node.hostname + "\n")
        node.write("/etc/mailname", self.features.local[0] + "\n")
        passwd, group = node.read("/etc/passwd"), node.read("/etc/group")
        for number, user in enumerate(list(world.USERS) + ["vmail"]):
            if "\n%s:" % user not in passwd:
                passwd += "%s:x:%d:%d::/home/%s:/bin/sh\n" % (user, 1500 + number,
                                                             1500 + number, user)
                group += "%s:x:%d:\n" % (user, 1500 + number)
            home = node.root + "/home/" + user
            os.makedirs(home, exist_ok=True)
            os.chown(home, 1500 + number, 1500 + number)
        node.write("/etc/passwd", passwd)
        node.write("/etc/group", group)
        self.vmail = 1500 + len(world.USERS)
        os.makedirs(node.root + "/var/mail/hosted", exist_ok=True)
        os.chown(node.root + "/var/mail/hosted", self.vmail, self.vmail)
        node.write("/etc/ssl/lab.key", key)
        node.write("/etc/ssl/lab.crt", cert)
        if self.features.away:
            self.vacation(self.features.away)

    AWAY = """#!/bin/sh
# a reply to whoever wrote, from the null sender (RFC 3834), never to mail of that kind
to=$(sed -n 's/^From: //p;/^$/q' | head -n 1)
/usr/sbin/sendmail -f '<>' "$to" <<END
From: {0}@corp.test
To: $to
Subject: away: on holiday
Auto-Submitted: auto-replied

I am away until Monday.
END
"""

    def vacation(self, user):
        self.node.write("/usr/local/bin/away", self.AWAY.format(user), 0o755)
        self.node.write("/home/%s/.forward" % user,
                        '\\%s, "|/usr/local/bin/away"\n' % user)
        number = 1500 + list(world.USERS).index(user)
        os.chown(self.node.root + "/home/%s/.forward" % user, number, number)

    def inject(self, sender, rcpts, text):
        """Local submission by sendmail(1)."""
        return self.node.call(["/usr/sbin/sendmail", "-f", sender] + list(rcpts), stdin=text)

    def count(self, *patterns):
        return sum(len(glob.glob(self.node.root + p)) for p in patterns)

    def reconfigure(self, features):
        """Remedy or break the server while it runs."""
        self.features = features
        self.configure()
        self.reload()
