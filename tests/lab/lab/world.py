# SPDX-License-Identifier: Apache-2.0
"""The lab's Internet: who has which address, which domains exist, what DNS says of them.

Addresses are those reserved for documentation.  Every domain of the outside has its MX on one
of two destination hosts, which hold many addresses each, so that a sensor sees distinct mail
exchangers; a few domains are special (MX with IPv6 only, null MX, no MX at all, two MXs).
"""

DNS = "198.51.100.53"
DNS6 = "2001:db8:53::53"
OUT = ["198.51.100.%d" % n for n in range(66, 70)]
OUT6 = ["2001:db8:66::%d" % n for n in range(66, 70)]
LAN = ["10.20.0.50", "10.20.0.51"]
LAN6 = ["2001:db8:20::50", "2001:db8:20::51"]
INNER = "10.20.0.30"
LAN_NETS = ["10.20.0.0/16", "2001:db8:20::/64"]
MXA = ["198.51.100.%d" % n for n in range(10, 20)]
MXA6 = ["2001:db8:a::%d" % n for n in range(10, 20)]
MXB = ["198.51.100.%d" % n for n in range(20, 30)]
MXB6 = ["2001:db8:b::%d" % n for n in range(20, 30)]
LATE = "198.51.100.30"
TLS_FROM = 24                   # destinations .24 to .29 offer STARTTLS

LOCAL = "corp.test"
SERVER = "mail.corp.test"
USERS = {"alice": "wonderland", "bob": "builder", "carol": "singer", "dave": "diver"}

# domain -> addresses of its mail exchangers, in order of preference
DOMAINS = {
    "victim.test": [MXA[0]],
    "innocent.test": [MXA[0]],
    "shop.test": [MXA[1]],
    "second.test": [MXA[2]],
    "third.test": [MXA[3], MXB[3]],
    "attacker.test": [MXA[4]],
    "listmember.test": [MXA[5]],
    "sixth.test": [MXA6[6]],
    "dual.test": [MXA[7], MXA6[7]],
    "slow.test": [LATE],
    "grey.test": [MXB[2]],
    "freemail.test": [MXB[0]],
    "webmail.test": [MXB[1]],
    "securemail.test": [MXB[4]],
    "vault.test": [MXB[5]],
    "partner.test": [],
}

WORDS = ("arbor baker cobalt dynamo ember fjord grove harbor indigo juniper kestrel lagoon "
         "meadow nectar orchid pebble quartz ripple saffron timber umber velvet willow xenon "
         "yonder zephyr acorn birch cedar dahlia").split()
for _at, _word in enumerate(WORDS):
    DOMAINS[_word + ".test"] = [(MXA[8:10] + MXB[6:10])[_at % 6]]

HOSTED = [word + ".example" for word in WORDS]


def mx_name(address):
    """Name of a mail exchanger's address."""
    last = address.replace("::", ":").split(":")[-1].split(".")[-1]
    kind = "mx6" if ":" in address else "mx"
    return "%s-%s.carrier.test" % (kind, last)


def dnsmasq(server, extra=()):
    """dnsmasq's configuration; server is {name: [addresses]} of the hosts under test."""
    lines = ["no-resolv", "no-hosts", "no-poll", "user=root", "log-facility=-", "no-daemon",
             "local-ttl=3600", "local=/test/", "local=/example/", "local=/in-addr.arpa/",
             "local=/ip6.arpa/", "cache-size=0", "neg-ttl=60", "pid-file="]
    names = {"ns.carrier.test": [DNS, DNS6], "backend.partner.test": [INNER]}
    for n, (v4, v6) in enumerate(zip(OUT, OUT6)):
        names["client%d.attacker.test" % (66 + n)] = [v4, v6]
    for n, (v4, v6) in enumerate(zip(LAN, LAN6)):
        names["pc%d.corp.test" % (50 + n)] = [v4, v6]
    for address in MXA + MXA6 + MXB + MXB6 + [LATE]:
        names[mx_name(address)] = [address]
    names.update(server)
    for name, addresses in names.items():
        lines.append("host-record=%s,%s" % (name, ",".join(addresses)))
    for domain, addresses in DOMAINS.items():
        for place, address in enumerate(addresses):
            lines.append("mx-host=%s,%s,%d" % (domain, mx_name(address), 10 * (place + 1)))
        if addresses:
            lines.append('txt-record=%s,"v=spf1 mx -all"' % domain)
    lines.append("mx-host=nomail.test,.,0")
    lines.append("host-record=implicit.test,%s" % MXA[8])
    return "\n".join(lines + list(extra)) + "\n"
