-- KEYS[1] the lease's hash; ARGV id
-- OK | TAKEN
local key, id = KEYS[1], ARGV[1]
local owner = redis.call('HGET', key, 'o') or ''
if owner ~= '' and owner ~= id then
  return {'TAKEN'}
end
-- the hash stays, for its token; r refuses what comes late with this id
redis.call('HSET', key, 'o', '', 'x', '0', 'r', id)
redis.call('PEXPIRE', key, 2592000000)
return {'OK'}
