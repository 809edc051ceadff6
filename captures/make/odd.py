# SPDX-License-Identifier: Apache-2.0
"""Odd dialogues, and captures that have not seen all."""

import hashlib
import struct

from cast import (BYE, CLIENT, CORP, MESSAGE, QUEUED, capture, greeting, inbound, mail,
                  names_of_victim)
from wire import Talk, copied, fragmented, plain, vxlan

ENVELOPE = """
    C: MAIL FROM:<offers@shop.test>
    S: 250 2.1.0 Ok
    C: RCPT TO:<{0}>
    S: 250 2.1.5 Ok
    C: DATA
    S: 354 End data with <CR><LF>.<CR><LF>"""
LONG = b"".join(b"Line %04d of a message that takes several segments.\r\n" % n
                for n in range(120))


def message_octets(to):
    head = MESSAGE.format(to=to).replace("C: ", "").replace("C:", "")
    return head.replace("\n", "\r\n").encode() + b"\r\n"


@capture("pipelined-unknown-verb")
def unknown_verb(wire):
    """Each reply belongs to its own command, also where one command is no command."""
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting())
    talk.say("""
        C: MAIL FROM:<offers@shop.test>
        C: RCPT TO:<alice@corp.test>
        C: FROB now
        C: RCPT TO:<nobody@corp.test>
        C: DATA
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 500 5.5.2 Error: command not recognized
        S: 550 5.1.1 <nobody@corp.test>: Recipient address rejected: User unknown
        S: 354 End data with <CR><LF>.<CR><LF>""")
    talk.say(MESSAGE.format(to="alice@corp.test") + "\nC: .\nS: " + QUEUED)
    talk.say(BYE)
    talk.close()


@capture("smuggling-lf-dot-lf")
def smuggling(wire):
    """The look-alike stays text: one message, one reply."""
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting())
    talk.say(ENVELOPE.format("alice@corp.test"))
    talk.octets("C", message_octets("alice@corp.test") +
                b"\n.\nThe text goes on behind it.\r\n.\r\n")
    talk.say("S: " + QUEUED)
    talk.say(BYE)
    talk.close()


@capture("smuggling-end-taken")
def smuggling_taken(wire):
    """The server takes the look-alike for the end: it answers, and a second mail begins."""
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting())
    talk.say(ENVELOPE.format("alice@corp.test"))
    talk.octets("C", message_octets("alice@corp.test") +
                b"\n.\r\nMAIL FROM:<ceo@corp.test>\r\nRCPT TO:<bob@corp.test>\r\n"
                b"DATA\r\nSubject: forged\r\n\r\nPay.\r\n.\r\n")
    talk.say("""
        S: 250 2.0.0 Ok: queued as 4XyZ1a2b3c
        S: 250 2.1.0 Ok
        S: 250 2.1.5 Ok
        S: 354 End data with <CR><LF>.<CR><LF>
        S: 250 2.0.0 Ok: queued as 4XyZ1a2b3d""")
    talk.say(BYE)
    talk.close()


@capture("gap-inside-data")
def gap(wire):
    """A segment of the message is missing; what matters was seen."""
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting())
    talk.say(ENVELOPE.format("bob@victim.test"))
    talk.octets("C", message_octets("bob@victim.test"))
    talk.lost = True
    talk.octets("C", LONG[:1000])
    talk.lost = False
    talk.octets("C", LONG[1000:] + b".\r\n")
    talk.say("S: " + QUEUED)
    talk.say(BYE)
    talk.close()
    names_of_victim(wire)


@capture("cut-by-snaplen", snap=128)
def cut(wire):
    """Frames of 128 octets: commands and replies are whole, the message is not."""
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting(offers=["PIPELINING"]))
    talk.say(ENVELOPE.format("bob@victim.test"))
    talk.octets("C", message_octets("bob@victim.test") + LONG[:500] + b".\r\n")
    talk.say("S: " + QUEUED)
    talk.say(BYE)
    talk.close()
    names_of_victim(wire)


@capture("server-side-only")
def server_side(wire):
    talk = Talk(wire, CLIENT, CORP, hide="C")
    talk.say(greeting())
    talk.say(mail())
    talk.say(BYE)
    talk.close()


@capture("late-start")
def late(wire):
    """The tap begins inside a connection: there may have been an AUTH before."""
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting(offers=["AUTH PLAIN"]))
    wire.frames.clear()
    talk.say(mail())
    talk.say(BYE)
    talk.close()
    names_of_victim(wire)


@capture("span-copies-with-vlan")
def copies(wire):
    wire.wrap = copied(100, 200)
    inbound(wire)
    wire.wrap = plain
    names_of_victim(wire)


@capture("vxlan-inner", ng=True)
def overlay(wire):
    wire.wrap = vxlan(42)
    inbound(wire)
    names_of_victim(wire)


@capture("fragments")
def fragments(wire):
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting())
    talk.say(ENVELOPE.format("bob@victim.test"))
    wire.wrap = fragmented(576)
    talk.octets("C", message_octets("bob@victim.test") + LONG + b".\r\n")
    wire.wrap = plain
    talk.say("S: " + QUEUED)
    talk.say(BYE)
    talk.close()
    names_of_victim(wire)


# --- TLS, as far as a tap sees it ---------------------------------------------------------

def made(label, size):
    """Octets that look like nothing, the same in every run."""
    out = b""
    while len(out) < size:
        out += hashlib.sha256(b"%s %d" % (label, len(out))).digest()
    return out[:size]


def record(kind, body):
    return struct.pack("!BHH", kind, 0x0303, len(body)) + body


def sized(length, body):
    return len(body).to_bytes(length, "big") + body


def client_hello(name):
    """RFC 8446 4.1.2, with server_name (RFC 6066 3) and supported_versions."""
    host = b"\0" + sized(2, name.encode())
    extensions = struct.pack("!H", 0) + sized(2, sized(2, host)) + \
        struct.pack("!H", 43) + sized(2, sized(1, b"\x03\x04\x03\x03"))
    body = b"\x03\x03" + made(b"client", 32) + sized(1, made(b"session", 32)) + \
        sized(2, b"\x13\x01\x13\x02") + sized(1, b"\0") + sized(2, extensions)
    return record(22, b"\x01" + sized(3, body))


def server_hello():
    """TLS 1.3, TLS_AES_128_GCM_SHA256."""
    extensions = struct.pack("!H", 43) + sized(2, b"\x03\x04")
    body = b"\x03\x03" + made(b"server", 32) + sized(1, made(b"session", 32)) + \
        b"\x13\x01\0" + sized(2, extensions)
    return record(22, b"\x02" + sized(3, body))


@capture("starttls-hidden")
def hidden(wire):
    """Behind STARTTLS nothing is read; that it went dark is what can be said."""
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting(offers=["PIPELINING", "STARTTLS"]))
    talk.say("""
        C: STARTTLS
        S: 220 2.0.0 Ready to start TLS""")
    talk.octets("C", client_hello("mail.corp.test"))
    talk.octets("S", server_hello() + record(20, b"\1") + record(23, made(b"s1", 1200)))
    talk.octets("C", record(20, b"\1") + record(23, made(b"c1", 53)))
    for size in (45, 60, 52, 40):
        talk.octets("C", record(23, made(b"c%d" % size, size)))
        talk.octets("S", record(23, made(b"s%d" % size, size + 9)))
    talk.close()
