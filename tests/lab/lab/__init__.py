# SPDX-License-Identifier: Apache-2.0
"""relaytap's lab: real mail servers in name spaces, recorded on the wire, with the truth."""
