package dev.tocsin.rpcpool.sender;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** A call of an ERC-20 token that moves tokens or lets somebody move them: who gets them, and how many. */
record TokenCall(String receiver, BigInteger amount) {
    private static final String TRANSFER = "0xa9059cbb"; // transfer(address,uint256)
    private static final String APPROVE = "0x095ea7b3"; // approve(address,uint256)
    private static final String TRANSFER_FROM = "0x23b872dd"; // transferFrom(address,address,uint256)
    private static final int HEAD = 10;
    private static final int WORD = 64;

    /** Whether it begins like one and is too short to be one: what a contract takes it for is not known. */
    static boolean isCut(String data) {
        return List.of(TRANSFER, APPROVE, TRANSFER_FROM).stream().anyMatch(data::startsWith) && of(data).isEmpty();
    }

    /** Empty if it is none, or too short to be one. */
    static Optional<TokenCall> of(String data) {
        if (data.startsWith(TRANSFER) || data.startsWith(APPROVE)) {
            return of(data, 0);
        }
        return data.startsWith(TRANSFER_FROM) ? of(data, 1) : Optional.empty();
    }

    private static Optional<TokenCall> of(String data, int receiver) {
        int start = HEAD + receiver * WORD;
        if (data.length() < start + 2 * WORD) {
            return Optional.empty();
        }
        return Optional.of(new TokenCall(
                "0x" + data.substring(start + WORD - 40, start + WORD),
                new BigInteger(data.substring(start + WORD, start + 2 * WORD), 16)));
    }
}
