# SPDX-License-Identifier: Apache-2.0
"""Sendmail, by an .mc file over Debian's m4 macros."""
from .mta import Mta


class Sendmail(Mta):
    name, title, image, package = "sendmail", "Sendmail", "sendmail", "sendmail-bin"
