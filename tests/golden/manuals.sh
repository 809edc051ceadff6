# SPDX-License-Identifier: Apache-2.0
# A part of run.sh: the manual pages are well formed and leave out no option and no key.
# shellcheck shell=sh disable=SC2154

manuals() {
	for page in "$top"/sensor/relaytap.8 "$top"/sensor/relaytap.conf.5 \
		"$top"/sensor/relaytap-events.7; do
		# Pages that are not installed here are no fault of this one.
		mandoc -T lint "$page" 2>&1 | grep '^mandoc: .*: [A-Z]' |
			grep -v 'referenced manual not found' >"$work/lint"
		[ -s "$work/lint" ] && fail "$(cat "$work/lint")"
	done
	sed -n 's/^\t{"\([a-z-]*\)", [a-z]*_argument.*/\1/p' \
		"$top/sensor/command/command_options.c" \
		"$top/sensor/command/command_watch.c" "$top/sensor/command/command_ctl.c" \
		"$top/sensor/command/command_top.c" >"$work/options"
	while read -r option; do
		grep -q -- "\(Fl\|,\) -$option\b" "$top/sensor/relaytap.8" ||
			fail "--$option is not in relaytap(8)"
	done <"$work/options"
	sed -n 's/^\t{"\([a-z]*\)", "\([a-z_]*\)", CONFIG_.*/\1 \2/p' \
		"$top/sensor/config/config_schema.c" | tr ' ' '\n' | sort -u |
		grep . >"$work/keys"
	while read -r key; do
		grep -q "It Ic $key :" "$top/sensor/relaytap.conf.5" ||
			fail "$key is not in relaytap.conf(5)"
	done <"$work/keys"
	if [ -s "$work/options" ] && [ -s "$work/keys" ]; then
		passed=$((passed + 1))
	else
		fail "no options or keys found to look for in the manual pages"
	fi
}
