# SPDX-License-Identifier: Apache-2.0
"""Who appears in the captures, and what they do in most of them.

CORP    mail.corp.test, the server that is judged; mail for corp.test is its own
CLIENT  a stranger far away
VICTIM  mx.victim.test, exchanger of victim.test: whose mail CORP has no business with

Addresses are those kept for documentation (RFC 5737, RFC 3849), names those kept for
tests (RFC 6761), so that nothing here points at anybody.
"""

from wire import Talk, Wire, lookup

CORP = "203.0.113.11"
CORP6 = "2001:db8:11::25"
CLIENT = "198.51.100.66"
CLIENT6 = "2001:db8:66::66"
OTHER = "198.51.100.99"
VICTIM = "192.0.2.25"
VICTIM6 = "2001:db8:25::25"
RESOLVER = "203.0.113.53"

DATE = "Tue, 4 Mar 2025 10:00:00 +0000"
CAPTURES = {}


def capture(name, snap=65535, ng=False):
    """Registers a maker: a function that fills a Wire."""
    def register(make):
        CAPTURES[name] = (make, snap, ng)
        return make
    return register


def write(name, folder):
    make, snap, ng = CAPTURES[name]
    wire = Wire()
    make(wire)
    path = "%s/%s.%s" % (folder, name, "pcapng" if ng else "pcap")
    if ng:
        wire.write_ng(path)
    else:
        wire.write(path, snap)
    return path


def names_of_victim(wire, asker=CORP):
    """CORP looks up where mail for victim.test goes; it is not CORP."""
    lookup(wire, asker, RESOLVER, "victim.test", "MX", ["10 mx.victim.test"])
    lookup(wire, asker, RESOLVER, "mx.victim.test", "A", [VICTIM])


def greeting(helo="client66.isp.test", offers=("PIPELINING", "SIZE 10240000")):
    """From the banner to the EHLO reply."""
    lines = ["mail.corp.test"] + list(offers)
    reply = ["S: 250%s%s" % (" " if x is lines[-1] else "-", x) for x in lines]
    return "\n".join(["S: 220 mail.corp.test ESMTP Postfix", "C: EHLO " + helo] + reply)


MESSAGE = """\
C: Message-ID: <1@shop.test>
C: From: Offers <offers@shop.test>
C: To: <{to}>
C: Subject: Hello
C: Date: Tue, 4 Mar 2025 10:00:00 +0000
C:
C: Buy this.
C: It is cheap."""

QUEUED = "250 2.0.0 Ok: queued as 4XyZ1a2b3c"


def mail(sender="offers@shop.test", rcpt="bob@victim.test", to=None, final=QUEUED):
    """MAIL to the reply behind the message, all accepted."""
    return "\n".join([
        "C: MAIL FROM:<%s>" % sender, "S: 250 2.1.0 Ok",
        "C: RCPT TO:%s" % (rcpt if rcpt[0] == "<" else "<%s>" % rcpt), "S: 250 2.1.5 Ok",
        "C: DATA", "S: 354 End data with <CR><LF>.<CR><LF>",
        MESSAGE.format(to=to or "bob@victim.test"), "C: .", "S: " + final])


BYE = """\
C: QUIT
S: 221 2.0.0 Bye"""


def inbound(wire, port=25, client=CLIENT, server=CORP, **more):
    """A stranger hands over a message; CORP takes it."""
    talk = Talk(wire, client, server, port)
    talk.say(greeting())
    talk.say(mail(**more))
    talk.say(BYE)
    talk.close()
    return talk


def received(of, how="ESMTP", queue="4XyZ1a2b3c", rcpt="bob@victim.test"):
    return "\n".join([
        "C: Received: from client66.isp.test (client66.isp.test [%s])" % of,
        "C:  by mail.corp.test (Postfix) with %s id %s" % (how, queue),
        "C:  for <%s>; %s" % (rcpt, DATE)])


def onward(wire, seen_from=CLIENT, how="ESMTP", server=CORP, to=VICTIM,
           sender="offers@shop.test", rcpt="bob@victim.test", queue="4XyZ1a2b3c",
           message=MESSAGE):
    """CORP sends the message on to where the recipient's mail goes."""
    talk = Talk(wire, server, to)
    talk.say("\n".join([
        "S: 220 mx.victim.test ESMTP Exim 4.96 " + DATE,
        "C: EHLO mail.corp.test",
        "S: 250-mx.victim.test Hello mail.corp.test [%s]" % server,
        "S: 250 SIZE 52428800",
        "C: MAIL FROM:<%s>" % sender, "S: 250 OK",
        "C: RCPT TO:<%s>" % rcpt, "S: 250 Accepted",
        "C: DATA", "S: 354 Enter message, ending with \".\" on a line by itself",
        received(seen_from, how, queue, rcpt), message.format(to=rcpt), "C: .",
        "S: 250 OK id=1tpQ2r-000AbC-3d", "C: QUIT", "S: 221 mx.victim.test closing connection"]))
    talk.close()
