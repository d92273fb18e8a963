/** Every event of this domain: of cards, of the center's records, of terminals. */
import type { CardEvent } from '../card/card.js';
import type { RecordEvent } from '../center/record.js';
import type { TerminalEvent } from '../terminal/terminal.js';

export type Event = CardEvent | RecordEvent | TerminalEvent;
