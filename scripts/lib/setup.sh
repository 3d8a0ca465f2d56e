# Makes a checkout ready: Node's version, Debian packages that are missing, node_modules, the build.
# Does only what is not done yet, and names it before doing it. Sourced after say.sh, with $root set.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root: set by the script that sources this

# By package.json, which names what npm ci takes: ranges such as ^20.19 and >=25. Said here in words, and before npm
# has compiled or refused anything.
need_node() {
  local wanted
  command -v node >/dev/null || die "expected Node and npm, found no 'node' in PATH: install one that package.json names (engines)"
  wanted=$(node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    const ranges = require(process.argv[1]).engines.node.split(" || ").map((range) => {
      const [sign, first, least = "0"] = range.match(/\^|>=|\d+/g);
      const fits = (major === +first && minor >= +least) || (sign === ">=" && major > +first);
      return { fits, words: sign === ">=" ? `${first} or newer` : `${first} from ${first}.${least} on` };
    });
    if (!ranges.some(({ fits }) => fits)) console.log(ranges.map(({ words }) => words).join(", "));
  ' "$root/package.json") || die "expected a node that runs, found that $(command -v node) does not: see above"
  [ -z "$wanted" ] ||
    die "expected Node $wanted, found $(node --version) at $(command -v node): put one of those first in PATH and run this again"
}

# Prints those packages of the given uses that are not installed here and should be.
missing_packages() {
  local use package
  while read -r use package _; do
    case " $* " in *" $use "*) ;; *) continue ;; esac
    [ "$use" != boxed ] || continue
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || say "$package"
  done < <(grep -v '^#' "$root/scripts/packages") | sort -u
}

need_packages() {
  local -a missing
  command -v dpkg-query >/dev/null || {
    warn "this is no Debian: see scripts/packages for what must be there"
    return 0
  }
  mapfile -t missing < <(missing_packages "$@")
  [ "${#missing[@]}" -gt 0 ] || return 0
  [ "$(id -u)" -eq 0 ] || die "missing Debian packages: ${missing[*]}; install them as root: apt-get install ${missing[*]}"
  step "installing Debian packages: ${missing[*]}"
  local name
  for name in "${missing[@]}"; do
    note "$name: $(awk -v p="$name" '$1 !~ /^#/ && $2 == p { $1 = $2 = ""; sub(/^ +/, ""); print; exit }' "$root/scripts/packages")"
  done
  (install_quietly "${missing[@]}") || die "apt-get could not install: ${missing[*]}"
}

# Runs in a subshell, for its trap. policy-rc.d answers 101 during this one call, so that no service
# that comes with a package starts on this host; what was there before is put back.
install_quietly() {
  local policy=/usr/sbin/policy-rc.d kept=''
  if [ -e "$policy" ]; then
    kept=$(mktemp /usr/sbin/policy-rc.d.XXXXXX)
    cp -p "$policy" "$kept"
  fi
  # shellcheck disable=SC2064  # the values of now are meant
  trap "if [ -n '$kept' ]; then mv -f '$kept' '$policy'; else rm -f '$policy'; fi" EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update || warn "apt-get update failed; trying with the package lists that are here"
  apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install "$@" >/dev/null
}

# Fetches the packages of the use `boxed`, with what they need that this host has not, and installs nothing.
need_boxed_packages() {
  local kept=$root/node_modules/.cache/locum/boxed said
  local -a wanted
  mapfile -t wanted < <(awk '$1 == "boxed" { print $2 }' "$root/scripts/packages")
  [ "$(id -u)" -eq 0 ] || die "fetching Debian packages needs root: ${wanted[*]}"
  [ -d "$kept" ] || step "fetching Debian packages that tests install in hosts of their own, not here: ${wanted[*]}"
  mkdir -p "$kept/partial"
  said=$(mktemp)
  fetch_packages "$kept" "${wanted[@]}" >"$said" 2>&1 ||
    { apt-get -qq update && fetch_packages "$kept" "${wanted[@]}"; } >"$said" 2>&1 ||
    { cat "$said" >&2; die "apt-get could not fetch: ${wanted[*]}"; }
  rm -f "$said"
}

fetch_packages() {
  local into=$1
  shift
  apt-get -qq -y --no-install-recommends --download-only -o Dir::Cache::archives="$into" install "$@"
}

# True when node_modules is what package-lock.json asks for and its native parts load in this Node.
modules_fresh() {
  [ -f "$root/node_modules/.package-lock.json" ] && (cd "$root" && node scripts/lib/modules-fresh.mjs)
}

need_modules() {
  if modules_fresh; then return 0; fi
  # npm ci empties the directory first: behind a link that is somebody else's.
  [ ! -L "$root/node_modules" ] || die "node_modules is a link and out of date: run npm ci where it points"
  need_packages build
  step "npm ci (compiles raw-socket; about half a minute)"
  (cd "$root" && npm ci --no-audit --no-fund --loglevel=error) || die "npm ci failed: see above"
}

need_build() {
  step "npm run build"
  (cd "$root" && npm run --silent build) || die "the build failed: see above"
}
