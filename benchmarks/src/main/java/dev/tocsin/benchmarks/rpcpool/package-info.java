/** The suite {@code rpc-pool}: Tocsin's pool beside web3j, viem and ethers, over the same faulty nodes. */
@NullMarked
package dev.tocsin.benchmarks.rpcpool;

import org.jspecify.annotations.NullMarked;
