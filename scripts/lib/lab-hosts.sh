# The lab's hosts as locum sees them: configuration, key, directories, and the daemon's life.
# What a host is made of lies in $lab/HOST; the network is in lab-net.sh. Sourced by scripts/lab.
# shellcheck shell=bash
# shellcheck disable=SC2154  # root, base, lab, name, prefix: chosen by scripts/lab

program=$root/dist/program/main.cjs

hosts_of_lab() { cat "$lab/hosts"; }

# A process is named by its id and the time it started: an id alone may be another process by now.
process_mark() { say "$1 $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20)"; }
same_process() { [ "$(process_mark "${1%% *}")" = "$1" ] && [ "${1##* }" != '' ]; }

daemon_pid() {
  local mark
  mark=$(cat "$lab/$1/pid" 2>/dev/null) && same_process "$mark" && say "${mark%% *}"
}

daemon_signal() {
  local pid
  pid=$(daemon_pid "$1") || die "no daemon runs on $1"
  kill -s "$2" "$pid"
}
daemon_kill() {
  daemon_signal "$1" "${2:-KILL}"
  # Nothing survives SIGKILL, but it takes a moment: whoever starts it again next must not meet the dead one.
  [ "${2:-KILL}" != KILL ] || while daemon_pid "$1" >/dev/null; do sleep 0.01; done
}
daemon_freeze() { daemon_signal "$1" STOP; }
daemon_thaw() { daemon_signal "$1" CONT; }

daemon_stop() {
  local tries=0
  daemon_signal "$1" TERM
  while daemon_pid "$1" >/dev/null; do
    [ $((tries += 1)) -le 500 ] || die "the daemon of $1 did not end within 5 s of SIGTERM"
    sleep 0.01
  done
}

daemon_start() {
  if daemon_pid "$1" >/dev/null; then die "a daemon runs on $1 already, pid $(daemon_pid "$1")"; fi
  daemon_launch "$1"
  daemon_wait answering "$1"
}

# The outer shell stays, to record how the daemon ended; the inner one becomes the daemon.
# shellcheck disable=SC2016  # expanded by those shells
daemon_launch() {
  local host=$1 dir=$lab/$1
  local -a before=() realtime=()
  [ ! -f "$lab/no-nftables" ] || before=(--import "$root/dist-test/lab/no-nftables.js")
  # As the unit has it.
  [ ! -f "$lab/realtime" ] || realtime=(chrt --rr --reset-on-fork 10)
  rm -f "$dir/exit" "$dir/pid"
  setsid bash -c '
    dir=$1; shift
    bash -c '\''
      dir=$1; shift
      echo "$$ $(sed "s/.*) //" /proc/$$/stat | cut -d" " -f20)" >"$dir/pid.new"
      mv "$dir/pid.new" "$dir/pid"
      exec "$@"
    '\'' daemon "$dir" "$@"
    echo $? >"$dir/exit"
  ' keeper "$dir" ip netns exec "$prefix-$host" "${realtime[@]}" node --single-threaded-gc --no-memory-reducer "${before[@]}" "$program" run --config "$dir/locum.toml" \
    --runtime-dir "$dir/run" --state-dir "$dir/state" </dev/null >>"$dir/log" 2>&1 &
}

# daemon_wait answering|held HOST…
daemon_wait() {
  local how=$1 host
  local -a dirs=()
  shift
  for host in "$@"; do dirs+=("$lab/$host"); done
  node "$root/scripts/lib/lab-wait.mjs" "$how" "${dirs[@]}" || die "lab '$name' did not become ready: see scripts/lab logs HOST"
}

# Settings of one host: an ordered map, so that --set replaces a default instead of giving a key twice.
settings_put() {
  local text=$2
  # What is not TOML already is a string.
  [[ $text =~ ^([\"\'\[{].*|true|false|-?[0-9]+)$ ]] || text="\"$text\""
  [[ -v values[$1] ]] || keys+=("$1")
  values[$1]=$text
}

settings_section() {
  local key
  for key in "${keys[@]}"; do
    if [ "${key%%.*}" = "$1" ]; then say "${key#*.} = ${values[$key]}"; fi
  done
}

# List of quoted words for TOML.
quoted_list() { printf '"%s"\n' "$@" | paste -sd, | sed 's/,/, /g; s/.*/[&]/'; }

write_config() {
  local host=$1 number=$2 dir=$lab/$1 one key group section list other
  local -a keys=() peers=() addresses
  local -A values=()
  settings_put cluster.name "$name"
  settings_put cluster.key_file "$dir/cluster.key"
  settings_put cluster.interval "$opt_interval"
  settings_put cluster.down_after "$opt_down_after"
  # Adverts to peers go where routing sends them: paths beside peers are refused.
  if [ -z "$opt_unicast" ]; then
    settings_put cluster.paths "$(quoted_list $(seq -f 'eth%.0f' 0 $((opt_paths - 1))))"
  else
    for other in $(seq "$opt_hosts"); do [ "$other" = "$number" ] || peers+=("192.0.2.$other"); done
    settings_put cluster.peers "$(quoted_list "${peers[@]}")"
  fi
  settings_put node.name "$host"
  settings_put node.priority $((number <= 9 ? 220 - 20 * number : 49 - number))
  settings_put group.interface eth0
  settings_put group.preempt "$opt_preempt"
  for one in "${opt_set[@]}"; do
    key=${one%%=*}
    case $key in
      *:*) [ "${key%%:*}" = "$host" ] || continue ;;
    esac
    settings_put "${key##*:}" "${one#*=}"
  done
  {
    say "# Written by scripts/lab for host $host of lab '$name'."
    for one in $(printf '%s\n' "${keys[@]%%.*}" | awk '!seen[$0]++ && $0 != "group"'); do
      printf '\n[%s]\n' "$one"
      settings_section "$one"
    done
    # Nothing is spawned for each group: there may be hundreds.
    mapfile -t addresses <"$lab/addresses"
    section=$(settings_section group)
    for ((group = 1; group <= opt_groups; group += 1)); do
      if [ "$group" = 1 ]; then one=web; else one=web$group; fi
      printf -v list '"%s", ' "${addresses[@]:(group - 1) * opt_addresses:opt_addresses}"
      printf '\n[[group]]\nname = "%s"\naddresses = [%s]\n%s\n' "$one" "${list%, }" "$section"
    done
    for one in "${opt_extra[@]}"; do
      if [ -f "$one" ]; then cat "$one"; elif [ "${one%%:*}" = "$host" ]; then cat "${one#*:}"; fi
    done
  } >"$dir/locum.toml"
}

write_addresses() {
  local group each i=0
  for group in $(seq "$opt_groups"); do
    for each in $(seq "$opt_addresses"); do
      if [ $((each % 2)) = 1 ]; then net_virtual_v4 "$i"; else net_virtual_v6 "$i"; fi
      i=$((i + 1))
    done
  done >"$lab/addresses"
}

prepare_host() {
  local host=$1 dir=$lab/$1
  mkdir -p "$dir/run" "$dir/state" "$dir/bin"
  write_config "$host" "$2"
  printf '#!/bin/sh\nexec node %q "$@" --config %q --runtime-dir %q --state-dir %q\n' \
    "$program" "$dir/locum.toml" "$dir/run" "$dir/state" >"$dir/bin/locum"
  chmod 755 "$dir/bin/locum"
  if [ -f "$lab/cluster.key" ]; then install -m 600 "$lab/cluster.key" "$dir/cluster.key"; fi
}

# What the TypeScript side and the instruments need to know.
write_description() {
  local host number=0
  {
    printf '{ "name": "%s", "dir": "%s", "prefix": "%s",\n  "addresses": %s,\n' \
      "$name" "$lab" "$prefix" "$(xargs <"$lab/addresses" printf '"%s"\n' | paste -sd, | sed 's/.*/[&]/')"
    printf '  "client": { "namespace": "%s" },\n' "$prefix-client"
    printf '  "witness": { "mac": "%s", "ipv4": "192.0.2.253", "ipv6": "2001:db8::fd" },\n  "hosts": [' "$(net_mac 253 1)"
    for host in $(hosts_of_lab); do
      number=$((number + 1))
      [ "$number" = 1 ] || printf ','
      printf '\n    { "name": "%s", "namespace": "%s", "mac": "%s", "dir": "%s" }' \
        "$host" "$prefix-$host" "$(net_mac "$number" 1)" "$lab/$host"
    done
    printf '\n  ] }\n'
  } >"$lab/lab.json.new"
  mv "$lab/lab.json.new" "$lab/lab.json"
}

parse_up() {
  opt_hosts='' opt_interval=1s opt_down_after=3 opt_paths=1 opt_groups=1 opt_addresses=2 opt_preempt=true
  opt_unicast='' opt_realtime='' opt_nftables=yes opt_daemon=yes opt_wait=held opt_owner='' opt_set=() opt_extra=()
  while [ $# -gt 0 ]; do
    case $1 in
      --unicast) opt_unicast=yes ;;
      --no-nftables) opt_nftables='' ;;
      --realtime) opt_realtime=yes ;;
      --no-daemon) opt_daemon='' ;;
      --interval | --down-after | --paths | --groups | --addresses | --preempt | --wait | --owner | --set | --config-extra)
        [ $# -ge 2 ] || die "up: $1 needs a value"
        case $1 in
          --interval) opt_interval=$2 ;;
          --down-after) opt_down_after=$2 ;;
          --paths) opt_paths=$2 ;;
          --groups) opt_groups=$2 ;;
          --addresses) opt_addresses=$2 ;;
          --preempt) opt_preempt=$2 ;;
          --wait) opt_wait=$2 ;;
          --owner) opt_owner=$2 ;;
          --set) opt_set+=("$2") ;;
          --config-extra) opt_extra+=("$2") ;;
        esac
        shift
        ;;
      *)
        [[ -z $opt_hosts && $1 =~ ^[1-9][0-9]?$ && $1 -le 40 ]] || die "up: expected a number of hosts from 1 to 40 and options, found '$1'"
        opt_hosts=$1
        ;;
    esac
    shift
  done
  opt_hosts=${opt_hosts:-3}
  check_up
}

check_number() { [[ $2 =~ ^[1-9][0-9]{0,3}$ && $2 -le $3 ]] || die "up: --$1 is a number from 1 to $3, found '$2'"; }

check_up() {
  local one
  check_number paths "$opt_paths" 9
  check_number groups "$opt_groups" 1000
  check_number addresses "$opt_addresses" 255
  for one in "${opt_set[@]}"; do
    [[ $one =~ ^([a-z0-9]+:)?[a-z]+\.[a-z_]+= ]] || die "up: --set takes [HOST:]SECTION.KEY=VALUE, found '$one'"
  done
  for one in "${opt_extra[@]}"; do
    [ -f "$one" ] || [ -f "${one#*:}" ] || die "up: --config-extra: there is no file '$one'"
  done
  [[ $opt_wait =~ ^(held|answering|none)$ ]] || die "up: --wait is held, answering or none, found '$opt_wait'"
  if [ -n "$opt_daemon" ] && [ ! -f "$program" ]; then die "$program is not there: run scripts/setup first"; fi
  # Compiled and not bundled: what would run is not what was compiled.
  one=$(find "$root/dist" -path "$root/dist/program" -prune -o -name '*.js' -newer "$program" -print -quit)
  [ -z "$one" ] || die "$program is older than $one: npm run build"
}

lab_up() {
  local host number
  parse_up "$@"
  mkdir -p "$base"
  mkdir "$lab" 2>/dev/null || die "lab '$name' is up already, or half of it is: scripts/lab --name $name down"
  trap 'code=$?; trap - EXIT; lab_down; exit $code' EXIT
  trap 'exit 130' INT TERM HUP
  : >"$lab/namespaces"
  # All at once: `sweep` beside this takes an empty one for that of a process that is gone.
  [ -z "$opt_owner" ] || { process_mark "$opt_owner" >"$lab/owner.new" && mv "$lab/owner.new" "$lab/owner"; }
  seq -f 'h%.0f' "$opt_hosts" >"$lab/hosts"
  [ -n "$opt_nftables" ] || : >"$lab/no-nftables"
  [ -z "$opt_realtime" ] || : >"$lab/realtime"
  write_addresses
  net_add_bridges "$opt_paths"
  net_add_client
  mkdir "$lab/client" "$lab/bridge"
  [ ! -f "$program" ] || node "$program" keygen "$lab/cluster.key" >/dev/null
  for number in $(seq "$opt_hosts"); do
    net_add_host "h$number" "$number" "$opt_paths"
    prepare_host "h$number" "$number"
  done
  write_description
  lab_start_daemons
  trap - EXIT INT TERM HUP
  lab_describe
}

lab_start_daemons() {
  local host
  local -a hosts
  [ -n "$opt_daemon" ] || return 0
  mapfile -t hosts <"$lab/hosts"
  for host in "${hosts[@]}"; do daemon_launch "$host"; done
  if [ "$opt_wait" = none ]; then return 0; fi
  if ! (daemon_wait "$opt_wait" "${hosts[@]}"); then
    # Cleaning up takes the logs with it, so their ends are shown now.
    for host in "${hosts[@]}"; do tail -n 15 "$lab/$host/log" | sed "s/^/$host: /" >&2; done
    exit 1
  fi
}

lab_describe() {
  local again="scripts/lab"
  [ "$name" = lab ] || again="scripts/lab --name $name"
  step "lab '$name': $(hosts_of_lab | xargs) and a client; $(wc -l <"$lab/addresses") virtual addresses, first $(head -n1 "$lab/addresses")"
  note "$again watch                 who holds, and what the client sees"
  note "$again kill h1               the daemon dies; also: stop, freeze, cut h1, start, thaw, heal all"
  note "$again exec h1 ip addr       anything, on any host; files are in $lab/h1"
  note "$again down                  removes all of it"
}

# Whatever runs in a namespace of ours is ours. Works on what is recorded, in any state of the lab.
lab_down() {
  local ns pids tries
  [ -d "$lab" ] || return 0
  for tries in $(seq 200); do
    pids=$(while read -r ns; do ip netns pids "$ns" 2>/dev/null || true; done <"$lab/namespaces" 2>/dev/null) || true
    [ -n "$pids" ] || break
    # shellcheck disable=SC2086  # a list of ids
    kill -s KILL $pids 2>/dev/null || true
    [ "$tries" -lt 200 ] || warn "processes are left: $(xargs <<<"$pids")"
    sleep 0.01
  done
  while read -r ns; do ip netns del "$ns" 2>/dev/null || true; done <"$lab/namespaces" 2>/dev/null || true
  # Who kept a daemon may be writing down its end just now.
  for tries in $(seq 20); do
    if rm -rf "${lab:?}" 2>/dev/null; then return 0; fi
    sleep 0.05
  done
  die "$lab could not be removed"
}
