package dev.tocsin.rpcpool.sender;

import java.math.BigInteger;

/**
 * The fields of a transaction that is to be signed: legacy with EIP-155, or of type 2 (EIP-1559), as its price says.
 *
 * @param chainId the chain (EIP-155)
 * @param nonce the account's
 * @param gas the most units of gas
 * @param price what a unit of gas costs
 * @param to whom it calls: an address in lower case
 * @param valueWei what it carries
 * @param data 0x and the call's bytes
 */
public record UnsignedTransaction(
        long chainId, long nonce, long gas, GasPrice price, String to, BigInteger valueWei, String data) {}
