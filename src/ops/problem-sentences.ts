// Every problem as a sentence for people: what is wrong, in plain words, and what to do about it. Codes and fields are
// the model's; nothing here is parsed by anybody.

import type { Problem } from '#model/problem';
import { countOf, durationWords, keyWords, oneLine, ownerOf } from './words.ts';

/** What is wrong and, after a colon, what to do about it. */
export function problemSentence(problem: Problem): string {
  const { what, advice } = problemWords(problem);
  return `${what}: ${advice}`;
}

/** What is wrong alone is what remains to be said when it is over. */
export function problemWords(problem: Problem): { what: string; advice: string } {
  switch (problem.code) {
    case 'peer-one-way':
      return {
        what: `${problem.peer} does not hear this node on ${problem.path}`,
        advice: 'look for a firewall or a switch that drops adverts in one direction',
      };
    case 'peer-config-differs':
      return {
        what: `${problem.peer} runs with other settings`,
        advice: 'make [cluster], groups and addresses the same on all nodes',
      };
    case 'duplicate-name':
      return {
        what: `the host at ${problem.address} also calls itself ${problem.node}`,
        advice: 'give each host its own name under [node]',
      };
    case 'dual-holder':
      return {
        what: `${problem.peer} holds ${problem.group} at the same time as this node`,
        advice: 'look for lost adverts between the two',
      };
    case 'path-unsendable':
      return {
        what: `adverts cannot leave on ${problem.path} (${oneLine(problem.error)})`,
        advice: 'check the interface, its addresses and the firewall',
      };
    case 'interface-missing':
      return {
        what: `interface ${problem.interface} does not exist`,
        advice: 'create it, or correct the name in the configuration',
      };
    case 'link-down':
      return {
        what: `the link of ${problem.interface} is down`,
        advice: `check the cable, the switch port, or \`ip link set ${problem.interface} up\``,
      };
    case 'address-foreign':
      return {
        what: `${keyWords(problem.key)} was not put there by locum, so ${problem.group} cannot be held here`,
        advice: "remove it with `ip address del`, and from the host's network configuration",
      };
    case 'address-refused':
      return {
        what: `the kernel refuses ${keyWords(problem.key)} for ${problem.group} (${oneLine(problem.error)})`,
        advice: 'remove the cause; locum tries again by itself',
      };
    case 'address-removed':
      return {
        what: `something keeps removing ${keyWords(problem.key)} of ${problem.group} (${countOf(problem.times, 'time')} so far)`,
        advice: 'locum puts it back; look at NetworkManager, systemd-networkd and scripts',
      };
    case 'address-stuck':
      return {
        what: `${keyWords(problem.key)} of ${problem.group} cannot be removed (${oneLine(problem.error)})`,
        advice: 'remove it with `ip address del`',
      };
    case 'check-failing':
      return {
        what: `check ${problem.check} fails (${oneLine(problem.outcome)})`,
        advice: 'its last output is in `locum status`; run the script by hand as its user',
      };
    case 'hook-failing':
      return {
        what: `the change hook fails for ${problem.group} (${oneLine(problem.outcome)})`,
        advice: 'run it by hand with LOCUM_GROUP and LOCUM_STATE set',
      };
    case 'fence-failed':
      return {
        what: `${problem.peer} fell silent and cannot be fenced (${programWords(problem)})${problem.blocked ? ', so nobody claims what it held' : ''}`,
        advice: `run the agent by hand; once ${problem.peer} is certain to be off, start it again, and all goes on when it is heard`,
      };
    case 'fence-survived':
      return {
        what: `${problem.peer} says that it had this node turned off, and this node runs`,
        advice: `[fence] peer on ${problem.peer} says yes without effect, or lets go too soon: see what it does, by hand`,
      };
    case 'fence-self-failed':
      return {
        what: `the program that [fence] self names does not work (${programWords(problem)})`,
        advice: 'this node holds nothing, but whatever the program should have done is not done',
      };
    case 'latch-unwritten':
      return problem.fenced
        ? {
            what: `the disk does not say that this node is fenced (${oneLine(problem.error)}), so a restart forgets it`,
            advice: 'make the state directory writable; it is tried again every few seconds',
          }
        : {
            what: `the latch cannot be taken away (${oneLine(problem.error)}), so this node stays fenced`,
            advice: 'make the state directory writable, then run `locum unfence` again',
          };
    case 'no-peer-heard':
      return {
        what: 'this node hears no other node any more: they are down, or it is cut off from them',
        advice: 'if they run, look at the network between them: each side may hold what the other holds',
      };
    case 'lease-lapsed':
      return {
        what: 'the kernel ended the lease before it was renewed: this host is silent for the addresses that it holds until a peer is heard to have heard it',
        advice:
          'if it happens again, this host is too busy for its interval: raise cluster.interval or give locum realtime scheduling',
      };
    case 'holder-silent-but-answers':
      return {
        what: `no advert of ${problem.holder} comes, but ${problem.mac}, which is its own, answers for addresses that it held`,
        advice: 'look for a firewall or a switch that drops adverts; while it answers, its groups are not claimed',
      };
    case 'address-answered':
      return {
        what: `${problem.mac}, ${ownerOf(problem.by)}, answers for ${keyWords(problem.key)} of ${problem.group}, so it is not claimed`,
        advice:
          problem.by === null
            ? 'find that host and take the address from it; if the network itself answers (proxy ARP), set probe = false under [safety]'
            : `on ${problem.by}, look with \`ip address\` and run \`locum cleanup\``,
      };
    case 'address-conflict':
      return {
        what: `${problem.mac} speaks for ${keyWords(problem.key)} too, which this node holds for ${problem.group} (${countOf(problem.times, 'time')} so far)`,
        advice: 'find the host with that hardware address; locum announces the address again each time',
      };
    case 'probe-blind':
      return {
        what: `${problem.mac} answers for ${keyWords(problem.key)} although no node holds it, so its answers count for nothing`,
        advice: 'look for proxy ARP, or for another host that has the address',
      };
    case 'gateway-unreached':
      return {
        what: `no gateway answers this node, and one answers ${problem.peer}`,
        advice: 'check the cabling, the switch port and the address of this node',
      };
    case 'gateway-lost':
      return {
        what: 'no gateway answers this node, nor any other that it hears',
        advice: 'check the gateways under [safety]; nothing moves because of it',
      };
    case 'isolated':
      return {
        what: 'this node reaches no gateway and hears no other node, so it holds nothing',
        advice: 'check its links; if only the gateway is gone and no other node exists, take it from [safety] gateway',
      };
    case 'voters-differ':
      return {
        what: `${problem.peer} counts another list of voters, or another longest_hold, so neither counts the vote of the other`,
        advice: 'give all nodes the same cluster.nodes and safety.longest_hold, and the same safety.mode',
      };
    case 'voters-changed':
      return {
        what: `the list of voters was ${oneLine(problem.before)} and is ${oneLine(problem.now)} now: two majorities could exist, so this node neither votes nor holds`,
        advice:
          'change cluster.nodes by one name at a time, on all nodes; or stop all of them, remove voters.json from the state directory of each, and start them again',
      };
    case 'hold-too-long':
      return {
        what: `${problem.peer} can hold for ${durationWords(problem.holdMs)} after an advert, longer than the ${durationWords(problem.longestMs)} that this node promises`,
        advice: 'shorten the lease there, or raise safety.longest_hold on all nodes',
      };
    case 'lease-coarse':
      return {
        what: `the kernel ends the lease of a daemon that hangs in whole seconds only: ${oneLine(problem.why)}`,
        advice: 'give this host nf_tables, and restart locum',
      };
    case 'lease-off':
      return {
        what: 'lease = "off", so the addresses stay if this daemon dies or hangs, and two nodes may hold them',
        advice: 'set lease = "auto" under [safety]',
      };
  }
}

function programWords({ outcome, output }: { readonly outcome: string; readonly output: string }): string {
  const said = oneLine(output);
  const shown = said.length > 120 ? `${said.slice(0, 120)}…` : said;
  return said === '' ? oneLine(outcome) : `${oneLine(outcome)}, says: ${shown}`;
}
