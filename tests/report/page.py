#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A report's page is well formed, asks nothing of anybody, and runs nothing.

usage: page.py FILE; prints each fault, exit status 1 if there is one."""
import html.parser
import re
import sys

VOID = {"meta", "br", "hr", "img", "rect", "path", "link", "input"}
ELEMENTS = set("""html head meta title style body main header footer section details summary
h1 h2 h3 h4 p ul ol li dl dt dd table thead tbody tr th td a b i strong small span time bdi
code pre figure figcaption svg desc rect path text""".split())


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.faults, self.ids, self.refs = [], [], set(), []

    def fault(self, what):
        self.faults.append("line %d: %s" % (self.getpos()[0], what))

    def handle_starttag(self, tag, attrs):
        if tag not in ELEMENTS:
            self.fault("element " + tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("src", "style", "srcdoc", "action"):
                self.fault("attribute " + name)
            if name in ("href", "xlink:href"):
                if not re.fullmatch(r"#[a-z0-9]+", value or ""):
                    self.fault("link to " + str(value))
                self.refs.append(value[1:])
            if name == "id":
                if value in self.ids:
                    self.fault("id %s again" % value)
                self.ids.add(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.fault("</%s> closes %s" % (tag, self.open[-1:] or "nothing"))
        else:
            self.open.pop()

    def handle_comment(self, data):
        self.fault("a comment")


def main():
    raw = open(sys.argv[1], "rb").read()
    page = Page()
    page.feed(raw.decode("utf-8"))
    page.close()
    if page.open:
        page.faults.append("left open: %s" % page.open)
    page.faults += ["no id for #" + r for r in page.refs if r not in page.ids]
    if b"default-src 'none'" not in raw:
        page.faults.append("no content security policy")
    if re.search(rb"url\(|@import|https?://", raw.split(b"</style>")[0]):
        page.faults.append("the style sheet loads something")
    for c in raw.decode("utf-8"):
        if c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f" or (
                ord(c) < 32 and c != "\n") or ord(c) == 127:
            page.faults.append("character U+%04X as it is" % ord(c))
            break
    for f in page.faults[:20]:
        print("report: %s: %s" % (sys.argv[1], f))
    return 1 if page.faults else 0


sys.exit(main())
