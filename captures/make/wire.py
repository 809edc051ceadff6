# SPDX-License-Identifier: Apache-2.0
"""Write captures of TCP dialogues, octet by octet the same in every run.

A Wire is an ordered list of frames with their times.  A Talk is one TCP connection on it,
with handshake, acknowledgements and numbers as a real one has; what the two sides say is
given as text, "C: " and "S: " before each line:

    talk.say('''
        S: 220 mail.corp.test ESMTP
        C: EHLO client.test
        S: 250-mail.corp.test
        S: 250 PIPELINING''')

Neighbouring lines of one side travel in one segment; a line "--" parts them.  What a test
needs beyond that is a wrapping of each frame (vlan, vxlan, copies, fragments) or a frame
that the tap does not get (Talk.hide, Talk.lost).
"""

import ipaddress
import struct

START = 1741082400 * 10**9  # 2025-03-04T10:00:00Z
STEP = 2_000_000            # ns between two packets
MSS = 1400

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
TCP, UDP = 6, 17


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packed(address):
    return ipaddress.ip_address(address).packed


def mac(address):
    """A locally administered MAC made of the address."""
    return b"\x02\x00" + packed(address)[-4:]


def tcp(src, dst, sport, dport, seq, ack, flags, payload=b"", options=b""):
    offset = (20 + len(options)) // 4
    head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xffffffff, ack & 0xffffffff,
                       offset << 4, flags, 64240, 0, 0) + options
    return with_checksum(src, dst, TCP, head + payload, 16)


def udp(src, dst, sport, dport, payload):
    head = struct.pack("!HHHH", sport, dport, 8 + len(payload), 0)
    return with_checksum(src, dst, UDP, head + payload, 6)


def with_checksum(src, dst, protocol, data, at):
    a, b = packed(src), packed(dst)
    if len(a) == 4:
        pseudo = a + b + struct.pack("!BBH", 0, protocol, len(data))
    else:
        pseudo = a + b + struct.pack("!IHBB", len(data), 0, 0, protocol)
    total = checksum(pseudo + data) or 0xffff
    return data[:at] + struct.pack("!H", total) + data[at + 2:]


def ipv4(src, dst, protocol, data, ident, ttl=64, offset=0, more=False):
    flags = (0x2000 if more else 0) | offset // 8
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), ident & 0xffff, flags, ttl,
                       protocol, 0) + packed(src) + packed(dst)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + data


def ipv6(src, dst, protocol, data, hops=64):
    return struct.pack("!IHBB", 6 << 28, len(data), protocol, hops) + packed(src) + \
        packed(dst) + data


def ethernet(src, dst, data, vlan=()):
    kind = 0x0800 if data[0] >> 4 == 4 else 0x86dd
    tags = b"".join(struct.pack("!HH", 0x8100, v) for v in vlan)
    return mac(dst) + mac(src) + tags + struct.pack("!H", kind) + data


class Wire:
    """Frames as a tap has them."""

    def __init__(self):
        self.now = START
        self.frames = []
        self.ident = 0
        self.wrap = plain

    def wait(self, seconds):
        self.now += int(seconds * 10**9)

    def put(self, frame, later=0):
        self.frames.append((self.now + later, frame))

    def send(self, src, dst, protocol, data, seen=True):
        """One datagram; not seen: the tap misses it."""
        self.now += STEP
        self.ident += 1
        if seen:
            self.wrap(self, src, dst, protocol, data)

    def datagram(self, src, dst, protocol, data, **more):
        if ":" in src:
            return ipv6(src, dst, protocol, data)
        return ipv4(src, dst, protocol, data, self.ident, **more)

    def write(self, path, snap=65535):
        """As classic pcap with microseconds."""
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, snap, 1))
            for ns, frame in sorted(self.frames, key=lambda x: x[0]):
                f.write(struct.pack("<IIII", ns // 10**9, ns % 10**9 // 1000,
                                    min(snap, len(frame)), len(frame)) + frame[:snap])

    def write_ng(self, path):
        """As pcapng with nanoseconds."""
        with open(path, "wb") as f:
            f.write(block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)))
            # if_tsresol (9): 10^-9
            f.write(block(1, struct.pack("<HHIHHB3xHH", 1, 0, 0, 9, 1, 9, 0, 0)))
            for ns, frame in sorted(self.frames, key=lambda x: x[0]):
                body = struct.pack("<IIIII", 0, ns >> 32, ns & 0xffffffff, len(frame),
                                   len(frame)) + frame
                f.write(block(6, body))


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + size + body + size


# --- wrappings of a datagram ------------------------------------------------------------

def plain(wire, src, dst, protocol, data):
    wire.put(ethernet(src, dst, wire.datagram(src, dst, protocol, data)))


def copied(inner, outer):
    """A span port over both ports of a router: one VLAN and TTL in, another out."""
    def wrap(wire, src, dst, protocol, data):
        wire.put(ethernet(src, dst, wire.datagram(src, dst, protocol, data, ttl=64),
                          vlan=[inner]))
        wire.put(ethernet("192.0.2.1", dst,
                          wire.datagram(src, dst, protocol, data, ttl=63), vlan=[outer]),
                 later=40_000)
    return wrap


def vxlan(vni, left="10.255.0.1", right="10.255.0.2"):
    """RFC 7348."""
    def wrap(wire, src, dst, protocol, data):
        inner = ethernet(src, dst, wire.datagram(src, dst, protocol, data))
        head = struct.pack("!BxxxI", 8, vni << 8)
        outer = udp(left, right, 49152 + wire.ident % 100, 4789, head + inner)
        wire.put(ethernet(left, right, ipv4(left, right, UDP, outer, wire.ident)))
    return wrap


def fragmented(mtu):
    """IPv4 fragments, the last one first, as Linux once sent them."""
    def wrap(wire, src, dst, protocol, data):
        room = (mtu - 20) // 8 * 8
        starts = list(range(0, len(data), room))
        for k, at in enumerate(reversed(starts)):
            piece = ipv4(src, dst, protocol, data[at:at + room], wire.ident, offset=at,
                         more=at != starts[-1])
            wire.put(ethernet(src, dst, piece), later=k * 10_000)
    return wrap


# --- one TCP connection -----------------------------------------------------------------

class Talk:
    """A connection; opened at once."""

    def __init__(self, wire, client, server, port=25, sport=None, hide=""):
        self.wire = wire
        self.ends = {"C": (client, sport or 40000 + len(wire.frames) % 20000),
                     "S": (server, port)}
        self.seq = {"C": 1_000_000 + 7919 * self.ends["C"][1], "S": 3_000_000_000}
        self.hide = hide   # "C" or "S": the tap never sees that side
        self.lost = False  # what is sent now, the tap misses
        mss = struct.pack("!BBH", 2, 4, MSS)
        self.segment("C", SYN, options=mss)
        self.segment("S", SYN | ACK, options=mss)
        self.segment("C", ACK)

    def segment(self, side, flags, payload=b"", options=b""):
        peer = "S" if side == "C" else "C"
        (src, sport), (dst, dport) = self.ends[side], self.ends[peer]
        data = tcp(src, dst, sport, dport, self.seq[side],
                   self.seq[peer] if flags & ACK else 0, flags, payload, options)
        self.wire.send(src, dst, TCP, data, seen=side != self.hide and not self.lost)
        self.seq[side] += len(payload) + bool(flags & SYN) + bool(flags & FIN)

    def octets(self, side, data, size=MSS):
        """Raw octets in segments, then an acknowledgement."""
        for at in range(0, len(data), size):
            self.segment(side, PSH | ACK, data[at:at + size])
        lost, self.lost = self.lost, False
        self.segment("S" if side == "C" else "C", ACK)
        self.lost = lost

    def say(self, text):
        """A dialogue of lines; see above."""
        side, held = None, b""
        for line in text.strip("\n").split("\n"):
            line = line.lstrip()
            if line and line != "--" and line[:3] not in ("C: ", "S: ", "C:", "S:"):
                raise ValueError("neither C: nor S: before: " + line)
            if held and (not line or line == "--" or line[0] != side):
                self.octets(side, held)
                held = b""
            if line and line != "--":
                side = line[0]
                held += line[3:].encode() + b"\r\n"
        if held:
            self.octets(side, held)

    def close(self):
        self.segment("C", FIN | ACK)
        self.segment("S", FIN | ACK)
        self.segment("C", ACK)


# --- name service -----------------------------------------------------------------------

TYPES = {"A": 1, "CNAME": 5, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}


def name_octets(name):
    labels = [x for x in name.split(".") if x]
    return b"".join(bytes([len(x)]) + x.encode() for x in labels) + b"\0"


def rdata(kind, value):
    if kind in ("A", "AAAA"):
        return packed(value)
    if kind == "MX":
        preference, host = value.split()
        return struct.pack("!H", int(preference)) + name_octets(host)
    return name_octets(value)


def lookup(wire, asker, resolver, name, kind, values, rcode=0):
    """A question and its answer over UDP; values: texts as in a zone file."""
    question = name_octets(name) + struct.pack("!HH", TYPES[kind], 1)
    ident = 0x1000 + len(wire.frames)
    port = 30000 + len(wire.frames) % 20000
    ask = struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, 0) + question
    wire.send(asker, resolver, UDP, udp(asker, resolver, port, 53, ask))
    answer = struct.pack("!HHHHHH", ident, 0x8180 | rcode, 1, len(values), 0, 0) + question
    for value in values:
        data = rdata(kind, value)
        answer += struct.pack("!HHHIH", 0xc00c, TYPES[kind], 1, 3600, len(data)) + data
    wire.send(resolver, asker, UDP, udp(resolver, asker, 53, port, answer))
