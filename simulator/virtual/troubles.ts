/** What happens to processes, servers, networks and terminals, and when. */
import type { MemoryStream } from '../../actors/adapters/memory/journalServer.js';
import type { Direction, Link } from '../../actors/adapters/memory/link.js';
import { Random } from '../random.js';
import type { Device } from './device.js';
import type { Fault } from './faults.js';
import type { Operator } from './operator.js';
import type { Process } from './process.js';
import type { Servers } from './servers.js';
import type { World } from './world.js';

/** A process that runs, and its connections. */
interface Running {
  readonly process: Process;
  readonly servers: Servers;
}

type Act = () => boolean;

/** How far the world is. */
export interface Progress {
  /** Commands that were begun. */
  readonly begun: () => number;
  /** Commands that were answered. */
  readonly answered: () => number;
}

/** Trouble lasts until so many commands were begun in it, within these times; then the world comes to rest. */
const LEAST_BEGUN = 1_200;
const MOST_BEGUN = 1_600;
const LEAST_MS = 6_000;
const MOST_MS = 120_000;
/** What stops the whole world comes again only after so many answers: else nothing is begun in between. */
const WHOLE: ReadonlySet<Fault> = new Set(['all killed', 'nats away', 'list away']);
const ANSWERS_BETWEEN = 60;
/** Many faults at once, and then one for so many answers: in a storm without end nothing is begun. */
const BURST = 24;
const ANSWERS_A_FAULT = 3;
/** Between one and the next, on average: in some worlds one is not over when the next begins. */
const PAUSES_MS = [80, 150, 400, 1_000];
const MOST_SILENT = 2;
const LOOK_MS = 200;

export class Troubles {
  readonly #world: World;
  readonly #devices: readonly Device[];
  readonly #operator: Operator;
  readonly #random: Random;
  readonly #acts: readonly (readonly [Fault, Act])[];
  /** Processes that something is being done to. */
  readonly #busy = new Set<Process>();
  /** What must be put right when the faults end. */
  readonly #repairs = new Set<() => void>();
  readonly #progress: Progress;
  #began = Infinity;
  #enough = 0;
  #wholeFrom = 0;
  #hits = 0;
  #silent = 0;
  #ended = false;
  /** What clocks showed at most too little, as a negative number, and too much. */
  #earliestMs = 0;
  #latestMs = 0;

  constructor(
    world: World,
    devices: readonly Device[],
    operator: Operator,
    progress: Progress,
    seed: number,
  ) {
    this.#world = world;
    this.#progress = progress;
    this.#devices = devices;
    this.#operator = operator;
    this.#random = new Random(seed ^ 0x7b0b1e);
    this.#acts = this.#allActs().filter(([kind]) => world.faults.has(kind));
  }

  get haveEnded(): boolean {
    const elapsed = this.#world.scheduler.elapsed() - this.#began;
    return elapsed >= MOST_MS || (elapsed >= LEAST_MS && this.#progress.begun() >= this.#enough);
  }

  /** By which two clocks differed at most. */
  get clockErrorMs(): number {
    return this.#latestMs - this.#earliestMs;
  }

  begin(): void {
    const random = this.#random;
    this.#began = this.#world.scheduler.elapsed();
    this.#enough = random.integer(LEAST_BEGUN, MOST_BEGUN);
    const meanMs = random.pick(PAUSES_MS);
    const next = (): void => {
      this.#world.scheduler.after(random.exponential(meanMs), () => {
        if (this.#ended) return;
        this.#one();
        next();
      });
    };
    if (this.#acts.length > 0) next();
    this.#watchOwners();
  }

  /** Everything is put right. */
  end(): void {
    this.#ended = true;
    this.#world.faults.calm();
    for (const repair of [...this.#repairs]) repair();
    for (const { process } of this.#running()) process.setClock(0);
  }

  #one(): void {
    if (this.#hits > BURST + this.#progress.answered() / ANSWERS_A_FAULT) return;
    const [kind, act] = this.#random.pick(this.#acts);
    const isWhole = WHOLE.has(kind);
    const answered = this.#progress.answered();
    if (isWhole && answered < this.#wholeFrom) return;
    if (!act()) return;
    this.#hits += 1;
    if (isWhole) this.#wholeFrom = answered + ANSWERS_BETWEEN;
    this.#world.faults.count(kind);
    this.#world.note(`fault: ${kind}`);
  }

  #watchOwners(): void {
    const { scheduler, faults } = this.#world;
    scheduler.after(LOOK_MS, () => {
      if (this.#ended) return;
      for (let partition = 0; partition < this.#world.partitions; partition += 1) {
        if (this.#world.ownersOf(partition) > 1) faults.count('two owners');
      }
      this.#watchOwners();
    });
  }

  #allActs(): readonly (readonly [Fault, Act])[] {
    return [...this.#ofProcesses(), ...this.#ofServers(), ...this.#ofBases(), ...this.#ofTerminals()];
  }

  #ofProcesses(): readonly (readonly [Fault, Act])[] {
    const random = this.#random;
    const toWorker = (act: (worker: Running) => void): Act => this.#to(() => this.#workers(), act);
    const toGateway = (act: (gateway: Running) => void): Act => this.#to(() => this.#gateways(), act);
    const toAny = (act: (one: Running) => void): Act => this.#to(() => this.#running(), act);
    const cut = (direction: Direction): Act =>
      toAny((one) => {
        this.#cut(one, one.servers.nats, direction);
      });
    return [
      ['worker crashed', toWorker(({ process }) => process.endAfter(random.integer(0, 40)))],
      ['worker killed', toWorker(({ process }) => process.end())],
      ['worker stopped', toWorker(({ process }) => this.#pause(process))],
      ['worker left', toWorker(({ process }) => this.#leave(process))],
      ['gateway killed', toGateway(({ process }) => process.end())],
      ['gateway stopped', toGateway(({ process }) => this.#pause(process))],
      ['all killed', () => this.#killAll()],
      ['archiver crashed', this.#crashArchiver()],
      ['archive damaged', () => this.#damageArchive()],
      ['nats away', () => this.#cutAll()],
      ['network cut', cut('both')],
      ['network cut outward', cut('outward')],
      ['network cut inward', cut('inward')],
      ['history lost', toWorker(({ process }) => this.#world.loseHistory(process))],
      [
        'redis cut',
        toAny((one) => {
          this.#cut(one, one.servers.redis, random.pick(['both', 'outward', 'inward']));
        }),
      ],
      ['redis writes late', toWorker((worker) => this.#delaySnapshots(worker))],
      ['list answer lost', toWorker(({ servers }) => servers.prohibitions.loseNextAnswer())],
      [
        'list copied late',
        () => {
          const delayMs = random.integer(1_000, 15_000);
          for (const { servers } of this.#workers()) servers.prohibitions.copyNextPublication(delayMs);
          return true;
        },
      ],
      ['clock skewed', toAny(({ process }) => this.#setClock(process, random.integer(-1_900, 1_900)))],
      ['clock wrong', toWorker(({ process }) => this.#wrongClock(process))],
    ];
  }

  /** Counted when it comes to it. */
  #damageArchive(): boolean {
    this.#world.damageArchiveLater();
    return false;
  }

  /** In the middle of its work, most of the time: that needs more messages. */
  #crashArchiver(): Act {
    return this.#to(
      () => this.#archivers(),
      ({ process }) => process.endAfter(this.#random.integer(0, 20)),
    );
  }

  #ofServers(): readonly (readonly [Fault, Act])[] {
    const random = this.#random;
    const { partitions, servers } = this.#world;
    const { snapshots, prohibitions, journals } = servers;
    const stream = () => journals.stream(random.integer(0, partitions - 1));
    return [
      ['redis away', () => this.#away(3_000, (there) => snapshots.setAvailable(there))],
      [
        'redis full',
        () => {
          const writes = random.integer(0, 40);
          return this.#away(3_000, (there) => snapshots.setRoom(there ? Infinity : writes));
        },
      ],
      ['redis emptied', () => snapshots.delete(() => true) > 0],
      ['redis keys lost', () => snapshots.delete(() => random.chance(0.2)) > 0],
      [
        'redis set back',
        () => {
          if (snapshots.writes === 0) return false;
          snapshots.loseLastWrites(random.integer(1, snapshots.writes));
          return true;
        },
      ],
      ['list away', () => this.#away(2_500, (there) => prohibitions.setAvailable(there))],
      [
        'journal away',
        () => {
          const one = stream();
          // Long enough, now and then, for reversals that are told to be pursued.
          return this.#away(random.chance(0.1) ? 20_000 : 2_000, (there) => one?.setReachable(there));
        },
      ],
      [
        'stale reads',
        () => {
          const one = stream();
          const behind = random.integer(1, 5);
          return this.#away(1_500, (there) => one?.makeReadsStale(there ? 0 : behind));
        },
      ],
      [
        'fsync failed',
        () => {
          const one = stream();
          return this.#away(2_500, (there) => (there ? one?.thaw() : one?.freeze()));
        },
      ],
      [
        'unsynced frame gone',
        () => {
          this.#failPower(stream());
          return false;
        },
      ],
    ];
  }

  /** An fsync fails, and then the server's power. Counted when it takes a frame. */
  #failPower(stream: MemoryStream | undefined): void {
    this.#away(2_500, (there) => {
      if (!there) {
        stream?.freeze();
        return;
      }
      if (stream?.thawWithoutUnsynced() === true) this.#world.faults.count('unsynced frame gone');
      // Every connection is lost, and nobody is there again before all have noticed.
      this.#away(500, (again) => stream?.setReachable(again));
    });
  }

  #ofBases(): readonly (readonly [Fault, Act])[] {
    const random = this.#random;
    const { bases, partitions } = this.#world;
    const partition = (): number => random.integer(0, partitions - 1);
    return [
      [
        'base damaged',
        () => {
          const of = partition();
          const positions = bases.positions(of);
          if (positions.length === 0) return false;
          const position = random.pick(positions);
          const units = bases.get(of, position)?.units ?? [];
          bases.damage(
            of,
            position,
            random.chance(0.3) || units.length === 0 ? undefined : random.pick(units).key,
          );
          return true;
        },
      ],
      [
        'bases lost',
        () => {
          const of = partition();
          const lost = bases.positions(of).filter(() => random.chance(0.7));
          for (const position of lost) bases.remove(of, position);
          return lost.length > 0;
        },
      ],
    ];
  }

  #ofTerminals(): readonly (readonly [Fault, Act])[] {
    const random = this.#random;
    const toDevice = (act: (device: Device) => void): Act => {
      return () => {
        act(random.pick(this.#devices));
        return true;
      };
    };
    return [
      ['terminal cut', toDevice((device) => device.cut())],
      ['terminal late', toDevice((device) => device.tear(random.integer(100, 12_000)))],
      [
        'terminal restored',
        toDevice((device) => {
          device.backUp();
          this.#world.scheduler.after(random.integer(500, 10_000), () => {
            if (!this.#ended) device.restore();
          });
        }),
      ],
      ['terminal cloned', () => this.#clone(random.pick(this.#devices))],
      [
        'terminal silent',
        () => {
          this.#silent += 1;
          if (this.#silent > MOST_SILENT) return false;
          random.pick(this.#devices).fallSilent();
          return true;
        },
      ],
      [
        'operator cut',
        () => {
          this.#operator.cut();
          return true;
        },
      ],
    ];
  }

  #workers(): Running[] {
    return this.#world.workers.filter((worker) => worker !== undefined);
  }

  #gateways(): Running[] {
    return this.#world.gateways.filter((gateway) => gateway !== undefined);
  }

  #archivers(): Running[] {
    const { archiver } = this.#world;
    return archiver === undefined ? [] : [archiver];
  }

  #running(): Running[] {
    return [...this.#workers(), ...this.#gateways(), ...this.#archivers()];
  }

  /** To one that runs and is in no other trouble. */
  #to(among: () => readonly Running[], act: (one: Running) => void): Act {
    return () => {
      const free = among().filter(({ process }) => this.#isFree(process));
      if (free.length === 0) return false;
      act(this.#random.pick(free));
      return true;
    };
  }

  #isFree(process: Process): boolean {
    return process.state === 'running' && !this.#busy.has(process);
  }

  /** For a while there are two, each of which believes to be the terminal. */
  #clone(device: Device): boolean {
    if (device.isGone || device.isPhone) return false;
    const twin = device.clone();
    twin.start();
    return this.#away(5_000, (over) => {
      if (over) twin.fallSilent();
    });
  }

  #pause(process: Process): void {
    process.pause();
    this.#until(4_000, process, () => {
      process.resume();
    });
  }

  #cut({ process }: Running, link: Link, direction: Direction): void {
    link.cut(direction);
    this.#until(4_000, process, () => {
      link.restore();
    });
  }

  /** The server of journals and bus is started again; each process finds it again in its own time. */
  #cutAll(): boolean {
    const free = this.#running().filter(({ process }) => this.#isFree(process));
    for (const one of free) this.#cut(one, one.servers.nats, 'both');
    return free.length > 0;
  }

  /** The power fails where the processes are. */
  #killAll(): boolean {
    const all = this.#running().filter(({ process }) => process.state !== 'ended');
    for (const { process } of all) process.end();
    return all.length > 0;
  }

  #leave(process: Process): void {
    this.#busy.add(process);
    this.#world.workers.find((worker) => worker?.process === process)?.leave();
  }

  /** Most of those that stop meanwhile have sent writes, which arrive when the next owner has written its own. */
  #delaySnapshots({ process, servers }: Running): void {
    servers.delaySnapshots(this.#random.integer(50, 12_000));
    if (this.#random.chance(0.6)) {
      this.#world.scheduler.after(this.#random.integer(1_000, 7_000), () => {
        if (!this.#ended) process.end();
      });
    }
    this.#until(8_000, process, () => {
      servers.delaySnapshots(0);
    });
  }

  /** Beyond what an owner may have; it is noticed at the next takeover. */
  #wrongClock(process: Process): void {
    const random = this.#random;
    this.#setClock(process, random.integer(2_500, 15_000) * (random.chance(0.5) ? 1 : -1));
    this.#until(10_000, process, () => {
      process.setClock(0);
    });
  }

  #setClock(process: Process, skewMs: number): void {
    process.setClock(skewMs);
    this.#earliestMs = Math.min(this.#earliestMs, skewMs);
    this.#latestMs = Math.max(this.#latestMs, skewMs);
  }

  /** Ends after a while, or when the faults end. */
  #until(mostMs: number, process: Process, repair: () => void): void {
    this.#busy.add(process);
    const done = (): void => {
      if (!this.#repairs.delete(done)) return;
      this.#busy.delete(process);
      repair();
    };
    this.#repairs.add(done);
    this.#world.scheduler.after(this.#random.integer(200, mostMs), done);
  }

  #away(mostMs: number, set: (there: boolean) => void): boolean {
    set(false);
    const back = (): void => {
      if (this.#repairs.delete(back)) set(true);
    };
    this.#repairs.add(back);
    this.#world.scheduler.after(this.#random.integer(100, mostMs), back);
    return true;
  }
}
