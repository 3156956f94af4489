package dev.tocsin.rpcpool.internal.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

class LogOrderTest {

    @Test
    void logWhoseBlockIsNoNumberComesLast() {
        ArrayNode merged = LogOrder.merged(List.of(logs("0xzz"), logs("0x2"), logs("0x1")));

        assertThat(merged).extracting(log -> log.path("blockNumber").asString()).containsExactly("0x1", "0x2", "0xzz");
    }

    private static ArrayNode logs(String block) {
        return (ArrayNode) JsonMapper.shared().readTree("[{\"blockNumber\":\"" + block + "\",\"logIndex\":\"0x0\"}]");
    }
}
