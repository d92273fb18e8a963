/** Events of terminals on the wire. */
import { v1 } from '../../../proto/generated/emoney.js';
import type { TerminalEvent } from '../../terminal/terminal.js';
import { fromUint32, fromUnsigned, toId, toPositive, toText } from './guards.js';
import { decodeAnswer, decodeId, decodeVersion, encodeVersion, optionalVersion } from './moneyCodec.js';
import { batchEventCases, encodeBatchEvent } from './batchCodec.js';
import type { FrequentEvent } from './hot/packing.js';
import { caseOf } from './protobuf.js';
import { decodeOpened, decodeReversal, encodeOpened } from './terminalCodec.js';
import { outcomes, roles } from './vocabulary.js';

export function encodeTerminalEvent(event: Exclude<TerminalEvent, FrequentEvent>): v1.Event.$Properties {
  switch (event.type) {
    case 'TransactionRefused': {
      const outcome = outcomes.toWire(event.outcome);
      return { transactionRefused: { opened: encodeOpened(event.opened), outcome } };
    }
    case 'TerminalRegistered': {
      const { terminal, role, mayDefer, zone, card } = event;
      const device = fromUint32(event.device, 'device');
      return { terminalRegistered: { terminal, role: roles.toWire(role), mayDefer, zone, card, device } };
    }
    case 'SessionOpened': {
      const { terminal, source, list } = event;
      const incarnation = fromUint32(event.incarnation, 'incarnation');
      const session = fromUnsigned(event.session, 'session');
      const held = list === undefined ? null : encodeVersion(list);
      return { sessionOpened: { terminal, incarnation, session, source, list: held } };
    }
    case 'BatchReported':
    case 'BatchClosing':
    case 'BatchFinal':
    case 'BatchCompiled':
    case 'BatchSettled':
      return encodeBatchEvent(event);
    case 'ListHeld':
      return { listHeld: { terminal: event.terminal, version: encodeVersion(event.version) } };
  }
}

export const terminalEventCases = {
  ...batchEventCases,
  transactionOpened: caseOf(v1.TransactionOpened, (wire): TerminalEvent => ({
    type: 'TransactionOpened',
    opened: decodeOpened(wire),
  })),
  transactionClosed: caseOf(v1.TransactionClosed, (wire): TerminalEvent => {
    const { id, answer } = wire;
    return { type: 'TransactionClosed', id: decodeId(id), answer: decodeAnswer(answer) };
  }),
  transactionRefused: caseOf(v1.TransactionRefused, (wire): TerminalEvent => {
    const { opened, outcome } = wire;
    const refused = outcomes.fromWire(outcome, 'outcome');
    return { type: 'TransactionRefused', opened: decodeOpened(opened), outcome: refused };
  }),
  reversalOpened: caseOf(v1.ReversalOpened, (wire): TerminalEvent => ({
    type: 'ReversalOpened',
    reversal: decodeReversal(wire),
  })),
  reversalClosed: caseOf(v1.ReversalClosed, (wire): TerminalEvent => {
    const { id, answer } = wire;
    return { type: 'ReversalClosed', id: decodeId(id), answer: decodeAnswer(answer) };
  }),
  terminalRegistered: caseOf(v1.TerminalRegistered, (wire): TerminalEvent => {
    const { terminal, role, mayDefer, zone, card, device } = wire;
    return {
      type: 'TerminalRegistered',
      terminal: toId(terminal, 'terminal'),
      role: roles.fromWire(role, 'role'),
      mayDefer,
      zone: toText(zone, 'zone'),
      card: toText(card, 'card'),
      device,
    };
  }),
  sessionOpened: caseOf(v1.SessionOpened, (wire): TerminalEvent => {
    const opened = wire;
    return {
      type: 'SessionOpened',
      terminal: toId(opened.terminal, 'terminal'),
      incarnation: toPositive(opened.incarnation, 'incarnation'),
      session: toPositive(opened.session, 'session'),
      source: toText(opened.source, 'source'),
      list: optionalVersion(opened.list),
    };
  }),
  listHeld: caseOf(v1.ListHeld, (wire): TerminalEvent => {
    const { terminal, version } = wire;
    return { type: 'ListHeld', terminal: toId(terminal, 'terminal'), version: decodeVersion(version) };
  }),
};
