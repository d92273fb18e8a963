import type { Redis } from 'ioredis';

/**
 * KEYS and ARGV go in pairs. Each value replaces what is there unless that has the greater header (two 64-bit numbers).
 * An equal one is replaced: an index page that is written again under the same sequence holds more than before. For
 * each the answer is 1 (written), or 0 (something newer is there). All in one step.
 *
 * Numbers are compared, not strings: Lua's `<` on strings follows the locale that redis-server was started in.
 */
const lua = `
local result = {}
for i, key in ipairs(KEYS) do
  local value = ARGV[i]
  local order = 1
  local before = redis.call('GETRANGE', key, 0, 15)
  if #before == 16 then
    order = 0
    local new = { struct.unpack('>I4I4I4I4', value) }
    local old = { struct.unpack('>I4I4I4I4', before) }
    for j = 1, 4 do
      if order == 0 and new[j] ~= old[j] then
        order = new[j] > old[j] and 1 or -1
      end
    end
  end
  if order >= 0 then redis.call('SET', key, value) end
  result[i] = order >= 0 and 1 or 0
end
return result
`;

export const writeNewerScript = { name: 'emoneyWriteNewer', lua } as const;

type WriteNewer = (
  keys: number,
  ...keysAndValues: readonly (string | Buffer)[]
) => Promise<readonly number[]>;

/** Writes all values in one call. True: it stands; false: a newer one is there. */
export async function writeNewer(
  client: Redis,
  values: readonly { readonly key: string; readonly value: Buffer }[],
): Promise<readonly boolean[]> {
  const scripted = client as unknown as Record<typeof writeNewerScript.name, WriteNewer>;
  const keys = values.map(({ key }) => key);
  const contents = values.map(({ value }) => value);
  const result = await scripted.emoneyWriteNewer(keys.length, ...keys, ...contents);
  return result.map((stands) => stands === 1);
}
