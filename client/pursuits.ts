import { MAX_OPEN_IDS } from '../actors/bounds.js';
import { RejectedError, type ConnectionLostError } from './errors.js';
import type { Numbers } from './numbers.js';
import type { Reply } from './reply.js';

/** The recorded answer; or RejectedError once patience is at an end, or ConnectionLostError: repeat or reverse. */
export type Result = Reply | RejectedError | ConnectionLostError;
export type OnResult = (result: Result) => void;

/** What a message wants to know of its number. A question changes nothing. */
export type Attempt = 'transaction' | 'reversal' | 'question';

/**
 * These are about the message and not about the number: still open, never seen, or another content than what was sent
 * under this number before, whose answer may not be here.
 */
const OPEN_OUTCOMES: ReadonlySet<string> = new Set(['PENDING', 'ID_UNKNOWN', 'IDEMPOTENCY_CONFLICT']);

/** The end of a number that was given up. REVERSING is as final: the system pursues the reversal by itself. */
const UNDONE: ReadonlySet<string> = new Set(['REVERSED', 'REVERSING']);

interface Told {
  readonly result: Result;
  readonly done: OnResult;
}

/** What is under way about one number. */
interface Pursuit {
  /** Attempts that have not ended, and how many of them are reversals. */
  running: number;
  reversals: number;
  /** Its final answer is here. */
  final: boolean;
  /** REVERSED or REVERSING. */
  undone: Reply | undefined;
  /** Answers that count only if it is not reversed after all. */
  readonly held: { readonly reply: Reply; readonly done: OnResult }[];
  /** All messages about it so far were OVERLOADED, or are not answered yet. */
  unseen: boolean;
}

/**
 * Decides what an answer means for its number, when several messages about it are under way. A number is settled when
 * its final answer is here and no attempt of it is running: what is still being repeated must not become too old. A
 * number that the device has given up accepts no approval any more (D1): only its reversal settles it.
 */
export class Pursuits {
  private readonly numbers: Numbers;
  private readonly pursuits = new Map<number, Pursuit>();
  private readonly givenUp: Set<number>;
  /** The newest numbers whose final answers are here: a repeat that fails opens none of them again. */
  private readonly answered = new Set<number>();
  /** The newest numbers of which every message has ended OVERLOADED: nobody has taken one of them (D8). */
  private readonly overloaded = new Set<number>();

  /** `reversing`: numbers given up before, whose reversals were not answered. */
  constructor(numbers: Numbers, reversing: readonly number[]) {
    this.numbers = numbers;
    this.givenUp = new Set(reversing);
  }

  /** Numbers that were given up, and whose reversals have no answer yet. */
  get reversing(): readonly number[] {
    return [...this.givenUp];
  }

  /** Whether it is settled now: nothing of it is under way, and nobody has seen it. */
  forgo(number: number): boolean {
    if (!this.overloaded.delete(number)) return false;
    this.numbers.settle(number);
    return true;
  }

  /** `isNew`: no message about it was sent before. */
  begin(number: number, attempt: Attempt, isNew = false): void {
    const pursuit = this.of(number);
    if (isNew || this.overloaded.delete(number)) pursuit.unseen = true;
    pursuit.running += 1;
    if (attempt !== 'reversal') return;
    pursuit.reversals += 1;
    this.givenUp.add(number);
  }

  /** One message of an attempt was rejected; it may be sent again. */
  rejected(number: number, { code }: RejectedError): void {
    if (code !== 'OVERLOADED') this.of(number).unseen = false;
  }

  /** An attempt has its answer, or is given up. Tells whoever has an answer by this; the number is settled before. */
  end(number: number, attempt: Attempt, result: Result, done: OnResult): void {
    const pursuit = this.of(number);
    pursuit.running -= 1;
    if (attempt === 'reversal') pursuit.reversals -= 1;
    if (!(result instanceof RejectedError && result.code === 'OVERLOADED')) pursuit.unseen = false;
    const told =
      result instanceof Error
        ? this.failed(number, pursuit, attempt, { result, done })
        : this.replied(number, pursuit, attempt, { reply: result, done });
    this.settle(number, pursuit);
    for (const each of told) each.done(each.result);
  }

  /** Nothing more will be answered: whoever waits for a reversal is told. */
  lost(error: ConnectionLostError): void {
    for (const pursuit of this.pursuits.values()) {
      for (const { done } of pursuit.held.splice(0)) done(error);
    }
  }

  private of(number: number): Pursuit {
    let pursuit = this.pursuits.get(number);
    if (pursuit === undefined) {
      const final = this.answered.has(number);
      pursuit = { running: 0, reversals: 0, final, undone: undefined, held: [], unseen: false };
      this.pursuits.set(number, pursuit);
    }
    return pursuit;
  }

  private replied(
    number: number,
    pursuit: Pursuit,
    attempt: Attempt,
    { reply, done }: Pursuit['held'][number],
  ): readonly Told[] {
    if (UNDONE.has(reply.outcome)) return this.undone(number, pursuit, { result: reply, done });
    if (attempt === 'reversal') return this.refused(number, pursuit, { result: reply, done });
    if (attempt === 'transaction' && pursuit.undone !== undefined) return [{ result: pursuit.undone, done }];
    if (this.givenUp.has(number)) {
      if (attempt === 'question') return [{ result: reply, done }];
      pursuit.held.push({ reply, done });
      return [];
    }
    if (!OPEN_OUTCOMES.has(reply.outcome)) pursuit.final = true;
    return [{ result: reply, done }];
  }

  private undone(number: number, pursuit: Pursuit, told: Told & { readonly result: Reply }): readonly Told[] {
    const { result } = told;
    pursuit.undone = result;
    pursuit.final = true;
    this.givenUp.delete(number);
    return [told, ...pursuit.held.splice(0).map(({ done }) => ({ result, done }))];
  }

  /** A conflict: the reversal named another card, so nothing is reversed, and the answers are what they were. */
  private refused(number: number, pursuit: Pursuit, told: Told): readonly Told[] {
    if (pursuit.reversals > 0) return [told];
    this.givenUp.delete(number);
    const held = pursuit.held.splice(0);
    if (held.some(({ reply }) => !OPEN_OUTCOMES.has(reply.outcome))) pursuit.final = true;
    return [told, ...held.map(({ reply, done }) => ({ result: reply, done }))];
  }

  private failed(number: number, pursuit: Pursuit, attempt: Attempt, told: Told): readonly Told[] {
    const { result } = told;
    // Below the mark that was told before: its final answer was here. A reversal finds nothing any more.
    if (result instanceof RejectedError && result.code === 'TOO_OLD') {
      pursuit.final = true;
      if (attempt === 'reversal') this.givenUp.delete(number);
    }
    if (attempt !== 'reversal' || pursuit.reversals > 0) return [told];
    return [told, ...pursuit.held.splice(0).map(({ done }) => ({ result, done }))];
  }

  private settle(number: number, { running, final, held, unseen }: Pursuit): void {
    if (running > 0) return;
    if (held.length === 0) this.pursuits.delete(number);
    if (unseen && !this.givenUp.has(number)) this.keep(this.overloaded, number);
    if (!final || this.givenUp.has(number)) return;
    this.numbers.settle(number);
    this.keep(this.answered, number);
  }

  /** The newest of them. */
  private keep(numbers: Set<number>, number: number): void {
    numbers.add(number);
    if (numbers.size <= 2 * MAX_OPEN_IDS) return;
    for (const oldest of numbers) {
      numbers.delete(oldest);
      return;
    }
  }
}
