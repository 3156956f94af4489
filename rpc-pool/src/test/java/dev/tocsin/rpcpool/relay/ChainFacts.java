package dev.tocsin.rpcpool.relay;

/** What a relay knows of the chain. */
interface ChainFacts {
    long head();

    long confirmed(String address);
}
