// The table of the fixture's node as people see it. Changed by hand, after looking at it.

export const at120 = `\
lb1 in cluster edge, availability, lease 2 s
locum 0.1.0, pid 4711, up 1 h
adverts: 3600 sent, 7190 received, 8 refused (bad-mac 3, replayed 4, truncated 1)
main loop: realtime (rr 10), late by less than 12 ms at 99 %, 12 ms at 99.9 %, 12 ms at most
if this daemon is killed or freezes while it holds, two hosts can answer for up to 300 ms, where the wire shows nobody
that this one still does

PROBLEM       SINCE  WHAT
peer-one-way  1 min  lb2 does not hear this node on eth1: look for a firewall or a switch that drops adverts in one
                     direction

GROUP  STATE    HOLDER  SINCE   PRIO        ADDRESSES                        REASON
db     standby  lb2     0 s     100         192.0.2.30/32 eth0               lb2 holds the group
web2   active   lb1     10 min  130 of 150  192.0.2.10/32 eth0               lb2 has been silent for 3012 ms
                                            2001:db8::10/128 eth0 (missing)
web10  faulted  -       3 s     100         192.0.2.20/32 eth0 (still here)  check haproxy fails: exit 1

PEER  STATE    HEARD      ADDRESS    VERSION          PATHS
lb2   two-way  12 ms ago  192.0.2.2  0.1.0            eth0 two-way, eth1 one-way
lb3   lost     never      192.0.2.3  0.2.0 (differs)  peer list lost (other settings)

CHECK    STATE    SINCE  TOOK   LAST OUTCOME
disk     unknown  -      -      none yet
haproxy  failing  3 s    13 ms  signal (SIGKILL): no route | to host?[31m
`;

export const at80 = `\
lb1 in cluster edge, availability, lease 2 s
locum 0.1.0, pid 4711, up 1 h
adverts: 3600 sent, 7190 received, 8 refused (bad-mac 3, replayed 4, truncated
1)
main loop: realtime (rr 10), late by less than 12 ms at 99 %, 12 ms at 99.9 %,
12 ms at most
if this daemon is killed or freezes while it holds, two hosts can answer for up
to 300 ms, where the wire shows nobody that this one still does

PROBLEM       SINCE  WHAT
peer-one-way  1 min  lb2 does not hear this node on eth1: look for a firewall or
                     a switch that drops adverts in one direction

GROUP  STATE    HOLDER  SINCE   PRIO        ADDRESSES
db     standby  lb2     0 s     100         192.0.2.30/32 eth0
    lb2 holds the group
web2   active   lb1     10 min  130 of 150  192.0.2.10/32 eth0
                                            2001:db8::10/128 eth0 (missing)
    lb2 has been silent for 3012 ms
web10  faulted  -       3 s     100         192.0.2.20/32 eth0 (still here)
    check haproxy fails: exit 1

PEER  STATE    HEARD      ADDRESS    VERSION          PATHS
lb2   two-way  12 ms ago  192.0.2.2  0.1.0            eth0 two-way, eth1 one-way
lb3   lost     never      192.0.2.3  0.2.0 (differs)  peer list lost (other
                                                      settings)

CHECK    STATE    SINCE  TOOK   LAST OUTCOME
disk     unknown  -      -      none yet
haproxy  failing  3 s    13 ms  signal (SIGKILL): no route | to host?[31m
`;
