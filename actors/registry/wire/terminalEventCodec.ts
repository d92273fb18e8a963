/** Events of terminals on the wire. */
import type { v1 } from '../../../proto/generated/emoney.js';
import type { TerminalEvent } from '../../terminal/terminal.js';
import { fromUint32, fromUnsigned, required, toId, toPositive, toText } from './guards.js';
import {
  decodeAnswer,
  decodeId,
  decodeVersion,
  encodeAnswer,
  encodeId,
  encodeVersion,
  optionalVersion,
} from './moneyCodec.js';
import { decodeOpened, decodeReversal, encodeOpened, encodeReversal } from './terminalCodec.js';
import { outcomes, roles } from './vocabulary.js';

export function encodeTerminalEvent(event: TerminalEvent): v1.Event.$Properties {
  switch (event.type) {
    case 'TransactionOpened':
      return { transactionOpened: encodeOpened(event.opened) };
    case 'TransactionClosed':
      return { transactionClosed: { id: encodeId(event.id), answer: encodeAnswer(event.answer) } };
    case 'TransactionRefused': {
      const outcome = outcomes.toWire(event.outcome);
      return { transactionRefused: { opened: encodeOpened(event.opened), outcome } };
    }
    case 'ReversalOpened':
      return { reversalOpened: encodeReversal(event.reversal) };
    case 'ReversalClosed':
      return { reversalClosed: { id: encodeId(event.id), answer: encodeAnswer(event.answer) } };
    case 'TerminalRegistered': {
      const { terminal, role, mayDefer } = event;
      return { terminalRegistered: { terminal, role: roles.toWire(role), mayDefer } };
    }
    case 'SessionOpened': {
      const { terminal, source, list } = event;
      const incarnation = fromUint32(event.incarnation, 'incarnation');
      const session = fromUnsigned(event.session, 'session');
      const held = list === undefined ? null : encodeVersion(list);
      return { sessionOpened: { terminal, incarnation, session, source, list: held } };
    }
    case 'ListHeld':
      return { listHeld: { terminal: event.terminal, version: encodeVersion(event.version) } };
  }
}

export const terminalEventDecoders = {
  transactionOpened: (wire: v1.Event): TerminalEvent => ({
    type: 'TransactionOpened',
    opened: decodeOpened(wire.transactionOpened),
  }),
  transactionClosed: (wire: v1.Event): TerminalEvent => {
    const { id, answer } = required(wire.transactionClosed, 'transaction_closed');
    return { type: 'TransactionClosed', id: decodeId(id), answer: decodeAnswer(answer) };
  },
  transactionRefused: (wire: v1.Event): TerminalEvent => {
    const { opened, outcome } = required(wire.transactionRefused, 'transaction_refused');
    const refused = outcomes.fromWire(outcome, 'outcome');
    return { type: 'TransactionRefused', opened: decodeOpened(opened), outcome: refused };
  },
  reversalOpened: (wire: v1.Event): TerminalEvent => ({
    type: 'ReversalOpened',
    reversal: decodeReversal(wire.reversalOpened),
  }),
  reversalClosed: (wire: v1.Event): TerminalEvent => {
    const { id, answer } = required(wire.reversalClosed, 'reversal_closed');
    return { type: 'ReversalClosed', id: decodeId(id), answer: decodeAnswer(answer) };
  },
  terminalRegistered: (wire: v1.Event): TerminalEvent => {
    const { terminal, role, mayDefer } = required(wire.terminalRegistered, 'terminal_registered');
    return {
      type: 'TerminalRegistered',
      terminal: toId(terminal, 'terminal'),
      role: roles.fromWire(role, 'role'),
      mayDefer: mayDefer === true,
    };
  },
  sessionOpened: (wire: v1.Event): TerminalEvent => {
    const opened = required(wire.sessionOpened, 'session_opened');
    return {
      type: 'SessionOpened',
      terminal: toId(opened.terminal, 'terminal'),
      incarnation: toPositive(opened.incarnation, 'incarnation'),
      session: toPositive(opened.session, 'session'),
      source: toText(opened.source, 'source'),
      list: optionalVersion(opened.list),
    };
  },
  listHeld: (wire: v1.Event): TerminalEvent => {
    const { terminal, version } = required(wire.listHeld, 'list_held');
    return { type: 'ListHeld', terminal: toId(terminal, 'terminal'), version: decodeVersion(version) };
  },
};
