-- KEYS[1] the lease's hash; ARGV id, ttl in microseconds, label, token
-- OK | TAKEN
local key, id, ttl, label, mine = KEYS[1], ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local h = redis.call('HMGET', key, 'o', 't', 'c', 'r')
local owner, token = h[1] or '', tonumber(h[2] or '0')
local time = redis.call('TIME')
local now = math.max(time[1] * 1000000 + time[2], tonumber(h[3] or '0'))
local function int(n) return string.format('%.0f', n) end

-- vacant: the server forgot the grant (restart, failover) and nobody had the lease since
local vacant = owner == '' and token <= mine and h[4] ~= id
if owner ~= id and not vacant then
  return {'TAKEN'}
end
redis.call('HSET', key, 'o', id, 't', int(mine), 'x', int(now + ttl), 'c', int(now), 'l', label)
redis.call('PEXPIRE', key, 2592000000)
return {'OK'}
