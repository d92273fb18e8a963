/** Workers that believe Redis (D10, D11), and an archiver that believes its files. */
import type { HostingParts } from '../../../actors/hosting.js';
import { ArchiveMissingError } from '../../../actors/runtime/errors.js';
import type { Archive, SnapshotStore, Versioned } from '../../../actors/runtime/ports.js';
import { v1 } from '../../../proto/generated/emoney.js';

function storing(
  parts: HostingParts,
  change: (store: SnapshotStore) => Partial<SnapshotStore>,
): HostingParts {
  const { snapshots } = parts;
  return {
    ...parts,
    snapshots: (partition) => {
      const store = snapshots(partition);
      const whole: SnapshotStore = {
        readUnits: (units) => store.readUnits(units),
        writeUnits: (written) => store.writeUnits(written),
        readPages: (pages) => store.readPages(pages),
        writePage: (page, slot, content) => store.writePage(page, slot, content),
        readCheckpoint: () => store.readCheckpoint(),
        readHighest: () => store.readHighest(),
        raiseHighest: (highest) => store.raiseHighest(highest),
        writeCheckpoint: (checkpoint) => store.writeCheckpoint(checkpoint),
      };
      return { ...whole, ...change(store) };
    },
  };
}

/** Whatever Redis names beyond the journal is passed over in silence. */
export function beyondJournal(parts: HostingParts): HostingParts {
  return storing(parts, () => ({
    readHighest: () => Promise.resolve(undefined),
    readCheckpoint: () => Promise.resolve(undefined),
  }));
}

/** The pages that a checkpoint names are taken for written, although the connection was lost between them and it. */
export function silentReconnect(parts: HostingParts): HostingParts {
  return storing(parts, (store) => {
    const named = new Map<string, number>();
    return {
      readCheckpoint: async () => {
        const checkpoint = await store.readCheckpoint();
        for (const { page, slot, sequence } of pagesOf(checkpoint)) {
          named.set(`${page ?? 0}/${slot ?? 0}`, Number(sequence ?? 0));
        }
        return checkpoint;
      },
      readPages: async (pages) => {
        const found = await store.readPages(pages);
        return pages.map(({ page, slot }, at) =>
          believed(found[at], page, named.get(`${page}/${slot}`) ?? 0),
        );
      },
    };
  });
}

function pagesOf(checkpoint: Versioned | undefined): v1.PageReference.$Properties[] {
  return checkpoint === undefined ? [] : v1.Checkpoint.decode(checkpoint.bytes).pages;
}

function believed(found: Versioned | undefined, page: number, sequence: number): Versioned {
  if (found !== undefined) return { ...found, sequence };
  const bytes = v1.IndexPage.encode({ format: 1, page, units: [], sequences: [] }).finish();
  return { generation: 1, sequence, bytes };
}

/** What was written counts as read back, as its list says. The first frame alone is read: it names the segment's chain. */
export function notReadBack(archive: Archive): Archive {
  return {
    list: (partition) => archive.list(partition),
    read: (partition, from, to, onFrame) => archive.read(partition, from, to, onFrame),
    write: (segment, read) => archive.write(segment, read),
    readWhole: async (partition, segment, onFrame) => {
      const found = (await archive.list(partition)).find((each) => each.segment === segment);
      if (found === undefined) throw new ArchiveMissingError(`there is no segment ${segment}`);
      await archive.read(partition, found.first, found.first, onFrame).catch(() => undefined);
      return found;
    },
  };
}
