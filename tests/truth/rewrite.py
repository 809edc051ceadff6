# SPDX-License-Identifier: Apache-2.0
"""Worse views of the same traffic: pcap files rewritten packet by packet.

Reads classic pcap of Ethernet frames (either octet order, micro- or nanoseconds), the
form of all captures with truth files.  A packet is (header, octets, ends): header as in
the file, ends None or (protocol, source, port, destination, port), texts and numbers.
"""

import ipaddress
import random
import struct

MAGICS = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<",
          b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}
ETHERNET, IPV4, IPV6, VLAN = 1, 0x0800, 0x86DD, (0x8100, 0x88A8)
TCP, UDP = 6, 17
MAIL_PORTS = {25, 465, 587, 2525}


class Unreadable(Exception):
    """Not a form that this reader knows."""


def ends_of(octets):
    at, kind = 14, int.from_bytes(octets[12:14], "big")
    while kind in VLAN:
        kind, at = int.from_bytes(octets[at + 2:at + 4], "big"), at + 4
    if kind == IPV4 and len(octets) >= at + 20:
        protocol, size = octets[at + 9], (octets[at] & 15) * 4
        addresses, start = octets[at + 12:at + 20], at + size
        if int.from_bytes(octets[at + 6:at + 8], "big") & 0x1FFF:
            return None
    elif kind == IPV6 and len(octets) >= at + 40:
        protocol, addresses, start = octets[at + 6], octets[at + 8:at + 40], at + 40
    else:
        return None
    if protocol not in (TCP, UDP) or len(octets) < start + 4:
        return None
    half = len(addresses) // 2
    source, target = struct.unpack(">HH", octets[start:start + 4])
    return (protocol, str(ipaddress.ip_address(addresses[:half])), source,
            str(ipaddress.ip_address(addresses[half:])), target)


class Pcap:
    def __init__(self, octets):
        self.order = MAGICS.get(octets[:4])
        if not self.order:
            raise Unreadable("not classic pcap")
        if struct.unpack(self.order + "I", octets[20:24])[0] & 0xFFFF != ETHERNET:
            raise Unreadable("not Ethernet")
        self.head, self.packets, at = octets[:24], [], 24
        while at + 16 <= len(octets):
            size = struct.unpack(self.order + "I", octets[at + 8:at + 12])[0]
            data = octets[at + 16:at + 16 + size]
            self.packets.append((octets[at:at + 16], data, ends_of(data)))
            at += 16 + size

    def octets(self, packets):
        return self.head + b"".join(header + data for header, data, _ in packets)

    def without(self, drop):
        """Without the packets whose ends satisfy drop."""
        return self.octets(p for p in self.packets if not (p[2] and drop(*p[2])))


def is_dns(protocol, source, source_port, target, target_port):
    return 53 in (source_port, target_port)


def variant(name, pcap, servers, seed):
    """The file of one variant.  servers: addresses of the server under test."""
    packets = pcap.packets
    if name == "no-dns":
        return pcap.without(is_dns)
    if name == "client-side":
        return pcap.without(lambda p, s, sp, t, tp: p == TCP and sp in MAIL_PORTS)
    if name == "server-side":
        return pcap.without(lambda p, s, sp, t, tp: p == TCP and tp in MAIL_PORTS)
    if name == "no-onward":
        return pcap.without(lambda p, s, sp, t, tp: s in servers and tp in MAIL_PORTS
                            or t in servers and sp in MAIL_PORTS)
    if name == "no-inbound":
        return pcap.without(lambda p, s, sp, t, tp: t in servers and tp in MAIL_PORTS
                            or s in servers and sp in MAIL_PORTS)
    if name.startswith("loss-"):
        dice = random.Random(seed + name)
        return pcap.octets(p for p in packets if dice.random() >= 0.01)
    if name == "shuffled":
        return pcap.octets(shuffled(packets, random.Random(seed + name)))
    if name == "cut-200":
        return pcap.octets(cut(p, pcap.order, 200) for p in packets)
    if name == "late":
        return pcap.octets(packets[len(packets) * 3 // 10:])
    raise ValueError(name)


def shuffled(packets, dice):
    """Each packet up to four places later; the times stay in order."""
    order = sorted(range(len(packets)), key=lambda i: i + dice.uniform(0, 4))
    for place, i in enumerate(order):
        header = packets[place][0][:8] + packets[i][0][8:]
        yield header, packets[i][1], packets[i][2]


def cut(packet, order, size):
    header, data, ends = packet
    data = data[:size]
    return header[:8] + struct.pack(order + "I", len(data)) + header[12:], data, ends
