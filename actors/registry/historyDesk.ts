/** Answers questions to the histories that this worker keeps: from the bus, and from the deciders' asks. */
import { HISTORY_QUESTIONS } from '../bounds.js';
import {
  HistoryBehindError,
  HistoryDamagedError,
  NotServedError,
  SearchTooWideError,
} from '../history/errors.js';
import type { History } from '../history/history.js';
import { createDateEnd, type DateEnd } from '../money/dateEnd.js';
import type { Outlet } from '../runtime/asks.js';
import { MalformedError } from '../runtime/errors.js';
import { decodeDelivery } from '../runtime/deliveries.js';
import { BusPost } from '../runtime/post.js';
import { Outbox, type Origin } from '../runtime/outbox.js';
import { partitionOf } from '../runtime/placement.js';
import type { Bus, Cancel } from '../runtime/ports.js';
import type { Subjects } from '../runtime/subjects.js';
import { dayTotals, loans } from './historyReports.js';
import {
  decodeFindOriginal,
  decodeHistoryQuestion,
  encodeBatchPage,
  encodeDayTotals,
  encodeFound,
  encodeFoundOriginal,
  encodeLoans,
  encodeMattersPage,
  encodeOpenedPage,
  type LoansQuery,
  originalOf,
} from './wire/historyCodec.js';
import { decodeRules } from './wire/rulesCodec.js';

export interface HistoryDeskParts {
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly history: History;
  readonly partition: number;
  readonly epoch: number;
  /** Of the deployment: a DeploymentRules message. */
  readonly rules: Uint8Array;
  readonly log: (line: string) => void;
}

/** Takes questions about one partition until the returned function is called. */
export function serveHistory(parts: HistoryDeskParts): Cancel {
  const desk = new HistoryDesk(parts);
  return parts.bus.subscribe(parts.subjects.history(parts.partition), (bytes) => {
    desk.receive(bytes);
  });
}

class HistoryDesk {
  readonly #parts: HistoryDeskParts;
  readonly #outbox: Outbox;
  readonly #dateEnd: DateEnd;
  #working = 0;

  constructor(parts: HistoryDeskParts) {
    this.#parts = parts;
    this.#dateEnd = createDateEnd(decodeRules(parts.rules));
    this.#outbox = new Outbox(new BusPost(parts.bus, parts.log), parts.partition, parts.epoch);
  }

  receive(bytes: Uint8Array): void {
    try {
      const { replyTo, items } = decodeDelivery(bytes);
      for (const { correlation, command } of items) void this.#take({ replyTo, correlation }, command);
    } catch (error) {
      this.#parts.log(`a question to the history cannot be read: ${String(error)}`);
    }
  }

  async #take(origin: Origin, question: Uint8Array): Promise<void> {
    if (this.#working >= HISTORY_QUESTIONS) {
      this.#outbox.reject(origin, 'OVERLOADED', `${this.#working} questions to this history are worked on`);
    } else {
      this.#working += 1;
      try {
        this.#outbox.reply(origin, await this.#answer(question));
      } catch (error) {
        this.#refuse(origin, error);
      }
      this.#working -= 1;
    }
    this.#outbox.flush();
  }

  async #answer(bytes: Uint8Array): Promise<Uint8Array> {
    const { history, partition } = this.#parts;
    const question = decodeHistoryQuestion(bytes);
    switch (question.type) {
      case 'search':
        return encodeFound(partition, await history.search(partition, question.query));
      case 'listBatch':
        return encodeBatchPage(partition, await history.listBatch(partition, question.query));
      case 'listOpened':
        return encodeOpenedPage(partition, await history.listOpened(partition, question.query));
      case 'listMatters':
        return encodeMattersPage(partition, await history.listMatters(partition, question.query));
      case 'listLoans':
        return encodeLoans(await this.#loans(question.query));
      case 'listDayTotals':
        return encodeDayTotals(await dayTotals(history, partition, question.query));
    }
  }

  async #loans({ businessDate, ...query }: LoansQuery): ReturnType<typeof loans> {
    return loans(this.#parts.history, this.#parts.partition, {
      ...query,
      before: this.#dateEnd(businessDate),
    });
  }

  #refuse(origin: Origin, error: unknown): void {
    if (
      error instanceof HistoryBehindError ||
      error instanceof NotServedError ||
      error instanceof HistoryDamagedError
    ) {
      this.#outbox.reject(origin, 'UNAVAILABLE', error.message);
    } else if (error instanceof MalformedError || error instanceof SearchTooWideError) {
      // The same question again would fare no better.
      this.#outbox.reject(origin, 'MALFORMED', error.message);
    } else {
      this.#parts.log(`a question to the history failed: ${String(error)}`);
      this.#outbox.reject(origin, 'INTERNAL', 'the history could not be read');
    }
  }
}

/**
 * The outlet `originals`: FIND_ORIGINAL about a card of this worker. It has seen every frame that was acknowledged
 * before it was asked. Throws while the history cannot say: then it is asked again.
 */
export function originalsOutlet(history: History, partitions: number): Outlet {
  return async (bytes) => {
    const { original, card } = decodeFindOriginal(bytes);
    for (const { event } of await history.entriesOf(partitionOf(card, partitions), original)) {
      const found = originalOf(event, card);
      if (found !== undefined) return encodeFoundOriginal(found);
    }
    return encodeFoundOriginal(undefined);
  };
}
