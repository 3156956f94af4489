package dev.tocsin.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Real contracts on an {@link AnvilNode}: an ERC-20 token of OpenZeppelin 4.9.6 (18 decimals) and Uniswap V2 with one pool of that token
 * and WETH. Their published build artifacts come from npm at test time; none is kept here.
 *
 * <p>All transactions come from the node's first account, which owns the token's whole supply. Each call waits for its receipt and fails
 * the test if the transaction was reverted. For one thread.
 */
public final class Contracts {
    /** The whole supply of the token: 10<sup>27</sup> units, a thousand million tokens. */
    public static final BigInteger SUPPLY = BigInteger.TEN.pow(27);

    /** What the pool holds of the token at first: a million tokens. */
    public static final BigInteger POOL_TOKENS = BigInteger.TEN.pow(24);

    /** What the pool holds of WETH at first: 500 ether. */
    public static final BigInteger POOL_WEI = BigInteger.TEN.pow(18).multiply(BigInteger.valueOf(500));

    private static final String TRANSFER = "a9059cbb"; // transfer(address,uint256)
    private static final String APPROVE = "095ea7b3"; // approve(address,uint256)
    private static final String BALANCE_OF = "70a08231"; // balanceOf(address)
    private static final String GET_PAIR = "e6a43905"; // getPair(address,address)
    private static final String ADD_LIQUIDITY_ETH =
            "f305d719"; // addLiquidityETH(address,uint256,uint256,uint256,address,uint256)
    private static final String SWAP_ETH_FOR_TOKENS =
            "7ff36ab5"; // swapExactETHForTokens(uint256,address[],address,uint256)
    private static final String SWAP_TOKENS_FOR_ETH =
            "18cbafe5"; // swapExactTokensForETH(uint256,uint256,address[],address,uint256)

    private static final BigInteger MAX = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
    private static final long NEVER = 99_999_999_999L; // a deadline, in seconds since 1970
    private static final Duration RECEIPT_DEADLINE = Duration.ofSeconds(30);

    private final AnvilNode node;
    private final String owner;
    private final String token;
    private final String weth;
    private final String factory;
    private final String router;
    private final String pair;

    private Contracts(AnvilNode node) throws InterruptedException {
        this.node = node;
        owner = node.accounts().getFirst();
        Path openzeppelin = NpmPackages.install("@openzeppelin/contracts@4.9.6").resolve("build/contracts");
        Path core = NpmPackages.install("@uniswap/v2-core@1.0.1").resolve("build");
        Path periphery =
                NpmPackages.install("@uniswap/v2-periphery@1.1.0-beta.0").resolve("build");
        token = create(Calldata.deploy(bytecode(openzeppelin.resolve("ERC20PresetFixedSupply.json")))
                .text("Tocsin Test Dollar")
                .text("TTD")
                .uint(SUPPLY)
                .address(owner));
        weth = create(Calldata.deploy(bytecode(periphery.resolve("WETH9.json"))));
        factory = create(
                Calldata.deploy(bytecode(core.resolve("UniswapV2Factory.json"))).address(owner));
        router = create(Calldata.deploy(bytecode(periphery.resolve("UniswapV2Router02.json")))
                .address(factory)
                .address(weth));
        send(token, Calldata.call(APPROVE).address(router).uint(MAX), BigInteger.ZERO);
        send(
                router,
                Calldata.call(ADD_LIQUIDITY_ETH)
                        .address(token)
                        .uint(POOL_TOKENS)
                        .uint(0)
                        .uint(0)
                        .address(owner)
                        .uint(NEVER),
                POOL_WEI);
        String word = call(factory, Calldata.call(GET_PAIR).address(token).address(weth));
        pair = "0x" + word.substring(word.length() - 40);
    }

    /**
     * Deploys everything and fills the pool. Skips the test (in CI: fails it) where the packages cannot be had.
     *
     * @param node where
     * @return the deployed contracts
     * @throws InterruptedException if interrupted while waiting
     */
    public static Contracts deploy(AnvilNode node) throws InterruptedException {
        return new Contracts(node);
    }

    /**
     * Transfers tokens from the owner: one log, {@code Transfer}, of {@link #token}.
     *
     * @param to the receiver's address
     * @param amount in the smallest unit (18 decimals)
     * @return the receipt
     * @throws InterruptedException if interrupted while waiting
     */
    public Receipt transfer(String to, BigInteger amount) throws InterruptedException {
        return send(token, Calldata.call(TRANSFER).address(to).uint(amount), BigInteger.ZERO);
    }

    /**
     * Sells tokens to the pool for ether: among others one {@code Transfer} of {@link #token} and one {@code Swap} of {@link #pair}.
     *
     * @param amount how many tokens, in the smallest unit (18 decimals)
     * @return the receipt
     * @throws InterruptedException if interrupted while waiting
     */
    public Receipt sellTokens(BigInteger amount) throws InterruptedException {
        Calldata call = Calldata.call(SWAP_TOKENS_FOR_ETH)
                .uint(amount)
                .uint(0)
                .addresses(List.of(token, weth))
                .address(owner)
                .uint(NEVER);
        return send(router, call, BigInteger.ZERO);
    }

    /**
     * Buys tokens from the pool with ether: among others one {@code Transfer} of {@link #token} and one {@code Swap} of {@link #pair}.
     *
     * @param wei how much ether
     * @return the receipt
     * @throws InterruptedException if interrupted while waiting
     */
    public Receipt buyTokens(BigInteger wei) throws InterruptedException {
        Calldata call = Calldata.call(SWAP_ETH_FOR_TOKENS)
                .uint(0)
                .addresses(List.of(weth, token))
                .address(owner)
                .uint(NEVER);
        return send(router, call, wei);
    }

    /**
     * What somebody has of the token.
     *
     * @param address whose
     * @return in the smallest unit (18 decimals)
     * @throws InterruptedException if interrupted while waiting
     */
    public BigInteger tokensOf(String address) throws InterruptedException {
        return new BigInteger(
                call(token, Calldata.call(BALANCE_OF).address(address)).substring(2), 16);
    }

    /**
     * The account that owns the supply and sends all transactions.
     *
     * @return an address, lower case
     */
    public String owner() {
        return owner;
    }

    /**
     * The ERC-20 token.
     *
     * @return an address, lower case
     */
    public String token() {
        return token;
    }

    /**
     * Wrapped ether.
     *
     * @return an address, lower case
     */
    public String weth() {
        return weth;
    }

    /**
     * Uniswap's factory.
     *
     * @return an address, lower case
     */
    public String factory() {
        return factory;
    }

    /**
     * Uniswap's router.
     *
     * @return an address, lower case
     */
    public String router() {
        return router;
    }

    /**
     * The pool of token and WETH.
     *
     * @return an address, lower case
     */
    public String pair() {
        return pair;
    }

    private String create(Calldata code) throws InterruptedException {
        return receipt(transaction(null, code, BigInteger.ZERO))
                .path("contractAddress")
                .asString();
    }

    private Receipt send(String to, Calldata call, BigInteger wei) throws InterruptedException {
        JsonNode json = receipt(transaction(to, call, wei));
        List<JsonNode> logs = new ArrayList<>();
        json.path("logs").forEach(logs::add);
        return new Receipt(
                json.path("transactionHash").asString(),
                AnvilNode.quantity(json.path("blockNumber")),
                json.path("blockHash").asString(),
                logs);
    }

    private String transaction(@Nullable String to, Calldata data, BigInteger wei) throws InterruptedException {
        Map<String, Object> transaction = new LinkedHashMap<>();
        transaction.put("from", owner);
        if (to != null) {
            transaction.put("to", to);
        }
        transaction.put("data", data.hex());
        transaction.put("value", "0x" + wei.toString(16));
        // a pair writes its price sums only when time has passed, so an estimate may be too low a second later
        transaction.put("gas", "0x989680");
        return node.rpc("eth_sendTransaction", transaction).asString();
    }

    private JsonNode receipt(String hash) throws InterruptedException {
        JsonNode[] found = new JsonNode[1];
        Waiting.until(
                () -> {
                    found[0] = node.rpc("eth_getTransactionReceipt", hash);
                    return found[0].isObject();
                },
                RECEIPT_DEADLINE,
                () -> "transaction " + hash + " was not mined");
        if (!found[0].path("status").asString().equals("0x1")) {
            throw new AssertionError("transaction " + hash + " was reverted");
        }
        return found[0];
    }

    private String call(String to, Calldata data) throws InterruptedException {
        return node.rpc("eth_call", Map.of("to", to, "data", data.hex()), "latest")
                .asString();
    }

    private static String bytecode(Path artifact) {
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readString(artifact));
            return json.path("bytecode").asString();
        } catch (IOException e) {
            throw new UncheckedIOException("no build artifact " + artifact, e);
        }
    }

    /**
     * What became of a transaction.
     *
     * @param transactionHash its hash
     * @param blockNumber the block it is in
     * @param blockHash that block's hash
     * @param logs its logs, as the node gives them
     */
    public record Receipt(String transactionHash, long blockNumber, String blockHash, List<JsonNode> logs) {
        /** Copies the logs. */
        public Receipt {
            logs = List.copyOf(logs);
        }
    }
}
