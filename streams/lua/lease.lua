-- Further KEYS: for each message its conversation's deferred offsets. 0: answer it; 1: its tenant has no token left;
-- 2: an earlier message of its conversation waits in the deferred lane, so that it would overtake it.
local verdicts = {}
for m = 1, messages do
  local t, p, offset = message(m)
  local key, verdict = KEYS[tenants + places + m], 0
  local own = string.format('%d', offset)
  if offset <= read[p] then
    verdict = redis.call('ZSCORE', key, own) and 1 or 0
  else
    local oldest = redis.call('ZRANGE', key, 0, 0)[1]
    if oldest and tonumber(oldest) < offset then
      verdict = 2
    elseif tokens[t] < 1 then
      verdict = 1
    else
      tokens[t] = tokens[t] - 1
      if oldest then redis.call('ZREM', key, own) end
    end
    if verdict > 0 then
      redis.call('ZADD', key, offset, own)
      -- The lane itself forgets a message after as long.
      redis.call('EXPIRE', key, RETENTION)
    end
  end
  if offset > seen[p] then seen[p] = offset end
  verdicts[m] = verdict
end
keep()
return verdicts
