/** Whether the power of a disk can be cut on this machine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../servers/command.js';

/** Each with the package of Debian that has it. */
const TOOLS = [
  ['mkfs.xfs', 'xfsprogs'],
  ['xfs_io', 'xfsprogs'],
  ['mkfs.ext4', 'e2fsprogs'],
  ['mount', 'mount'],
  ['umount', 'mount'],
  ['unshare', 'util-linux'],
] as const;
const WITHIN_MS = 20_000;

/** XFS refuses to be smaller than 300 MB; the file is sparse. Seen by nobody else, and gone when the shell ends. */
const TRIAL = 'truncate -s 512M image && mkfs.xfs -q image && mkdir disk && mount -o loop image disk';

/** What is missing, in one line that says what to do; undefined: nothing. */
export async function missingForPowerCuts(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'a power cut needs Linux: loop devices, XFS and its tools';
  if (process.getuid?.() !== 0)
    return 'a power cut needs root, to mount disks of its own: run it with sudo, or in a virtual machine';
  const missing: string[] = [];
  for (const [tool, inPackage] of TOOLS) {
    const { reason } = await runCommand(tool, ['-V'], { timeoutMs: WITHIN_MS });
    if (reason === 'not installed' && !missing.includes(inPackage)) missing.push(inPackage);
  }
  if (missing.length > 0) return `a power cut needs tools: apt-get install -y ${missing.join(' ')}`;
  return failedTrial();
}

async function failedTrial(): Promise<string | undefined> {
  const cwd = await mkdtemp(join(tmpdir(), 'emoney-power-cut-'));
  try {
    const words = ['--mount', '--propagation', 'private', '--', 'sh', '-c', TRIAL];
    const { ok, reason } = await runCommand('unshare', words, { timeoutMs: WITHIN_MS, cwd });
    return ok
      ? undefined
      : `a power cut needs to mount XFS on a loop device, which this machine refuses: ${reason}`;
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}
