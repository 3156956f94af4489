package dev.tocsin.rpcpool.internal.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.RpcCall;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MethodsTest {

    @Test
    void theTableHasTheMethodsOfTheSpecification() {
        assertThat(Methods.all())
                .hasSizeBetween(150, 400)
                .containsKeys("eth_call", "eth_getLogs", "eth_getBlockAccessList", "debug_traceCall", "trace_block");
    }

    @Test
    void everyMethodIsItsOwnLabel() {
        Methods.all().forEach((name, method) -> assertThat(method.label()).isEqualTo(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"eth_noSuchThing", "", "x", "eth_getBalance2", "ETH_CALL"})
    void aMethodThatIsNotKnownIsARareReadOfUnknownCost(String name) {
        Method method = Methods.of(name);

        assertThat(method.label()).isEqualTo(Method.OTHER);
        assertThat(method.changes()).isFalse();
        assertThat(method.mayHedge()).isTrue();
        assertThat(method.mayShare()).isFalse();
        assertThat(method.isSlow()).isTrue();
        assertThat(method.keeps()).isEqualTo(Keeps.NEVER);
        assertThat(method.newestBlock(RpcCall.of("x", "0x1"))).isEqualTo(BlockRef.None.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eth_sendRawTransaction",
                "eth_sendSomethingNew",
                "eth_cancelBundle",
                "eth_submitWork",
                "mev_sendBundle",
                "personal_sendTransaction",
                "admin_addPeer",
                "miner_start",
                "debug_setHead",
                "evm_mine",
                "anvil_reorg",
                "hardhat_setBalance",
                "zks_sendRawTransactionWithDetailedOutput"
            })
    void whatChangesSomethingIsAskedOnce(String name) {
        Method method = Methods.of(name);

        assertThat(method.changes()).isTrue();
        assertThat(method.mayHedge()).isEqualTo(name.equals("eth_sendRawTransaction"));
        assertThat(method.mayCopy()).isFalse();
        assertThat(method.mayShare()).isFalse();
        assertThat(method.keeps()).isEqualTo(Keeps.NEVER);
    }

    @Test
    void whatChangesSomethingOrIsForOneCallerIsNeverKept() {
        assertThat(Methods.all().values())
                .filteredOn(method -> !method.mayShare())
                .allSatisfy(method -> assertThat(method.keeps()).isEqualTo(Keeps.NEVER));
    }

    @Test
    void whatIsKeptByItsBlockNamesABlock() {
        RpcCall filter = RpcCall.of("x", java.util.Map.of("fromBlock", "0x7", "toBlock", "0x7"), "0x7", "0x7", "0x7");
        RpcCall numbers = RpcCall.of("x", "0x7", "0x7", "0x7", "0x7");

        assertThat(Methods.all().values())
                .filteredOn(method -> method.keeps() == Keeps.BLOCK)
                .allSatisfy(method -> assertThat(List.of(method.newestBlock(filter), method.newestBlock(numbers)))
                        .contains(new BlockRef.ByNumber(7)));
    }

    @Test
    void tracesAndLogsAreSlow() {
        assertThat(Methods.all().values())
                .filteredOn(method -> method.label().matches("(debug|trace|arbtrace)_.*|eth_getLogs"))
                .allSatisfy(method -> assertThat(method.isSlow()).isTrue());
    }

    @Test
    void aBlockThatIsLeftOutIsTheLatestOrPending() {
        assertThat(block(RpcCall.of("eth_call", "x"))).isEqualTo(BlockRef.Tag.LATEST);
        assertThat(block(RpcCall.of("eth_getBalance", "0x1", null))).isEqualTo(BlockRef.Tag.LATEST);
        assertThat(block(RpcCall.of("eth_estimateGas", "x"))).isEqualTo(BlockRef.Tag.PENDING);
    }

    private static BlockRef block(RpcCall call) {
        return Methods.of(call.method()).newestBlock(call);
    }
}
