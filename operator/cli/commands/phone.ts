import type { Command } from 'commander';
import type { Operator, PhoneToken } from '../../../client/operator.js';
import { RejectedError } from '../../../client/errors.js';
import { CommandError } from '../errors.js';
import { operating, type OperatingOptions, withOperating } from '../operating.js';
import { integerParser } from '../options.js';

interface PhoneCommandOptions extends OperatingOptions {
  readonly card?: string;
  readonly device?: number;
  readonly move?: boolean;
}

export function addPhone(program: Command): void {
  const command = program
    .command('phone')
    .description('register a phone for a card, move a card to it, and print the token that it must say')
    .argument('<terminal>', 'the id of the phone, as that of a terminal')
    .option('--card <id>', 'register it for this card, unless it is already')
    .option(
      '--device <n>',
      "number of this device (default: the card's present one)",
      integerParser(1, 4_294_967_295),
    )
    .option('--move', 'move the card to this phone: it gets the next device number, the old one is refused');
  withOperating(command).addHelpText('after', HELP).action(run);
}

const HELP = `
A phone is a card's device with a connection of its own. The token is as secret as a key: it goes to the phone and
nowhere else, and ends when the card is moved. Each phone has an id of its own, also one to which a card is moved.

Examples:
  $ emoney phone alice-1 --card C1            the first phone of a card
  $ emoney phone alice-2 --card C1 --move     a new phone: balance, log and loan stay with the card
  $ emoney phone alice-2 --json               the token again
`;

async function run(terminal: string, options: PhoneCommandOptions): Promise<void> {
  const { card, device, move = false } = options;
  if (card === undefined && (move || device !== undefined)) {
    throw new CommandError('--move and --device need --card', 2);
  }
  if (move && device !== undefined) throw new CommandError('--move gives the next number: no --device', 2);
  await operating(options, async (operator, output) => {
    const issued = await operator.use(async (session) => {
      if (card !== undefined) await prepare(session, terminal, { card, device, move });
      return tokenOf(session, terminal);
    });
    output.print(
      [`card    ${issued.card}`, `device  ${issued.device}`, `token   ${issued.token}`].join('\n'),
    );
    output.document(issued);
  });
}

interface Wanted {
  readonly card: string;
  readonly device: number | undefined;
  readonly move: boolean;
}

async function prepare(operator: Operator, terminal: string, { card, device, move }: Wanted): Promise<void> {
  const [described] = await operator.describeCards([card]);
  const present = described?.record?.device;
  if (present === undefined) throw new CommandError(`card ${card} does not exist: issue it first`);
  const [phone] = await operator.describeTerminals([terminal]);
  // Said again after it was done, it moves nothing.
  const moved = phone?.card === card && phone.device === present;
  const wanted = move && !moved ? present + 1 : (device ?? present);
  // Before the card is moved: a command that is broken off in between can be said again.
  const registered = await operator.registerTerminal(terminal, { role: 'PHONE', card, device: wanted });
  if (registered.outcome === 'ALREADY_EXISTS') {
    const { role = '', card: own = '', device: number = 0 } = phone ?? {};
    const what = role === 'PHONE' ? `for card ${own}, device ${number}` : 'as a terminal';
    throw new CommandError(`${terminal} is registered ${what}: choose another id`);
  }
  if (!move || moved) return;
  const { outcome } = await operator.replaceCard(card, wanted, `moved to ${terminal}`);
  if (outcome !== 'APPROVED') throw new CommandError(`card ${card} cannot be moved: ${outcome}`);
}

async function tokenOf(operator: Operator, terminal: string): Promise<PhoneToken> {
  try {
    return await operator.phoneToken(terminal);
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error;
    if (error.code === 'TERMINAL_UNKNOWN') {
      throw new CommandError(`${terminal} is not registered: give --card`, 1, { cause: error });
    }
    throw error.code === 'MALFORMED'
      ? new CommandError(`${terminal} is no phone (${error.detail})`, 1, { cause: error })
      : error;
  }
}
