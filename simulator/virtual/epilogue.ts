/** When all is over, one journal loses what it had acknowledged: its partition must stop, and say why (D5, D11). */
import { snapshotKeysOf } from '../../actors/adapters/snapshotKeys.js';
import { Random } from '../random.js';
import { DEPLOYMENT, partitionOf } from './servers.js';
import type { World } from './world.js';

const LOSSES = ['tail cut', 'frame lost', 'frame damaged', 'stream lost'] as const;

/** Long enough for a checkpoint. */
const CHECKPOINT_MS = 7_000;
/** Long enough for a takeover by whoever is left. */
const NEXT_MS = 2_500;
const JUDGED_MS = 30_000;

export class Epilogue {
  readonly #world: World;
  readonly #askAll: () => void;
  readonly #random: Random;

  /** `askAll`: asks something of every partition, and does not wait for answers. */
  constructor(world: World, askAll: () => void, seed: number) {
    this.#world = world;
    this.#askAll = askAll;
    this.#random = new Random(seed ^ 0xe9170e);
  }

  async run(): Promise<void> {
    const world = this.#world;
    await world.scheduler.run(() => this.#isAllWritten(), CHECKPOINT_MS);
    world.isJudged = true;
    const partition = this.#random.integer(0, world.partitions - 1);
    const loss = this.#random.pick(LOSSES);
    // An owner that has read a frame does not miss it before the next takeover: it must miss what it appends to.
    const owned = (loss === 'tail cut' || loss === 'stream lost') && this.#random.chance(0.5);
    if (!owned) for (const worker of world.workers) worker?.process.end();
    // What it has read already, it would make a base of: whole, and beyond what is lost.
    world.archiver?.process.end();
    if (!this.#lose(partition, loss)) return;
    world.faults.count(loss);
    world.note(`partition ${partition}: ${loss}${owned ? ' under its owner' : ''}`);
    if (owned) this.#askAll();
    const rest = this.#others(partition);
    const others = (): boolean => rest.every((other) => world.ownersOf(other) === 1);
    // With no stream left there is nobody to refuse its frame: an owner waits for the restored ones, and says so.
    const waits = (): boolean => world.workers.some((worker) => worker?.hasLost(partition));
    const stopped = (): boolean => waits() || world.workers.some((worker) => worker?.hasHalted(partition));
    await world.scheduler.run(() => others() && stopped(), JUDGED_MS);
    // Whoever tries next stops as well.
    await world.scheduler.run(() => false, NEXT_MS);
    // One may be handed over just now.
    const served = await world.scheduler.run(others, JUDGED_MS);
    if (!served) world.violate('partitions that lost nothing are not served');
    if ((world.ownersOf(partition) > 0 && !waits()) || !stopped()) {
      world.violate(`partition ${partition} goes on although acknowledged frames are gone (${loss})`);
    } else if (loss === 'tail cut') await this.#acceptLoss(partition);
  }

  /** The operator's way out. */
  async #acceptLoss(partition: number): Promise<void> {
    const world = this.#world;
    world.acceptLoss(partition);
    for (const worker of world.workers) worker?.process.end();
    const served = await world.scheduler.run(() => world.ownersOf(partition) === 1, JUDGED_MS);
    if (!served) world.violate(`partition ${partition} is not served although its loss was accepted`);
  }

  #isAllWritten(): boolean {
    const { journals, snapshots } = this.#world.servers;
    return journals.partitions().every((partition) => {
      const { checkpoint } = snapshotKeysOf(DEPLOYMENT, partition);
      return (snapshots.get(checkpoint)?.sequence ?? 0) >= (journals.stream(partition)?.last ?? 0);
    });
  }

  /** False: nobody could notice it. */
  #lose(partition: number, loss: (typeof LOSSES)[number]): boolean {
    const { journals, snapshots } = this.#world.servers;
    const stream = journals.stream(partition);
    if (stream === undefined) return false;
    if (loss === 'tail cut') {
      const { checkpoint } = snapshotKeysOf(DEPLOYMENT, partition);
      const known = snapshots.get(checkpoint)?.sequence ?? 0;
      const behind = stream.last - known;
      if (known < stream.first + 4) return false;
      stream.cutTail(behind + this.#random.integer(1, 3));
      return true;
    }
    if (loss === 'stream lost') {
      const segment = journals.segments(partition).at(-1);
      // The first one is the deployment's: a partition of which nothing is left was never created.
      if (segment === undefined || segment === 0) return false;
      journals.remove(partition, segment);
      return true;
    }
    // Found by whoever reads the journal: from its beginning, or from a base on.
    snapshots.delete((key) => partitionOf(key) === partition);
    const sequence = this.#random.integer(this.#readFrom(partition, stream.last), stream.last - 1);
    const holding = journals.holding(partition, sequence);
    if (holding === undefined) {
      const { archive } = this.#world;
      const { segment = 0 } = archive.holding(partition, sequence)?.foot ?? {};
      archive.damage(partition, segment, sequence);
      return true;
    }
    const bytes = holding.frame(sequence)?.bytes.slice();
    if (loss === 'frame lost' || bytes === undefined) {
      holding.makeHole(sequence);
      return true;
    }
    const place = this.#random.integer(0, bytes.length - 1);
    bytes[place] = (bytes[place] ?? 0) ^ (1 << this.#random.integer(0, 7));
    holding.replace(sequence, bytes);
    return true;
  }

  /** The first frame that a recovery reads for what it says. */
  #readFrom(partition: number, last: number): number {
    const { bases } = this.#world;
    const positions = bases.positions(partition);
    const newest = positions[0] ?? 0;
    if (newest < last - 1 && this.#random.chance(0.5)) return Math.max(2, newest + 1);
    for (const position of positions) bases.remove(partition, position);
    return 2;
  }

  #others(partition: number): number[] {
    return Array.from({ length: this.#world.partitions }, (_, other) => other).filter(
      (other) => other !== partition,
    );
  }
}
