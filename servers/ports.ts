import { createServer, type Server } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** Different TCP ports that were free a moment ago; a starter must be ready to find one taken. */
export async function freePorts(count: number): Promise<number[]> {
  const holders = await Promise.all(Array.from({ length: count }, holdPort));
  const ports = holders.map(portOf);
  await Promise.all(holders.map(release));
  return ports;
}

function holdPort(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      resolve(server);
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening server has no port');
  return address.port;
}

function release(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
