package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.internal.time.Pause;
import java.time.Duration;
import java.util.function.LongSupplier;

/** What a relay and its transactions work with. */
record Desk(
        RelayClient client,
        RpcPool pool,
        ChainView chain,
        NonceLedger ledger,
        Fallback fallback,
        Duration pollEvery,
        LongSupplier nanoTicker,
        Pause pause) {}
