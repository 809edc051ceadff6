#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: check.sh BUILT
# What is installed beside the program agrees with what the program does.
set -eu
built=$1
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
export PYTHONDONTWRITEBYTECODE=1
# The one that Debian's python3-jsonschema belongs to, whatever else is installed.
PATH=/usr/bin:$PATH

python3 "$here/metrics.py" "$top"
sh "$here/install.sh" "$top"
"$built/siem/emit" >"$built/siem/emitted.ops"
python3 "$here/formats.py" "$top" "$built/relaytap" "$built/siem/emitted.ops"
