/** The center's office on the wire: its events, its state, and what it says to partitions and hears from them. */
import { v1 } from '../../../proto/generated/emoney.js';
import { BORROWER_CHUNKS, MAX_CHARGED_TOGETHER } from '../../bounds.js';
import type { OfficeAsk, RunPlace } from '../../center/decideOffice.js';
import type { OfficeEvent, OfficeState, Run, RunProgress } from '../../center/office.js';
import { encodeMessage } from '../../../proto/message.js';
import { guarded } from './guarded.js';
import {
  fromSum,
  fromUint32,
  fromUnsigned,
  GuardError,
  listOf,
  noUnknowns,
  required,
  toCount,
  toDate,
  toId,
  toPositive,
  toSum,
  toText,
} from './guards.js';
import { decodeParameters, encodeParameters } from './parametersCodec.js';
import { caseOf, oneofDecoder } from './protobuf.js';

export function encodeOfficeEvent(event: OfficeEvent): v1.Event.$Properties {
  switch (event.type) {
    case 'ParametersDecided': {
      const { parameters, note, partitions } = event;
      return { parametersDecided: { parameters: encodeParameters(parameters), note, partitions } };
    }
    case 'ParametersAdopted':
      return { parametersAdopted: { partition: event.partition, number: event.number } };
    case 'RunBegun': {
      const { through, settlement, byOperator, partitions } = event;
      return { runBegun: { through, settlement, byOperator, partitions } };
    }
    case 'RunProgressed':
      return { runProgressed: { progress: encodeProgress(event.progress) } };
    case 'RunEnded': {
      const { through, settlement, cards, amount } = event;
      return {
        runEnded: {
          through,
          settlement,
          cards: fromUnsigned(cards, 'cards'),
          amount: fromSum(amount, 'amount'),
        },
      };
    }
  }
}

export const officeEventCases = {
  parametersDecided: caseOf(v1.ParametersDecided, ({ parameters, note, partitions }): OfficeEvent => {
    return {
      type: 'ParametersDecided',
      parameters: decodeParameters(parameters),
      note: toText(note, 'note'),
      partitions: toPositive(partitions, 'partitions'),
    };
  }),
  parametersAdopted: caseOf(v1.ParametersAdopted, ({ partition, number }): OfficeEvent => {
    return { type: 'ParametersAdopted', partition, number };
  }),
  runBegun: caseOf(v1.RunBegun, ({ through, settlement, byOperator, partitions }): OfficeEvent => {
    return {
      type: 'RunBegun',
      through: toDate(through, 'through'),
      settlement,
      byOperator,
      partitions: toPositive(partitions, 'partitions'),
    };
  }),
  runProgressed: caseOf(v1.RunProgressed, ({ progress }): OfficeEvent => {
    return { type: 'RunProgressed', progress: decodeProgress(required(progress, 'progress')) };
  }),
  runEnded: caseOf(v1.RunEnded, ({ through, settlement, cards, amount }): OfficeEvent => {
    return {
      type: 'RunEnded',
      through: toDate(through, 'through'),
      settlement,
      cards: toCount(cards, 'cards'),
      amount: toSum(amount, 'amount'),
    };
  }),
};

export function encodeOffice(state: OfficeState): v1.OfficeState.$Properties {
  const { parameters, adopting, chargedThrough, run, settlements } = state;
  return {
    parameters: parameters.map(encodeParameters),
    adopting: [...adopting],
    chargedThrough: fromUint32(chargedThrough, 'charged_through'),
    run: run === undefined ? null : encodeRun(run),
    settlements: fromUint32(settlements, 'settlements'),
  };
}

export function decodeOffice(wire: v1.OfficeState.$Properties): OfficeState {
  noUnknowns(wire, 'office');
  return {
    parameters: listOf(wire.parameters, decodeParameters),
    adopting: wire.adopting ?? [],
    chargedThrough: wire.chargedThrough ?? 0,
    run: wire.run ? decodeRun(wire.run) : undefined,
    settlements: wire.settlements ?? 0,
  };
}

export function encodeRun({ through, settlement, progress }: Run): v1.InterestRun.$Properties {
  return { through, settlement, progress: progress.map(encodeProgress) };
}

function decodeRun(wire: v1.InterestRun.$Properties): Run {
  noUnknowns(wire, 'run');
  const { through, settlement, progress } = wire;
  return {
    through: toDate(through, 'run.through'),
    settlement: settlement ?? 0,
    progress: listOf(progress, decodeProgress),
  };
}

function encodeProgress(progress: RunProgress): v1.RunProgress.$Properties {
  const { partition, chunk, after, done } = progress;
  return {
    partition,
    chunk,
    after,
    done,
    cards: fromUnsigned(progress.cards, 'progress.cards'),
    amount: fromSum(progress.amount, 'progress.amount'),
  };
}

function decodeProgress(wire: v1.RunProgress.$Properties): RunProgress {
  noUnknowns(wire, 'progress');
  return {
    partition: wire.partition ?? 0,
    chunk: toChunk(wire.chunk),
    after: toText(wire.after, 'progress.after'),
    done: wire.done === true,
    cards: toCount(wire.cards, 'progress.cards'),
    amount: toSum(wire.amount, 'progress.amount'),
  };
}

/** One beyond the last means that there are no more. */
function toChunk(chunk: number | null | undefined): number {
  const value = chunk ?? 0;
  if (value > BORROWER_CHUNKS) throw new GuardError('chunk', `${value} is more than ${BORROWER_CHUNKS}`);
  return value;
}

export function encodeOfficeAsk(ask: OfficeAsk): Uint8Array {
  switch (ask.type) {
    case 'Adopt': {
      const { partition, parameters } = ask;
      const adoptParameters = { partition, parameters: encodeParameters(parameters) };
      return encodeMessage(v1.Command, { adoptParameters });
    }
    case 'List':
      return encodeMessage(v1.Command, { listBorrowers: ask.place });
    case 'Charge':
      return encodeMessage(v1.Command, { chargeCards: { ...ask.place, cards: [...ask.cards] } });
  }
}

export interface ChargeCards {
  readonly type: 'ChargeCards';
  readonly place: RunPlace;
  readonly cards: readonly string[];
}

export interface ListBorrowers {
  readonly type: 'ListBorrowers';
  readonly place: RunPlace;
}

export function decodePlace(wire: v1.ListBorrowers.$Properties | v1.ChargeCards.$Properties): RunPlace {
  return {
    partition: wire.partition ?? 0,
    chunk: toChunk(wire.chunk),
    after: toText(wire.after, 'after'),
    through: toDate(wire.through, 'through'),
    settlement: wire.settlement ?? 0,
  };
}

export function decodeChargeCards(wire: v1.ChargeCards.$Properties): ChargeCards {
  const cards = new Set(listOf(wire.cards, (card) => toId(card, 'cards')));
  if (cards.size === 0) throw new GuardError('cards', 'is empty');
  if (cards.size > MAX_CHARGED_TOGETHER)
    throw new GuardError('cards', `has more than ${MAX_CHARGED_TOGETHER}`);
  return { type: 'ChargeCards', place: decodePlace(wire), cards: [...cards] };
}

/** What partitions answer the office. */
export type PartitionReply =
  | { readonly type: 'Adopted'; readonly number: number }
  | { readonly type: 'Borrowers'; readonly cards: readonly string[]; readonly nextChunk: number }
  | { readonly type: 'Charged'; readonly cards: number; readonly amount: bigint; readonly last: string };

export function encodePartitionReply(reply: PartitionReply): Uint8Array {
  switch (reply.type) {
    case 'Adopted':
      return encodeMessage(v1.CommandReply, { adopted: { number: reply.number } });
    case 'Borrowers': {
      const { cards, nextChunk } = reply;
      return encodeMessage(v1.CommandReply, { borrowers: { cards: [...cards], nextChunk } });
    }
    case 'Charged': {
      const cards = fromUnsigned(reply.cards, 'cards');
      const amount = fromSum(reply.amount, 'amount');
      return encodeMessage(v1.CommandReply, { charged: { cards, amount, last: reply.last } });
    }
  }
}

const decodeReply = oneofDecoder(v1.CommandReply, {
  adopted: caseOf(v1.Adopted, ({ number }): PartitionReply => ({ type: 'Adopted', number })),
  borrowers: caseOf(v1.Borrowers, ({ cards, nextChunk }): PartitionReply => {
    return {
      type: 'Borrowers',
      cards: cards.map((card) => toId(card, 'cards')),
      nextChunk: toChunk(nextChunk),
    };
  }),
  charged: caseOf(v1.Charged, ({ cards, amount, last }): PartitionReply => {
    return {
      type: 'Charged',
      cards: toCount(cards, 'cards'),
      amount: toSum(amount, 'amount'),
      last: toId(last, 'last'),
    };
  }),
});

/** Throws MalformedError. */
export function decodePartitionReply(bytes: Uint8Array): PartitionReply {
  return guarded('reply to the center', () => decodeReply(bytes));
}
