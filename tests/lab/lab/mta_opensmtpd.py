# SPDX-License-Identifier: Apache-2.0
"""OpenSMTPD."""
from .mta import Mta


class OpenSmtpd(Mta):
    name, title, image, package = "opensmtpd", "OpenSMTPD", "opensmtpd", "opensmtpd"
