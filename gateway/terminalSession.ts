import type { v1 } from '../proto/generated/emoney.js';
import type { Phone } from './phones.js';
import type { SentNumbers } from './sentNumbers.js';

/** What a WELCOME gave a terminal on one connection. Attached to everything that the terminal says. */
export interface TerminalSession {
  readonly terminal: string;
  /** Partition of the terminal's actor. */
  readonly partition: number;
  readonly incarnation: number;
  /** Raised by each WELCOME, wherever: messages under a lower one are SUPERSEDED. */
  readonly session: v1.Welcomed['session'];
  readonly sent: SentNumbers;
  /** Undefined: it is none. A phone sells nothing, and gets no list. */
  readonly phone: Phone | undefined;
}
