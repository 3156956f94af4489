-- KEYS[1] the lease's hash; ARGV id, ttl in microseconds, label
-- GRANTED token | HELD remaining label | SPENT
local key, id, ttl, label = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3]
local h = redis.call('HMGET', key, 'o', 't', 'x', 'c', 'l', 'r')
local owner, token, expires = h[1] or '', tonumber(h[2] or '0'), tonumber(h[3] or '0')
local time = redis.call('TIME')
local now = math.max(time[1] * 1000000 + time[2], tonumber(h[4] or '0'))
-- tostring would round: Lua prints 14 digits, microseconds have 16
local function int(n) return string.format('%.0f', n) end

if h[6] == id then
  return {'SPENT'}
end
local taken = owner ~= '' and now < expires
if taken and owner ~= id then
  redis.call('HSET', key, 'c', int(now))
  return {'HELD', expires - now, h[5] or ''}
end
if not taken then
  token = math.max(token + 1, now)
end
redis.call('HSET', key, 'o', id, 't', int(token), 'x', int(now + ttl), 'c', int(now), 'l', label)
redis.call('PEXPIRE', key, 2592000000)
return {'GRANTED', token}
