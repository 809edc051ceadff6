# SPDX-License-Identifier: Apache-2.0
"""Reads the ArcSight Common Event Format as its standard has it, and refuses the rest."""

import ipaddress
import re

# Key: type, and the most octets of a text (ArcSight CEF Implementation Standard, chapter 2).
DICTIONARY = {
    "rt": ("time",), "start": ("time",), "end": ("time",), "cnt": ("integer",),
    "cat": ("text", 1023), "externalId": ("text", 40), "deviceExternalId": ("text", 255),
    "dvchost": ("text", 100), "src": ("ipv4",), "dst": ("ipv4",), "spt": ("port",),
    "dpt": ("port",), "c6a3": ("ipv6",), "c6a4": ("ipv6",), "dhost": ("text", 1023),
    "proto": ("text", 31), "app": ("text", 31), "suser": ("text", 1023),
    "duser": ("text", 1023), "msg": ("text", 1023), "reason": ("text", 1023),
    "cn1": ("long",), "cn2": ("long",), "cn3": ("long",), "cfp1": ("double",),
}
for n in range(1, 7):
    DICTIONARY[f"cs{n}"] = ("text", 4000)
LABELLED = [k for k in DICTIONARY if re.fullmatch(r"(cs|cn|cfp|c6a)\d", k)]
for k in LABELLED:
    DICTIONARY[k + "Label"] = ("text", 1023)

HEADER_OCTETS = {"vendor": 63, "product": 63, "version": 31, "class": 1023, "name": 512}


def split_header(line):
    """Eight parts at pipes that no backslash escapes; the last is the extension."""
    parts, part, i = [], "", 0
    while i < len(line) and len(parts) < 7:
        if line[i] == "\\":
            assert line[i + 1] in "\\|", f"escape {line[i:i + 2]!r} in the header"
            part += line[i + 1]
            i += 2
        elif line[i] == "|":
            parts.append(part)
            part, i = "", i + 1
        else:
            part += line[i]
            i += 1
    assert len(parts) == 7, "too few fields in the header"
    return parts, line[i:]


def unescape(value):
    out, i = "", 0
    while i < len(value):
        assert value[i] != "=", "a = without backslash in a value"
        if value[i] != "\\":
            out += value[i]
            i += 1
            continue
        assert i + 1 < len(value) and value[i + 1] in "\\=nr", \
            f"escape {value[i:i + 2]!r} in a value"
        out += {"n": "\n", "r": "\r"}.get(value[i + 1], value[i + 1])
        i += 2
    return out


def split_extension(text):
    """A key is a word before a = that no backslash escapes, at the front or after a blank."""
    starts = []
    for m in re.finditer(r"(?:^| )([A-Za-z0-9_]+)=", text):
        before = text[:m.start()]
        escapes = len(before) - len(before.rstrip("\\"))
        if m.start() == 0 or escapes % 2 == 0 or text[m.start()] == " ":
            starts.append(m)
    assert not text or (starts and starts[0].start() == 0), "the extension begins with no key"
    pairs = {}
    for m, following in zip(starts, starts[1:] + [None]):
        value = text[m.end():following.start() if following else len(text)]
        assert m.group(1) not in pairs, f"key {m.group(1)} twice"
        pairs[m.group(1)] = unescape(value)
    return pairs


def check_type(key, value):
    kind, *most = DICTIONARY[key]
    if kind == "text":
        assert len(value.encode()) <= most[0], f"{key} has {len(value.encode())} octets"
    elif kind in ("time", "integer", "long", "port"):
        assert re.fullmatch(r"\d+", value), f"{key}={value}"
        bound = {"port": 65535, "integer": 2**31 - 1}.get(kind, 2**64 - 1)
        assert int(value) <= bound, f"{key}={value}"
    elif kind == "double":
        float(value)
    else:
        assert ipaddress.ip_address(value).version == int(kind[3]), f"{key}={value}"


def parse(line):
    """Header fields and the pairs of the extension. AssertionError if it is no CEF."""
    assert not re.search(r"[\x00-\x1f\x7f\x80-\x9f\u2028\u2029]", line), "a control character"
    parts, extension = split_header(line)
    assert parts[0] == "CEF:0", parts[0]
    header = dict(zip(["vendor", "product", "version", "class", "name"], parts[1:6]))
    for key, most in HEADER_OCTETS.items():
        assert len(header[key].encode()) <= most, f"{key} is too long"
    header["severity"] = int(parts[6])
    assert 0 <= header["severity"] <= 10
    pairs = split_extension(extension)
    for key, value in pairs.items():
        assert key in DICTIONARY, f"no such key: {key}"
        check_type(key, value)
        if key in LABELLED:
            assert key + "Label" in pairs, f"{key} has no label"
    return header, pairs
