-- How many messages, in their order, may go: the first without a token keeps those behind it waiting.
local admitted = 0
for m = 1, messages do
  local t, p, offset = message(m)
  if offset > read[p] then
    if tokens[t] < 1 then break end
    tokens[t] = tokens[t] - 1
    seen[p] = offset
  end
  admitted = m
end
keep()
return admitted
