package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.StartFlag;
import org.virtkeep.api.Domain.XmlFlag;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.StateReason;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Images;

/// Domains that are known only while they run.
@Tag("qemu")
class TransientDomainIT {
    @TempDir
    private Path dir;

    private String xml(String name) {
        return TestDomain.xml(
                name,
                TestDomain.haltingBios(dir),
                TestDomain.disk("vda", Images.qcow2(dir.resolve(name + ".qcow2"), "16M")),
                "");
    }

    @Test
    void itIsForgottenWhenItsQemuEnds() {
        try (var vm = TestDomain.in(dir).name("guest").define()) {
            Domain guest = vm.connection().create(xml("guest2"), Set.of(StartFlag.PAUSED));
            assertThat(guest.state()).isEqualTo(DomainState.PAUSED);
            assertThat(guest.stateReason()).isEqualTo(StateReason.PAUSED_USER);
            assertThat(guest.isPersistent()).isFalse();
            assertThat(vm.connection().domains(Set.of(DomainFilter.TRANSIENT)))
                    .extracting(Domain::name)
                    .containsExactly("guest2");
            assertRefused(ErrorCode.OPERATION_INVALID, () -> guest.setAutostart(true));
            assertRefused(ErrorCode.OPERATION_INVALID, () -> guest.undefine(Set.of()));
            guest.destroy();
            assertRefused(ErrorCode.NO_DOMAIN, guest::state);
            assertThat(vm.root().folder("guest2").path()).doesNotExist();
        }
    }

    @Test
    void oneThatCannotStartLeavesNothing() {
        try (var vm = TestDomain.in(dir).define()) {
            String broken = xml("broken").replace("broken.qcow2", "missing.qcow2");
            assertRefused(ErrorCode.SYSTEM_ERROR, () -> vm.connection().create(broken, Set.of()));
            assertThat(vm.root().folder("broken").path()).doesNotExist();
            assertRefused(
                    ErrorCode.OPERATION_FAILED, () -> vm.connection().create(xml("vm"), Set.of())); // another uuid
        }
    }

    @Test
    void aDefinedDomainMayRunWithAnotherDocumentOnce() {
        try (var vm = TestDomain.in(dir).define()) {
            Domain domain = vm.domain();
            String other = domain.xml().replace("<name>", "<title>once</title><name>");
            vm.connection().create(other, Set.of());
            assertThat(domain.isPersistent()).isTrue();
            assertThat(domain.isUpdated()).isTrue();
            assertThat(domain.xml()).contains("<title>once</title>");
            assertThat(domain.xml(Set.of(XmlFlag.INACTIVE))).doesNotContain("once");
            assertRefused(ErrorCode.OPERATION_INVALID, () -> vm.connection().create(other, Set.of()));
            domain.destroy();
            assertThat(domain.xml()).doesNotContain("once");
            assertThat(domain.stateReason()).isEqualTo(StateReason.SHUTOFF_DESTROYED);
        }
    }

    @Test
    void aRunningDomainThatIsUndefinedGoesOn() {
        try (var vm = TestDomain.in(dir).start()) {
            Domain domain = vm.domain();
            domain.undefine(Set.of());
            assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
            assertThat(domain.isPersistent()).isFalse();
            domain.destroy();
            assertRefused(ErrorCode.NO_DOMAIN, domain::state);
        }
    }
}
