# SPDX-License-Identifier: Apache-2.0
"""Registry of scenarios, and the moves that many of them share.

A scenario is a function of a Stage.  It starts servers, records, lets clients act, says of each
transaction what must become of it ("want": relayed, refused, local, taken, dropped, both), and
the Stage then refuses to write a capture whose servers did otherwise.
"""

import time

from . import world

ALL = {}


class Scenario:
    """One row of the table: how it is judged, and where it is impossible."""

    def __init__(self, play, name, verdict, says, cause=None, tricks=(), skip=None,
                 findings=(), number_of=None):
        self.play, self.name, self.says = play, name, says
        self.verdict = [verdict] if isinstance(verdict, str) else list(verdict)
        self.cause, self.tricks, self.skip = cause, list(tricks), skip or {}
        self.findings, self.number_of = list(findings), number_of


def scenario(name, verdict, says, **more):
    """Register; verdict is one of the sensor's words, or those acceptable, best first."""
    def wrap(play):
        ALL[name] = Scenario(play, name, verdict, says, **more)
        return play
    return wrap


def number(name):
    """Last octet of the server's address: another one in each scenario."""
    return 2 + list(ALL).index(ALL[name].number_of or name)


def wanted(entry, want):
    entry["want"] = want
    return entry


def probe(s, want, n=0, sender="x@shop.test", **kw):
    """An outsider tries two foreign domains."""
    client = s.outsider(n, **kw)
    found = [wanted(client.send(sender, rcpt, subject="cheap pills"), want)
             for rcpt in ("victim%d@victim.test" % n, "someone%d@freemail.test" % n)]
    client.quit()
    return found


def inbound(s, n=1, rcpts=("bob@corp.test",), **kw):
    """An outsider brings mail that the server is there for."""
    client = s.outsider(n, **kw)
    found = [wanted(client.send("x@shop.test", rcpt, subject="for you"), "local")
             for rcpt in rcpts]
    client.quit()
    return found


def lan(s, n=0, rcpts=("victim1@victim.test", "someone@freemail.test"), **kw):
    """A client of the inside network sends out."""
    client = s.insider(n, **kw)
    found = [wanted(client.send("alice@corp.test", rcpt, subject="order"), "relayed")
             for rcpt in rcpts]
    client.quit()
    return found


def seen_as(entries, client_ip, server_ip, keep_port=False):
    """What the tap sees, where something between changed the addresses."""
    for entry in entries:
        entry["real_client_ip"], entry["client_ip"] = entry["client_ip"], client_ip
        entry["real_client_port"] = entry["client_port"]
        entry["reached_as"], entry["server_ip"] = entry["server_ip"], server_ip
        if not keep_port:
            entry["client_port"] = None


def remedy(s, server, **features):
    """Another configuration while the capture runs."""
    from .mta import Features
    s.settle()
    server.reconfigure(Features(**features))
    time.sleep(0.5)


def late_destination(s, up):
    """The MX of slow.test comes up or goes down."""
    s.lab.mxa.node.ip("addr %s %s/32 dev eth0" % ("add" if up else "del", world.LATE))


from . import sc_plain, sc_innocent, sc_auth, sc_masked, sc_odd  # noqa: E402,F401
