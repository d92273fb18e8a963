import { connect } from 'node:net';
import { LOOPBACK } from './ports.js';

export interface Dialogue {
  readonly port: number;
  /** Sent as soon as the connection stands; empty if the server speaks first. */
  readonly say: string;
  /** Enough was heard. */
  readonly until: (heard: string) => boolean;
  readonly timeoutMs: number;
}

/** Connects, speaks and listens: what was heard, or `undefined` if nobody answered enough in time. */
export function hear(dialogue: Dialogue): Promise<string | undefined> {
  return new Promise((resolve) => {
    let heard = '';
    const socket = connect({ port: dialogue.port, host: LOOPBACK, timeout: dialogue.timeoutMs });
    const finish = (answer: string | undefined) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(dialogue.say));
    socket.on('data', (text: string) => {
      heard += text;
      if (dialogue.until(heard)) finish(heard);
    });
    for (const event of ['error', 'timeout', 'close'])
      socket.on(event, () => {
        finish(undefined);
      });
  });
}
