import { CLIENT_RETRY_MAX_MS, RETRY_MS } from '../actors/bounds.js';
import { RejectedError, type Concentrator, type ListVersion } from '../client/index.js';

export interface AcknowledgingEvents {
  /** The gateway has confirmed that every terminal of the connection holds the list up to this version. */
  readonly onAcknowledged: (version: ListVersion) => void;
  readonly onRejected: (code: string) => void;
}

/**
 * Says what all terminals of a connection hold, as the client does by itself, and tells when the gateway confirms which
 * version: one acknowledgement at a time, always of the newest version. An older one is never repeated.
 */
export class Acknowledging {
  readonly #concentrator: Concentrator;
  readonly #events: AcknowledgingEvents;
  #begun = false;
  #underWay = false;
  #confirmed: ListVersion | undefined;
  #rejections = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(concentrator: Concentrator, events: AcknowledgingEvents) {
    this.#concentrator = concentrator;
    this.#events = events;
  }

  /** Every terminal has its session. */
  begin(): void {
    this.#begun = true;
    this.next();
  }

  /** The list may have changed. */
  next(): void {
    const { version } = this.#concentrator.list;
    if (!this.#begun || this.#underWay || version === undefined || isSame(version, this.#confirmed)) return;
    this.#underWay = true;
    clearTimeout(this.#timer);
    this.#concentrator.connection.send({ listAcknowledgement: { terminals: [], version } }, (answer) => {
      this.#underWay = false;
      if (!(answer instanceof Error)) this.#done(version);
      else if (answer instanceof RejectedError) this.#again(answer, version);
    });
  }

  stop(): void {
    this.#begun = false;
    clearTimeout(this.#timer);
  }

  #done(version: ListVersion): void {
    this.#rejections = 0;
    this.#confirmed = version;
    this.#events.onAcknowledged(version);
    this.next();
  }

  #again({ code, retryAfterMs }: RejectedError, version: ListVersion): void {
    this.#events.onRejected(code);
    const outdated = retryAfterMs === 0 && !isSame(version, this.#concentrator.list.version);
    const first = retryAfterMs === 0 ? RETRY_MS : retryAfterMs;
    const pause = outdated ? 0 : Math.min(first * 2 ** this.#rejections, CLIENT_RETRY_MAX_MS);
    this.#rejections += 1;
    this.#timer = setTimeout(() => {
      this.next();
    }, pause);
  }
}

function isSame(a: ListVersion, b: ListVersion | undefined): boolean {
  return a.incarnation === b?.incarnation && a.sequence === b.sequence;
}
