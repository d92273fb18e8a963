/** Types the lines of a transcript, and compares what comes back with what the document says. */
import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { RawClient } from '../gateway/rawClient.js';

export interface Message {
  readonly request?: string;
  readonly rejection?: { readonly code: string; readonly retryAfterMs?: number };
}

/** What differs from one run to the next: times, positions, dates, versions of the list, names. */
const VARYING =
  /"(?:\w+Ms|position|sequence|digest|businessDate|incarnation|token|deployment)":(?:"[^"]*"|[0-9]{8,})|"name":"\w+","number":"[0-9]{8,}"/g;

export class Player {
  readonly #client: RawClient;
  /** Literals of the document, and what stands for them in this run. */
  readonly #actual = new Map<string, string>();

  constructor(client: RawClient, secret: string) {
    this.#client = client;
    this.#actual.set('"SECRET"', JSON.stringify(secret));
  }

  static async connect(url: string, secret: string): Promise<Player> {
    return new Player(await RawClient.connect(url, 'emoney.v1.json'), secret);
  }

  close(): void {
    this.#client.webSocket.terminate();
  }

  async play(transcript: string): Promise<void> {
    let sent = '';
    let expected: string[] = [];
    for (const line of [...transcript.split('\n'), '> ']) {
      if (line.startsWith('< ')) expected.push(line.slice(2));
      else {
        if (sent !== '') await this.#exchange(sent, expected);
        [sent, expected] = [line.slice(2), []];
      }
    }
  }

  /** The answer; pushes before it are dropped. */
  async ask(line: string): Promise<Message> {
    const { request } = JSON.parse(line) as { readonly request: number };
    this.#client.webSocket.send(this.#translated(line));
    for (;;) {
      const { message } = await this.#next();
      if (message.request === String(request)) return message;
    }
  }

  async #exchange(line: string, expected: readonly string[]): Promise<void> {
    const got: string[] = [];
    this.#client.webSocket.send(this.#translated(line));
    while (got.length < expected.length) {
      const { text, message } = await this.#next();
      const { rejection } = message;
      // As every client does: the list may be known everywhere only a moment later.
      if (rejection?.code === 'REJECTION_UNAVAILABLE') {
        await delay(rejection.retryAfterMs ?? 0);
        this.#client.webSocket.send(this.#translated(line));
      } else got.push(text);
    }
    // An answer and the pushes that follow from it come in any order.
    const said = [...expected].sort(byStablePart);
    for (const [index, text] of got.sort(byStablePart).entries()) {
      expect(stable(text)).to.equal(stable(said[index] ?? ''));
      this.#learn(said[index] ?? '', text);
    }
  }

  async #next(): Promise<{ readonly text: string; readonly message: Message }> {
    const message = await this.#client.nextJson();
    return { text: JSON.stringify(message), message: message };
  }

  /** What the document says where this run says something else, to be put into later lines. */
  #learn(documented: string, actual: string): void {
    const values = actual.match(VARYING) ?? [];
    for (const [index, literal] of (documented.match(VARYING) ?? []).entries()) {
      const value = values[index];
      if (value !== undefined) this.#actual.set(literal, value);
    }
  }

  #translated(line: string): string {
    let translated = line;
    for (const [literal, value] of this.#actual) translated = translated.replaceAll(literal, value);
    return translated;
  }
}

function stable(text: string): string {
  return text.replace(VARYING, (found) => found.replace(/[^:]*$/, '*'));
}

function byStablePart(one: string, other: string): number {
  return stable(one) < stable(other) ? -1 : 1;
}
