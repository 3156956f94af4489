package dev.tocsin.filters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTest {
    private static final Rule RULE = Rule.named("whale").on(Events.TRANSFER);

    @Test
    void eachSettingIsOnACopy() {
        Rule changed = RULE.at(Events.USDC)
                .when("value >= 1")
                .cooldown(Duration.ofMinutes(3))
                .per("to");

        assertThat(RULE.addresses()).isEmpty();
        assertThat(RULE.condition()).isEmpty();
        assertThat(RULE.cooldown()).isEmpty();
        assertThat(RULE.per()).isEmpty();
        assertThat(changed.addresses()).containsExactly(Events.USDC);
        assertThat(changed.condition()).contains("value >= 1");
        assertThat(changed.cooldown()).contains(Duration.ofMinutes(3));
        assertThat(changed.per()).contains("to");
    }

    @Test
    void addressesAddUpInLowerCase() {
        assertThat(RULE.at("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
                        .at(Events.WETH)
                        .addresses())
                .containsExactlyInAnyOrder("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", Events.WETH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0x123",
                "5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
                "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAEd"
            })
    void aWrongAddressNamesTheRule(String address) {
        assertThatThrownBy(() -> RULE.at(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("address of rule whale is wrong: ")
                .hasMessageEndingWith("was " + address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a:b", "-a", "é"})
    void aNameThatWouldBlurTheKeyIsRefused(String name) {
        assertThatThrownBy(() -> Rule.named(name)).hasMessageStartingWith("name of a rule must match");
    }

    @Test
    void theCooldownHasARange() {
        assertThatThrownBy(() -> RULE.cooldown(Duration.ZERO))
                .hasMessage("cooldown of rule whale must be PT1S to PT8760H, was PT0S");
        assertThatThrownBy(() -> RULE.cooldown(Duration.ofDays(366))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aKeyThatTheEventDoesNotHaveIsRefused() {
        assertThatThrownBy(() -> RULE.per("token"))
                .hasMessage("per of rule whale must be address or one of [from, to, value], was token");
    }

    @Test
    void unitsAreChecked() {
        assertThatThrownBy(() -> Units.of(Map.of("US D", 6))).hasMessageContaining("was US D");
        assertThatThrownBy(() -> Units.of(Map.of("5C", 6))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Units.of(Map.of("USDC", -1)))
                .hasMessage("decimals of unit USDC must be 0 to 77, was -1");
        assertThatThrownBy(() -> Units.of(Map.of("USDC", 78))).isInstanceOf(IllegalArgumentException.class);
        assertThat(Units.none().decimals("USDC")).isEmpty();
    }

    /** The examples of EIP-55. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
                "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
                "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
                "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
                "0x52908400098527886E0F7030069857D2E4169EE7",
                "0xde709f2102306220921060314715629080e2fb77"
            })
    void theExamplesOfEip55AreAddresses(String address) {
        assertThat(Address.checksummed(address.toLowerCase(java.util.Locale.ROOT)))
                .isEqualTo(address);
        assertThat(Address.fault(address)).isEmpty();
    }
}
