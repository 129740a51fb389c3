package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.virtkeep.qemu.Refusals.assertRefused;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.BlockDevice;
import org.virtkeep.api.BlockInfo;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.api.DomainState;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.LiveDisk;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.LeakCheck;

@Tag("qemu")
class DomainLifecycleIT {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path dir;

    @Test
    void startsSuspendsResumesAndDestroys() {
        var leaks = LeakCheck.begin();
        try (var vm = TestDomain.in(dir).disks(2).define()) {
            Domain domain = vm.domain();
            assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
            assertThat(domain.id()).isEmpty();
            domain.start(Set.of());
            assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
            assertThat(domain.id()).hasValue(1);
            domain.suspend();
            domain.suspend();
            assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
            domain.resume();
            domain.resume();
            assertThat(domain.state()).isEqualTo(DomainState.RUNNING);
            domain.shutdown(); // nobody listens, and that is no error
            domain.destroy();
            assertThat(domain.state()).isEqualTo(DomainState.SHUTOFF);
            assertThat(vm.root().folder("vm").run()).isEmptyDirectory();
            domain.start(Set.of(Domain.StartFlag.PAUSED));
            assertThat(domain.state()).isEqualTo(DomainState.PAUSED);
            assertThat(domain.id()).hasValue(2);
            domain.destroy();
            assertThat(vm.events())
                    .containsExactly(
                            "DEFINED added",
                            "STARTED booted",
                            "RESUMED unpaused",
                            "SUSPENDED paused",
                            "RESUMED unpaused",
                            "STOPPED destroyed",
                            "STARTED booted",
                            "SUSPENDED paused",
                            "STOPPED destroyed");
            assertThat(vm.connection().notices()).isEmpty();
        }
        leaks.requireNone();
    }

    @Test
    void refusesWhatItsStateForbids() {
        try (var vm = TestDomain.in(dir).define()) {
            Domain domain = vm.domain();
            assertRefused(ErrorCode.OPERATION_INVALID, domain::destroy).hasMessageContaining("is not running");
            assertRefused(ErrorCode.OPERATION_INVALID, domain::suspend);
            assertRefused(ErrorCode.OPERATION_INVALID, domain::resume);
            assertRefused(ErrorCode.OPERATION_INVALID, domain::shutdown);
            domain.start(Set.of());
            assertRefused(ErrorCode.OPERATION_INVALID, () -> domain.start(Set.of()))
                    .hasMessageContaining("already running");
            domain.destroy();
            domain.undefine(Set.of());
            assertRefused(ErrorCode.NO_DOMAIN, domain::state);
            assertRefused(ErrorCode.NO_DOMAIN, domain::destroy);
            assertRefused(ErrorCode.NO_DOMAIN, () -> domain.start(Set.of()));
            assertRefused(ErrorCode.NO_DOMAIN, () -> vm.connection().domain("vm"));
            assertRefused(ErrorCode.NO_DOMAIN, () -> vm.connection().domain("no/name"));
            assertRefused(ErrorCode.NO_DOMAIN, () -> vm.connection().domain(UUID.randomUUID()));
            assertThat(vm.root().folder("vm").path()).doesNotExist();
            assertThat(vm.events()).last().isEqualTo("UNDEFINED removed");
        }
    }

    @Test
    void qemuOutlivesItsConnection() {
        try (var vm = TestDomain.in(dir).start()) {
            ProcessIdentity process = vm.process();
            vm.connection().close();
            assertRefused(ErrorCode.OPERATION_INVALID, () -> vm.connection().domain("vm"));
            try (Connection other = Connections.open(vm.connection().uri())) {
                assertThat(other.domain("vm").state()).isEqualTo(DomainState.RUNNING);
                assertThat(other.domain("vm").id()).hasValue(1);
                other.domain("vm").destroy();
            }
            assertThat(process.isAlive()).isFalse();
        }
    }

    @Test
    void destroyLetsQemuStoreItsBitmaps() {
        try (var vm = TestDomain.in(dir).start()) {
            try (var monitor = org.virtkeep.testkit.Monitor.connect(
                    vm.run().watchMonitors().getLast())) {
                monitor.execute(
                        "block-dirty-bitmap-add",
                        com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                                .objectNode()
                                .put("node", "vda")
                                .put("name", "c1")
                                .put("persistent", true));
            }
            vm.write("vda", "write -P 0x11 0 1M");
            vm.domain().destroy();
            assertThat(bitmapFlags(vm.image("vda"))).isEqualTo("[\"auto\"]");
            vm.domain().start(Set.of());
            vm.domain().destroy();
            assertThat(bitmapFlags(vm.image("vda"))).isEqualTo("[\"auto\"]");
            Images.requireClean(vm.image("vda"));
        }
    }

    static String bitmapFlags(Path image) {
        return Images.info(image).at("/format-specific/data/bitmaps/0/flags").toString();
    }

    @Test
    void findsTheDisksAsQemuHasThem() {
        try (var vm = TestDomain.in(dir).disks(2).start()) {
            try (DomainSession session = vm.session()) {
                assertThat(session.disks()).extracting(LiveDisk::target).containsExactly("vda", "vdb");
                assertThat(session.disk("vdb"))
                        .isEqualTo(new LiveDisk(
                                session.definition().disk("vdb").orElseThrow(),
                                "/machine/peripheral/vdb/virtio-backend",
                                "vdb",
                                64 * MIB,
                                java.util.Optional.empty()));
                assertRefused(ErrorCode.INVALID_ARG, () -> session.disk("vdz"));
            }
            Domain domain = vm.domain();
            assertThat(domain.blockDevices())
                    .startsWith(new BlockDevice(
                            "vda",
                            "file",
                            "disk",
                            java.util.Optional.of(vm.image("vda").toString())));
            vm.write("vda", "write -P 0x11 0 1M");
            BlockInfo running = domain.blockInfo("vda");
            assertThat(running.capacity()).isEqualTo(64 * MIB);
            assertThat(running.allocation()).isBetween(MIB, 3 * MIB);
            assertThat(running.physical()).isBetween(MIB, 3 * MIB);
            assertRefused(ErrorCode.INVALID_ARG, () -> domain.blockInfo("vdz"));
            domain.destroy();
            assertThat(domain.blockInfo("vda").capacity()).isEqualTo(64 * MIB);
            assertThat(domain.blockDevices()).hasSize(2);
        }
    }

    @Test
    void tellsItsXmlAsItRuns() {
        try (var vm = TestDomain.in(dir).define()) {
            Domain domain = vm.domain();
            assertThat(domain.xml())
                    .contains("<name>vm</name>")
                    .contains(domain.uuid().toString());
            domain.start(Set.of());
            String live = domain.xml();
            assertThat(live).contains("id='1'").contains("<domain");
            assertThat(DomainXml.read(live).uuid()).isEqualTo(domain.uuid());
            vm.connection().define(domain.xml().replace(">64<", ">65<")); // takes effect at the next start
            assertThat(domain.xml()).isEqualTo(live);
            domain.destroy();
            assertThat(domain.xml()).contains(">65<").doesNotContain("id='1'");
            assertThat(vm.events()).contains("DEFINED updated");
        }
    }

    @Test
    void refusesToMixUpDomains() {
        try (var vm = TestDomain.in(dir).define()) {
            Connection connection = vm.connection();
            String xml = vm.domain().xml();
            assertRefused(ErrorCode.OPERATION_FAILED, () -> connection.define(xml.replace("<name>vm<", "<name>web<")))
                    .hasMessageContaining("'vm' is already defined with uuid");
            String otherUuid =
                    xml.replace(vm.domain().uuid().toString(), UUID.randomUUID().toString());
            assertRefused(ErrorCode.OPERATION_FAILED, () -> connection.define(otherUuid))
                    .hasMessageContaining("'vm' already exists with uuid");
            assertRefused(ErrorCode.XML_DETAIL, () -> connection.define("<domain"));
            assertThat(connection.domain(vm.domain().uuid()).name()).isEqualTo("vm");
            assertThat(vm.events()).containsExactly("DEFINED added");
        }
    }

    @Test
    void listsByFilterGroups() {
        try (var vm = TestDomain.in(dir).start()) {
            Connection connection = vm.connection();
            connection.define(TestDomain.xml("idle", vm.directory().resolve("hlt.bin"), "", ""));
            assertThat(names(connection)).containsExactly("idle", "vm");
            assertThat(names(connection, DomainFilter.ACTIVE)).containsExactly("vm");
            assertThat(names(connection, DomainFilter.INACTIVE)).containsExactly("idle");
            assertThat(names(connection, DomainFilter.ACTIVE, DomainFilter.INACTIVE))
                    .containsExactly("idle", "vm");
            assertThat(names(connection, DomainFilter.RUNNING)).containsExactly("vm");
            assertThat(names(connection, DomainFilter.PAUSED, DomainFilter.OTHER))
                    .isEmpty();
            assertThat(names(connection, DomainFilter.SHUTOFF, DomainFilter.ACTIVE))
                    .isEmpty();
            assertThat(names(connection, DomainFilter.PERSISTENT)).hasSize(2);
            assertThat(names(connection, DomainFilter.TRANSIENT)).isEmpty();
            assertThat(names(connection, DomainFilter.NO_BACKUP, DomainFilter.NO_CHECKPOINT))
                    .hasSize(2);
            assertThat(names(connection, DomainFilter.HAS_BACKUP)).isEmpty();
            assertThat(names(connection, DomainFilter.HAS_CHECKPOINT)).isEmpty();
        }
    }

    private static List<String> names(Connection connection, DomainFilter... filters) {
        return connection.domains(Set.of(filters)).stream().map(Domain::name).toList();
    }
}
