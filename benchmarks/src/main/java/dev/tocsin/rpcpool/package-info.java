/** Of the benchmarks: what can be measured only from inside the pool's package. */
@NullMarked
package dev.tocsin.rpcpool;

import org.jspecify.annotations.NullMarked;
