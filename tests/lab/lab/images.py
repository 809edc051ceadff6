# SPDX-License-Identifier: Apache-2.0
"""Root file systems for the mail servers, made once and kept in a cache.

Debian's mail servers exclude one another as packages, so each needs a root of its own.
A root is a stack of overlay layers: the common base (debootstrap) below, what apt added for
one server above it.  Stacking costs about a fifth of the disk that copies would.  Nothing
is installed on the host: debootstrap is unpacked, not installed, and the mirror and the
proxies are the ones that the host's apt is set up with.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

CACHE = os.environ.get("LAB_CACHE", "/var/tmp/relaytap-lab")
SUITE = "bookworm"

SASL = ["sasl2-bin", "libsasl2-modules", "libsasl2-modules-db", "openssl"]

# name -> (packages, extra apt suite or None)
IMAGES = {
    "postfix": (["postfix", "postfix-pcre", "postgrey"] + SASL, None),
    "exim": (["exim4-daemon-heavy", "openssl"], None),
    "sendmail": (["sensible-mda", "sendmail-bin", "sendmail-cf", "m4", "make", "procmail",
                  "vacation"] + SASL, None),
    "opensmtpd": (["opensmtpd", "openssl"], SUITE + "-backports"),
    "tools": (["dnsmasq-base", "nmap", "swaks", "libnet-ssleay-perl", "libauthen-sasl-perl",
               "libio-socket-inet6-perl", "haproxy", "nftables", "tcpdump", "ethtool",
               "iproute2", "openssl", "netbase"], None),
}

DEVICES = [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8),
           ("urandom", 1, 9), ("tty", 5, 0)]


class ImageError(Exception):
    """An image could not be made; the text says which command failed and how."""


def path(name):
    """Folder of one layer."""
    return os.path.join(CACHE, "layers", name)


def layers(name):
    """Value for overlayfs' lowerdir=: the server's layer above the base."""
    return path(name) + ":" + path("base")


def say(text):
    print("lab: " + text, flush=True)


def call(argv, log, **kw):
    """Run a command, output to the log; its last lines are the error's text."""
    with open(log, "ab") as out:
        out.write(("+ " + " ".join(argv) + "\n").encode())
        out.flush()
        code = subprocess.call(argv, stdin=subprocess.DEVNULL, stdout=out,
                               stderr=subprocess.STDOUT, **kw)
    if code:
        with open(log, errors="replace") as text:
            tail = "".join(text.readlines()[-15:])
        raise ImageError("%s: exit %d\n%s(whole log: %s)" % (argv[0], code, tail, log))


def sources():
    """(uri, suite, component) of the Debian archives that the host's apt knows."""
    form = "$(REPO_URI)|$(CODENAME)|$(SUITE)|$(COMPONENT)|$(RELEASE)|$(ORIGIN)"
    out = subprocess.run(["apt-get", "indextargets", "--format", form,
                          "Created-By: Packages"], capture_output=True, text=True).stdout
    found = []
    for line in out.splitlines():
        uri, codename, _, component, release, origin = (line.split("|") + [""] * 6)[:6]
        if not origin.startswith("Debian"):
            continue
        row = (uri, release or codename, component)
        if codename.startswith(SUITE) and component == "main" and row not in found:
            found.append(row)
    if not any(suite == SUITE for _, suite, _ in found):
        found.insert(0, ("http://deb.debian.org/debian/", SUITE, "main"))
    return found


def main_mirror():
    return next(uri for uri, suite, _ in sources() if suite == SUITE)


def apt_settings():
    """The host's proxies, for apt inside the root."""
    out = subprocess.run(["apt-config", "dump"], capture_output=True, text=True).stdout
    keep = [line for line in out.splitlines()
            if line.startswith("Acquire::") and "proxy" in line.lower()]
    return "\n".join(keep + ['APT::Install-Recommends "false";',
                             'Acquire::Languages "none";']) + "\n"


def write(root, name, text, mode=0o644):
    """Put a text file below a root, with its folders."""
    full = os.path.join(root, name.lstrip("/"))
    os.makedirs(os.path.dirname(full), exist_ok=True)
    if os.path.islink(full):
        os.unlink(full)
    with open(full, "w") as out:
        out.write(text)
    os.chmod(full, mode)


def debootstrap_script(log):
    """Unpack debootstrap beside the images; the host stays as it is."""
    home = os.path.join(CACHE, "debootstrap")
    script = os.path.join(home, "usr/sbin/debootstrap")
    if os.path.exists(script):
        return home, script
    fetch = os.path.join(CACHE, "fetch")
    os.makedirs(fetch, exist_ok=True)
    try:
        call(["apt-get", "download", "debootstrap"], log, cwd=fetch)
    except ImageError:
        call(["apt-get", "update"], log)
        call(["apt-get", "download", "debootstrap"], log, cwd=fetch)
    deb = [f for f in os.listdir(fetch) if f.startswith("debootstrap")][0]
    call(["dpkg", "-x", os.path.join(fetch, deb), home], log)
    return home, script


def make_base(log):
    root = path("base")
    home, script = debootstrap_script(log)
    env = dict(os.environ, DEBOOTSTRAP_DIR=os.path.join(home, "usr/share/debootstrap"))
    call(["sh", script, "--variant=minbase", SUITE, root, main_mirror()], log, env=env)
    lines = ["deb %s %s %s" % row for row in sources()]
    write(root, "/etc/apt/sources.list", "\n".join(lines) + "\n")
    write(root, "/etc/apt/apt.conf.d/90lab", apt_settings())
    write(root, "/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
    shutil.copy("/etc/resolv.conf", os.path.join(root, "etc/resolv.conf"))
    for name, major, minor in DEVICES:
        node = os.path.join(root, "dev", name)
        if not os.path.exists(node):
            os.mknod(node, 0o20666, os.makedev(major, minor))
            os.chmod(node, 0o666)
    in_root(root, ["apt-get", "update"], log)
    in_root(root, ["apt-get", "-y", "upgrade"], log)


def in_root(root, argv, log):
    """Run a command in a root with /proc of a PID name space of its own."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND": "noninteractive",
           "LC_ALL": "C", "HOME": "/root"}
    call(["unshare", "--pid", "--fork", "--kill-child", "--mount",
          "--mount-proc=" + os.path.join(root, "proc"), "chroot", root] + argv, log, env=env)


def make_layer(name, log):
    """apt in an overlay over the base; what it writes is the layer."""
    packages, suite = IMAGES[name]
    upper, work = path(name), os.path.join(CACHE, "work")
    merged = os.path.join(CACHE, "merged")
    for folder in (upper, work, merged):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
    call(["mount", "-t", "overlay", "overlay", "-o", "lowerdir=%s,upperdir=%s,workdir=%s"
          % (path("base"), upper, work), merged], log)
    try:
        pick = []
        if suite:
            write(merged, "/etc/apt/sources.list.d/extra.list",
                  "deb %s %s main\n" % (main_mirror(), suite))
            try:
                in_root(merged, ["apt-get", "update"], log)
                pick = ["-t", suite]
            except ImageError:
                say("%s: no %s; Debian's own version is taken instead" % (name, suite))
                os.unlink(os.path.join(merged, "etc/apt/sources.list.d/extra.list"))
                in_root(merged, ["apt-get", "update"], log)
        in_root(merged, ["apt-get", "-y", "install"] + pick + packages, log)
        in_root(merged, ["apt-get", "clean"], log)
        shutil.rmtree(os.path.join(merged, "var/lib/apt/lists"), ignore_errors=True)
    finally:
        call(["umount", merged], log)


def recipe(name):
    """Changes when an image must be made again."""
    text = repr((SUITE, IMAGES.get(name), DEVICES, 1))
    return hashlib.sha256(text.encode()).hexdigest()


def ready(name):
    stamp = os.path.join(CACHE, "stamps", name)
    try:
        with open(stamp) as text:
            return text.read().strip() == recipe(name)
    except OSError:
        return False


def build(names=None):
    """Make the images that are missing or whose recipe changed."""
    os.makedirs(os.path.join(CACHE, "layers"), exist_ok=True)
    os.makedirs(os.path.join(CACHE, "stamps"), exist_ok=True)
    for name in ["base"] + list(names or IMAGES):
        if ready(name):
            continue
        log = os.path.join(CACHE, name + ".log")
        if os.path.exists(log):
            os.unlink(log)
        start = time.time()
        shutil.rmtree(path(name), ignore_errors=True)
        if name == "base":
            make_base(log)
        else:
            make_layer(name, log)
        with open(os.path.join(CACHE, "stamps", name), "w") as out:
            out.write(recipe(name) + "\n")
        say("image %s made in %.0f s" % (name, time.time() - start))


def version(name, package):
    """Version of an installed package, for the truth files."""
    for layer in (path(name), path("base")):
        status = os.path.join(layer, "var/lib/dpkg/status")
        if not os.path.exists(status):
            continue
        with open(status) as text:
            for block in text.read().split("\n\n"):
                lines = dict(line.split(": ", 1) for line in block.splitlines()
                             if ": " in line and not line.startswith(" "))
                if lines.get("Package") == package:
                    return lines.get("Version", "?")
    return "?"


if __name__ == "__main__":
    try:
        build()
    except ImageError as why:
        sys.exit("lab: " + str(why))
