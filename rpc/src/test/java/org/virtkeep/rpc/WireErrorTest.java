package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireErrorTest {
    private static final int NO_DOMAIN = 42;
    private static final int QEMU = 10;
    private static final String REASON = "no domain with matching name 'vm'";

    private static WireError error(String template) {
        return new WireError(
                NO_DOMAIN,
                QEMU,
                Optional.of("Domain not found: " + REASON),
                2,
                Optional.empty(),
                Optional.of(template),
                Optional.of(REASON),
                Optional.empty(),
                -1,
                -1,
                Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({"Domain not found: %s,9.0", "Domain not found: %1$s,11.3"})
    void theWordsThatBelongToACodeAreLeftOut(String template, String ofLibvirt) {
        assertThat(error(template).toVirtException()).as(ofLibvirt).hasMessage(REASON);
    }

    @ParameterizedTest
    @CsvSource({"Domain: %s", "%s not found", "Domain not found"})
    void aMessageThatWasNotMadeFromItsTemplateStaysWhole(String template) {
        assertThat(error(template).toVirtException()).hasMessage("Domain not found: " + REASON);
    }
}
