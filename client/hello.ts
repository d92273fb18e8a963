import type { v1 } from '../proto/generated/emoney.js';
import type { SentNumber } from './sentTimes.js';

/** What a device kept from before; without it, it is a new device to the system and gets a new incarnation. */
export interface Remembered {
  readonly incarnation: number;
  readonly nextNumber: number;
  /** Numbers whose final answers it does not hold, with the times under which they were sent. */
  readonly open?: readonly SentNumber[] | undefined;
  /** Those of them that it has given up: it accepts no approval for them, and has to reverse them again. */
  readonly reversing?: readonly number[] | undefined;
}

export interface HelloOptions {
  readonly terminal: string;
  readonly remember?: Remembered | undefined;
  /** Replay of a named source: always gets that source's incarnation, and may begin at any number. */
  readonly source?: string | undefined;
  /** How long what is rejected for now is sent again, in milliseconds. Default: 30 s; 0: it is not. */
  readonly retryForMs?: number | undefined;
  /** A phone's. */
  readonly token?: string | undefined;
}

/** Without the list that the device holds. */
export function wireHello({ terminal, remember, source, token }: HelloOptions): v1.Hello.$Properties {
  const hello: v1.Hello.$Properties = { terminal, source: source ?? '', token: token ?? '' };
  if (remember !== undefined) {
    hello.incarnation = remember.incarnation;
    hello.nextNumber = remember.nextNumber;
  }
  return hello;
}
