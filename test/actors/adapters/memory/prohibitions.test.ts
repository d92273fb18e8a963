import {
  MemoryProhibitionServer,
  MemoryProhibitionStream,
} from '../../../../actors/adapters/memory/prohibitions.js';
import { systemClock } from '../../../../actors/adapters/system/clock.js';
import { describeProhibitions } from '../contract/prohibitions.js';

describeProhibitions('the twin in memory', async () => {
  const server = new MemoryProhibitionServer();
  return {
    connect: async () => new MemoryProhibitionStream(server, systemClock),
    recreate: async () => server.recreate(),
    takeAway: async () => {
      server.setAvailable(false);
      return async () => server.setAvailable(true);
    },
    dispose: async () => undefined,
  };
});
