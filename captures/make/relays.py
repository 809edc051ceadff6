# SPDX-License-Identifier: Apache-2.0
"""Servers that relay for strangers, wholly or for a trick."""

import socket
import struct

from cast import (BYE, CLIENT, CLIENT6, CORP, CORP6, MESSAGE, OTHER, QUEUED, RESOLVER, VICTIM,
                  VICTIM6, capture, greeting, inbound, mail, names_of_victim, onward, received)
from wire import Talk, lookup

DENIED = "554 5.7.1 <%s>: Relay access denied"


@capture("open-relay-confirmed")
def open_relay(wire):
    inbound(wire)
    names_of_victim(wire)
    onward(wire)


@capture("bdat-relay")
def bdat(wire):
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting(offers=["PIPELINING", "CHUNKING", "SIZE 10240000"]))
    head = MESSAGE.format(to="bob@victim.test").replace("C: ", "").replace("C:", "")
    data = head.replace("\n", "\r\n").encode() + b"\r\n"
    cut = data.index(b"Buy")
    talk.say("""
        C: MAIL FROM:<offers@shop.test>
        S: 250 2.1.0 Ok
        C: RCPT TO:<bob@victim.test>
        S: 250 2.1.5 Ok""")
    talk.octets("C", b"BDAT %d\r\n" % cut + data[:cut])
    talk.say("S: 250 2.0.0 Ok: %d bytes received" % cut)
    talk.octets("C", b"BDAT %d LAST\r\n" % (len(data) - cut) + data[cut:])
    talk.say("S: " + QUEUED)
    talk.say(BYE)
    talk.close()
    names_of_victim(wire)
    onward(wire)


@capture("percent-hack-partial")
def percent(wire):
    talk = Talk(wire, OTHER, CORP)
    talk.say(greeting("host99.isp.test"))
    talk.say("""
        C: MAIL FROM:<a@shop.test>
        S: 250 2.1.0 Ok
        C: RCPT TO:<bob@victim.test>
        S: 554 5.7.1 <bob@victim.test>: Relay access denied
        C: QUIT
        S: 221 2.0.0 Bye""")
    talk.close()
    wire.wait(5)
    inbound(wire, rcpt="bob%victim.test@corp.test")
    names_of_victim(wire)
    onward(wire)


@capture("ipv6-open-only")
def ipv6(wire):
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting())
    talk.say("""
        C: MAIL FROM:<offers@shop.test>
        S: 250 2.1.0 Ok
        C: RCPT TO:<bob@victim.test>
        S: 554 5.7.1 <bob@victim.test>: Relay access denied
        C: QUIT
        S: 221 2.0.0 Bye""")
    talk.close()
    inbound(wire, client=CLIENT6, server=CORP6)
    names_of_victim(wire)
    lookup(wire, CORP, RESOLVER, "mx.victim.test", "AAAA", [VICTIM6])
    onward(wire, seen_from="IPv6:" + CLIENT6, server=CORP6, to=VICTIM6)


@capture("source-masking")
def masking(wire):
    inbound(wire)
    names_of_victim(wire)
    onward(wire, seen_from="172.17.0.1")


@capture("proxy-v2-real-client")
def proxy(wire):
    """PROXY protocol, version 2: signature, PROXY, TCP over IPv4, 12 octets."""
    balancer = "203.0.113.5"
    talk = Talk(wire, balancer, CORP)
    talk.octets("C", b"\r\n\r\n\0\r\nQUIT\n\x21\x11" + struct.pack("!H", 12) +
                socket.inet_aton(CLIENT) + socket.inet_aton(balancer) +
                struct.pack("!HH", 51234, 25))
    talk.say(greeting())
    talk.say(mail())
    talk.say(BYE)
    talk.close()
    names_of_victim(wire)
    onward(wire)


@capture("remediated-in-capture")
def remediated(wire):
    inbound(wire)
    names_of_victim(wire)
    onward(wire)
    for _ in range(3):
        wire.wait(600)
        talk = Talk(wire, CLIENT, CORP)
        talk.say(greeting())
        talk.say("""
            C: MAIL FROM:<offers@shop.test>
            S: 250 2.1.0 Ok
            C: RCPT TO:<bob@victim.test>
            S: 554 5.7.1 <bob@victim.test>: Relay access denied
            C: QUIT
            S: 221 2.0.0 Bye""")
        talk.close()


@capture("odd-port-2526")
def odd_port(wire):
    inbound(wire, port=2526)
    names_of_victim(wire)


@capture("client-side-only")
def client_side(wire):
    talk = Talk(wire, CLIENT, CORP, hide="S")
    talk.say(greeting())
    talk.say(mail())
    talk.say(BYE)
    talk.close()
    # Somebody else asks: where the domain's mail goes is known, what CORP does is not.
    names_of_victim(wire, asker="203.0.113.77")


@capture("dsn-backscatter")
def backscatter(wire):
    """Taken, found undeliverable, and returned to whom the sender was forged as."""
    inbound(wire, sender="alice@victim.test", rcpt="nobody@other.test", to="nobody@other.test")
    lookup(wire, CORP, RESOLVER, "other.test", "MX", ["10 mx.other.test"])
    lookup(wire, CORP, RESOLVER, "mx.other.test", "A", [VICTIM])
    names_of_victim(wire)
    talk = Talk(wire, CORP, VICTIM)
    talk.say("""
        S: 220 mx.victim.test ESMTP Exim 4.96 Tue, 4 Mar 2025 10:00:00 +0000
        C: EHLO mail.corp.test
        S: 250 mx.victim.test Hello mail.corp.test [203.0.113.11]
        C: MAIL FROM:<>
        S: 250 OK
        C: RCPT TO:<alice@victim.test>
        S: 250 Accepted
        C: DATA
        S: 354 Enter message, ending with "." on a line by itself
        C: Received: by mail.corp.test (Postfix)
        C:  id 5AbC1d2e3f; Tue, 4 Mar 2025 10:00:00 +0000
        C: Message-ID: <5AbC1d2e3f@mail.corp.test>
        C: From: MAILER-DAEMON@mail.corp.test (Mail Delivery System)
        C: To: alice@victim.test
        C: Subject: Undelivered Mail Returned to Sender
        C: Auto-Submitted: auto-replied
        C: MIME-Version: 1.0
        C: Content-Type: multipart/report; report-type=delivery-status; boundary="b1"
        C:
        C: --b1
        C: Content-Type: text/plain
        C:
        C: Your message could not be delivered.
        C: --b1
        C: Content-Type: message/delivery-status
        C:
        C: Reporting-MTA: dns; mail.corp.test
        C:
        C: Final-Recipient: rfc822; nobody@other.test
        C: Action: failed
        C: Status: 5.4.4
        C:
        C: --b1
        C: Content-Type: message/rfc822
        C:
        C: Message-ID: <1@shop.test>
        C: Subject: Hello
        C:
        C: Buy this.
        C: --b1--
        C: .
        S: 250 OK id=1tpQ2s-000AbD-4e
        C: QUIT
        S: 221 mx.victim.test closing connection""")
    talk.close()
