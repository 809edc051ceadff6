# SPDX-License-Identifier: Apache-2.0
"""What a truth file demands of the verdicts, and how an answer is to be called."""

import ipaddress

RELAYS = {"open-relay", "partial-relay", "open-submission"}
SERIOUS = ["open-relay", "partial-relay", "open-submission", "accepts-then-drops",
           "remediated", "restricted", "unknown"]
FOREIGN = {"foreign", "routed-local", "routed-foreign", "bare"}
# The words of truth files that do not use the sensor's own, and what may be said of each.
WORDS = {
    "closed": ["restricted", "unknown"],
    "open": ["open-relay"],
    "open-partial": ["partial-relay"],
    "accept-then-bounce": ["accepts-then-drops"],
    "sink": ["accepts-then-drops"],
}
RIGHT, KIND, UNKNOWN, MISSED, INVENTED, WRONG = "=", "~", "?", "-", "!", "x"
MEANING = {
    RIGHT: "as expected",
    KIND: "a relay alert, rightly, but of another kind",
    UNKNOWN: "unknown",
    MISSED: "said not to relay, though it does",
    INVENTED: "said to relay, though it does not",
    WRONG: "another wrong claim",
}

# Captures in which the wire does not show what the truth knows.
EXCEPTIONS = {
    "nmap-open": (["open-relay", "partial-relay", "unknown"],
                  "nmap sends no message: 250 to RCPT is all there is to see"),
    "nmap-sink": (["open-relay", "partial-relay", "accepts-then-drops", "unknown"],
                  "nmap sends no message: a sink looks as an open relay does"),
    "nmap-closed": (["restricted", "unknown", "partial-relay"],
                    "nmap sends no message: what RCPT takes may still not be sent on"),
}


def expected(capture):
    said = capture.truth["expected_verdict"]
    words = [said] if isinstance(said, str) else said
    words = [w for one in words for w in WORDS.get(one, [one])]
    if words == ["open-relay"] and only_submission(capture):
        words.append("open-submission")
    if "backscatter" in (capture.truth.get("notes") or ""):
        words.append("accepts-then-drops")
    for name, (allowed, _) in EXCEPTIONS.items():
        if name in capture.name:
            words = words + [w for w in allowed if w not in words]
    return words


def relays(words):
    """True or False; None where the truth allows both."""
    kinds = {w in RELAYS for w in words}
    return kinds.pop() if len(kinds) == 1 else None


def only_submission(capture):
    ports = {t["server_port"] for t in relayed(capture)}
    return bool(ports) and ports <= {465, 587}


def inside(address, networks):
    a = ipaddress.ip_address(address)
    nets = (ipaddress.ip_network(n, strict=False) for n in networks)
    return any(a in n for n in nets if n.version == a.version)


def stranger_relayed(entry, capture):
    """Sent on for an unauthenticated outsider, to a domain that is not the server's."""
    client = entry.get("real_client_ip") or entry.get("client_ip")
    if not client or not entry.get("relayed_onward"):
        return False
    if (entry.get("auth") or {}).get("ok"):
        return False
    if inside(client, capture.truth.get("trusted_networks") or []):
        return False
    return any(r.get("accepted_at_rcpt") and r.get("kind") in FOREIGN
               for r in entry["rcpts"])


def relayed(capture):
    return [t for t in capture.transactions if stranger_relayed(t, capture)]


def in_clear(capture):
    """Whether what proves the relaying went over in clear, so that it must be found."""
    return any(not t.get("tls") for t in relayed(capture))


def judge(words, given):
    if given in words:
        return RIGHT
    if given in (None, "unknown"):
        return UNKNOWN
    relay = relays(words)
    if given in RELAYS:
        return INVENTED if relay is False else KIND
    return MISSED if relay else WRONG
