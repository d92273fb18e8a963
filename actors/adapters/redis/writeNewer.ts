import type { Redis } from 'ioredis';

/**
 * KEYS and ARGV go in pairs. Each value replaces what is there unless that has the greater header (two 64-bit numbers).
 * An equal one is replaced: an index page that is written again under the same sequence holds more than before. For
 * each the answer is 1 (written), or 0 (something newer is there). All in one step.
 *
 * What `decodeValue` takes for absent is absent here, too, or it would stay for ever: a key of another type, a value
 * without a whole header, and numbers of 2^53 or more (2097152 is 2^21, in the upper half of one).
 *
 * Numbers are compared, not strings: Lua's `<` on strings follows the locale that redis-server was started in.
 */
const lua = `
local function headerOf(key)
  local header = redis.pcall('GETRANGE', key, 0, 15)
  if type(header) ~= 'table' then return header end
  if string.find(header.err, 'WRONGTYPE', 1, true) then return '' end
  error(header.err)
end

local function counts(numbers)
  return numbers[1] < 2097152 and numbers[3] < 2097152
end

local result = {}
for i, key in ipairs(KEYS) do
  local value = ARGV[i]
  local order = 1
  local before = headerOf(key)
  local old = #before == 16 and { struct.unpack('>I4I4I4I4', before) }
  if old and counts(old) then
    order = 0
    local new = { struct.unpack('>I4I4I4I4', value) }
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
