import { expect } from 'chai';
import { timesOf, type CallFrame, type CpuProfile } from '../../../bench/stages/profile.js';
import { stageOf, STAGES } from '../../../bench/stages/stageOf.js';

const frame = (functionName: string, path = ''): CallFrame => {
  return { functionName, url: path === '' || path.startsWith('node:') ? path : `file:///app/dist/${path}` };
};

/** root → receive → (decodeCommand → tag), acknowledge → (outbox flush → encodeReplies → uint); beside them, V8's own. */
const PROFILE: CpuProfile = {
  startTime: 1_000,
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 6, 10, 11, 12] },
    { id: 2, callFrame: frame('receive', 'actors/runtime/partition.js'), children: [3, 5] },
    { id: 3, callFrame: frame('decodeCommand', 'actors/registry/wire/commandCodec.js'), children: [4] },
    { id: 4, callFrame: frame('tag', 'proto/unpacker.js') },
    { id: 5, callFrame: frame('(garbage collector)') },
    { id: 6, callFrame: frame('acknowledge', 'actors/runtime/partition.js'), children: [7] },
    { id: 7, callFrame: frame('flush', 'actors/runtime/outbox.js'), children: [8] },
    { id: 8, callFrame: frame('encodeReplies', 'actors/runtime/deliveries.js'), children: [9] },
    { id: 9, callFrame: frame('uint', 'proto/packer.js') },
    { id: 10, callFrame: frame('(idle)') },
    { id: 11, callFrame: frame('(program)') },
    { id: 12, callFrame: frame('onStreamRead', 'node:internal/stream_base_commons') },
  ],
  samples: [2, 4, 5, 9, 10, 11, 12, 10],
  timeDeltas: [0, 10, 20, 30, 40, 50, 60, 70],
};

describe('a profile of the worker', () => {
  it('gives each sample, until the next one, to the innermost frame that belongs to a stage', () => {
    expect(Object.fromEntries(timesOf(PROFILE, stageOf))).to.deep.equal({
      ...{ route: 10, decode: 20, garbage: 30, reply: 40 },
      ...{ idle: 50, other: 60, network: 70 },
    });
  });

  it('counts only what was sampled between two moments', () => {
    const times = timesOf(PROFILE, stageOf, 1_010, 1_060);
    expect(Object.fromEntries(times)).to.deep.equal({ decode: 20, garbage: 30 });
  });

  it('has a file for each stage of a payment', () => {
    const files: readonly (readonly [path: string, name: string, stage: (typeof STAGES)[number]])[] = [
      ['actors/registry/wire/hot/unpacking.js', 'unpackTransact', 'decode'],
      ['actors/runtime/deliveries.js', 'ordinaryItem', 'decode'],
      ['actors/runtime/deliveries.js', 'encodeDelivery', 'route'],
      ['actors/runtime/asks.js', 'flush', 'route'],
      ['actors/card/execute.js', 'execute', 'decide'],
      ['actors/registry/cardTurn.js', 'askTurn', 'decide'],
      ['actors/registry/wire/hot/packing.js', 'packEvent', 'encode'],
      ['actors/runtime/frame.js', 'hashOf', 'encode'],
      ['actors/runtime/appender.js', 'append', 'publish'],
      ['actors/registry/wire/stateCodec.js', 'encodeState', 'snapshot'],
      ['actors/runtime/outbox.js', 'flush', 'reply'],
      ['actors/registry/historyCounts.js', 'countsOf', 'history'],
    ];
    for (const [path, name, stage] of files) expect(stageOf([frame(name, path)]), path).to.equal(stage);
  });
});
