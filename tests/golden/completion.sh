# SPDX-License-Identifier: Apache-2.0
# A part of run.sh: bash completes every command and every option that the program tells.
# shellcheck shell=sh disable=SC2154

# completed WORD...: what the last word of a line becomes, one a line.
completed() {
	bash -c '
		. "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_relaytap "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$top/sensor/relaytap.bash-completion" "$@"
}

completes() {
	want=$1
	shift
	completed "$@" | grep -qxF -- "$want" || fail "bash does not complete $want: $*"
}

completion() {
	before=$failed
	told=0
	for command in $("$binary" --help | sed -n 's/^  relaytap \([a-z][a-z-]*\) .*/\1/p'); do
		completes "$command" "$binary" "${command%?}"
		for option in $("$binary" "$command" --help | grep -oE -- '^ +(-[a-zA-Z], )?--[a-z-]+' |
			grep -oE -- '--[a-z-]+'); do
			completes "$option" "$binary" "$command" "${option%?}"
			told=$((told + 1))
		done
	done
	[ "$told" -ge 20 ] || fail "only $told options found to complete"
	completes --version "$binary" --ver
	completes reload "$binary" ctl rel
	completes open-relay "$binary" read --fail-on open-r
	[ -z "$(completed "$binary" read x.pca)" ] || fail "a file is taken for a word"
	[ "$failed" != "$before" ] || passed=$((passed + 1))
}
