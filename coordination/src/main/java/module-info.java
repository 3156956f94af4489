import org.jspecify.annotations.NullMarked;

/** Leases with fencing tokens, and leader election, in process and on Redis. */
@NullMarked
module dev.tocsin.coordination {
    requires static transitive org.jspecify;
    requires org.slf4j;
    requires static transitive redis.clients.jedis;
    requires static transitive micrometer.core;

    exports dev.tocsin.coordination;
    exports dev.tocsin.coordination.redis;
}
