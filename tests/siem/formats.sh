#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every format of alerts, read back by readers that were made from the standards.
# $1: the program emit; $2: folder for what is built.
set -eu
emit=$1
built=$2
here=$(dirname "$0")
ecs=@elastic/ecs@9.4.0

mkdir -p "$built/siem"
"$emit" >"$built/siem/emitted"
python3 "$here/formats.py" "$built/siem/emitted" --ecs "$built/siem/ecs.jsonl"

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
	echo "SKIP: ecs: no node or npm"
	exit 0
fi
if [ ! -d "$built/npm/node_modules/@elastic/ecs" ] &&
	! npm install --silent --no-audit --no-fund --prefix "$built/npm" "$ecs" >/dev/null 2>&1
then
	echo "SKIP: ecs: $ecs could not be installed from the npm registry"
	exit 0
fi
node "$here/ecs.js" "$built/npm" <"$built/siem/ecs.jsonl"
