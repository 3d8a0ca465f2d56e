# How every script here speaks: colour only on a terminal, errors on standard error. Sourced, never run.
# shellcheck shell=bash
# shellcheck disable=SC2034  # the scripts that source this use the colours

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
else
  bold='' dim='' red='' green='' yellow='' plain=''
fi

say() { printf '%s\n' "$*"; }
step() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }
note() { printf '    %s%s%s\n' "$dim" "$*" "$plain"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# npm puts the programs of packages in front of PATH, and one of them is called nft, as the program of nf_tables is.
drop_package_programs() {
  local entry kept=''
  while IFS= read -r -d : entry; do
    case $entry in */node_modules/.bin | */node_modules/.bin/) ;; *) kept+=:$entry ;; esac
  done <<<"$PATH:"
  export PATH=${kept#:}
}

die() {
  warn "$@"
  exit 1
}
