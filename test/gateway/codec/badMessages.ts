import { v1 } from '../../../proto/generated/emoney.js';

/** A message that must be refused, and what its refusal must name. */
export interface BadMessage {
  readonly name: string;
  readonly data: Buffer;
  readonly problem: RegExp;
  /** The request number that can still be read; 0: none. */
  readonly request: number;
}

const purchase = { terminal: 'T1', number: 1, card: 'C1', amount: 500, mark: 1 };
export const good = encode({ request: 5, purchase });

function encode(message: v1.ClientMessage.$Properties): Buffer {
  return Buffer.from(v1.ClientMessage.encode(message).finish());
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

/** Field 3 (purchase) after request 5, holding these bytes. */
function inPurchase(text: string): Buffer {
  const inner = hex(text);
  return Buffer.concat([hex('0805'), Buffer.from([0x1a, inner.length]), inner]);
}

const bad = (name: string, data: Buffer, problem: RegExp, request = 5): BadMessage => ({
  name,
  data,
  problem,
  request,
});

export const badBinary: readonly BadMessage[] = [
  bad('nothing at all', Buffer.alloc(0), /no body/, 0),
  bad('a request without a body', hex('0805'), /no body/),
  bad('an unknown field', Buffer.concat([good, hex('f80301')]), /^the message: unknown field 63$/),
  bad('a field number beyond the table', Buffer.concat([good, hex('800401')]), /unknown field 64$/),
  bad('a field number above all', Buffer.concat([good, hex('80ffffff0f 01')]), /unknown field/),
  bad('field number 0', Buffer.concat([good, hex('0001')]), /unknown field 0/),
  bad('an unknown field in the body', inPurchase('5a0431323334'), /^purchase: unknown field 11$/),
  bad('a PIN as a number', inPurchase('50d209'), /^purchase\.pin: has wire type 0, not 2$/),
  bad('a PIN given twice', inPurchase('52 00 52 00'), /^purchase\.pin: is given twice$/),
  bad('a PIN in a number', inPurchase('40 f8ddf9ebf806'), /^purchase\.device: is too large$/),
  bad('a PIN that is no UTF-8', inPurchase('52 02 c328'), /utf-?8|invalid|encoded/i),
  bad('an unknown field two levels down', hex('0805 12 04 2a 02 18 01'), /^hello\.list: unknown field 3$/),
  bad('trailing garbage', Buffer.concat([good, hex('ff')]), /breaks off/),
  bad('a truncated body', good.subarray(0, good.length - 1), /breaks off/),
  bad('a length beyond the end', hex('0805 1a 7f 0801'), /^purchase: breaks off$/),
  bad('a nested length beyond its message', inPurchase('0a 7f 54'), /^purchase\.terminal: breaks off$/),
  bad('a number as string', inPurchase('2203313233'), /^purchase\.amount: has wire type 2, not 0$/),
  bad('a string as number', inPurchase('1801'), /^purchase\.card: has wire type 0, not 2$/),
  bad(
    'an amount as fixed64',
    inPurchase('21 0100000000000000'),
    /^purchase\.amount: has wire type 1, not 0$/,
  ),
  bad('a double', inPurchase('21 000000000000f83f'), /^purchase\.amount: has wire type 1/),
  bad('a group', inPurchase('23 24'), /^purchase\.amount: has wire type 3/),
  bad('a wire type that does not exist', inPurchase('27'), /wire type 7/),
  bad('an amount given twice', inPurchase('2001 2002'), /^purchase\.amount: is given twice$/),
  bad(
    'two bodies',
    Buffer.concat([good, hex('22 00')]),
    /^deposit: the message has a body already \(purchase\)$/,
  ),
  bad('the same body twice', Buffer.concat([good, hex('1a 02 2002')]), /^purchase: is given twice$/),
  bad('an integer of 65 bits', inPurchase('20 ffffffffffffffffff02'), /^purchase\.amount: .*64 bits/),
  bad(
    'an integer that never ends',
    inPurchase('20 ffffffffffffffffffffff01'),
    /^purchase\.amount: .*64 bits/,
  ),
  bad('2^32 + 1 as incarnation', hex('0805 12 06 10 8180808010'), /^hello\.incarnation: is too large$/),
  bad(
    'a role that does not exist',
    hex('0805 b201 02 10 09'),
    /^register_terminal\.role: is not a known value$/,
  ),
  bad('a boolean of 2', hex('0805 c201 02 18 02'), /^change_prohibition\.prohibited: is too large$/),
  // Field numbers above 31 have a word of bits, and above 15 a tag, of their own: choose_pin is 33.
  bad('a late body twice', hex('0805 8a0200 8a0200'), /^choose_pin: is given twice$/),
  bad(
    'an early and a late body',
    hex('0805 1a00 8a0200'),
    /^choose_pin: the message has a body already \(purchase\)$/,
  ),
  bad(
    'a late and an early body',
    hex('0805 8a0200 1a00'),
    /^purchase: the message has a body already \(choose_pin\)$/,
  ),
  bad(
    'two late bodies',
    hex('0805 8a0200 920200'),
    /^unblock_pin: the message has a body already \(choose_pin\)$/,
  ),
  bad('a late body of another type', hex('0805 8802 01'), /^choose_pin: has wire type 0, not 2$/),
  bad('a late body that breaks off', hex('0805 8a02 05 0a'), /^choose_pin: breaks off$/),
  bad('a tag that breaks off', hex('0805 8a'), /breaks off$/),
  bad('an unknown field in a late body', hex('0805 8a02 02 1801'), /^choose_pin: unknown field 3$/),
  bad(
    'a rule of shares that does not exist',
    hex('0805 8202 06 12 04 22 02 08 09'),
    /^change_policy\.policy\.share_rule\.kind: is not a known value$/,
  ),
  bad('bytes that are no UTF-8', inPurchase('1a 02 c328'), /utf-?8|invalid|encoded/i),
];

export const goodJson =
  '{"request":"5","purchase":{"terminal":"T1","number":"1","card":"C1","amount":"500","mark":"1"}}';

function json(text: string): Buffer {
  return Buffer.from(text);
}

/** A purchase with this in place of the amount, as written in the text. */
function amount(text: string): Buffer {
  return json(`{"request":5,"purchase":{"terminal":"T1","number":"1","card":"C1","amount":${text}}}`);
}

export const badJson: readonly BadMessage[] = [
  bad('nothing at all', json(''), /^the message is not valid JSON$/, 0),
  bad('no JSON', json('{"request":5,'), /^the message is not valid JSON$/, 0),
  bad('an array', json('[]'), /is not an object/, 0),
  bad('null', json('null'), /is not an object/, 0),
  bad('a request without a body', json('{"request":5}'), /no body/),
  bad('an unknown field', json('{"request":5,"hallo":{}}'), /^hallo: unknown field$/),
  bad(
    'an unknown field in the body',
    json('{"request":5,"purchase":{"pincode":"1234"}}'),
    /^purchase\.pincode: unknown field$/,
  ),
  bad(
    'a PIN as a number',
    json('{"request":5,"purchase":{"pin":1234}}'),
    /^purchase\.pin: this number is not a string$/,
  ),
  bad(
    'an unknown field two levels down',
    json('{"request":5,"hello":{"list":{"version":1}}}'),
    /^hello\.list\.version: unknown field$/,
  ),
  bad('a member of Object.prototype', json('{"request":5,"constructor":{}}'), /^constructor: unknown field$/),
  bad('__proto__', json('{"request":5,"purchase":{"__proto__":{}}}'), /__proto__: unknown field$/),
  bad('1.5', amount('1.5'), /^purchase\.amount: this number is not an integer$/),
  bad('1e400', amount('1e400'), /^purchase\.amount: this number is not an integer$/),
  bad('"abc"', amount('"abc"'), /^purchase\.amount: this string is not an integer$/),
  bad('a number beyond 2^53', amount('9007199254740993'), /^purchase\.amount: .*string/),
  bad('a string with a fraction', amount('"9007199254740993.0"'), /is not an integer$/),
  bad('a string with an exponent', amount('"1e3"'), /is not an integer$/),
  bad('a string with spaces', amount('" 1"'), /is not an integer$/),
  bad('an empty string', amount('""'), /is not an integer$/),
  bad('a string beyond 64 bits', amount('"9223372036854775808"'), /range/),
  bad('a boolean as number', amount('true'), /^purchase\.amount: this boolean is not an integer$/),
  bad('an object as number', amount('{}'), /^purchase\.amount: an object is not an integer$/),
  bad('an array as number', amount('[1]'), /is not an integer$/),
  bad('NaN', amount('"NaN"'), /is not an integer$/),
  bad('a negative unsigned', json('{"request":5,"purchase":{"number":"-1"}}'), /range/),
  bad(
    'a number as string',
    json('{"request":5,"purchase":{"card":7}}'),
    /^purchase\.card: this number is not a string$/,
  ),
  bad('half a character', json('{"request":5,"purchase":{"card":"\\ud800"}}'), /surrogate/),
  bad('a string as message', json('{"request":5,"purchase":"now"}'), /^purchase: is not an object$/),
  bad(
    'a string as list',
    json('{"request":5,"describeCards":{"cards":"C1"}}'),
    /^describeCards\.cards: is not an array$/,
  ),
  bad(
    'null in a list',
    json('{"request":5,"describeCards":{"cards":[null]}}'),
    /^describeCards\.cards\[0\]: null is not a string$/,
  ),
  bad('a field given twice', json('{"request":5,"purchase":{"amount":1,"amount":2}}'), /duplicate/),
  bad(
    'a field under both names',
    json('{"request":5,"purchase":{"terminalTimeMs":1,"terminal_time_ms":2}}'),
    /duplicate/,
  ),
  bad('two bodies', json('{"request":5,"purchase":{},"deposit":{}}'), /^the message has more than one body$/),
  bad(
    'a role that does not exist',
    json('{"request":5,"registerTerminal":{"role":"TERMINAL_ROLE_BANK"}}'),
    /^registerTerminal\.role: .*known/,
  ),
  bad(
    'the number of a role that does not exist',
    json('{"request":5,"registerTerminal":{"role":9}}'),
    /role: is not a known value$/,
  ),
  bad('a role with a fraction', json('{"request":5,"registerTerminal":{"role":1.5}}'), /role/),
];
