/** Commands as they go to partitions. A transaction is written without protobufjs where it is ordinary: all are. */
import { v1 } from '../proto/generated/emoney.js';
import { encodeMessage } from '../proto/message.js';
import { Packer } from '../proto/packer.js';
import { tagsOf } from '../proto/tags.js';

const COMMAND = tagsOf(v1.Command, { transact: {} });
const ID = tagsOf(v1.TransactionId, { terminal: 'x', incarnation: 1, number: 1 });
const TRANSACT = tagsOf(v1.Transact, {
  id: {},
  session: 1,
  mark: 1,
  kind: 1,
  card: 'x',
  amount: 1,
  currency: 'x',
  terminalTimeMs: 1,
  device: 1,
  partial: true,
  original: {},
  pinHash: new Uint8Array(1),
});
/** Longest id. */
const MAX_TEXT = 64;

const to = new Packer();

/** Throws as encodeMessage does. */
export function commandBytes(command: v1.Command.$Properties): Uint8Array {
  return packed(command.transact) ?? encodeMessage(v1.Command, command);
}

/** Undefined: something of it is not ordinary. */
function packed(transact: v1.Transact.$Properties | null | undefined): Uint8Array | undefined {
  if (transact == null) return undefined;
  const { session, mark, kind, card, amount, currency, terminalTimeMs, device, original, pinHash } = transact;
  if (!isOrdinary(transact.id) || (original != null && !isOrdinary(original))) return undefined;
  if (!isShort(card) || !isShort(currency) || !isCount(session) || !isCount(mark)) return undefined;
  if (!isCount(kind) || !isCount(device)) return undefined;
  if (!isCountOrNone(amount) || !isCountOrNone(terminalTimeMs)) return undefined;
  to.begin();
  const body = to.open(COMMAND.transact);
  packId(TRANSACT.id, transact.id);
  to.uint(TRANSACT.session, session, 'session');
  to.uint(TRANSACT.mark, mark, 'mark');
  to.uint(TRANSACT.kind, kind, 'kind');
  to.text(TRANSACT.card, card, 'card');
  if (amount != null) to.presentUint(TRANSACT.amount, amount, 'amount');
  to.text(TRANSACT.currency, currency, 'currency');
  if (terminalTimeMs != null) to.presentUint(TRANSACT.terminalTimeMs, terminalTimeMs, 'terminal_time_ms');
  to.uint(TRANSACT.device, device, 'device');
  to.flag(TRANSACT.partial, transact.partial === true);
  if (original != null) packId(TRANSACT.original, original);
  if (pinHash?.length) to.raw(TRANSACT.pinHash, pinHash);
  to.close(body);
  return to.finish();
}

interface Id {
  readonly terminal: string;
  readonly incarnation: number;
  readonly number: number;
}

function isOrdinary(id: v1.TransactionId.$Properties | null | undefined): id is Id {
  return isShort(id?.terminal) && isCount(id.incarnation) && isCount(id.number);
}

function packId(tag: number, { terminal, incarnation, number }: Id): void {
  const id = to.open(tag);
  to.text(ID.terminal, terminal, 'terminal');
  to.uint(ID.incarnation, incarnation, 'incarnation');
  to.uint(ID.number, number, 'number');
  to.close(id);
}

/** ASCII, and what an id may be. */
function isShort(text: string | null | undefined): text is string {
  if (typeof text !== 'string' || text.length > MAX_TEXT) return false;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

function isCountOrNone(value: unknown): value is number | null | undefined {
  return value == null || isCount(value);
}

/** There, and neither below 0 nor beyond 2^53. */
function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
