import { startRedis } from '../../servers/redis.js';

// A program of its own that starts a server on the folder it is given, says so, and stays.
const redis = await startRedis({ dir: process.argv[2] ?? '' });
process.stdout.write(`${JSON.stringify({ pid: redis.pid, port: redis.port })}\n`);
