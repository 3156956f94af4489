package dev.tocsin.rpcpool.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.relay.FakeRelay.Fault;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bundles and their simulation, as Flashbots describes them. */
class BundleTest {

    private static final String FIRST = SignedBy.owner(0);
    private static final String SECOND = SignedBy.owner(1);
    private static final String HINTED = "0x24e6e999b8abf2c4df46e8a02516c0983043039a5a54f89fa87274427ce64798";
    private static final String FRIEND = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

    private RelayFixture world;
    private PrivateRelay relay;

    @BeforeEach
    void open() throws InterruptedException {
        world = new RelayFixture();
        relay = world.open(Fallback.IMMEDIATE); // which is for single transactions only
    }

    @AfterEach
    void close() {
        assertThat(world.relay.violations()).isEmpty();
        assertThat(world.node.hasHeardOf(FIRST)).isFalse();
        world.close();
    }

    private JsonNode param(String method) {
        return world.relay.calls(method).getFirst().path("params").path(0);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }

    @Test
    void bundleForABlockIsSentByEthSendBundle() throws InterruptedException {
        BundleOutcome outcome = relay.send(Bundle.forBlock(101, FIRST, SECOND)
                .withMayRevert(SignedBy.hash(SECOND))
                .withBuilders("titan"));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        BundleOutcome.Accepted.class,
                        accepted -> assertThat(accepted.bundleHash()).hasSize(66));
        assertThat(param("eth_sendBundle"))
                .isEqualTo(json("{'txs':['" + FIRST + "','" + SECOND + "'],'blockNumber':'0x65','revertingTxHashes':['"
                        + SignedBy.hash(SECOND) + "'],'builders':['titan']}"));
    }

    @Test
    void sharedBundleIsSentByMevSendBundle() throws InterruptedException {
        relay.send(Bundle.shared(101, 104, new Bundle.Item.Known(HINTED), new Bundle.Item.Signed(FIRST, false))
                .withRefunds(new Bundle.ItemRefund(0, 80))
                .withRefundsToUs(new Refund(FRIEND, 100))
                .withBuilders("flashbots"));

        assertThat(param("mev_sendBundle"))
                .isEqualTo(json("{'version':'v0.1','inclusion':{'block':'0x65','maxBlock':'0x68'},'body':[{'hash':'"
                        + HINTED + "'},{'tx':'" + FIRST + "','canRevert':false}],'validity':{'refund':[{'bodyIdx':0,"
                        + "'percent':80}],'refundConfig':[{'address':'" + FRIEND
                        + "','percent':100}]},'privacy':{'builders':['flashbots']}}"));
    }

    @Test
    void hintsOfASharedBundleArriveInTheRelaysWords() throws InterruptedException {
        relay.send(Bundle.shared(101, 101, new Bundle.Item.Signed(FIRST, true)).withHints(Hint.TX_HASH, Hint.LOGS));

        assertThat(param("mev_sendBundle").path("privacy")).isEqualTo(json("{'hints':['logs','tx_hash']}"));
    }

    @Test
    void bundleThatTheRelayRefusesIsNotPublished() throws InterruptedException {
        world.relay.fault("eth_sendBundle", Fault.HTTP_429);

        assertThat(relay.send(Bundle.forBlock(101, FIRST)))
                .isEqualTo(new BundleOutcome.Rejected(ErrorClass.RATE_LIMITED, "HTTP 429"));
        assertThat(relay.nextNonce(SignedBy.OWNER.getAddress())).isZero();
    }

    @Test
    void bundleWhoseAnswerIsLostIsUnknown() throws InterruptedException {
        world.relay.fault("eth_sendBundle", Fault.CUT_AFTER);

        assertThat(relay.send(Bundle.forBlock(101, FIRST))).isEqualTo(new BundleOutcome.Unknown("connection broke"));
        assertThat(relay.nextNonce(SignedBy.OWNER.getAddress())).isEqualTo(1);
    }

    @Test
    void blocksOutsideOfTheNext25AreRefused() throws InterruptedException {
        for (Bundle bundle : List.of(
                Bundle.forBlock(100, FIRST),
                Bundle.forBlock(126, FIRST),
                Bundle.shared(101, 126, new Bundle.Item.Signed(FIRST, false)))) {
            assertThat(relay.send(bundle)).isInstanceOf(BundleOutcome.Rejected.class);
        }
        assertThat(world.relay.received()).isEmpty();
    }

    @Test
    void bundleThatIsTooLargeIsRefused() throws InterruptedException {
        String large = SignedBy.transaction(SignedBy.OWNER, SignedBy.CHAIN, 0, 1, 5, "00".repeat(300_000));

        assertThat(relay.send(Bundle.forBlock(101, large)))
                .isInstanceOfSatisfying(
                        BundleOutcome.Rejected.class,
                        rejected -> assertThat(rejected.errorClass()).isEqualTo(ErrorClass.REQUEST_TOO_LARGE));
        assertThat(world.relay.received()).isEmpty();
    }

    /** The answer of the documents, with its second transaction as it is. */
    @Test
    void simulationOfABundleForABlockTellsGasAndProfit() throws InterruptedException {
        world.relay.simulates("{'bundleGasPrice':'476190476193','coinbaseDiff':'20000000000126000','results':["
                .concat("{'gasUsed':21000,'value':'0x'},{'gasUsed':21000,'value':'0x'}],")
                .concat("'stateBlockNumber':5221585,'totalGasUsed':42000}")
                .replace('\'', '"'));

        assertThat(relay.simulate(Bundle.forBlock(101, FIRST, SECOND)))
                .isEqualTo(new Simulation.Succeeded(5_221_585, 42_000, new BigInteger("20000000000126000")));
        assertThat(param("eth_callBundle"))
                .isEqualTo(json(
                        "{'txs':['" + FIRST + "','" + SECOND + "'],'blockNumber':'0x65','stateBlockNumber':'latest'}"));
    }

    @Test
    void simulationOfABundleForABlockTellsWhichTransactionReverts() throws InterruptedException {
        world.relay.simulates("{'results':[{'gasUsed':21000},{'txHash':'"
                .concat(SignedBy.hash(SECOND))
                .concat("','error':'execution reverted','revert':'UniswapV2: K'}],'stateBlockNumber':1}")
                .replace('\'', '"'));

        assertThat(relay.simulate(Bundle.forBlock(101, FIRST, SECOND)))
                .isEqualTo(new Simulation.Failed(
                        "execution reverted", Optional.of("UniswapV2: K"), Optional.of(SignedBy.hash(SECOND))));
    }

    /** The answer of the documents. */
    @Test
    void simulationOfASharedBundleTellsGasAndProfit() throws InterruptedException {
        world.relay.simulates("{'success':true,'stateBlock':'0x8b8da8','mevGasPrice':'0x74c7906005',"
                .concat(
                        "'profit':'0x4bc800904fc000','refundableValue':'0x4bc800904fc000','gasUsed':'0xa620','logs':[{},{}]}")
                .replace('\'', '"'));

        assertThat(relay.simulate(Bundle.shared(101, 104, new Bundle.Item.Signed(FIRST, false))))
                .isEqualTo(new Simulation.Succeeded(0x8b8da8, 0xa620, new BigInteger("4bc800904fc000", 16)));
    }

    @Test
    void simulationOfASharedBundleTellsWhyItFails() throws InterruptedException {
        world.relay.simulates("{\"success\":false,\"error\":\"insufficient funds\"}");

        assertThat(relay.simulate(Bundle.shared(101, 104, new Bundle.Item.Signed(FIRST, false))))
                .isEqualTo(new Simulation.Failed("insufficient funds", Optional.empty(), Optional.empty()));
    }

    @Test
    void simulationWithoutAnAnswerIsAnException() {
        world.relay.fault("eth_callBundle", Fault.INTERNAL_ERROR);

        assertThatThrownBy(() -> relay.simulate(Bundle.forBlock(101, FIRST)))
                .isInstanceOf(RpcException.class)
                .hasMessage(world.relay.name() + " on eth_callBundle: internal error");
    }

    @Test
    void simulationThatTheRelayRefusesIsAValue() throws InterruptedException {
        world.relay.fault("eth_callBundle", Fault.HTTP_429);

        assertThat(relay.simulate(Bundle.forBlock(101, FIRST)))
                .isEqualTo(new Simulation.Rejected(ErrorClass.RATE_LIMITED, "HTTP 429"));
    }

    @Test
    void bundleThatCannotBeIsTheCallersMistake() {
        Bundle.Item known = new Bundle.Item.Known(HINTED);

        assertThatThrownBy(() -> Bundle.forBlock(101)).hasMessage("a bundle must have 1 to 100 transactions, has 0");
        assertThatThrownBy(() -> new Bundle.ForBlock(1, Collections.nCopies(101, FIRST), java.util.Set.of(), List.of()))
                .hasMessage("a bundle must have 1 to 100 transactions, has 101");
        assertThatThrownBy(() -> Bundle.shared(5, 4, known)).hasMessage("maxBlock must be at least block 5, was 4");
        assertThatThrownBy(() -> Bundle.shared(5, 5, known).withHints(Hint.LOGS))
                .hasMessageStartingWith("hints must be empty for a bundle with an item known by its hash only");
        assertThatThrownBy(() -> Bundle.shared(5, 5, known).withRefunds(new Bundle.ItemRefund(1, 5)))
                .hasMessage("refund must be for an item below 1, was for 1");
        assertThatThrownBy(() -> new Bundle.Item.Known("0x12")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Bundle.Item.Signed("0x1", false)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PrivateOptions.standard().withRefunds(new Refund(FRIEND, 60), new Refund(FRIEND, 41)))
                .hasMessage("refunds must be at most 100 percent together, were 101");
    }

    @Test
    void bundlesPrintNoTransaction() {
        Bundle.Item item = new Bundle.Item.Signed(FIRST, false);

        assertThat(Bundle.forBlock(101, FIRST) + " " + Bundle.shared(1, 2, item) + " " + item)
                .isEqualTo(
                        "ForBlock[block=101, 1 transactions] Shared[block=1, maxBlock=2, 1 items] Signed[mayRevert=false]");
    }
}
