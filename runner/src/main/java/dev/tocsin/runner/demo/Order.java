package dev.tocsin.runner.demo;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A transaction as its sender signed it: the same wherever it is mined, while what it does depends on the balances it finds.
 * The events are those of the real contracts, in their order.
 */
sealed interface Order {

    /** Uniswap's Router 02. */
    String ROUTER = "0x7a250d5630b4cf539739df2c5dacb4c659f2488d";

    String TRANSFER = Hex.hashOf("Transfer(address,address,uint256)");
    String APPROVAL = Hex.hashOf("Approval(address,address,uint256)");
    String SYNC = Hex.hashOf("Sync(uint112,uint112)");
    String SWAP = Hex.hashOf("Swap(address,uint256,uint256,uint256,uint256,address)");

    String hash();

    String sender();

    String contract();

    long gas();

    /** The logs, the balances being changed; or empty, and nothing changed, if it is reverted. */
    Optional<List<Draft.Log>> apply(Balances balances);

    /** Mines it. */
    default Draft.Transaction execute(Balances balances) {
        Optional<List<Draft.Log>> logs = apply(balances);
        return new Draft.Transaction(hash(), sender(), contract(), logs.isPresent(), gas(), logs.orElseGet(List::of));
    }

    /** {@code transfer(to, amount)} on a token. */
    record Transfer(String hash, String sender, Token token, String recipient, BigInteger amount) implements Order {
        @Override
        public String contract() {
            return token.address();
        }

        @Override
        public long gas() {
            return 52_000;
        }

        @Override
        public Optional<List<Draft.Log>> apply(Balances balances) {
            return balances.move(token, sender, recipient, amount)
                    ? Optional.of(List.of(transferLog(token, sender, recipient, amount)))
                    : Optional.empty();
        }
    }

    /** {@code approve(router, amount)} on a token. */
    record Approve(String hash, String sender, Token token, BigInteger amount) implements Order {
        @Override
        public String contract() {
            return token.address();
        }

        @Override
        public long gas() {
            return 46_000;
        }

        @Override
        public Optional<List<Draft.Log>> apply(Balances balances) {
            return Optional.of(List.of(new Draft.Log(
                    token.address(),
                    List.of(APPROVAL, Hex.topic(sender), Hex.topic(ROUTER)),
                    "0x" + Hex.word(amount))));
        }
    }

    /** {@code swapExactTokensForTokens} on the router, through one pool or several. */
    record Swap(String hash, String sender, Token tokenIn, BigInteger amountIn, List<Pair> route) implements Order {
        @Override
        public String contract() {
            return ROUTER;
        }

        @Override
        public long gas() {
            return 50_000 + 70_000L * route.size();
        }

        @Override
        public Optional<List<Draft.Log>> apply(Balances balances) {
            List<Draft.Log> logs = new ArrayList<>();
            String firstPool = route.getFirst().address();
            if (!balances.move(tokenIn, sender, firstPool, amountIn)) {
                return Optional.empty();
            }
            logs.add(transferLog(tokenIn, sender, firstPool, amountIn));
            Token in = tokenIn;
            BigInteger amount = amountIn;
            for (int hop = 0; hop < route.size(); hop++) {
                Pair pool = route.get(hop);
                String recipient = hop + 1 < route.size() ? route.get(hop + 1).address() : sender;
                amount = swap(balances, pool, in, amount, recipient, logs);
                in = pool.other(in);
            }
            return Optional.of(logs);
        }

        /** The pool already holds the amount in, as in UniswapV2Pair.swap. */
        private static BigInteger swap(
                Balances balances, Pair pool, Token in, BigInteger amountIn, String recipient, List<Draft.Log> logs) {
            Token out = pool.other(in);
            BigInteger reserveIn = balances.get(in, pool.address()).subtract(amountIn);
            BigInteger amountOut = Pair.amountOut(amountIn, reserveIn, balances.get(out, pool.address()));
            balances.move(out, pool.address(), recipient, amountOut);
            logs.add(transferLog(out, pool.address(), recipient, amountOut));
            logs.add(new Draft.Log(
                    pool.address(),
                    List.of(SYNC),
                    "0x" + Hex.word(balances.get(pool.token0(), pool.address()))
                            + Hex.word(balances.get(pool.token1(), pool.address()))));
            boolean zeroIn = in == pool.token0();
            BigInteger none = BigInteger.ZERO;
            logs.add(new Draft.Log(
                    pool.address(),
                    List.of(SWAP, Hex.topic(ROUTER), Hex.topic(recipient)),
                    "0x" + Hex.word(zeroIn ? amountIn : none) + Hex.word(zeroIn ? none : amountIn)
                            + Hex.word(zeroIn ? none : amountOut) + Hex.word(zeroIn ? amountOut : none)));
            return amountOut;
        }
    }

    private static Draft.Log transferLog(Token token, String from, String to, BigInteger amount) {
        return new Draft.Log(
                token.address(), List.of(TRANSFER, Hex.topic(from), Hex.topic(to)), "0x" + Hex.word(amount));
    }
}
