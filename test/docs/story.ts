/**
 * The worked examples of docs/BEHAVIOUR.md, decided by the real actors: one line is one command, and what stands right
 * of the arrow must be so after it. The document explains the form; the fixture is test/actors/money/samples.ts.
 */
import { encodeTerms } from '../../actors/registry/wire/policyCodec.js';
import { statesAmount } from '../../actors/money/transaction.js';
import { kinds } from '../../actors/registry/wire/vocabulary.js';
import { v1 } from '../../proto/generated/emoney.js';
import { PARAMETERS, RIGHT_PIN, RULES, WRONG_PIN } from '../actors/money/samples.js';
import { World, type Reply } from '../actors/registry/world.js';
import { check, outcomeOf, type Seen } from './expectation.js';
import { givenCard, givenParameters } from './given.js';
import { dateOf, DAY_MS, midnightAfter, Words } from './words.js';

const CARD = 'C1';
const OFFICE = 'center';
const ARROW = '→';

const { TerminalRole, Kind, ProhibitionReason } = v1;

/** Purchase terminals, T9 of them without deferral; a deposit terminal; a gate into each of three zones. */
const TERMINALS: Readonly<Record<string, v1.RegisterTerminal.$Properties>> = {
  T1: { role: TerminalRole.TERMINAL_ROLE_PURCHASE, mayDefer: true },
  T2: { role: TerminalRole.TERMINAL_ROLE_PURCHASE, mayDefer: true },
  T9: { role: TerminalRole.TERMINAL_ROLE_PURCHASE },
  D1: { role: TerminalRole.TERMINAL_ROLE_DEPOSIT },
  G1: { role: TerminalRole.TERMINAL_ROLE_GATE, mayDefer: true, zone: 'A' },
  G2: { role: TerminalRole.TERMINAL_ROLE_GATE, mayDefer: true, zone: 'B' },
  G3: { role: TerminalRole.TERMINAL_ROLE_GATE, mayDefer: true, zone: 'C' },
};

const KINDS: Readonly<Record<string, v1.Kind>> = {
  purchase: Kind.KIND_PURCHASE,
  deposit: Kind.KIND_DEPOSIT,
  enquiry: Kind.KIND_ENQUIRY,
  refund: Kind.KIND_REFUND,
  void: Kind.KIND_VOID,
  unload: Kind.KIND_UNLOAD,
  entry: Kind.KIND_ENTRY,
  exit: Kind.KIND_FARE,
};

const ADJUSTABLE: Readonly<Record<string, string>> = {
  SV: 'storedValue',
  L: 'loan',
  I: 'interest',
  U: 'fareOwed',
};

/** Runs every line; throws with the first that is not so. */
export function tell(story: string): void {
  const lines = story.split('\n').filter((line) => line.trim() !== '');
  const telling = new Telling(lines[0] ?? '');
  for (const line of lines) {
    try {
      telling.line(line);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new Error(`${line.trim()}\n      ${problem}`, { cause: error });
    }
  }
}

interface Session {
  readonly terminal: string;
  readonly session: number;
  readonly incarnation: number;
  next: number;
}

class Telling {
  readonly #world: World;
  readonly #sessions = new Map<string, Session>();
  readonly #labels = new Map<string, v1.TransactionId.$Properties>();
  #isIssued = false;
  #parameters = 0;
  #settlements = 0;
  #device = 1;

  constructor(first: string) {
    const words = new Words(first);
    const parameters = words.take('deployment') ? givenParameters(words, PARAMETERS) : PARAMETERS;
    this.#world = new World(2, { ...RULES, parameters });
  }

  line(line: string): void {
    const [said = '', expected] = line.split(ARROW);
    const [, label, command = ''] = /^(?:([a-z]): )?(.*)$/.exec(said.trim()) ?? [];
    const words = new Words(command);
    if (words.take('deployment')) return;
    if (words.take('card')) {
      this.#issue(words);
      return;
    }
    if (!this.#isIssued) this.#issue(new Words(''));
    const reply = this.#do(words, label);
    words.end();
    if (expected !== undefined) check(expected, this.#seen(reply));
  }

  #issue(words: Words): void {
    const outcome = outcomeOf(this.#ask({ issueCard: { card: CARD, terms: encodeTerms(givenCard(words)) } }));
    if (outcome !== 'APPROVED') throw new Error(outcome);
    this.#isIssued = true;
  }

  #do(words: Words, label: string | undefined): Reply | undefined {
    const actor = words.next('somebody');
    if (actor === 'operator') return this.#operate(words);
    if (actor in TERMINALS) return this.#terminal(this.#session(actor), words, label);
    if (actor === 'clock') this.#advance(words.time());
    else if (actor === 'later') this.#advance(this.#world.time + words.integer('days') * DAY_MS);
    else throw new Error(`nobody is called ${actor}`);
    words.take('days');
    return undefined;
  }

  /** From midnight to midnight: whoever waits for a date sees each of them. */
  #advance(time: number): void {
    while (this.#world.time < time) {
      this.#world.time = Math.min(time, midnightAfter(this.#world.time));
      for (const node of this.#world.nodes) node.wake();
      this.#world.settle();
    }
  }

  #session(terminal: string): Session {
    const session = this.#sessions.get(terminal) ?? this.#open(terminal);
    // As a device does to which the list is pushed.
    const holdList = { terminal, session: session.session, version: this.#world.list.version };
    this.#world.ask(terminal, { holdList });
    return session;
  }

  #open(terminal: string): Session {
    this.#world.ask(terminal, { registerTerminal: { terminal, ...TERMINALS[terminal] } });
    const { welcomed } = answered(this.#world.ask(terminal, { openSession: { terminal } }));
    const { session, incarnation } = welcomed ?? {};
    const opened = { terminal, session: Number(session), incarnation: incarnation ?? 0, next: 1 };
    this.#sessions.set(terminal, opened);
    return opened;
  }

  #terminal(session: Session, words: Words, label: string | undefined): Reply {
    const verb = words.next('a verb');
    if (verb === 'reversal') return this.#reverse(session, words);
    if (verb === 'close') return this.#close(session);
    const kind = KINDS[verb];
    if (kind === undefined) throw new Error(`a terminal has no ${verb}`);
    const amount = statesAmount(kinds.fromWire(kind, 'kind')) ? words.integer('an amount') : null;
    const transact = this.#modified(session, words, { session: session.session, kind, card: CARD, amount });
    if (label !== undefined && transact.id) this.#labels.set(label, transact.id);
    return this.#world.ask(session.terminal, { transact });
  }

  #modified(session: Session, words: Words, message: v1.Transact.$Properties): v1.Transact.$Properties {
    const { terminal, incarnation } = session;
    const said: v1.Transact.$Properties = { ...message, device: this.#device };
    while (!words.isEmpty) {
      if (words.take('partial')) said.partial = true;
      else if (words.take('of')) said.original = this.#labelled(words);
      else if (words.take('again')) said.id = this.#labelled(words);
      else if (words.take('at')) said.terminalTimeMs = words.time();
      else if (words.take('device')) said.device = words.integer('device');
      else if (words.take('PIN')) said.pinHash = pinHash(words.next('right or wrong'));
      else break;
    }
    if (said.id == null) {
      said.id = { terminal, incarnation, number: session.next };
      session.next += 1;
    }
    return said;
  }

  #reverse({ terminal, session, incarnation, next }: Session, words: Words): Reply {
    const id = words.take('of') ? this.#labelled(words) : { terminal, incarnation, number: next };
    return this.#world.ask(terminal, { reverse: { id, session, card: CARD } });
  }

  /** What waits for the clock goes on at once. */
  #close({ terminal, session }: Session): Reply {
    const reply = this.#world.ask(terminal, { closeBatch: { terminal, session } });
    for (const node of this.#world.nodes) node.wake();
    this.#world.settle();
    return reply;
  }

  #labelled(words: Words): v1.TransactionId.$Properties {
    const label = words.next('a label');
    const id = this.#labels.get(label);
    if (id === undefined) throw new Error(`nothing is called ${label}`);
    return id;
  }

  #operate(words: Words): Reply {
    const card = CARD;
    const verb = words.next('a verb');
    switch (verb) {
      case 'store': {
        const amount = words.integer('an amount');
        return this.#ask({ storeValue: { card, amount, reference: referenceIn(words) } });
      }
      case 'cancel':
        return this.#ask({ cancelStore: { card, reference: words.next('a reference') } });
      case 'adjust':
        return this.#adjust(words);
      case 'limit':
        return this.#ask({ changeLimit: { card, limit: words.integer('a limit') } });
      case 'prohibit':
      case 'lift':
        return this.#ask({
          changeProhibition: { card, reason: reasonIn(words), prohibited: verb === 'prohibit' },
        });
      case 'unblock':
        return this.#ask({ unblockPin: { card } });
      case 'replace':
        this.#device += 1;
        return this.#ask({ replaceCard: { card, device: this.#device } });
      case 'interest':
        return this.#world.ask(OFFICE, { chargeInterest: { through: words.date(this.#today) } });
      case 'rate':
        return this.#changeRate(words);
      case 'settle':
        this.#settlements += 1;
        return this.#world.ask(OFFICE, { settle: { number: this.#settlements } });
      case 'confirm':
        return this.#ask({ confirmCollection: { card, order: this.#orderOf(words) } });
      case 'return':
        return this.#ask({ returnCollection: { card, order: this.#orderOf(words) } });
      default:
        throw new Error(`an operator does not ${verb}`);
    }
  }

  #adjust(words: Words): Reply {
    const field = ADJUSTABLE[words.next('what')];
    if (field === undefined) throw new Error('SV, L, I or U');
    const adjustment = { [field]: words.integer('an amount') };
    const note = 'an example';
    return this.#ask({ adjustCard: { card: CARD, adjustment, note, reference: referenceIn(words) } });
  }

  #changeRate(words: Words): Reply {
    const ratePpm = words.integer('a rate') * 10_000;
    words.take('from');
    const effectiveFrom = words.date(this.#today);
    this.#parameters += 1;
    const frequency = v1.Frequency[`FREQUENCY_${PARAMETERS.frequency}`];
    const parameters = { number: this.#parameters, ratePpm, effectiveFrom, frequency };
    const reply = this.#world.ask(OFFICE, { setParameters: { parameters } });
    if (outcomeOf(reply) !== 'APPROVED') this.#parameters -= 1;
    return reply;
  }

  /** The debit order of a payment's account share. */
  #orderOf(words: Words): string {
    words.take('of');
    const { number, terminal } = this.#labelled(words);
    const { shares } = this.#described().record;
    const share = shares?.find(({ id }) => Number(id?.number) === number && id?.terminal === terminal);
    return share?.order ?? 'none';
  }

  get #today(): number {
    return dateOf(this.#world.time);
  }

  #ask(command: v1.Command.$Properties): Reply {
    return this.#world.ask(CARD, command);
  }

  #seen(reply: Reply | undefined): Seen {
    return { reply, ...this.#described(), columns: (terminal) => this.#columns(terminal) };
  }

  #described(): Pick<Seen, 'card' | 'record'> {
    const { cards } = answered(this.#ask({ describeCards: { cards: [CARD] } }));
    const { card, record } = cards?.cards?.[0] ?? {};
    return { card: card ?? {}, record: record ?? {} };
  }

  #columns(terminal: string): readonly (readonly v1.BatchTotals.$Properties[])[] {
    const terminals = [terminal];
    const own = answered(this.#world.ask(terminal, { describeTerminals: { terminals } }));
    const center = answered(this.#ask({ describeTotals: { terminals } }));
    return [own.terminals?.terminals?.[0]?.totals ?? [], center.totals?.terminals?.[0]?.totals ?? []];
  }
}

function answered(reply: Reply): v1.CommandReply {
  if (typeof reply === 'string') throw new Error(`rejected: ${reply}`);
  return reply;
}

function pinHash(word: string): Uint8Array {
  return Buffer.from(word === 'right' ? RIGHT_PIN : WRONG_PIN, 'hex');
}

function reasonIn(words: Words): v1.ProhibitionReason {
  return words.take('lost')
    ? ProhibitionReason.PROHIBITION_REASON_LOST
    : ProhibitionReason.PROHIBITION_REASON_OPERATOR;
}

function referenceIn(words: Words): string {
  words.take('as');
  return words.next('a reference');
}
