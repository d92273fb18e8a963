/** Journal events as an operator reads them: one flat record an event, whatever its type. */
import { idText } from '../../../actors/money/idText.js';
import { outcomeName, kindName, reasonName } from '../../../client/names.js';
import { balancesOf, idOf, partsOf, type Balances, type Parts } from '../../../client/reply.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { toNumber, toUnsigned, toWide, type WireInteger } from '../../../proto/guard.js';

/** What `emoney tail --json` writes, one a line. Amounts in minor units. */
export interface EventView {
  /** ISO 8601, of the frame. */
  readonly time: string;
  readonly partition: number;
  readonly sequence: number;
  /** The event's name in events.proto; Genesis, Epoch, Released and Sealed are frames of their own. */
  readonly type: string;
  readonly card?: string;
  readonly terminal?: string;
  /** terminal#incarnation#number, as it is searched for. */
  readonly id?: string;
  /** REFUND, VOID: what is given back. */
  readonly original?: string;
  readonly kind?: string;
  readonly outcome?: string;
  readonly amount?: WireInteger;
  readonly parts?: Parts;
  /** After the event. */
  readonly balances?: Balances;
  readonly limit?: number;
  readonly reasons?: readonly string[];
  /** Of an operator's command. */
  readonly reference?: string;
  /** A collection order. */
  readonly order?: string;
  /** What an operator added or took. */
  readonly adjustment?: Readonly<Record<string, number>>;
  /** Number of the plastic or phone, where it is not the first. */
  readonly device?: number;
  /** Interest is charged up to and including this business date. */
  readonly through?: number;
  readonly note?: string;
}

/** Every event type has some of these. */
interface Fields {
  readonly asked?: v1.Asked.$Properties | null;
  readonly opened?: v1.TransactionOpened.$Properties | null;
  readonly answer?: v1.Answer.$Properties | null;
  readonly id?: v1.TransactionId.$Properties | null;
  readonly original?: v1.TransactionId.$Properties | null;
  readonly terms?: v1.CardTerms.$Properties | null;
  readonly card?: string | null;
  readonly terminal?: string | null;
  readonly kind?: v1.Kind | null;
  readonly outcome?: v1.Outcome | null;
  readonly amount?: Amount;
  readonly parts?: v1.Parts.$Properties | null;
  readonly balances?: v1.Balances.$Properties | null;
  readonly limit?: Amount;
  readonly reasons?: v1.ProhibitionReason[] | null;
  readonly instruction?: v1.Instruction.$Properties | null;
  readonly reference?: string | null;
  readonly order?: string | null;
  readonly adjustment?: v1.Adjustment.$Properties | null;
  readonly device?: number | null;
  readonly through?: number | null;
  readonly note?: string | null;
  readonly source?: string | null;
}

type Amount = v1.Answer.$Properties['amount'];

const FRAMES = ['Genesis', 'Epoch', 'Released', 'Sealed'];

/** All values of `type`: whatever an Event can hold, as its generated class has it, and the frames of their own. */
export const EVENT_TYPES: readonly string[] = [
  ...Object.keys(v1.Event.prototype)
    .map(typeName)
    .filter((name) => name in v1),
  ...FRAMES,
];

function typeName(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1);
}

/** Throws GuardError where bytes are no frame of this version. */
export function viewsOf(partition: number, bytes: Uint8Array): EventView[] {
  const frame = v1.Frame.decode(bytes);
  const place = {
    time: new Date(toNumber(frame.timeMs, 'time_ms')).toISOString(),
    partition,
    sequence: toUnsigned(frame.sequence, 'sequence'),
  };
  if (frame.turns == null) return [{ ...place, ...frameView(frame) }];
  const events = (frame.turns.turns ?? []).flatMap((turn) => turn.events ?? []);
  return events.map((event) => ({ ...place, ...eventView(v1.Event.decode(event)) }));
}

type What = Omit<EventView, 'time' | 'partition' | 'sequence'>;

function frameView({ genesis, epochBegin, released }: v1.Frame): What {
  if (genesis != null)
    return { type: 'Genesis', note: `${genesis.deployment ?? ''}, ${genesis.partitions ?? 0} partitions` };
  if (epochBegin != null) {
    const order = epochBegin.operatorOrder ?? '';
    return { type: 'Epoch', note: `${epochBegin.worker ?? ''}${order === '' ? '' : `; order: ${order}`}` };
  }
  if (released != null) return { type: 'Released', note: released.successor ?? '' };
  return { type: 'Sealed' };
}

/** Without its place. */
export function eventView(event: v1.Event): What {
  const name = event.body ?? 'unknown';
  const fields = ((event as unknown as Record<string, unknown>)[name] ?? {}) as Fields;
  const { opened, answer, terms, reasons, instruction, adjustment, through } = fields;
  const asked = fields.asked ?? opened;
  const device = fields.device ?? asked?.device;
  const original = fields.original ?? asked?.original;
  const id = fields.id ?? asked?.id;
  const kind = fields.kind ?? asked?.kind;
  const outcome = fields.outcome ?? answer?.outcome;
  const amount = fields.amount ?? answer?.amount ?? asked?.amount ?? instruction?.amount;
  const parts = fields.parts ?? answer?.parts;
  const balances = fields.balances ?? answer?.balances ?? terms;
  const limit = fields.limit;
  return {
    type: typeName(name),
    ...text('card', fields.card ?? asked?.card),
    ...text('terminal', fields.terminal ?? id?.terminal),
    ...(id == null ? {} : { id: idOfWire(id) }),
    ...(original == null ? {} : { original: idOfWire(original) }),
    ...(kind == null ? {} : { kind: kindName(kind) }),
    ...(outcome == null ? {} : { outcome: outcomeName(outcome) }),
    ...(amount == null ? {} : { amount: toWide(amount, 'amount') }),
    ...(parts == null ? {} : { parts: partsOf(parts) }),
    ...(balances == null ? {} : { balances: balancesOf(balances) }),
    ...(limit == null ? {} : { limit: toNumber(limit, 'limit') }),
    ...(reasons == null ? {} : { reasons: reasons.map(reasonName) }),
    ...text('reference', fields.reference ?? instruction?.reference),
    ...text('order', fields.order),
    ...(adjustment == null ? {} : { adjustment: changesOf(adjustment) }),
    ...(device != null && device > 1 ? { device } : {}),
    ...(through ? { through } : {}),
    ...text('note', fields.note ?? fields.source),
  };
}

function changesOf({
  storedValue,
  loan,
  interest,
  fareOwed,
}: v1.Adjustment.$Properties): Record<string, number> {
  const changes = { storedValue, loan, interest, fareOwed };
  return Object.fromEntries(
    Object.entries(changes)
      .map(([name, change]) => [name, toNumber(change ?? 0, name)] as const)
      .filter(([, change]) => change !== 0),
  );
}

function text<Name extends 'card' | 'terminal' | 'reference' | 'order' | 'note'>(
  name: Name,
  value: string | null | undefined,
): Partial<Record<Name, string>> {
  return value == null || value === '' ? {} : ({ [name]: value } as Record<Name, string>);
}

function idOfWire(id: v1.TransactionId.$Properties): string {
  return idText(idOf(id));
}
