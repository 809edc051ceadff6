# SPDX-License-Identifier: Apache-2.0
"""Servers behind something: NAT, proxying fronts, a middlebox, two servers on one address.

For the masked ones the tap sits on the server's segment, where a router's or front's address is
all that is seen of the clients; real_client_ip in the truth is what the tap cannot see.
"""

from . import middle, world
from .scenarios import probe, scenario, seen_as, wanted

INSIDE = ["10.20.0.0/16"]


def back(s, main=True, name="server", address=middle.BACK, bridge="br0", **features):
    features.setdefault("trusted", INSIDE)
    return s.server(main=main, name=name, addresses=[address], bridge=bridge, **features)


def remote(s):
    """The outsiders, on the far side of the router."""
    return s.host("remote", world.OUT, bridge="br1")


def strangers(s, node, want, home="local"):
    """Two strangers try foreign domains, two bring mail for the server's own domain."""
    done = []
    for n in range(2):
        done += probe(s, want, n, node=node, to=s.ip)
    for n in (2, 3):
        c = s.outsider(n, node=node, to=s.ip)
        done.append(wanted(c.send("x@shop.test", "bob@corp.test", "for you"), home))
        done.append(wanted(c.send("x@shop.test", "carol@corp.test", "for you"), home))
        c.quit()
    return done


@scenario("nat-masked", "open-relay", cause="source-masking",
          says="trusts its LAN; a masquerading router makes every outsider look like the LAN")
def nat_masked(s):
    s.resolve()
    back(s)
    clients = remote(s)
    middle.masquerading_router(s, world.OUT)
    s.truth.hosts[middle.ROUTER] = "router, masquerades towards the inside"
    s.record()
    done = strangers(s, clients, "relayed")
    s.settle()
    seen_as(done, middle.ROUTER, middle.BACK, keep_port=True)


@scenario("nat-masked-auth", ["restricted", "unknown"],
          "behind a masquerading router, but it trusts nobody by address: closed")
def nat_masked_closed(s):
    s.resolve()
    back(s, trusted=[])
    clients = remote(s)
    middle.masquerading_router(s, world.OUT)
    s.truth.hosts[middle.ROUTER] = "router, masquerades towards the inside"
    s.record()
    done = strangers(s, clients, "refused")
    s.settle()
    seen_as(done, middle.ROUTER, middle.BACK, keep_port=True)


def fronted(s, want, send="", **features):
    s.resolve()
    back(s, **features)
    clients = remote(s)
    middle.haproxy(s, world.OUT, send)
    s.truth.hosts[middle.FRONT] = "haproxy in tcp mode, the public address is on its far side"
    s.record()
    done = strangers(s, clients, want)
    s.settle()
    seen_as(done, middle.FRONT, middle.BACK)


@scenario("front-masked", "open-relay", cause="source-masking",
          says="trusts its LAN; haproxy in tcp mode without PROXY protocol hides the clients")
def front_masked(s):
    fronted(s, "relayed")


@scenario("front-proxy1-closed", ["restricted", "unknown"],
          "haproxy sends PROXY protocol version 1: the real client is known and refused")
def front_proxy1(s):
    fronted(s, "refused", "send-proxy", proxy="v1")


@scenario("front-proxy2-closed", ["restricted", "unknown"],
          "haproxy sends PROXY protocol version 2: the real client is known and refused")
def front_proxy2(s):
    fronted(s, "refused", "send-proxy-v2", proxy="v2")


@scenario("front-proxy1-open", "open-relay",
          "haproxy sends PROXY protocol version 1; the server relays for everybody")
def front_proxy1_open(s):
    fronted(s, "relayed", "send-proxy", proxy="v1", open="networks")


@scenario("front-proxy2-open", "open-relay",
          "haproxy sends PROXY protocol version 2; the server relays for everybody")
def front_proxy2_open(s):
    fronted(s, "relayed", "send-proxy-v2", proxy="v2", open="networks")


@scenario("front-both-sides", "open-relay", cause="source-masking",
          says="as front-masked, but the tap sees both sides of the front")
def front_both_sides(s):
    s.resolve()
    back(s)
    middle.haproxy(s, [], outside="br0")
    s.truth.hosts[middle.FRONT] = "haproxy in tcp mode, inner address of the public one"
    s.truth.server_ips = [middle.BACK, s.ip]
    s.truth.notes = ("each connection is seen twice: client to public address, front to server; "
                     "the public address is what outsiders reach, the server is to be mended")
    s.record()
    done = strangers(s, None, "relayed")
    s.settle()
    for entry in done:
        entry["reached_as"] = s.ip


@scenario("twins-closed", ["restricted", "unknown"],
          "two closed servers for two domains behind one address: each refuses the other's mail")
def twins_closed(s):
    twins(s, "refused", "refused")


@scenario("twins-open", "open-relay",
          "two servers behind one address, one open and one closed")
def twins_open(s):
    twins(s, "relayed", "refused", open="networks")


def twins(s, first, second, **features):
    s.resolve()
    middle.splitting_router(s, world.OUT[:2], world.OUT[2:])
    back(s, bridge="br1", trusted=[], **features)
    s.server(main=False, kind=s.other(), name="second", addresses=[middle.BACK2],
             bridge="br1", hostname="mx.partner.test", local=["partner.test"], trusted=[])
    t = s.truth
    t.server_ips, t.local = [s.ip], ["corp.test", "partner.test"]
    t.notes = "clients .66 and .67 reach the first server, .68 and .69 the second"
    s.record()
    for n in range(2):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "bob@corp.test"), "local")
        if "open" not in features:
            wanted(c.send("x@shop.test", "bob@partner.test"), "refused")
        wanted(c.send("x@shop.test", "v%d@victim.test" % n), first)
        c.quit()
    for n in (2, 3):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "bob@partner.test"), "taken")
        wanted(c.send("x@shop.test", "bob@corp.test"), "refused")
        wanted(c.send("x@shop.test", "v%d@victim.test" % n), second)
        c.quit()


def meddled(s, change):
    s.resolve()
    router = middle.splitting_router(s, ["192.0.2.250"], ["192.0.2.251"])
    back(s, bridge="br1", auth=["PLAIN"], auth_clear=s.kind.name != "opensmtpd", tls=True,
         trusted=[])
    s.truth.server_ips = [s.ip]
    s.truth.notes = "a middlebox on the server's address rewrites STARTTLS to XXXXXXXX"
    s.meddler = middle.Meddler(router, s.ip, middle.ROUTER, middle.BACK, change)
    s.record()
    try:
        for n in range(2):
            c = s.outsider(n)
            if change == "client":
                code, _ = c.starttls()
                s.truth.need(code != 220, "STARTTLS went through the middlebox")
            else:
                s.truth.need(not c.starttls_offered, "STARTTLS is still offered")
            if s.kind.name != "opensmtpd":
                c.login("PLAIN", "alice", world.USERS["alice"])
                wanted(c.send("alice@corp.test", "v%d@victim.test" % n), "relayed")
            wanted(c.send("alice@corp.test", "bob@corp.test"), "local")
            c.quit()
        probe(s, "refused", 2)
        s.settle()
    finally:
        s.meddler.close()


@scenario("stripped-offer", ["restricted", "unknown"], findings=["starttls-stripped",
          "auth-in-clear"], says="a middlebox blanks the server's offer of STARTTLS; clients "
          "then log in in clear")
def stripped_offer(s):
    meddled(s, "server")


@scenario("stripped-command", ["restricted", "unknown"], findings=["starttls-stripped",
          "auth-in-clear"], says="a middlebox blanks the client's STARTTLS command, the server "
          "does not know it; clients then log in in clear")
def stripped_command(s):
    meddled(s, "client")
