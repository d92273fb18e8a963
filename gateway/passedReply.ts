/**
 * A terminal's answer made from the bytes of its partition's, without an object for either: of every payment the
 * gateway has one. Undefined: protobufjs has to read it, and knows every field and every error.
 */
import { v1 } from '../proto/generated/emoney.js';
import { Packer } from '../proto/packer.js';
import { tagsOf } from '../proto/tags.js';
import { END, Unpacker } from '../proto/unpacker.js';
import { outcomeMeaning, outcomeOf } from './outcome.js';

const COMMAND_REPLY = tagsOf(v1.CommandReply, { answered: {} });
const ANSWERED = tagsOf(v1.Answered, { id: {}, kind: 1, card: 'x', answer: {}, terminalTimeMs: 1 });
const ANSWER = tagsOf(v1.Answer, {
  outcome: 1,
  amount: 1,
  parts: {},
  balances: {},
  creditFlag: true,
  fits: 1,
  receiveTimeMs: 1,
  position: 1,
  original: 1,
  remainder: 1,
  pinVerified: true,
  triesLeft: 1,
  obstacle: 1,
  pending: 1,
  inside: {},
  entered: {},
  originalParts: {},
});
const INSIDE = tagsOf(v1.Inside, { zone: 'x', gate: 'x', timeMs: 1 });
const ID = tagsOf(v1.TransactionId, { terminal: 'x', incarnation: 1, number: 1 });
const BALANCES = tagsOf(v1.Balances, { loan: 1, limit: 1 });
const MESSAGE = tagsOf(v1.ServerMessage, { request: 1, reply: {} });
const REPLY = tagsOf(v1.Reply, {
  id: {},
  kind: 1,
  card: 'x',
  outcome: 1,
  amount: 1,
  parts: {},
  balances: {},
  available: 1,
  creditFlag: true,
  fits: 1,
  terminalTimeMs: 1,
  receiveTimeMs: 1,
  position: 1,
  retryable: true,
  text: 'x',
  remainder: 1,
  pinVerified: true,
  triesLeft: 1,
  obstacle: 1,
  pending: 1,
  inside: {},
});

/** A ServerMessage, and what the gateway itself wants to know of it. */
export interface PassedReply {
  readonly bytes: Uint8Array;
  readonly outcome: v1.Outcome;
  readonly position: number;
}

/** A tag is its field's number × 8 + the wire type, 0 for an integer. */
const WIRE_TYPES = 8;
/** Largest number of an enum. */
const MAX_ENUM = 0x7fff_ffff;
const MAX_UINT32 = 0xffff_ffff;

const from = new Unpacker();
/** For messages of amounts, which are passed on as they are. */
const amounts = new Unpacker(1);
const to = new Packer();

/** The next field's tag, within the message that is read. */
let tag = END;

/** `reply`: a CommandReply. */
export function passedReply(request: number, reply: Uint8Array): PassedReply | undefined {
  try {
    from.begin(reply);
    if (from.tag() !== COMMAND_REPLY.answered) return undefined;
    const outer = from.enter();
    const passed = passAnswered(request);
    from.leave(outer);
    return from.isAtEnd ? passed : undefined;
  } catch {
    return undefined;
  }
}

function passAnswered(request: number): PassedReply {
  tag = from.tag();
  const id = message(ANSWERED.id, transactionId) ?? from.unusual();
  const kind = enumerated(ANSWERED.kind);
  const card = text(ANSWERED.card);
  if (tag !== ANSWERED.answer) from.unusual();
  const outer = from.enter();
  tag = from.tag();
  const outcome = outcomeOf(uint(ANSWER.outcome)) ?? from.unusual();
  const amount = uint(ANSWER.amount);
  const parts = raw(ANSWER.parts);
  const balances = raw(ANSWER.balances);
  if (parts !== undefined) amountIn(parts, END);
  const available =
    balances === undefined ? 0 : amountIn(balances, BALANCES.limit) - amountIn(balances, BALANCES.loan);
  const creditFlag = uint(ANSWER.creditFlag) !== 0;
  const fits = optionalUint(ANSWER.fits);
  const receiveTime = uint(ANSWER.receiveTimeMs);
  const position = uint(ANSWER.position);
  enumerated(ANSWER.original);
  const remainder = uint(ANSWER.remainder);
  const pinVerified = uint(ANSWER.pinVerified) !== 0;
  const triesLeft = optionalUint(ANSWER.triesLeft);
  if (triesLeft !== undefined && triesLeft > MAX_UINT32) from.unusual();
  const obstacle = enumerated(ANSWER.obstacle);
  const pending = uint(ANSWER.pending);
  const inside = message(ANSWER.inside, place);
  message(ANSWER.entered, place);
  const originalParts = raw(ANSWER.originalParts);
  if (originalParts !== undefined) amountIn(originalParts, END);
  if (tag !== END) from.unusual();
  from.leave(outer);
  tag = from.tag();
  const terminalTime = uint(ANSWERED.terminalTimeMs);
  if (tag !== END) from.unusual();

  const meaning = outcomeMeaning(outcome);
  to.begin();
  to.uint(MESSAGE.request, request, 'request');
  const body = to.open(MESSAGE.reply);
  const about = to.open(REPLY.id);
  to.text(ID.terminal, id.terminal, 'terminal');
  to.uint(ID.incarnation, id.incarnation, 'incarnation');
  to.uint(ID.number, id.number, 'number');
  to.close(about);
  to.uint(REPLY.kind, kind, 'kind');
  to.text(REPLY.card, card, 'card');
  to.uint(REPLY.outcome, outcome, 'outcome');
  to.uint(REPLY.amount, amount, 'amount');
  if (parts !== undefined) to.raw(REPLY.parts, parts);
  if (balances !== undefined) to.raw(REPLY.balances, balances);
  to.uint(REPLY.available, available, 'available');
  to.flag(REPLY.creditFlag, creditFlag);
  if (fits !== undefined) to.presentUint(REPLY.fits, fits, 'fits');
  to.uint(REPLY.terminalTimeMs, terminalTime, 'terminal_time_ms');
  to.uint(REPLY.receiveTimeMs, receiveTime, 'receive_time_ms');
  to.uint(REPLY.position, position, 'position');
  to.flag(REPLY.retryable, meaning.retryable);
  to.text(REPLY.text, meaning.text, 'text');
  to.uint(REPLY.remainder, remainder, 'remainder');
  to.flag(REPLY.pinVerified, pinVerified);
  if (triesLeft !== undefined) to.presentUint(REPLY.triesLeft, triesLeft, 'tries_left');
  to.uint(REPLY.obstacle, obstacle, 'obstacle');
  to.uint(REPLY.pending, pending, 'pending');
  if (inside !== undefined) {
    const where = to.open(REPLY.inside);
    to.text(INSIDE.zone, inside.zone, 'zone');
    to.text(INSIDE.gate, inside.gate, 'gate');
    to.uint(INSIDE.timeMs, inside.time, 'time_ms');
    to.close(where);
  }
  to.close(body);
  return { bytes: to.finish(), outcome, position };
}

function transactionId(): { terminal: string; incarnation: number; number: number } {
  return {
    terminal: text(ID.terminal),
    incarnation: enumerated(ID.incarnation),
    number: uint(ID.number),
  };
}

/** Where a card is. */
function place(): { zone: string; gate: string; time: number } {
  return { zone: text(INSIDE.zone), gate: text(INSIDE.gate), time: uint(INSIDE.timeMs) };
}

/** A message within the message; undefined: the field is not there. */
function message<Plain>(expected: number, read: () => Plain): Plain | undefined {
  if (tag !== expected) return undefined;
  const outer = from.enter();
  tag = from.tag();
  const plain = read();
  if (tag !== END) from.unusual();
  from.leave(outer);
  tag = from.tag();
  return plain;
}

/** One of a message that has nothing but amounts, none below 0; 0 where it is not there. */
function amountIn(message: Uint8Array, wanted: number): number {
  let found = 0;
  let before = END;
  amounts.begin(message);
  for (let field = amounts.tag(); field !== END; field = amounts.tag()) {
    if (field <= before || field % WIRE_TYPES !== 0) from.unusual();
    const value = amounts.uint();
    if (field === wanted) found = value;
    before = field;
  }
  // A field of number 0 ends nothing: it is damage.
  if (!amounts.isAtEnd) from.unusual();
  return found;
}

function text(expected: number): string {
  if (tag !== expected) return '';
  const value = from.id();
  tag = from.tag();
  return value;
}

function enumerated(expected: number): number {
  const value = uint(expected);
  return value > MAX_ENUM ? from.unusual() : value;
}

function uint(expected: number): number {
  if (tag !== expected) return 0;
  const value = from.uint();
  tag = from.tag();
  return value;
}

function optionalUint(expected: number): number | undefined {
  return tag === expected ? uint(expected) : undefined;
}

function raw(expected: number): Uint8Array | undefined {
  if (tag !== expected) return undefined;
  const bytes = from.raw();
  tag = from.tag();
  return bytes;
}
