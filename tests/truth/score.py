#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Score the verdicts over captures of real servers whose configuration is known.

usage: score.py [--quick] BINARY [FOLDER...]

Every capture is read alone: as it is, and in worse views that are made here (rewrite.py).
Prints what was expected and given, recall and false alarms for servers and for messages,
and whether the confidence keeps its word.  Exits 1 if, of a capture as it is, an open
relay in clear text is missed or one is invented.
"""

import collections
import json
import multiprocessing
import os
import sys

import captures
import labels
import report
import rewrite

PLAIN = "plain"
QUICK = [PLAIN, "no-dns", "client-side", "server-side", "loss-1"]
VIEWS = [PLAIN, "no-dns", "client-side", "server-side", "no-onward", "no-inbound",
         "loss-1", "loss-2", "loss-3", "shuffled", "cut-200", "late", "configured"]
TOGETHER = "together"

# One capture in one view: mark is one of labels.MEANING.
Result = collections.namedtuple(
    "Result", "name mta view words given grade confidence mark true_messages "
    "claimed_messages invented clear")


def mta_of(capture):
    return (capture.truth.get("mta") or "?").split()[0].strip(",;").lower()


def options(capture, view):
    if view != "configured":
        return []
    truth, out = capture.truth, []
    for address in sorted(capture.servers):
        out += ["--home", address]
    for network in truth.get("trusted_networks") or []:
        out += ["--home", network, "--trusted", network]
    for kind in ("local_domains", "hosted_domains", "relay_domains"):
        for domain in truth.get(kind) or []:
            out += ["--hosted", domain]
    return out


def servers_of(binary, arguments, octets=None):
    command = ["read", "-q", "--json"] + arguments
    status, output, errors = captures.ask(binary, command, octets)
    if status not in (0, 3):
        raise RuntimeError("%s: exit status %s: %s" % (
            arguments, status, errors.decode(errors="replace")[-800:]))
    return captures.objects(output, "server")


def result(capture, view, servers, others):
    """Judge the worst line about the server under test, and any other host's alerts."""
    words = labels.expected(capture)
    own = [s for s in servers if s["server"]["ip"] in capture.servers]
    own.sort(key=lambda s: labels.SERIOUS.index(s["verdict"]))
    worst = own[0] if own else {}
    claimed = sum(s.get("exposure", {}).get("messages", 0) for s in own
                  if s["verdict"] in labels.RELAYS)
    invented = ["%s:%d %s" % (s["server"]["ip"], s["server"]["port"], s["verdict"])
                for s in servers if s["server"]["ip"] not in others
                and s["verdict"] in labels.RELAYS]
    true = len(labels.relayed(capture))
    return Result(capture.name, mta_of(capture), view, words, worst.get("verdict"),
                  worst.get("grade"), worst.get("confidence"),
                  labels.judge(words, worst.get("verdict")), true, claimed, invented,
                  labels.in_clear(capture))


def run_alone(work):
    binary, capture, views = work
    with open(capture.path, "rb") as f:
        plain = f.read()
    try:
        pcap = rewrite.Pcap(plain)
    except rewrite.Unreadable:
        pcap = None
    results = []
    for view in views:
        same = view in (PLAIN, "configured")
        if not same and not pcap:
            continue
        if same:
            arguments, octets = options(capture, view) + [capture.path], None
        else:
            arguments = ["-"]
            octets = rewrite.variant(view, pcap, capture.servers, capture.name)
        servers = servers_of(binary, arguments, octets)
        results.append(result(capture, view, servers, capture.servers))
    return results


def groups(known):
    """Captures of one MTA, in order of time, so that no address has two owners."""
    table = {}
    for c in known:
        for number in range(len(known)):
            group = table.setdefault((mta_of(c), number), ([], set()))
            if not group[1] & c.servers:
                group[0].append(c)
                group[1].update(c.servers)
                break
    return [members for members, _ in table.values()]


def run_together(work):
    binary, members = work
    servers = servers_of(binary, [c.path for c in members])
    owners = set().union(*[c.servers for c in members])
    return [result(c, TOGETHER, servers, owners) for c in members]


def failures(results):
    for r in results:
        if r.view != PLAIN:
            continue
        must = labels.relays(r.words) and r.clear
        if must and r.given not in labels.RELAYS:
            yield "%s: an open relay in clear text is missed: %s" % (r.name, r.given)
        if r.mark == labels.INVENTED:
            yield "%s: %s is invented (%s)" % (r.name, r.given, r.confidence)
        for other in r.invented:
            yield "%s: %s is invented" % (r.name, other)


def main(argv):
    quick = "--quick" in argv
    argv = [a for a in argv if a != "--quick"]
    if not argv:
        sys.exit(__doc__)
    folders = argv[1:] or (captures.own_roots() if quick else
                           captures.own_roots() + captures.roots([]))
    known = captures.labelled(folders)
    if not known:
        print("truth/score: no captures with truth files found; skipped")
        return 0
    views = QUICK if quick else VIEWS
    with multiprocessing.Pool(2) as pool:
        alone = pool.imap_unordered(run_alone, [(argv[0], c, views) for c in known])
        together = [] if quick else pool.imap_unordered(
            run_together, [(argv[0], g) for g in groups(known)])
        results = [r for work in (alone, together) for part in work for r in part]
    results.sort(key=lambda r: (r.name, r.view))
    if os.environ.get("RELAYTAP_SCORE_JSON"):
        with open(os.environ["RELAYTAP_SCORE_JSON"], "w") as f:
            json.dump([r._asdict() for r in results], f, indent=0)
    report.write(results, views + ([] if quick else [TOGETHER]), quick)
    found = list(failures(results))
    for line in found:
        print("FAIL " + line)
    print("truth/score: %d captures, %d runs, %d failures" % (
        len(known), len(results), len(found)))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
