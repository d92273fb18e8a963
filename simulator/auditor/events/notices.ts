/** What card and record must have alike of what the center does to a card: one text on either side (I3). */
import type { Id } from '../wire/basics.js';
import type { Adjustment, Instruction } from '../wire/card.js';
import { shown, type Parts } from '../wire/money.js';

export function issuedText(time: number): string {
  return `an issue at ${time}`;
}

export function recordedText({ reference, amount, time }: Instruction): string {
  return `instruction ${reference} of ${amount} recorded at ${time}`;
}

export function appliedText(instruction: Instruction, parts: Parts, time: number): string {
  const { reference, amount } = instruction;
  return `instruction ${reference} of ${amount} from ${instruction.time} applied at ${time} as ${shown(parts)}`;
}

export function interestText(amount: number, through: number): string {
  return `interest ${amount} up to ${through}`;
}

export function collectionText(id: Id, amount: number, time: number): string {
  const { terminal, incarnation, number } = id;
  return `the collection of ${terminal}/${incarnation}/${number}, ${amount}, returned at ${time}`;
}

export function adjustedText(reference: string, adjustment: Adjustment, time: number): string {
  return `adjustment ${reference} ${JSON.stringify(adjustment)} at ${time}`;
}
