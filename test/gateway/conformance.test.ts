import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../actors/adapters/system/clock.js';
import { startTestGateway } from './harness.js';

interface Verdict {
  readonly cases: number;
  readonly ok: number;
  readonly bad: readonly unknown[];
}

/** The 246 client-side cases of the Autobahn testsuite, replayed byte by byte by a tool that is not ours. */
describe('gateway: WebSocket conformance', () => {
  const shared = resolve('..', 'shared');
  const tool = join(shared, 'tools', 'websocket-conformance.mjs');
  const cases = join(shared, 'data', 'websocket-cases.json.gz');

  it('passes every case under both subprotocols', async function () {
    if (!existsSync(tool)) {
      console.log(`      skipped: ${tool} is not there`);
      this.skip();
    }
    await Promise.all(['emoney.v1.protobuf', 'emoney.v1.json'].map((name) => passes(tool, cases, name)));
  });
});

async function passes(tool: string, cases: string, subprotocol: string): Promise<void> {
  const test = await startTestGateway({ clock: systemClock });
  try {
    const header = `Sec-WebSocket-Protocol: ${subprotocol}`;
    const output = await run([tool, `127.0.0.1:${test.gateway.port}`, '/v1', cases, header]);
    const verdict = JSON.parse(output) as Verdict;
    expect(verdict.bad, subprotocol).to.deep.equal([]);
    expect(verdict.ok).to.equal(verdict.cases);
    expect((await (await test.connect()).hello('T1')).welcome?.terminal).to.equal('T1');
  } finally {
    await test.close();
  }
}

async function run(args: readonly string[]): Promise<string> {
  return new Promise((done, reject) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      // Exit code 1: some case failed, and the output says which.
      if (stdout === '') reject(error ?? new Error(stderr));
      else done(stdout);
    });
  });
}
