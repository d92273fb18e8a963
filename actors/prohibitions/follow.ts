import type { ProhibitionList } from './list.js';
import type { ProhibitionStream } from './ports.js';

/**
 * Keeps `list` up with the stream. Resolves once it is complete for the first time; ends with the returned function.
 * @throws the stream's error when it cannot be followed
 */
export async function followList(stream: ProhibitionStream, list: ProhibitionList): Promise<() => void> {
  let complete: () => void = () => undefined;
  const completed = new Promise<void>((resolve) => {
    complete = resolve;
  });
  const unfollow = await stream.follow(
    (entry) => void list.apply(entry),
    (version) => {
      list.caughtUp(version);
      complete();
    },
  );
  await completed;
  return unfollow;
}
