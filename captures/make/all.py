#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: all.py [FOLDER [NAME...]]

Writes the captures, all or those named, into FOLDER (the one above this file).  They come
out octet by octet the same in every run.
"""

import os
import sys

import cast
import odd       # noqa: F401  (registers its captures)
import refusals  # noqa: F401
import relays    # noqa: F401


def main(arguments):
    here = os.path.dirname(os.path.abspath(__file__))
    folder = arguments[0] if arguments else os.path.dirname(here)
    for name in arguments[1:] or sorted(cast.CAPTURES):
        print(cast.write(name, folder))


if __name__ == "__main__":
    main(sys.argv[1:])
