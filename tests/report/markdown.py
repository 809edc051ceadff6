#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A report's Markdown, rendered as GitHub does, is of our elements alone, and no text in it
is left for readers that come later: no name to notify, issue, maths or address.

usage: markdown.py FILE; prints each fault, exit status 1 if there is one. Needs cmark-gfm."""
import html.parser
import re
import subprocess
import sys

ELEMENTS = set("h1 h2 h3 p strong table thead tbody tr th td ul li pre code".split())
LATER = re.compile(r"@|\$|#|://|www\.", re.I)


class Rendered(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.faults = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ELEMENTS:
            self.faults.append("element " + tag)
        self.faults += ["attribute %s of %s" % (n, tag) for n, _ in attrs if n != "align"]
        self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append("</%s> closes another" % tag)

    def handle_comment(self, data):
        self.faults.append("a comment")

    def handle_data(self, data):
        if "code" not in self.open and LATER.search(data):
            self.faults.append("left to be found: " + data[:80])


def faults_of(text):
    command = ["cmark-gfm", "--unsafe", "-e", "table", "-e", "strikethrough", "-e", "autolink",
               "-e", "tasklist", "-e", "footnotes"]
    run = subprocess.run(command, input=text, capture_output=True, check=True)
    page = Rendered()
    page.feed(run.stdout.decode("utf-8"))
    page.close()
    return page.faults


for spoiled in (b"<b>x</b>", b"[a](b)", b"x@example.net", b"@all", b"$x$", b"www.x.test", b"> a"):
    assert faults_of(spoiled), spoiled
found = faults_of(open(sys.argv[1], "rb").read())
for fault in found[:20]:
    print("report: %s: %s" % (sys.argv[1], fault))
sys.exit(1 if found else 0)
