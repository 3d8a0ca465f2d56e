# The lab's network: namespaces, bridges, veth pairs, and how they are broken. A cut is an element of a
# set in one nft table on the bridge, so that healing is taking elements out. Sourced by scripts/lab.
# shellcheck shell=bash
# shellcheck disable=SC2154  # lab, prefix: chosen by scripts/lab

# Recorded first, so that a lab that dies here is still removed whole; what is there already is not ours.
net_add_namespace() {
  [ ! -e "/run/netns/$1" ] || die "the namespace $1 exists and no lab of that name made it: choose another --name"
  say "$1" >>"$lab/namespaces"
  ip netns add "$1"
  # Both of them: the kernel skips duplicate address detection only if neither asks for it.
  # shellcheck disable=SC2016  # $i belongs to the inner shell
  ip netns exec "$1" sh -c '
    cd /proc/sys/net/ipv6/conf && for i in all default; do
      echo 0 >$i/accept_dad; echo 0 >$i/accept_ra; echo 0 >$i/router_solicitations
    done'
  ip -n "$1" link set lo up
}

net_add_bridges() {
  local paths=$1 ns=$prefix-bridge path
  net_add_namespace "$ns"
  ip netns exec "$ns" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6; echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6'
  for path in $(seq "$paths"); do
    ip -n "$ns" link add "br$path" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
    ip -n "$ns" link set "br$path" up
  done
  ip netns exec "$ns" nft -f - <<'NFT'
table bridge lab {
  set to { type ifname; }
  set from { type ifname; }
  set apart { type ifname . ifname; }
  chain forward {
    type filter hook forward priority 0;
    iifname @from drop
    oifname @to drop
    iifname . oifname @apart drop
  }
}
NFT
}

# net_plug HOST NUMBER PATH: eth(PATH-1) of the host on bridge PATH; its MAC says both numbers.
net_plug() {
  local host=$1 number=$2 path=$3 ns=$prefix-$1 dev=eth$(($3 - 1)) v4=192.0.2 v6=2001:db8:
  if [ "$path" -gt 1 ]; then v4=198.51.100 v6=2001:db8:0:$path:; fi
  ip -n "$ns" link add "$dev" address "$(net_mac "$number" "$path")" type veth peer name "$host-p$path" netns "$prefix-bridge"
  ip -n "$prefix-bridge" link set "$host-p$path" master "br$path" up
  ip -n "$ns" -batch - <<BATCH
link set $dev up
addr add $v4.$number/24 dev $dev
addr add $v6:$(printf %x "$number")/64 dev $dev nodad
BATCH
}

net_mac() { printf '02:4c:00:00:%02x:%02x' "$2" "$1"; }

# The first hundred virtual IPv4 addresses lie in the hosts' own network, the others are reached by a route.
net_virtual_v4() {
  if [ "$1" -lt 100 ]; then say "192.0.2.$((100 + $1))"; else say "198.18.$(($1 / 250)).$(($1 % 250 + 1))"; fi
}
net_virtual_v6() { printf '2001:db8::1:%x\n' "$1"; }

net_add_host() {
  local host=$1 number=$2 paths=$3 path
  net_add_namespace "$prefix-$host"
  for path in $(seq "$paths"); do net_plug "$host" "$number" "$path"; done
  # A host that asked for the witness would name a virtual address as its own while asking, and so teach the client
  # what only an announcement is to teach it.
  ip -n "$prefix-$host" -batch - <<BATCH
neigh add 192.0.2.253 lladdr $(net_mac 253 1) dev eth0 nud permanent
neigh add 2001:db8::fd lladdr $(net_mac 253 1) dev eth0 nud permanent
BATCH
}

net_add_client() {
  net_add_namespace "$prefix-client"
  net_plug client 254 1
  ip -n "$prefix-client" route add 198.18.0.0/15 dev eth0
}

# The ports of a host on the bridges, or just the one that a path names; without a host all of them.
net_ports() {
  local found
  found=$(ip -n "$prefix-bridge" -o link show type veth | awk -F'[ :@]+' -v host="${1:-}" -v path="${2:-}" '
    { split($2, part, "-p") } (host == "" || part[1] == host) && (path == "" || part[2] == path) { print $2 }')
  [ -n "$found" ] || die "$1 has no path '${2:-}' in lab '$name'"
  say "$found"
}

net_change() { ip netns exec "$prefix-bridge" nft -f -; }

net_cut() {
  local host=$1 path='' how=link port ports
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --path) path=${2:-} && shift ;;
      --in | --out | --silent) how=${1#--} ;;
      *) die "cut: expected --path N, --in, --out or --silent, found '$1'" ;;
    esac
    shift
  done
  ports=$(net_ports "$host" "$path")
  for port in $ports; do
    case $how in
      link) ip -n "$prefix-bridge" link set "$port" down ;;
      in) say "add element bridge lab to { \"$port\" }" ;;
      out) say "add element bridge lab from { \"$port\" }" ;;
      silent) say "add element bridge lab to { \"$port\" }; add element bridge lab from { \"$port\" }" ;;
    esac
  done | net_change
}

# Both directions between two ports. Deleting what is not there is an error, so healing adds first.
net_apart() { say "$1 element bridge lab apart { \"$2\" . \"$3\", \"$3\" . \"$2\" }"; }

net_heal_all() {
  local port ports
  say 'flush set bridge lab to; flush set bridge lab from; flush set bridge lab apart' | net_change
  ports=$(net_ports)
  for port in $ports; do ip -n "$prefix-bridge" link set "$port" up; done
}

net_heal() {
  local port ports other others verb side
  if [ "${1:-}" = all ]; then
    net_heal_all
    return 0
  fi
  need_host "${1:-}"
  [ "${2:---path}" = --path ] || die "heal: expected --path N, found '$2'"
  ports=$(net_ports "$1" "${3:-}")
  others=$(net_ports)
  for port in $ports; do ip -n "$prefix-bridge" link set "$port" up; done
  for verb in add delete; do
    for port in $ports; do
      for side in to from; do say "$verb element bridge lab $side { \"$port\" }"; done
      for other in $others; do
        if [ "${other%-p*}" != "$1" ]; then net_apart "$verb" "$port" "$other"; fi
      done
    done
  done | net_change
}

# In one transaction, so that no frame passes between one partition and the next that comes instead of it.
net_partition() {
  local instead='' side a i j left right sides=()
  if [ "${1:-}" = --instead ]; then instead=yes && shift; fi
  [ $# -ge 2 ] || die 'partition: expected two sides or more, as in: partition "h1" "h2 h3"'
  for side in "$@"; do
    for a in $side; do [ "$a" = client ] || need_host "$a"; done
    sides+=("$(for a in $side; do net_ports "$a"; done)")
  done
  {
    [ -z "$instead" ] || say 'flush set bridge lab apart'
    for ((i = 0; i < $#; i += 1)); do
      for ((j = i + 1; j < $#; j += 1)); do
        for left in ${sides[i]}; do
          for right in ${sides[j]}; do net_apart add "$left" "$right"; done
        done
      done
    done
  } | net_change
}
