package dev.tocsin.rpcpool.sender;

import java.math.BigInteger;
import java.util.Optional;

/** What gas costs now: the newest block's base fee (empty before EIP-1559) and the usual tip; and the usual price of a legacy transaction. */
record Fees(Optional<BigInteger> baseFeeWei, BigInteger tipWei, BigInteger gasPriceWei) {}
