# SPDX-License-Identifier: Apache-2.0
"""Things between client and server: a NAT router, a proxying front, a meddling middlebox."""

import os
import select
import socket
import threading

from . import net

ROUTER = "10.20.0.1"
FRONT = "10.20.0.2"
BACK = "10.20.0.25"
BACK2 = "10.20.0.26"

NFT = """\
table ip nat {
	chain pre {
		type nat hook prerouting priority -100; policy accept;
%s
	}
	chain post {
		type nat hook postrouting priority 100; policy accept;
%s
	}
}
"""


def forward_packets(node):
    with net.in_netns(node.pid):
        for name in ("ip_forward", "conf/eth1/proxy_arp", "conf/eth0/proxy_arp"):
            with open("/proc/sys/net/ipv4/" + name, "w") as flag:
                flag.write("1")


def filter_rules(node, pre, post):
    node.write("/etc/lab.nft", NFT % ("\n".join("\t\t" + r for r in pre),
                                      "\n".join("\t\t" + r for r in post)))
    node.call(["nft", "-f", "/etc/lab.nft"])


def masquerading_router(s, clients):
    """Port 25 of the public address goes to the server inside, which sees the router only.

    The usual mistake: masquerading towards the inside network too."""
    node = s.host("router", [ROUTER])
    node.attach("eth1", [s.ip], "br1")
    for address in clients:
        node.ip("route add %s/32 dev eth1" % address)
    forward_packets(node)
    filter_rules(node, ['iifname "eth1" tcp dport 25 dnat to %s' % BACK],
                 ['oifname "eth0" masquerade'])
    return node


def splitting_router(s, first, second):
    """One public address, two servers behind it, chosen by the client's address."""
    node = s.host("router", [s.ip])
    node.attach("eth1", [ROUTER], "br1")
    for address in (BACK, BACK2):
        node.ip("route add %s/32 dev eth1" % address)
    forward_packets(node)
    filter_rules(node, [
        'iifname "eth0" ip saddr { %s } tcp dport 25 dnat to %s' % (", ".join(first), BACK),
        'iifname "eth0" ip saddr { %s } tcp dport 25 dnat to %s' % (", ".join(second), BACK2),
    ], ['oifname "eth0" masquerade'])
    return node


HAPROXY = """\
global
	maxconn 200
defaults
	mode tcp
	timeout connect 5s
	timeout client 60s
	timeout server 60s
listen smtp
	bind %s:25
	server back %s:25 source %s %s
"""


def haproxy(s, clients, send="", outside="br1"):
    """A proxying front in tcp mode; outside it holds the public address."""
    node = s.host("front", [FRONT])
    node.attach("eth1", [s.ip], outside)
    for address in clients:
        node.ip("route add %s/32 dev eth1" % address)
    node.write("/etc/haproxy/lab.cfg", HAPROXY % (s.ip, BACK, FRONT, send))
    node.spawn(["haproxy", "-f", "/etc/haproxy/lab.cfg", "-db"])
    node.wait_port(25)
    return node


class Meddler:
    """A proxy that rewrites what passes: blanks the offer of STARTTLS, or the command."""

    def __init__(self, node, public, private, server, change):
        self.change, self.server, self.private = change, server, private
        self.node = node
        with net.in_netns(node.pid):
            self.listener = socket.create_server((public, 25), backlog=16)
        self.pipe = os.pipe()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            ready, _, _ = select.select([self.listener, self.pipe[0]], [], [])
            if self.pipe[0] in ready:
                return
            near, _ = self.listener.accept()
            with net.in_netns(self.node.pid):
                far = socket.create_connection((self.server, 25), 10, (self.private, 0))
            threading.Thread(target=self.pump, args=(near, far), daemon=True).start()

    def pump(self, near, far):
        pairs = {near: (far, "client"), far: (near, "server")}
        while True:
            for sock in select.select(list(pairs), [], [], 60)[0]:
                to, who = pairs[sock]
                try:
                    got = sock.recv(65536)
                    if got:
                        to.sendall(got.replace(b"STARTTLS", b"XXXXXXXX")
                                   if who == self.change else got)
                        continue
                except OSError:
                    pass
                near.close()
                far.close()
                return

    def close(self):
        os.write(self.pipe[1], b"x")
        self.listener.close()
