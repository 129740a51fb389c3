package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.DeviceFlag;
import org.virtkeep.api.Domain.XmlFlag;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.DomainStatistics;
import org.virtkeep.api.DomainStatistics.Group;
import org.virtkeep.api.Metadata;
import org.virtkeep.api.StateReason;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.Tool;

/// What is told about domains and their host, and notes about them.
@Tag("qemu")
class DomainFactsIT {
    private static final Metadata ELEMENT = new Metadata.Element("http://example.org/owner");

    @TempDir
    private Path dir;

    @Test
    void everyStateHasItsReason() {
        try (var vm = TestDomain.in(dir).define()) {
            Domain domain = vm.domain();
            assertThat(domain.stateReason()).isEqualTo(StateReason.SHUTOFF_UNKNOWN);
            domain.start(Set.of());
            assertThat(domain.stateReason()).isEqualTo(StateReason.RUNNING_BOOTED);
            domain.suspend();
            assertThat(domain.stateReason()).isEqualTo(StateReason.PAUSED_USER);
            domain.resume();
            assertThat(domain.stateReason()).isEqualTo(StateReason.RUNNING_UNPAUSED);
            vm.killQemu();
            assertThat(domain.stateReason()).isEqualTo(StateReason.SHUTOFF_CRASHED);
            assertThat(domain.id()).isEmpty();
            domain.start(Set.of());
            domain.destroy(Set.of(Domain.DestroyFlag.GRACEFUL, Domain.DestroyFlag.REMOVE_LOGS));
            assertThat(domain.stateReason()).isEqualTo(StateReason.SHUTOFF_DESTROYED);
            assertThat(vm.root().folder("vm").log()).doesNotExist();
        }
    }

    @Test
    void aGuestThatIsRebootedIsStartedAgainByTheSameQemu() {
        Path firmware = TestDomain.poweringOffBios(dir);
        String xml = TestDomain.xml("vm", firmware, "", "<features><acpi/></features>");
        try (var vm = TestDomain.in(dir).definedBy(xml).start()) {
            Domain domain = vm.domain();
            domain.reboot(false); // this guest does not listen, but has been asked
            domain.reset(); // which lets it power off
            Await.until(
                    "the guest has powered off twice",
                    Duration.ofSeconds(30),
                    () -> domain.state() == DomainState.SHUTOFF);
            assertThat(vm.events())
                    .containsSequence("SHUTDOWN finished", "RESUMED unpaused", "SHUTDOWN finished", "STOPPED shutdown");
            assertThat(domain.stateReason()).isEqualTo(StateReason.SHUTOFF_SHUTDOWN);
        }
    }

    @Test
    void figuresComeFromQemuAndTheKernel() {
        Path base = Images.qcow2(dir.resolve("base.qcow2"), "64M");
        Path top = dir.resolve("top.qcow2");
        Tool.run("qemu-img", "create", "-q", "-f", "qcow2", "-b", base.toString(), "-F", "qcow2", top.toString());
        try (var vm =
                TestDomain.in(dir).diskElements(TestDomain.disk("vda", top)).start()) {
            vm.write("vda", "write -P 0x11 0 1M");
            Domain domain = vm.domain();
            DomainStatistics figures = domain.statistics(EnumSet.allOf(Group.class));
            assertThat(figures.state()).isEqualTo(StateReason.RUNNING_BOOTED);
            assertThat(figures.cpu().orElseThrow().nanoseconds()).isPositive();
            assertThat(figures.memory().orElseThrow().currentKib()).isEqualTo(64 << 10);
            assertThat(figures.memory().orElseThrow().figures())
                    .containsKeys(DomainStatistics.MemoryFigure.RSS, DomainStatistics.MemoryFigure.LAST_UPDATE);
            assertThat(figures.vcpus()).hasSize(1);
            assertThat(figures.disks())
                    .extracting(DomainStatistics.Disk::backingIndex)
                    .containsExactly(0, 1);
            DomainStatistics.Disk active = figures.disks().getFirst();
            assertThat(active.path()).hasValue(top.toString());
            assertThat(active.capacityBytes()).hasValue(64 << 20);
            assertThat(active.allocationBytes().orElseThrow()).isGreaterThanOrEqualTo(1 << 20);
            assertThat(active.requests()).isPresent();
            assertThat(domain.info().cpuNanoseconds()).isPositive();
            assertThat(domain.diskErrors()).isEmpty();
            domain.destroy();
            DomainStatistics off = domain.statistics(EnumSet.allOf(Group.class));
            assertThat(off.cpu()).isEmpty();
            assertThat(off.disks().getFirst().capacityBytes()).hasValue(64 << 20);
            assertThat(domain.info().memoryKib()).isEqualTo(64 << 10);
            assertRefused(ErrorCode.OPERATION_INVALID, domain::diskErrors);
        }
    }

    @Test
    void notesAreKeptWhereTheyWereMade() {
        try (var vm = TestDomain.in(dir).start()) {
            Domain domain = vm.domain();
            domain.setMetadata(
                    new Metadata.Title(), Optional.of("web"), Optional.empty(), Metadata.Place.LIVE_AND_CONFIG);
            domain.setMetadata(
                    new Metadata.Description(), Optional.of("live"), Optional.empty(), Metadata.Place.CURRENT);
            domain.setMetadata(ELEMENT, Optional.of("<who><is/></who>"), Optional.of("o"), Metadata.Place.CONFIG);
            assertThat(domain.metadata(ELEMENT, Metadata.Place.LIVE)).isEmpty();
            domain.destroy();
            assertThat(domain.metadata(new Metadata.Title(), Metadata.Place.CURRENT))
                    .hasValue("web");
            assertThat(domain.metadata(new Metadata.Description(), Metadata.Place.CURRENT))
                    .isEmpty();
            assertThat(domain.metadata(ELEMENT, Metadata.Place.CONFIG))
                    .hasValueSatisfying(text -> assertThat(text).isEqualToIgnoringWhitespace("<who><is/></who>"));
            assertRefused(
                    ErrorCode.OPERATION_INVALID, () -> domain.metadata(new Metadata.Title(), Metadata.Place.LIVE));
            assertRefused(
                    ErrorCode.INVALID_ARG,
                    () -> domain.setMetadata(
                            new Metadata.Title(), Optional.of("a\nb"), Optional.empty(), Metadata.Place.CURRENT));
        }
    }

    @Test
    void markedDomainsAreStartedOncePerBoot() {
        try (var vm = TestDomain.in(dir).define()) {
            Domain domain = vm.domain();
            domain.setAutostart(true);
            assertThat(vm.connection().domains(Set.of(DomainFilter.AUTOSTART))).hasSize(1);
            assertThat(vm.connection().domains(Set.of(DomainFilter.NO_AUTOSTART)))
                    .isEmpty();
            assertThat(vm.connection().startMarked()).isEmpty();
            assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
            domain.destroy();
            assertThat(vm.reconnect().startMarked()).isEmpty();
            assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
        }
    }

    @Test
    void aDefinitionCanBeChangedWithoutTheGuest() {
        try (var vm = TestDomain.in(dir).define()) {
            Domain domain = vm.domain();
            Path more = Images.qcow2(dir.resolve("more.qcow2"), "16M");
            domain.attachDisk(TestDomain.disk("vdb", more), Set.of(DeviceFlag.CONFIG_ONLY));
            assertThat(domain.blockDevices()).hasSize(2);
            assertRefused(ErrorCode.INVALID_ARG, () -> domain.detachDisk("vdc", Set.of(DeviceFlag.CONFIG_ONLY)));
            domain.detachDisk("vdb", Set.of(DeviceFlag.CONFIG_ONLY));
            assertThat(domain.blockDevices()).hasSize(1);
        }
    }

    /// What is remembered about a domain at rest must not hide what another process does.
    @Test
    void aRestingDomainIsLookedAtAgainWhenItHasChanged() throws Exception {
        try (var vm = TestDomain.in(dir).define()) {
            Path folder = vm.root().folder("vm").path();
            var longAgo = FileTime.fromMillis(System.currentTimeMillis() - 60_000);
            Files.setLastModifiedTime(folder, longAgo);
            assertThat(vm.domain().state()).isEqualTo(DomainState.SHUTOFF); // and from now on remembered
            try (Connection other = vm.reconnect()) {
                other.domain("vm").start(Set.of());
                assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
                assertThat(vm.domain().id()).isPresent();
                other.domain("vm").destroy();
                assertThat(vm.domain().stateReason()).isEqualTo(StateReason.SHUTOFF_DESTROYED);
                other.domain("vm").undefine(Set.of());
                assertThat(vm.connection().domains(Set.of())).isEmpty();
            }
        }
    }

    @Test
    void commandsOfAUserGoToTheMonitor() {
        try (var vm = TestDomain.in(dir).start()) {
            Domain domain = vm.domain();
            assertThat(domain.monitorCommand("{\"execute\":\"query-status\",\"id\":\"x1\"}", false))
                    .contains("\"status\":\"running\"", "\"id\":\"x1\"");
            assertThat(domain.monitorCommand("{\"execute\":\"no-such-thing\"}", false))
                    .contains("CommandNotFound");
            assertThat(domain.monitorCommand("info status", true)).contains("running");
            assertRefused(ErrorCode.INVALID_ARG, () -> domain.monitorCommand("{}", false));
            assertRefused(ErrorCode.ARGUMENT_UNSUPPORTED, () -> domain.freezeFileSystems(List.of()));
        }
    }

    @Test
    void theHostIsDescribedAsLibvirtsSchemasHaveIt() throws Exception {
        try (var vm = TestDomain.in(dir).define()) {
            Connection host = vm.connection();
            assertThat(host.hypervisorVersion()).isGreaterThan(5_000_000);
            assertThat(host.host().memoryKib()).isPositive();
            requireValid("capability.rng", host.capabilities());
            String any =
                    host.domainCapabilities(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
            requireValid("domaincaps.rng", any);
            assertThat(host.domainCapabilities(
                            Optional.empty(), Optional.of("x86_64"), Optional.of("q35"), Optional.of("qemu")))
                    .contains("<machine>pc-q35-", "<backup supported='yes'/>");
            assertRefused(
                    ErrorCode.INVALID_ARG,
                    () -> host.domainCapabilities(
                            Optional.empty(), Optional.of("s390x"), Optional.empty(), Optional.empty()));
        }
    }

    private void requireValid(String schema, String document) throws Exception {
        Path file = Files.writeString(dir.resolve(schema + ".xml"), document);
        Tool.run("xmllint", "--noout", "--relaxng", "/usr/share/libvirt/schemas/" + schema, file.toString());
    }

    @Test
    void whatOnlyTheRunningDomainHasIsNotInItsDefinition() {
        try (var vm = TestDomain.in(dir).start()) {
            assertThat(vm.domain().xml(Set.of())).contains(" id='1'");
            assertThat(vm.domain().xml(Set.of(XmlFlag.INACTIVE))).doesNotContain(" id='1'");
            assertThat(vm.domain().isUpdated()).isFalse();
        }
    }
}
