#!/bin/bash
# cli.sh - what all commands share: help, suggestions, completion, the reference. usage: cli.sh MERLON
# shellcheck source=tests/kit.sh
. "$(dirname "$0")/../kit.sh"

wants "help" 0 "Exit codes:" --help
wants "help of a command" 0 "merlon policy eval - " help policy eval
wants "version" 0 "merlon 0" --version
wants "a command misspelt" 2 "did you mean 'check'?" chekc
wants "a group misspelt" 2 "did you mean 'policy'?" polcy
wants "a word of a group misspelt" 2 "did you mean 'policy eval'?" policy evall
wants "half a command" 2 "needs one more word: eval" policy
wants "an option misspelt" 2 "did you mean --format?" check --formt human
wants "a choice that is none" 2 "is not one of human|" check --format bogus
wants "a number that is none" 2 "is not a whole number" check --max-unknown many
wants "an option without its argument" 2 "--gate" check --gate
wants "one argument too many" 2 "unexpected argument 'b'" explain MLN-POD-001 b
wants "an unknown shell" 2 "bash, zsh or fish" completion tcsh

# Every command explains itself, and every example in its help uses options that it has.
"$merlon" docs markdown >reference.md
commands=$(sed -n 's/^## merlon //p' reference.md)
[ -n "$commands" ] || bad "the reference lists no commands"
while read -r line; do
    # shellcheck disable=SC2086
    if "$merlon" $line --help >out 2>err && grep -q "^Usage: merlon $line" out && grep -q '^Examples:' out; then
        ok
    else
        bad "$line --help"
    fi
    for opt in $(sed -n '/^Examples:/,$p' out | grep "merlon $line" | grep -o -- ' --[a-z-]*'); do
        if sed '/^Examples:/,$d' out | grep -qF -- "$opt"; then ok; else bad "$line: example uses $opt"; fi
    done
done <<EOF2
$commands
EOF2

# What bash offers behind a line of words; the last word is the one to complete.
offers() { # NAME WANT NOT-WANTED WORD...
    name=$1 want=$2 not=$3
    shift 3
    "$merlon" completion bash >c.bash
    bash -c 'source c.bash; COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _merlon; echo " ${COMPREPLY[*]} "' \
        bash "$@" >out 2>err
    if grep -q -- " $want " out && ! grep -q -- " $not " out; then ok; else bad "completion: $name"; fi
}
offers "first words" check fmt merlon ""
offers "second words" fmt --write merlon policy ""
offers "options" --check-result --threshold merlon policy fmt --
offers "options of the command's own" --threshold --check-result merlon policy test --
offers "what an option takes" true --write merlon policy fmt --check-result ""
offers "what a short option takes" sarif --gate merlon check -f ""
if command -v fish >/dev/null 2>&1; then
    "$merlon" completion fish >c.fish
    fish -c 'source c.fish; complete -C "merlon policy fmt --check-result "' >out 2>err
    if grep -q '^true' out; then ok; else bad "completion: fish"; fi
fi

# Completion offers commands and options, in each shell that is here.
for shell in bash zsh fish; do
    "$merlon" completion "$shell" >"c.$shell" 2>err
    if grep -q eval "c.$shell"; then ok; else bad "completion $shell"; fi
    if command -v "$shell" >/dev/null 2>&1; then
        if "$shell" -n "c.$shell" 2>err; then ok; else bad "completion $shell does not parse"; fi
    fi
done
# shellcheck disable=SC1091
. ./c.bash
complete_words() { # WORD...: what bash would offer for the last word
    COMP_WORDS=(merlon "$@") COMP_CWORD=$#
    _merlon
    printf '%s\n' "${COMPREPLY[@]}"
}
complete_words pol >out
if grep -qx policy out; then ok; else bad "bash: pol"; fi
complete_words policy e >out
if grep -qx eval out; then ok; else bad "bash: policy e"; fi
complete_words check --ga >out
if grep -qx -- --gate out; then ok; else bad "bash: check --ga"; fi

# Colours: never on a pipe, always when asked.
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b}]}\n' >pod.yaml
"$merlon" check pod.yaml >out 2>err
if grep -q "$(printf '\033')" out; then bad "colours on a pipe"; else ok; fi
"$merlon" check --color always pod.yaml >out 2>err
if grep -q "$(printf '\033')" out; then ok; else bad "no colours when asked for"; fi
finish
