#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports in a real Chromium without a window: nothing is wider than the page, nothing is
asked of the network, nothing of a peer's runs, and the browser has nothing to complain of.

usage: browser.py [--shots FOLDER] FILE...
prints each fault, exit status 1 if there is one."""
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time

WIDTHS = (360, 500, 1280)
SCHEMES = ("light", "dark")
LARGE = 2 << 20
CONTRAST_MIN = 4.5  # WCAG 2.1, 1.4.3

# What is wider than the page, and the words whose colours are hard to tell apart.
LOOK = """(() => {
const root = document.scrollingElement, out = {};
out.wide = root.scrollWidth > innerWidth ? [...document.querySelectorAll('body *')]
	.filter(e => e.getBoundingClientRect().right > innerWidth + 1)
	.slice(0, 3).map(e => e.outerHTML.slice(0, 120)) : null;
const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255)
	.map(x => x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4);
	return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
const ground = e => { for (; e; e = e.parentElement) {
	const c = getComputedStyle(e).backgroundColor;
	if (!/, 0\\)$/.test(c)) return c; } return 'rgb(255, 255, 255)'; };
out.faint = [...document.querySelectorAll('h1,h2,h3,p,td,th,a,.badge,time,figcaption')]
	.slice(0, 3000).filter(e => { const a = light(getComputedStyle(e).color) + .05,
		b = light(ground(e)) + .05; return Math.max(a, b) / Math.min(a, b) < CONTRAST; })
	.slice(0, 3).map(e => e.outerHTML.slice(0, 80));
out.back = ground(document.body);
out.text = document.body.innerText.length;
out.scripts = document.scripts.length;
return JSON.stringify(out); })()""".replace("CONTRAST", str(CONTRAST_MIN))


class Browser:
    """DevTools protocol over two pipes: descriptors 3 and 4 of Chromium."""

    def __init__(self, program):
        self.home = tempfile.mkdtemp(prefix="rtl-chromium-")
        self.get, theirs_out = os.pipe()
        theirs_in, self.put = os.pipe()

        def hand_over():
            # Either may be 3 or 4 itself: first out of the way.
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            import fcntl
            a, b = fcntl.fcntl(a, fcntl.F_DUPFD, 10), fcntl.fcntl(b, fcntl.F_DUPFD, 10)
            os.dup2(a, 3)
            os.dup2(b, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
             "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
             "--disable-background-networking", "--disable-component-update",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + self.home],
            close_fds=False, preexec_fn=hand_over, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(theirs_in)
        os.close(theirs_out)
        self.rest, self.number, self.events = b"", 0, []

    def message(self, until):
        while b"\0" not in self.rest:
            if not select.select([self.get], [], [], max(0, until - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer")
            piece = os.read(self.get, 1 << 20)
            if not piece:
                raise TimeoutError("Chromium has ended")
            self.rest += piece
        line, self.rest = self.rest.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, session=None, **params):
        self.number += 1
        call = {"id": self.number, "method": method, "params": params}
        if session:
            call["sessionId"] = session
        os.write(self.put, json.dumps(call).encode() + b"\0")
        until = time.monotonic() + 60
        while True:
            answer = self.message(until)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.see(answer)

    def see(self, event):
        self.events.append(event)
        # A dialog would stop the page for ever.
        if event.get("method") == "Page.javascriptDialogOpening":
            self.number += 1
            os.write(self.put, json.dumps(
                {"id": self.number, "method": "Page.handleJavaScriptDialog",
                 "sessionId": event["sessionId"], "params": {"accept": True}}).encode() + b"\0")

    def wait(self, method):
        until = time.monotonic() + 60
        while not any(e.get("method") == method for e in self.events):
            self.see(self.message(until))

    def close(self):
        try:
            self.call("Browser.close")
            self.process.wait(20)
        except (OSError, TimeoutError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


def complaints(events, url):
    for e in events:
        what, p = e.get("method"), e.get("params", {})
        if what == "Page.javascriptDialogOpening":
            yield "a script has run: " + p["message"]
        elif what == "Runtime.exceptionThrown":
            yield "a script has failed"
        elif what == "Runtime.consoleAPICalled":
            yield "the console: " + p["type"]
        elif what == "Log.entryAdded":
            yield "the log: " + p["entry"]["text"][:160]
        elif what == "Network.requestWillBeSent" and p["request"]["url"] != url:
            yield "a request for " + p["request"]["url"][:120]


class View:
    def __init__(self, browser):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target,
                                    flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.do(domain + ".enable")

    def do(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def faults(self, path, width, scheme, shot=None):
        url = "file://" + os.path.abspath(path)
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=2000 if shot else 800,
                deviceScaleFactor=1, mobile=width < 700)
        self.do("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}])
        self.browser.events = []
        self.do("Page.navigate", url=url)
        self.browser.wait("Page.loadEventFired")
        seen = json.loads(self.do("Runtime.evaluate", expression=LOOK)["result"]["value"])
        if seen["wide"] is not None:
            yield "wider than the page: %s" % seen["wide"]
        if seen["faint"]:
            yield "hard to read: %s" % seen["faint"]
        if seen["scripts"]:
            yield "a script element"
        if (sum(map(int, seen["back"].strip("rgb()").split(", "))) < 384) != (scheme == "dark"):
            yield "the ground is %s" % seen["back"]
        if seen["text"] < 200:
            yield "an empty page"
        yield from complaints(self.browser.events, url)
        if shot:
            import base64
            image = self.do("Page.captureScreenshot")
            with open(shot, "wb") as out:
                out.write(base64.b64decode(image["data"]))


SPOILED = {
    "wider": "<div style='width:2000px'>x</div>",
    "script has run": "<script>alert(1)</script>",
    "script element": "<script></script>",
    "request": "<img src='http://192.0.2.1/x.png'>",
    "console": "<script>console.error('x')</script>",
    "hard to read": "<p style='color:#888;background:#777'>x</p>",
}


def self_test(view, folder):
    """Each fault is found in a page that has it."""
    for fault, body in SPOILED.items():
        path = os.path.join(folder, "spoiled.html")
        with open(path, "w", encoding="ascii") as out:
            out.write("<!DOCTYPE html><meta name=viewport content='width=device-width'>"
                      "<title>x</title><p>" + "word " * 60 + "</p>" + body)
        found = list(view.faults(path, 360, "light"))
        assert any(fault in f for f in found), (fault, found)


def main(args):
    shots = args.pop(1) if args[:1] == ["--shots"] else None
    files = args[1:] if shots else args
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        print("SKIP: report: no chromium, the page is not looked at in a browser")
        return 0
    browser, faults, count = Browser(program), [], 0
    try:
        view = View(browser)
        self_test(view, browser.home)
        for path in files:
            # The browser lays out a few megabytes for twenty seconds: two views do.
            large = os.path.getsize(path) > LARGE
            for width in WIDTHS:
                for scheme in SCHEMES:
                    if large and (width == 500 or (width == 360) != (scheme == "light")):
                        continue
                    name = os.path.basename(path).removesuffix(".html")
                    shot = shots and "%s/%s-%d-%s.png" % (shots, name, width, scheme)
                    count += 1
                    faults += ["%s, %d wide, %s: %s" % (name, width, scheme, f)
                               for f in view.faults(path, width, scheme, shot)]
    finally:
        browser.close()
    for f in faults[:20]:
        print("report: browser: " + f)
    print("report: %d pages in chromium, %d faults" % (count, len(faults)))
    return 1 if faults else 0


sys.exit(main(sys.argv[1:]))
