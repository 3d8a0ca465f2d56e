// Every reason as a sentence for people: plain words, present tense, why it is so. Codes and fields are the model's;
// nothing here is parsed by anybody.

import type { Reason } from '#model/reason';
import { causeSentence } from './fence-sentences.ts';
import { countOf, durationWords, oneLine, ownerOf } from './words.ts';

/** Why a group is in its state, to stand behind `web is standby: …`. */
export function reasonSentence(reason: Reason): string {
  switch (reason.kind) {
    case 'listening':
      return `this node listens for ${durationWords(reason.forMs)} before it claims anything`;
    case 'awaiting-check':
      return `check ${reason.check} has no outcome yet`;
    case 'holder-live':
      return `${reason.holder} holds the group`;
    case 'claimant-live':
      return `${reason.claimant} is claiming the group`;
    case 'holder-unproven':
      return `${reason.holder} says that it holds the group, but has not shown that it hears this node`;
    case 'table-unknown':
      return `${reason.peer} is heard, but not yet which groups it holds`;
    case 'waiting-to-preempt':
      return `this node ranks better than ${reason.holder} and asks for the group after ${durationWords(reason.delayMs)}`;
    case 'asked-to-preempt':
      return `this node ranks better than ${reason.holder} and has asked it for the group`;
    case 'waiting-turn':
      return reason.ahead === 0
        ? 'nobody holds the group, and this node is the next to claim it'
        : `nobody holds the group, and ${countOf(reason.ahead, 'better-ranked node')} may claim it first`;
    case 'no-holder':
      return 'no other node holds the group';
    case 'holder-lost':
      return `${reason.holder} has been silent for ${durationWords(reason.silentMs)}`;
    case 'still-answering':
      return `${reason.holder} is silent, but ${reason.mac}, which is its own, still answers for ${reason.address}`;
    case 'address-answered':
      return `${reason.mac}, ${ownerOf(reason.by)}, answers for ${reason.address}`;
    case 'asking-wire':
      return 'nobody is heard to hold the group, and the wire is asked whether somebody still answers for it';
    case 'handed-over':
      return `${reason.by} handed the group over to this node`;
    case 'resigned':
      return `${reason.by} gave the group up`;
    case 'adopted':
      return `this node's last daemon left the addresses, and their lease still runs`;
    case 'adoption-unconfirmed':
      return 'no peer answered in time for the addresses that the last daemon left to be kept';
    case 'stopping':
      return 'this daemon is stopping';
    case 'yielded':
      return `${reason.to} ranks better and asked for the group`;
    case 'yield-unanswered':
      return `the group was offered to ${reason.to}, which did not take it`;
    case 'outranked':
      return `${reason.by} holds the group too and ranks better`;
    case 'unheard':
      return `${reason.by} holds the group too and does not hear this node`;
    case 'claim-late':
      return 'its claim came to the kernel so late that another node may have gone first: it looks again';
    case 'late-wake':
      return `this node ran ${durationWords(reason.lateMs)} late, longer than the ${durationWords(reason.leaseMs)} of its lease, and may have been replaced`;
    case 'fenced':
      return `this node is fenced: ${causeSentence(reason.cause)}`;
    case 'unfenced':
      return 'this node is fenced no more, and listens before it claims anything';
    case 'fencing':
      return `${reason.peer} is being fenced before this node holds the group`;
    case 'fence-failed':
      return `${reason.peer} fell silent and could not be fenced (${oneLine(reason.outcome)}); it is tried again after ${durationWords(reason.retryMs)}`;
    case 'heard-elsewhere':
      return `${reason.peer} may still hold the group: another node hears it, and this one does not`;
    case 'claim-unanswered':
      return `a fence is required, and this node has no answer to its claim from ${reason.nodes} yet`;
    case 'nodes-unheard':
      return `a fence is required, and this node has not heard ${reason.nodes} since it started`;
    case 'lease-lapsed':
      return 'the lease of this node lapsed, and nobody is seen to have heard it since';
    case 'slept':
      return `this host was suspended for ${durationWords(reason.ms)} and may have been replaced`;
    case 'no-majority':
      return `${countOf(reason.votes, 'voter')} can hear and answer this node, and it needs ${reason.needed}`;
    case 'too-few-votes':
      return `${reason.votes} of ${countOf(reason.voters, 'voter')} voted for this node in time, and it needs ${reason.needed}, itself among them`;
    case 'claim-rests':
      return `the last claim of this node came to nothing, so others go first for ${durationWords(reason.forMs)} after it`;
    case 'promised':
      return `as a voter this node has promised the group to ${reason.to} and waits for the end of that promise`;
    case 'silent-voter':
      return `this node may have forgotten a promise, so it gives none, not even to itself, for ${durationWords(reason.forMs)} after its start`;
    case 'voters-changed':
      return 'the list of voters changed by more than one name, so this node neither votes nor holds';
    case 'deposed':
      return `${reason.by} holds the group by a later majority`;
    case 'turned-off':
      return `${reason.by} says that it had this node turned off, so the votes for it may be gone`;
    case 'check-failed':
      return `check ${reason.check} fails: ${oneLine(reason.outcome)}`;
    case 'link-down':
      return `the link of ${reason.interface} is down`;
    case 'interface-missing':
      return `interface ${reason.interface} does not exist; it is waited for`;
    case 'duplicate-name':
      return `another host, at ${reason.address}, uses this node's name`;
    case 'address-refused':
      return `the kernel refuses ${reason.address} (${oneLine(reason.error)}); the next try comes after ${durationWords(reason.retryMs)}`;
    case 'address-foreign':
      return `${reason.address} is on ${reason.interface} already, and locum did not put it there`;
    case 'address-stuck':
      return `${reason.address} cannot be removed (${oneLine(reason.error)})`;
    case 'gateway-unreached':
      return `no gateway answers this node, and one answers ${reason.peer}`;
    case 'isolated':
      return 'this node reaches no gateway and hears no other node';
    case 'unsendable':
      return `no advert of this node has left for ${durationWords(reason.silentMs)}`;
  }
}
