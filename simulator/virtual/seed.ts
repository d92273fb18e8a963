/** One seed: a world is created, lives through its faults, comes to rest, and is audited. */
import { BATCH_PATIENCE_MS, MAX_CLOCK_SKEW_MS } from '../../actors/bounds.js';
import { v1 } from '../../proto/generated/emoney.js';
import { auditSystem } from '../auditor/index.js';
import { Random } from '../random.js';
import { auditSourceOf } from './auditing.js';
import { Device } from './device.js';
import { Epilogue } from './epilogue.js';
import type { FaultCounts } from './faults.js';
import { Holders } from './holders.js';
import type { Mutation } from './mutations/index.js';
import { Office } from './office.js';
import { Operator } from './operator.js';
import { populate } from './population.js';
import { Told } from './told.js';
import { Trace } from './trace.js';
import { Troubles } from './troubles.js';
import { partitionOf } from './servers.js';
import { World } from './world.js';

export interface SeedOptions {
  readonly seed: number;
  /** Gets everything that happens, line by line. */
  readonly print?: ((line: string) => void) | undefined;
  /** A rule that is broken here. */
  readonly mutation?: Mutation | undefined;
  /** Is shown the world when all is over: for whoever looks for a cause. */
  readonly inspect?: ((world: World) => void) | undefined;
}

export interface SeedResult {
  readonly seed: number;
  /** Transactions, their reversals, closings of batches, and what operators asked for; no repeats. */
  readonly commands: number;
  /** Of these, begun before the faults ended. */
  readonly commandsUnderFaults: number;
  readonly replies: number;
  readonly frames: number;
  /** Virtual milliseconds. */
  readonly elapsedMs: number;
  readonly faults: FaultCounts;
  /** Empty: everything held. */
  readonly violations: readonly string[];
  /** SHA-256 of the trace. */
  readonly digest: string;
}

/** Of terminals: transactions, reversals, closings. */
const TERMINAL_COMMANDS = 1_870;
const OFFICE_COMMANDS = 100;
const OFFICE_PAUSE_MS = 40;
/** Transactions that a terminal has open at once: with many, many meet in one frame. */
const WIDTHS = [1, 20, 40];
const SETUP_MS = 60_000;
const LOAD_MS = 900_000;
/** Everything has an end this long after the last fault. */
const REST_MS = 240_000;
const AUDIT_MS = 600_000;
/** Share of the worlds that lose acknowledged frames in the end. */
const LOSING_SHARE = 0.5;
const QUIET_MS = 1_500;
const LOOK_MS = 1_000;

export async function runSeed({ seed, print, mutation, inspect }: SeedOptions): Promise<SeedResult> {
  const life = new Life(seed, new Trace(print), mutation);
  try {
    await life.run();
  } catch (error) {
    life.world.violate(`the world broke: ${error instanceof Error ? error.message : String(error)}`);
  }
  inspect?.(life.world);
  return life.result();
}

class Life {
  readonly #seed: number;
  readonly world: World;
  readonly #told: Told;
  readonly #operator: Operator;
  readonly #office: Office;
  readonly #holders: Holders;
  readonly #devices: readonly Device[];
  readonly #population;
  readonly #told0 = new Map<string, number>();
  /** Of phones, by terminal. */
  readonly #tokens = new Map<string, string>();
  #setUp = 0;
  #underFaults = 0;
  #frames = 0;

  constructor(seed: number, trace: Trace, mutation: Mutation | undefined) {
    const world = new World({ seed, trace, mutation });
    const random = new Random(seed ^ 0x70b1e);
    const violate = (text: string): void => {
      world.violate(text);
    };
    this.#seed = seed;
    this.world = world;
    this.#told = new Told(violate);
    this.#population = populate(random);
    const orders = new Random(random.bits());
    this.#holders = new Holders(orders, world.faults, this.#population, TERMINAL_COMMANDS);
    const operating = new Random(random.bits());
    const connect = () => world.connect(operating);
    this.#operator = new Operator({ scheduler: world.scheduler, random: operating, connect });
    this.#office = new Office({
      operator: this.#operator,
      random: new Random(random.bits()),
      population: this.#population,
      commands: OFFICE_COMMANDS,
      pauseMs: () => operating.integer(1, OFFICE_PAUSE_MS),
      closeBatch: (terminal) => this.#devices.find((device) => device.terminal === terminal)?.closeBatch(),
      closesItself: (terminal) => this.#devices.find((device) => device.terminal === terminal)?.notAlone(),
      replaced: (card, device) => this.#holders.replaced(card, device),
      paid: () => this.#holders.paid(),
      violate,
      toldPosition: (card) => this.#told0.get(card) ?? 0,
    });
    this.#devices = this.#population.terminals.map((setting) => {
      const own = new Random(random.bits());
      return new Device({
        terminal: setting.terminal,
        scheduler: world.scheduler,
        random: own,
        faults: world.faults,
        told: this.#told,
        connect: () => world.connect(own),
        businessTime: () => world.businessTime(),
        nextOrder: () => this.#holders.next(setting),
        onCommand: () => {
          this.#holders.spend();
        },
        // A phone has one holder, and its enquiries have long answers.
        width: setting.role === 'PHONE' ? 1 : own.pick(WIDTHS),
        onAnswer: (order, reply) => {
          this.#holders.answered(order, reply);
          this.#told0.set(order.card, Math.max(reply.position, this.#told0.get(order.card) ?? 0));
        },
        token: setting.role === 'PHONE' ? () => this.#tokens.get(setting.terminal) ?? '' : undefined,
        violate,
      });
    });
  }

  async run(): Promise<void> {
    const { scheduler } = this.world;
    await this.world.create();
    await scheduler.finish(this.#create(), 'cards and terminals', SETUP_MS);
    const troubles = new Troubles(
      this.world,
      this.#devices,
      this.#operator,
      { begun: () => this.#begun(), answered: () => this.#told.replies.length },
      this.#seed,
    );
    if ((await this.#load(troubles)) && (await this.#rebuild())) {
      await this.#audit(troubles.clockErrorMs);
      if (new Random(this.#seed ^ 0xe9d).chance(LOSING_SHARE))
        await new Epilogue(this.world, () => void this.#describe(), this.#seed).run();
    }
  }

  result(): SeedResult {
    const { scheduler, trace, faults } = this.world;
    return {
      seed: this.#seed,
      commands: this.#setUp + this.#begun(),
      commandsUnderFaults: this.#underFaults,
      replies: this.#told.replies.length,
      frames: this.#frames,
      elapsedMs: scheduler.elapsed(),
      faults: faults.counts,
      violations: this.world.violations,
      digest: trace.digest(),
    };
  }

  /** Since all cards and terminals are there. */
  #begun(): number {
    return this.#holders.spent + this.#office.commands;
  }

  /** Before anything goes wrong. */
  async #create(): Promise<void> {
    const { cards, terminals } = this.#population;
    const [first, ...others] = [...terminals, ...cards].map(({ body }) => body);
    // Over the connection that the first one has made.
    if (first !== undefined) await this.#command(first);
    await Promise.all(others.map((body) => this.#command(body)));
    const withPin = cards.filter(({ pin }) => pin !== '');
    await Promise.all(withPin.map(({ card, pin }) => this.#command({ choosePin: { card, pin } })));
    for (const { terminal, role } of terminals) if (role === 'PHONE') await this.#fetchToken(terminal);
  }

  async #fetchToken(terminal: string): Promise<void> {
    const { phoneToken } = await this.#operator.ask({ phoneToken: { terminal } });
    this.#tokens.set(terminal, phoneToken?.token ?? '');
  }

  async #command(body: Parameters<Operator['ask']>[0]): Promise<void> {
    this.#setUp += 1;
    const { rejection } = await this.#operator.ask(body);
    if (rejection != null) throw new Error(`cannot be created: ${rejection.detail ?? ''}`);
  }

  #describe(): Promise<v1.ServerMessage> {
    const cards = this.#population.cards.map(({ card }) => card);
    return this.#operator.ask({ describeCards: { cards } });
  }

  /** The list is what the center's records say (D14). */
  async #compareList(): Promise<void> {
    const { cards: described } = await this.#describe();
    for (const { id, record } of described?.cards ?? []) {
      const listed = this.world.servers.prohibitions.entry(id ?? '')?.reasons ?? [];
      const decided = (record?.reasons ?? []).map((reason) => v1.ProhibitionReason[reason].slice(19));
      if ([...listed].sort().join() === decided.sort().join()) continue;
      this.world.violate(`the list says ${listed.join()} of ${id ?? ''}, its record ${decided.join()}`);
    }
  }

  /** A phone is told of a prohibition without asking (rule 15), and the last that it was told is how things are. */
  #compareNotices(): void {
    for (const { terminal, card } of this.#population.terminals) {
      const device = this.#devices.find((each) => each.terminal === terminal);
      // One whose connection was lost after all was done may be saying HELLO again just now.
      if (device?.isPhone !== true || device.isGone || !device.isDone) continue;
      const told = (device.notice?.reasons ?? []).map((reason) => v1.ProhibitionReason[reason].slice(19));
      const listed = [...(this.world.servers.prohibitions.entry(card)?.reasons ?? [])];
      if (device.notice !== undefined && told.sort().join() === listed.sort().join()) continue;
      this.world.violate(`${terminal} was told ${told.join()} of ${card}, the list says ${listed.join()}`);
    }
  }

  /** What a device has reported of its batch, with nothing left out, is what the other two columns have. */
  async #compareReports(): Promise<void> {
    for (const { terminal, batch } of this.#devices.flatMap(({ reported }) => reported)) {
      const listDifferences = { terminal, batch, after: new Uint8Array(0), limit: 0 };
      const { differences, rejection } = await this.#operator.ask({ listDifferences });
      const found = differences?.differences ?? [];
      if (rejection == null && found.length === 0) continue;
      const text = rejection?.detail ?? JSON.stringify(found[0]);
      this.world.violate(`${terminal}: the columns of batch ${batch} differ: ${text}`);
    }
  }

  /** False: it never came to rest. */
  async #load(troubles: Troubles): Promise<boolean> {
    const world = this.world;
    const { scheduler } = world;
    let officeDone = false;
    const office = this.#office.run().then(() => {
      officeDone = true;
    });
    for (const device of this.#devices) device.start();
    troubles.begin();
    const done = (): boolean => officeDone && this.#devices.every((device) => device.isDone);
    await scheduler.run(() => troubles.haveEnded || done(), LOAD_MS);
    this.#underFaults = this.#begun();
    world.note('the faults have ended');
    troubles.end();
    if (!(await scheduler.run(() => done() && this.#isServed(), REST_MS))) {
      this.#reportUnrest(officeDone);
      return false;
    }
    await office;
    const closed = this.#closeForSilent(Math.max(troubles.clockErrorMs, MAX_CLOCK_SKEW_MS));
    await scheduler.finish(closed, 'the batches of silent terminals', REST_MS);
    return this.#isQuiet();
  }

  /**
   * A base is made of one partition; then, in every other world, Redis forgets it and no worker is left that knew it:
   * what the audit sees of it comes from the base. False: it never came to rest again.
   */
  async #rebuild(): Promise<boolean> {
    const { scheduler, servers, workers, faults, partitions } = this.world;
    const random = new Random(this.#seed ^ 0xba5e);
    const partition = random.integer(0, partitions - 1);
    await scheduler.finish(this.world.makeBase(partition), 'the base', REST_MS);
    if (random.chance(0.5)) return true;
    servers.snapshots.delete((key) => partitionOf(key) === partition);
    faults.count('redis emptied');
    for (const worker of workers) worker?.process.end();
    if (await scheduler.run(() => this.#isServed(), REST_MS)) return this.#isQuiet();
    this.#reportUnrest(true);
    return false;
  }

  /**
   * A terminal that is never heard of again leaves transactions open until its batch is closed (rule 10). `aheadMs`: by
   * which a journal's time may be ahead: it stands still until that time has come.
   */
  async #closeForSilent(aheadMs: number): Promise<void> {
    const silent = this.#devices.filter((device) => device.isGone || !device.isAlone);
    const terminals = silent.map(({ terminal }) => terminal);
    for (const terminal of terminals) await this.#office.closeFor(terminal);
    const until = this.world.scheduler.elapsed() + BATCH_PATIENCE_MS + aheadMs + LOOK_MS;
    while (this.world.scheduler.elapsed() < until && (await this.#haveOpen(terminals))) {
      await this.#operator.pause(LOOK_MS);
    }
  }

  async #haveOpen(terminals: readonly string[]): Promise<boolean> {
    if (terminals.length === 0) return false;
    const answer = await this.#operator.ask({ describeTerminals: { terminals: [...terminals] } });
    return (answer.terminals?.terminals ?? []).some(({ openIds }) => (openIds ?? 0) > 0);
  }

  #isServed(): boolean {
    for (let partition = 0; partition < this.world.partitions; partition += 1) {
      if (this.world.ownersOf(partition) !== 1) return false;
    }
    return true;
  }

  /** Terminals' actors finish by themselves what devices left open: until no frame comes any more. */
  async #isQuiet(): Promise<boolean> {
    const { scheduler } = this.world;
    const until = scheduler.elapsed() + REST_MS;
    let frames = -1;
    while (scheduler.elapsed() < until) {
      const now = this.#countFrames();
      if (now === frames && this.#openWork() === 0) {
        this.#frames = now;
        return true;
      }
      frames = now;
      await scheduler.run(() => false, QUIET_MS);
    }
    this.world.violate(`never came to rest: ${this.#openWork()} asks are open`);
    return false;
  }

  #countFrames(): number {
    let frames = 0;
    for (let partition = 0; partition < this.world.partitions; partition += 1) {
      frames += this.world.servers.journals.stream(partition)?.last ?? 0;
    }
    return frames;
  }

  #openWork(): number {
    let open = 0;
    for (const worker of this.world.workers) {
      for (const { statistics } of worker?.status() ?? []) open += statistics?.openAsks ?? 0;
    }
    return open;
  }

  #reportUnrest(officeDone: boolean): void {
    const world = this.world;
    const busy = this.#devices.filter((device) => !device.isDone);
    const owners = Array.from({ length: world.partitions }, (_, partition) => world.ownersOf(partition));
    const halted = world.workers.flatMap((worker) =>
      (worker?.status() ?? []).filter(({ state }) => state === 'halted').map(({ reason }) => reason),
    );
    world.violate(
      [
        'never came to rest',
        `owners ${owners.join(' ')}`,
        ...(officeDone ? [] : ['the operator waits']),
        ...busy.map((device) => `${device.terminal}: ${device.state}`),
        ...halted,
      ].join('; '),
    );
  }

  async #audit(clockErrorMs: number): Promise<void> {
    const world = this.world;
    const source = auditSourceOf(world, this.#operator);
    const audit = auditSystem(source, {
      drained: true,
      acknowledged: this.#told.replies,
      clockErrorMs: Math.max(clockErrorMs, MAX_CLOCK_SKEW_MS),
    });
    const report = await world.scheduler.finish(audit, 'the audit', AUDIT_MS);
    for (const { code, message, ...place } of report.violations) {
      world.violate(`${code} ${message} ${JSON.stringify(place)}`);
    }
    const { snapshots, prohibitions } = world.servers;
    if (snapshots.setBack > 0)
      world.violate(`${snapshots.setBack} snapshots were replaced by older ones (D10)`);
    if (prohibitions.setBack > 0) {
      world.violate(`${prohibitions.setBack} entries of the list were replaced by older ones (D14)`);
    }
    await world.scheduler.finish(this.#compareList(), 'the prohibition list', AUDIT_MS);
    this.#compareNotices();
    await world.scheduler.finish(this.#compareReports(), 'the columns of batches', AUDIT_MS);
  }
}
