/** What `emoney explain` can be asked about, and which options each needs. */
import type { TransactionId } from '../../../client/reply.js';
import type { Operator } from '../../../client/operator.js';
import type { Explanation } from '../../../client/explanation.js';
import { CommandError } from '../errors.js';

export interface ExplainedOptions {
  readonly card?: string;
  readonly terminal?: string;
  readonly amount?: number | bigint;
  readonly currency?: string;
  readonly partial?: boolean;
  readonly device?: number;
  readonly number?: number;
  readonly time?: number;
  readonly original?: TransactionId;
  readonly limit?: number;
  readonly reference?: string;
  readonly order?: string;
  readonly reason?: 'OPERATOR' | 'LOST';
  readonly value?: number;
  readonly loan?: number;
  readonly interest?: number;
  readonly fare?: number;
  readonly through?: number;
}

type Name = keyof ExplainedOptions;
/** The options, those that are needed for certain. */
type With<Needed extends Name> = ExplainedOptions & {
  readonly [Option in Needed]-?: ExplainedOptions[Option] & {};
};
type Explain = (operator: Operator, options: ExplainedOptions) => Promise<Explanation>;

interface Explained {
  readonly needs: readonly Name[];
  readonly explain: Explain;
}

/** `needs` are checked before `explain` is called. */
function explained<const Needed extends Name>(
  needs: readonly Needed[],
  explain: (operator: Operator, options: With<Needed>) => Promise<Explanation>,
): Explained {
  return { needs, explain: (operator, options) => explain(operator, options as With<Needed>) };
}

const tapped = ['card', 'terminal'] as const;
/** An explanation leaves no note. */
const note = 'explain';

export const EXPLAINED: Readonly<Record<string, Explained>> = {
  purchase: explained([...tapped, 'amount'], async ({ explain }, options) =>
    explain.at(options.terminal).purchase(tapOf(options)),
  ),
  deposit: explained([...tapped, 'amount'], async ({ explain }, options) =>
    explain.at(options.terminal).deposit(tapOf(options)),
  ),
  enquiry: explained(tapped, async ({ explain }, options) =>
    explain.at(options.terminal).enquiry(tapOf(options)),
  ),
  refund: explained([...tapped, 'amount', 'original'], async ({ explain }, options) =>
    explain.at(options.terminal).refund(tapOf(options)),
  ),
  void: explained(tapped, async ({ explain }, options) => explain.at(options.terminal).void(tapOf(options))),
  unload: explained(tapped, async ({ explain }, options) =>
    explain.at(options.terminal).unload(tapOf(options)),
  ),
  entry: explained(tapped, async ({ explain }, options) =>
    explain.at(options.terminal).entry(tapOf(options)),
  ),
  exit: explained(tapped, async ({ explain }, options) => explain.at(options.terminal).exit(tapOf(options))),
  reversal: explained([...tapped, 'number'], async ({ explain }, options) =>
    explain.at(options.terminal).reverse(tapOf(options)),
  ),
  limit: explained(['card', 'limit'], async ({ explain }, { card, limit }) =>
    explain.changeLimit(card, limit),
  ),
  prohibit: explained(['card'], async ({ explain }, { card, reason }) => explain.prohibit(card, { reason })),
  lift: explained(['card'], async ({ explain }, { card, reason }) => explain.lift(card, { reason })),
  activate: explained(['card'], async ({ explain }, { card }) => explain.activate(card)),
  replace: explained(['card', 'device'], async ({ explain }, { card, device }) =>
    explain.replaceCard(card, device),
  ),
  store: explained(['card', 'reference', 'amount'], async ({ explain }, { card, reference, amount }) =>
    explain.storeValue(card, { reference, amount }),
  ),
  'cancel-store': explained(['card', 'reference'], async ({ explain }, { card, reference }) =>
    explain.cancelStore(card, reference),
  ),
  adjust: explained(['card', 'reference'], async ({ explain }, options) => {
    const { card, reference, value: storedValue, loan, interest, fare: fareOwed } = options;
    return explain.adjustCard(card, { reference, storedValue, loan, interest, fareOwed, note });
  }),
  'confirm-collection': explained(['card', 'order'], async ({ explain }, { card, order }) =>
    explain.confirmCollection(card, order),
  ),
  'return-collection': explained(['card', 'order'], async ({ explain }, { card, order }) =>
    explain.returnCollection(card, order),
  ),
  interest: explained(['through'], async ({ explain }, { through }) => explain.chargeInterest(through)),
  settle: explained(['number'], async ({ explain }, { number }) => explain.settle(number)),
};

/** Throws CommandError that names the option that is missing. */
export function explainerOf(name: string, options: ExplainedOptions): Explain {
  const found = EXPLAINED[name];
  if (found === undefined) throw new CommandError(`${name} cannot be explained`, 2);
  for (const option of found.needs) {
    if (options[option] === undefined) throw new CommandError(`explain ${name}: --${option} is missing`, 2);
  }
  return found.explain;
}

function tapOf<Options extends ExplainedOptions>({ time, ...options }: Options) {
  return { ...options, timeMs: time };
}
