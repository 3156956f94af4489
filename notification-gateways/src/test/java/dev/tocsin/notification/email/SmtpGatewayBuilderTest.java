package dev.tocsin.notification.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmtpGatewayBuilderTest {
    private static SmtpGatewayBuilder complete() {
        return SmtpGateway.builder().host("mail.example").from("a@b.example").to("c@d.example");
    }

    @Test
    void thePortFollowsTheProtection() {
        assertThat(complete().build()).hasToString("SmtpGateway[email, mail.example:587, STARTTLS]");
        assertThat(complete().security(SmtpSecurity.TLS).build().toString()).contains(":465");
        assertThat(complete().security(SmtpSecurity.NONE).build().toString()).contains(":25,");
        assertThat(complete().port(2525).build().toString()).contains(":2525");
    }

    @Test
    void thePasswordIsInNoText() {
        SmtpGatewayBuilder builder = complete().login("tocsin", "hunter2");

        assertThat(builder.toString() + builder.build()).doesNotContain("hunter2");
    }

    @Test
    void aLoginNeedsProtection() {
        assertThatThrownBy(() -> complete()
                        .security(SmtpSecurity.NONE)
                        .login("u", "hunter2")
                        .build())
                .hasMessage("login needs security STARTTLS or TLS, was NONE");
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> SmtpGateway.builder().build()).hasMessage("host must be given");
        assertThatThrownBy(() -> SmtpGateway.builder().host("h").build()).hasMessage("from must be given");
        assertThatThrownBy(() -> SmtpGateway.builder().host("h").from("a@b").build())
                .hasMessage("to must name at least one recipient");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nobody",
                "a@",
                "@b",
                "a@b\r\nBcc: c@d",
                "a@b, c@d",
                "A <a@b>\r\nBcc: c@d",
                "A <a@b> c@d",
                "A\n <a@b>",
                "ż@b.example",
                "g: a@b;"
            })
    void whatIsNoAddressIsRefused(String address) {
        assertThatThrownBy(() -> complete().to(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("to must be");
        assertThatThrownBy(() -> complete().from(address)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> complete().port(0)).hasMessage("port must be 1 to 65535, was 0");
        assertThatThrownBy(() -> complete().host("a b")).hasMessageContaining("host must be");
        assertThatThrownBy(() -> complete().helloName("a\r\nMAIL")).hasMessageContaining("helloName must be");
        assertThatThrownBy(() -> complete().timeout(Duration.ZERO))
                .hasMessage("timeout must be 1 ms to 15 min, was PT0S");
        assertThatThrownBy(() -> complete().maxConnections(0)).hasMessage("maxConnections must be 1 to 100, was 0");
        assertThatThrownBy(() -> complete().name("")).hasMessageContaining("name must be");
    }

    @Test
    void theBuilderCanGoOnWithoutChangingWhatItHasBuilt() {
        SmtpGatewayBuilder builder = complete();
        SmtpGateway first = builder.build();

        builder.name("other").port(1);

        assertThat(first).hasToString("SmtpGateway[email, mail.example:587, STARTTLS]");
    }
}
