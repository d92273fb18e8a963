/** Reads: units as they are. They decide nothing; their reply still waits for a frame (D1). */
import type { Turn, TurnContext } from '../runtime/domain.js';
import type { DescribeCommand } from './command.js';
import type { Event } from './event.js';
import { reply } from './turns.js';
import { cardKey, isCard, isTerminal, isVisitor, type State, terminalKey, visitorKey } from './unit.js';
import { type Described, encodeCards, encodeTerminals, encodeTotalsOf } from './wire/describedCodec.js';

export function describedUnits({ type, ids }: DescribeCommand): readonly string[] {
  switch (type) {
    case 'DescribeCards':
      return ids.map(cardKey);
    case 'DescribeTerminals':
      return ids.map(terminalKey);
    case 'DescribeTotals':
      return ids.map(visitorKey);
  }
}

export function describeTurn(
  partition: number,
  { type, ids, firstRow }: DescribeCommand,
  states: readonly (State | undefined)[],
  { lastPositions }: TurnContext,
): Turn<Event> {
  const described = <Unit extends State>(
    is: (state: State | undefined) => state is Unit,
  ): Described<Unit>[] =>
    ids.map((id, index) => {
      const state = states[index];
      return { id, unit: is(state) ? state : undefined, position: lastPositions[index] ?? 0 };
    });
  switch (type) {
    case 'DescribeCards':
      return reply(encodeCards(partition, described(isCard)));
    case 'DescribeTerminals':
      return reply(encodeTerminals(partition, described(isTerminal), firstRow));
    case 'DescribeTotals':
      return reply(encodeTotalsOf(partition, described(isVisitor), firstRow));
  }
}
