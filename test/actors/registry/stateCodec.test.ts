import { expect } from 'chai';
import fc from 'fast-check';
import { decodeState, encodeState } from '../../../actors/registry/wire/stateCodec.js';
import { MalformedError } from '../../../actors/runtime/errors.js';
import { v1 } from '../../../proto/generated/emoney.js';
import { anyState } from './arbitraries.js';

describe('states in snapshots', () => {
  it('are read exactly as they were written', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const bytes = encodeState(state);
        const decoded = decodeState(bytes);
        expect(decoded).to.deep.equal(state);
        expect(encodeState(decoded)).to.deep.equal(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('are refused in a format that is not known', () => {
    const bytes = v1.UnitState.encode({ format: 2, card: {} }).finish();
    expect(() => decodeState(bytes)).to.throw(MalformedError, /format: 2/);
  });

  it('are refused when ids are out of order: they would not be found', () => {
    const answer = { outcome: 1 };
    const entries = [2, 1].map((number) => ({ number, card: 'C1', answer, businessDate: 20240229 }));
    const visitor = { terminal: 'T1', incarnations: [{ incarnation: 1, entries }] };
    const bytes = v1.UnitState.encode({ format: 1, visitor }).finish();
    expect(() => decodeState(bytes)).to.throw(MalformedError, /entries: 1 comes after 2/);
  });

  it('are refused when they are not those of a unit', () => {
    expect(() => decodeState(v1.UnitState.encode({ format: 1 }).finish())).to.throw(MalformedError, /body/);
    expect(() => decodeState(Uint8Array.of(1, 2, 3))).to.throw(MalformedError);
  });
});
