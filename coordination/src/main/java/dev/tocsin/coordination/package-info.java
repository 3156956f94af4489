/**
 * Leases with fencing tokens, and leader election, in process and on Redis.
 *
 * <p>Start at {@link dev.tocsin.coordination.Coordination}, opened by {@link dev.tocsin.coordination.LocalCoordination} (in
 * process, the embedded default) or by {@code dev.tocsin.coordination.redis.RedisCoordination}. It gives
 * {@linkplain dev.tocsin.coordination.LockService leases} and {@linkplain dev.tocsin.coordination.LeaderElection elections}.
 *
 * <p>Vocabulary. A <em>store</em> is where leases are kept (this process, or Redis). A <em>lease</em> is the right to do
 * something alone for a while; it runs out by itself after its <em>ttl</em> unless it is <em>renewed</em>, which happens by
 * itself at a third of the ttl. Its <em>owner</em> is one acquisition, not a process or a thread. Its <em>fencing token</em>
 * is a number greater than that of every earlier lease of that name: who writes under a lease gives the token along, and the
 * resource refuses a smaller one than it has seen. The <em>local deadline</em> is the moment, on this process's monotonic
 * clock, from which the holder counts itself out; it lies before the moment at which the store may grant the lease to
 * another. A <em>term</em> is the time of one leader; its number is the fencing token of its lease. A <em>label</em> is the
 * name by which an instance is shown to people; it decides nothing.
 */
package dev.tocsin.coordination;
