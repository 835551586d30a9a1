-- KEYS: the tenants' buckets, how far each partition was read, what follows is the script's own.
-- ARGV: how many tenants, partitions, messages; rate and burst of each tenant; tenant, partition, offset of each message.
-- The clock is Redis's own, so that all workers share one.
local RETENTION, MEMORY = 7 * 24 * 3600, 3600
local clock = redis.call('TIME')
local now = tonumber(clock[1]) + tonumber(clock[2]) / 1000000
local tenants, places, messages = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local rate, burst, tokens, read, seen = {}, {}, {}, {}, {}

for t = 1, tenants do
  rate[t], burst[t] = tonumber(ARGV[2 + 2 * t]), tonumber(ARGV[3 + 2 * t])
  local found = redis.call('HMGET', KEYS[t], 'tokens', 'at')
  local left, at = tonumber(found[1] or ''), tonumber(found[2] or '')
  if left and at then
    tokens[t] = math.min(burst[t], left + math.max(0, now - at) * rate[t])
  else
    tokens[t] = burst[t]
  end
end

for p = 1, places do
  -- A message at or before this offset has been here already: its batch was undone, is read again, pays no more.
  read[p] = tonumber(redis.call('GET', KEYS[tenants + p]) or -1)
  seen[p] = read[p]
end

local function message(m)
  local at = 3 + 2 * tenants + 3 * (m - 1)
  return tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
end

local function keep()
  for t = 1, tenants do
    redis.call('HSET', KEYS[t], 'tokens', string.format('%.6f', tokens[t]), 'at', string.format('%.6f', now))
    redis.call('EXPIRE', KEYS[t], math.ceil(burst[t] / rate[t]) + 60)
  end
  for p = 1, places do
    redis.call('SET', KEYS[tenants + p], string.format('%d', seen[p]), 'EX', MEMORY)
  end
end
