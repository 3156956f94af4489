package dev.tocsin.runner.demo;

import dev.tocsin.runner.demo.RpcParams.Block;
import dev.tocsin.runner.demo.RpcParams.Tag;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.StringNode;

/** The methods of the demo's nodes, over one chain; subscriptions are the connection's. */
final class NodeMethods {

    /** How many logs a query over several blocks may return; one block is always answered whole. */
    static final int MAX_LOGS = 10_000;

    private final DemoChain chain;
    private final String clientVersion;

    NodeMethods(DemoChain chain, String clientVersion) {
        this.chain = chain;
        this.clientVersion = clientVersion;
    }

    JsonNode call(String method, JsonNode params) throws RpcFailure {
        return switch (method) {
            case "eth_chainId" -> plain(params, Hex.quantity(chain.chainId()));
            case "net_version" -> plain(params, Long.toString(chain.chainId()));
            case "web3_clientVersion" -> plain(params, clientVersion);
            case "eth_blockNumber" -> plain(params, Hex.quantity(chain.head().number()));
            case "eth_syncing" -> {
                RpcParams.of(params, 0, 0);
                yield BooleanNode.FALSE;
            }
            case "eth_getBlockByNumber" -> {
                RpcParams args = RpcParams.of(params, 2, 2);
                Block wanted = RpcParams.number(args.get(0), 0);
                yield block(wanted, args.flag(1));
            }
            case "eth_getBlockByHash" -> {
                RpcParams args = RpcParams.of(params, 2, 2);
                Block wanted = new Block.Hash(args.hash(0));
                yield block(wanted, args.flag(1));
            }
            case "eth_getBlockReceipts" -> {
                Block wanted = RpcParams.of(params, 1, 1).block(0);
                yield find(wanted).<JsonNode>map(NodeJson::receipts).orElse(NullNode.getInstance());
            }
            case "eth_getTransactionReceipt" -> transaction(params, (block, index) -> NodeJson.receipt(block, index));
            case "eth_getTransactionByHash" ->
                transaction(params, (block, index) -> NodeJson.transaction(block, index, chain.chainId()));
            case "eth_getLogs" ->
                logs(LogFilter.parse(RpcParams.of(params, 1, 1).get(0), 0));
            default ->
                throw new RpcFailure(RpcFailure.NO_METHOD, "the method " + method + " does not exist/is not available");
        };
    }

    private static JsonNode plain(JsonNode params, String answer) throws RpcFailure {
        RpcParams.of(params, 0, 0);
        return StringNode.valueOf(answer);
    }

    private JsonNode block(Block wanted, boolean full) {
        return find(wanted)
                .<JsonNode>map(block -> NodeJson.block(block, chain.chainId(), full))
                .orElse(NullNode.getInstance());
    }

    private Optional<DemoBlock> find(Block wanted) {
        return switch (wanted) {
            case Block.Numbered number -> chain.byNumber(number.number());
            case Block.Hash hash -> chain.byHash(hash.hash());
            case Block.Tagged tagged -> chain.byNumber(height(tagged.tag(), chain.heights()));
        };
    }

    private static long height(Tag tag, DemoChain.Heights heights) {
        return switch (tag) {
            case EARLIEST -> 0;
            case LATEST, PENDING -> heights.head(); // the demo has no pending block of its own
            case SAFE -> heights.safe();
            case FINALIZED -> heights.finalized();
        };
    }

    private JsonNode transaction(JsonNode params, Located render) throws RpcFailure {
        String hash = RpcParams.of(params, 1, 1).hash(0);
        DemoBlock block = chain.byTransaction(hash);
        if (block == null) {
            return NullNode.getInstance();
        }
        List<Draft.Transaction> transactions = block.transactions();
        for (int index = 0; index < transactions.size(); index++) {
            if (transactions.get(index).hash().equals(hash)) {
                return render.at(block, index);
            }
        }
        return NullNode.getInstance();
    }

    private JsonNode logs(LogFilter filter) throws RpcFailure {
        String hash = filter.blockHash();
        List<DemoBlock> blocks;
        if (hash != null) {
            blocks = List.of(chain.byHash(hash).orElseThrow(() -> new RpcFailure(RpcFailure.SERVER, "unknown block")));
        } else {
            blocks = range(filter.from(), filter.to());
        }
        ArrayNode logs = NodeJson.JSON.createArrayNode();
        for (DemoBlock block : blocks) {
            for (DemoLog log : block.logs()) {
                if (filter.matches(log)) {
                    logs.add(NodeJson.log(block, log, false));
                }
            }
            if (logs.size() > MAX_LOGS && blocks.size() > 1) {
                throw new RpcFailure(RpcFailure.LIMIT, "query returned more than " + MAX_LOGS + " results");
            }
        }
        return logs;
    }

    private List<DemoBlock> range(@Nullable Block from, @Nullable Block to) throws RpcFailure {
        if (isPending(from) || isPending(to)) {
            throw RpcFailure.invalidParams("pending logs are not supported");
        }
        // The chain may be reorganised to a lower head between the two looks at it; then look again.
        for (int attempt = 0; attempt < 10; attempt++) {
            DemoChain.Heights heights = chain.heights();
            long first = height(from, heights);
            long last = height(to, heights);
            if (first > last && from instanceof Block.Numbered && to instanceof Block.Numbered) {
                throw RpcFailure.invalidParams("invalid block range params");
            }
            if (first > heights.head() || last > heights.head()) {
                throw RpcFailure.invalidParams("block range extends beyond current head block");
            }
            if (first > last) {
                throw RpcFailure.invalidParams("invalid block range params");
            }
            if (first < heights.first()) {
                throw new RpcFailure(RpcFailure.PRUNED, "pruned history unavailable");
            }
            Optional<List<DemoBlock>> blocks = chain.range(first, last);
            if (blocks.isPresent()) {
                return blocks.get();
            }
        }
        throw new RpcFailure(RpcFailure.SERVER, "the chain changes too fast");
    }

    private static boolean isPending(@Nullable Block block) {
        return block instanceof Block.Tagged tagged && tagged.tag() == Tag.PENDING;
    }

    private static long height(@Nullable Block block, DemoChain.Heights heights) throws RpcFailure {
        return switch (block) {
            case null -> heights.head();
            case Block.Numbered number -> number.number();
            case Block.Tagged tagged -> height(tagged.tag(), heights);
            case Block.Hash hash -> throw RpcFailure.invalidParams("invalid block range params");
        };
    }

    private interface Located {
        JsonNode at(DemoBlock block, int index);
    }
}
