// npm run build: compiles into dist/ and copies what tsc does not. Expects the dependencies to be installed.
import { build, say } from './prepare.mjs';

try {
  await build();
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
