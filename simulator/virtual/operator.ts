/** An operator: one command after the other, each repeated until it is answered. */
import { v1 } from '../../proto/generated/emoney.js';
import type { Random } from '../random.js';
import { OPERATOR_SECRET } from './gatewayProcess.js';
import type { Scheduler } from './scheduler.js';
import { Session, type Body } from './session.js';
import type { Wire } from './wire.js';

export interface OperatorParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly connect: () => Wire | undefined;
}

/** At most longer than a gateway waits for a partition, mostly shorter. */
const PATIENCE_MS = [1_500, 6_000] as const;
const PAUSE_MS = 300;

export class Operator {
  readonly #parts: OperatorParts;
  #session: Session | undefined;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  cut(): void {
    this.#session?.cut();
  }

  /** The answer, or a rejection that repeating does not change. Repeats for as long as it takes. */
  async ask(body: Body): Promise<v1.ServerMessage> {
    for (;;) {
      const answer = await this.#attempt(body);
      const retry = answer?.rejection?.retryAfterMs ?? 0;
      if (answer !== undefined && (answer.rejection == null || retry === 0)) return answer;
      await this.pause(Math.max(PAUSE_MS, retry));
    }
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#parts.scheduler.after(ms, resolve);
    });
  }

  async #attempt(body: Body): Promise<v1.ServerMessage | undefined> {
    const session = this.#session ?? this.#connect();
    if (session === undefined) return undefined;
    if (this.#session === undefined) {
      const { operatorWelcome } =
        (await this.#once(session, { operatorHello: { secret: OPERATOR_SECRET } })) ?? {};
      if (operatorWelcome == null) {
        session.cut();
        return undefined;
      }
      this.#session = session;
    }
    return this.#once(session, body);
  }

  #connect(): Session | undefined {
    const wire = this.#parts.connect();
    if (wire === undefined) return undefined;
    const session: Session = new Session(wire, {
      onPush: () => undefined,
      onClosed: () => {
        if (this.#session === session) this.#session = undefined;
      },
    });
    return session;
  }

  /** Undefined: no answer in time, or none any more. */
  #once(session: Session, body: Body): Promise<v1.ServerMessage | undefined> {
    return new Promise((resolve) => {
      const { scheduler, random } = this.#parts;
      const cancel = scheduler.after(random.integer(...PATIENCE_MS), () => {
        resolve(undefined);
      });
      session.send(body, (message) => {
        cancel();
        resolve(message);
      });
    });
  }
}
