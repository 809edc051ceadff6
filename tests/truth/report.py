# SPDX-License-Identifier: Apache-2.0
"""The tables that score.py prints."""

import collections

import labels

SHORT = {"open-relay": "open", "partial-relay": "partial",
         "open-submission": "submission", "accepts-then-drops": "drops", None: "nothing"}
BINS = [0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0]


def situation(r):
    return r.name[len(r.mta) + 1:] if r.name.startswith(r.mta + "-") else r.name


def cell(r):
    confidence = " %.2f" % r.confidence if r.confidence else ""
    return "%s %s%s" % (r.mark, SHORT.get(r.given, r.given), confidence)


def table_of_captures(results):
    plain = [r for r in results if r.view == "plain"]
    mtas = sorted({r.mta for r in plain})
    rows = collections.OrderedDict()
    for r in sorted(plain, key=situation):
        words = "/".join(SHORT.get(w, w) for w in r.words)
        rows.setdefault((situation(r), words), {})[r.mta] = r
    print("%-26s %-32s" % ("situation", "expected") + "".join("%-19s" % m for m in mtas))
    for (name, words), cells in rows.items():
        print("%-26s %-32s" % (name, words) + "".join(
            "%-19s" % (cell(cells[m]) if m in cells else "") for m in mtas))
    print("  " + "; ".join("%s %s" % pair for pair in labels.MEANING.items()) + "\n")


def share(part, whole):
    return "%5.1f %%" % (100.0 * part / whole) if whole else "    n/a"


def brier(results):
    """Mean square of confidence against truth, over the claims made; None without any."""
    claims = [r for r in results if r.given not in (None, "unknown") and r.confidence]
    if not claims:
        return None, 0
    error = sum((r.confidence - (r.mark == labels.RIGHT)) ** 2 for r in claims)
    return error / len(claims), len(claims)


def summary_row(view, results):
    relays = [r for r in results if labels.relays(r.words)]
    silent = [r for r in results if labels.relays(r.words) is False]
    found = sum(r.given in labels.RELAYS for r in relays)
    alarms = sum(r.mark == labels.INVENTED for r in silent) + sum(
        len(r.invented) for r in results)
    true = sum(r.true_messages for r in relays)
    hit = sum(min(r.true_messages, r.claimed_messages) for r in relays)
    extra = sum(r.claimed_messages for r in silent)
    marks = collections.Counter(r.mark for r in results)
    score, claims = brier(results)
    return "%-12s %5d %8s %7d %9s %9d %6d %6d %8d %7s %6d" % (
        view, len(results), share(found, len(relays)), alarms, share(hit, true), extra,
        marks[labels.MISSED] + marks[labels.INVENTED] + marks[labels.WRONG],
        marks[labels.KIND], marks[labels.UNKNOWN],
        "%.4f" % score if score is not None else "n/a", claims)


def table_of_views(results, views):
    print("%-12s %5s %8s %7s %9s %9s %6s %6s %8s %7s %6s" % (
        "view", "runs", "recall", "false", "messages", "messages", "wrong", "other",
        "unknown", "Brier", "claims"))
    print("%-12s %5s %8s %7s %9s %9s %6s %6s %8s %7s %6s" % (
        "", "", "servers", "alarms", "recall", "invented", "", "kind", "", "", ""))
    for view in views:
        print(summary_row(view, [r for r in results if r.view == view]))
    print()


def reliability(results, title):
    print(title)
    print("  %-13s %6s %10s %10s" % ("confidence", "claims", "mean", "right"))
    claims = [r for r in results if r.given not in (None, "unknown") and r.confidence]
    for low, high in zip(BINS, BINS[1:]):
        part = [r for r in claims if low <= r.confidence < high
                or high == r.confidence == 1.0]
        if part:
            right = sum(r.mark == labels.RIGHT for r in part)
            mean = sum(r.confidence for r in part) / len(part)
            print("  %.2f to %.2f %8d %10.3f %10.3f" % (
                low, high, len(part), mean, right / len(part)))
    print()


def table_of_wrongs(results):
    """Every claim in a worse view that was not right as it is."""
    plain = {r.name: r for r in results if r.view == "plain"}
    bad = (labels.MISSED, labels.INVENTED, labels.WRONG, labels.KIND)
    lines = collections.OrderedDict()
    for r in results:
        if r.mark in bad or r.invented:
            key = (r.name, "/".join(r.words), cell(r), tuple(r.invented))
            lines.setdefault(key, []).append(r.view)
    if lines:
        print("Not as expected:")
    for (name, words, given, invented), views in lines.items():
        new = "" if plain[name].mark in bad or "plain" in views else " (only there)"
        print("  %-34s expected %s, given %s%s in %s%s" % (
            name, words, given, "; invented " + ", ".join(invented) if invented else "",
            ", ".join(views), new))
    if lines:
        print()


def write(results, views, quick):
    if not quick:
        table_of_captures(results)
    table_of_wrongs(results)
    plain = [r for r in results if r.view == "plain"]
    if not quick:
        reliability(plain, "Confidence and truth, captures as they are:")
        reliability(results, "Confidence and truth, all views:")
    table_of_views(results, views)
