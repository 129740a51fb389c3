package org.virtkeep.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.StartFlag;
import org.virtkeep.qemu.QemuDriver;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.CheckLevel;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositoryException;
import org.virtkeep.testkit.HaltingFirmware;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.VmDisk;

@Tag("qemu")
class DomainBackupIT {
    private static final int MIB = 1 << 20;

    @TempDir
    Path dir;

    @Test
    void eachDiskIsDecidedForItself() throws IOException {
        try (LiveDomain live = LiveDomain.start(
                dir,
                VmDisk.qcow2("vda", Images.qcow2(dir.resolve("vda.qcow2"), "8M")),
                VmDisk.qcow2("vdb", Images.qcow2(dir.resolve("vdb.qcow2"), "8M")),
                VmDisk.raw("vdc", Images.raw(dir.resolve("vdc.raw"), "4M")))) {
            var vda = new MirroredDisk(live.vm(), "vda", 8 * MIB);
            var vdb = new MirroredDisk(live.vm(), "vdb", 8 * MIB);
            var vdc = new MirroredDisk(live.vm(), "vdc", 4 * MIB);
            vda.fill(0, 300 << 10, (byte) 1);
            vdb.fill(MIB, 300 << 10, (byte) 2);
            vdc.fill(MIB, 300 << 10, (byte) 3);
            assertThat(modes(live, live.options().withDisks(List.of("vda"))))
                    .containsExactly("vda full first backup of the domain");
            vda.fill(MIB, 70 << 10, (byte) 4);
            assertThat(modes(live, live.options().withDisks(List.of("vdb", "vdc"))))
                    .containsExactly("vdb full first backup of this disk", "vdc full first backup of this disk");
            vdb.fill(0, 70 << 10, (byte) 5);
            vdc.fill(2 * MIB, 70 << 10, (byte) 7);
            assertThat(live.checkpoints()).hasSize(2); // each is the base of one disk
            BackupReport all = live.backUp();
            assertThat(all.decisions())
                    .extracting(DiskDecision::mode)
                    .containsExactly("incremental", "incremental", "incremental");
            assertThat(live.checkpoints()).hasSize(1);
            live.vm()
                    .monitor()
                    .execute(
                            "block-dirty-bitmap-remove",
                            org.virtkeep.testkit.Json.object(
                                    "node",
                                    "vda",
                                    "name",
                                    live.checkpoints().iterator().next()));
            vda.fill(0, 4 << 10, (byte) 6);
            var notes = new ArrayList<DiskDecision>();
            BackupReport broken = live.backUp(live.options(), new BackupListener() {
                @Override
                public void decided(List<DiskDecision> decisions) {
                    notes.addAll(decisions);
                }
            });
            assertThat(notes.getFirst().unexpected()).isTrue();
            assertThat(notes.getFirst().why()).contains("has lost track of it (bitmap missing: ");
            assertThat(broken.decisions())
                    .extracting(DiskDecision::mode)
                    .containsExactly("full", "incremental", "incremental");
            assertThat(broken.newChunks()).isLessThan(4); // all was read, what differs was stored
            try (Repository repository = live.repository()) {
                assertThat(read(repository, broken.backup(), "vda")).isEqualTo(vda.snapshot());
                assertThat(read(repository, broken.backup(), "vdb")).isEqualTo(vdb.snapshot());
                assertThat(read(repository, broken.backup(), "vdc")).isEqualTo(vdc.snapshot());
            }
        }
    }

    @Test
    void whatARawDiskHasRecordedEndsWithItsQemu() throws IOException {
        Path raw = Images.raw(dir.resolve("vda.raw"), "8M");
        String xml = """
                <domain type='qemu'>
                  <name>vm</name>
                  <memory unit='MiB'>64</memory>
                  <os>
                    <type arch='x86_64' machine='q35'>hvm</type>
                    <loader type='rom'>%s</loader>
                  </os>
                  <devices>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='raw'/>
                      <source file='%s'/>
                      <target dev='vda' bus='virtio'/>
                    </disk>
                  </devices>
                </domain>
                """.formatted(HaltingFirmware.in(dir), raw);
        try (Connection connection = new QemuDriver().open(LiveDomain.uri(dir));
                Repository repository = LiveDomain.repository(dir.resolve("repo"))) {
            Domain vm = connection.define(xml);
            vm.start(Set.of(StartFlag.PAUSED));
            assertThat(decision(vm, repository)).isEqualTo("full first backup of the domain");
            assertThat(decision(vm, repository)).startsWith("incremental changed since backup");
            vm.destroy();
            assertThat(decision(vm, repository)).isEqualTo("full format 'raw' cannot record changes");
            vm.start(Set.of(StartFlag.PAUSED));
            assertThat(decision(vm, repository))
                    .startsWith("full format 'raw' records changes only while its QEMU lives");
            assertThat(decision(vm, repository)).startsWith("incremental");
            assertThat(vm.checkpoints()).hasSize(1);
            vm.destroy();
        }
    }

    private String decision(Domain vm, Repository repository) throws IOException {
        DiskDecision made = new DomainBackup(
                        vm, repository, LiveDomain.options(dir), BackupListener.NONE, new CancelToken())
                .run()
                .decisions()
                .getFirst();
        assertThat(made.unexpected()).isFalse();
        return made.mode() + " " + made.why();
    }

    @Test
    void aBaseWhoseMapIsDamagedIsReadAroundAndHealed() throws IOException {
        try (LiveDomain live = LiveDomain.start(dir, "8M")) {
            var vda = new MirroredDisk(live.vm(), "vda", 8 * MIB);
            vda.change(60, new SplittableRandom(4));
            BackupInfo first = live.backUp().backup();
            damageTheMap(live, first);
            BackupReport second = live.backUp();
            assertThat(second.decisions().getFirst().mode()).isEqualTo("full");
            assertThat(second.decisions().getFirst().why()).contains("earlier backups are damaged");
            assertThat(second.newChunks()).isBetween(1L, 4L); // the map, and nothing that was good
            assertThat(live.backUp().decisions().getFirst().mode()).isEqualTo("incremental");
            assertThat(live.runningJobs()).isZero();
            try (Repository repository = live.repository()) {
                assertThat(read(repository, first, "vda")).isEqualTo(vda.snapshot());
                assertThat(read(repository, second.backup(), "vda")).isEqualTo(vda.snapshot());
                assertThat(repository.check(CheckLevel.data()).affected()).isEmpty();
            }
        }
    }

    /// Pages come last in a pack: tries from there until the disk's is hit, and checks.
    private void damageTheMap(LiveDomain live, BackupInfo backup) throws IOException {
        Path pack;
        try (Stream<Path> files = Files.walk(LiveDomain.repositoryFolder(dir).resolve("packs"))) {
            pack = files.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        byte[] good = Files.readAllBytes(pack);
        for (int at = good.length - 100; at > 0; at -= 50) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            Files.delete(pack);
            Files.write(pack, bad);
            try (Repository repository = live.repository()) {
                read(repository, backup, "vda");
            } catch (RepositoryException.Corrupt _) {
                try (Repository repository = live.repository()) {
                    assertThat(repository.check(CheckLevel.structure()).affected())
                            .containsExactly(backup.id());
                }
                return;
            }
        }
        throw new AssertionError("no page was hit");
    }

    @Test
    void aKeeperThatDiesIsReplacedAndItsBackupGoesOn() throws IOException {
        try (LiveDomain live = LiveDomain.start(dir, "8M")) {
            var vda = new MirroredDisk(live.vm(), "vda", 8 * MIB);
            vda.fill(MIB, 3 * MIB, (byte) 1);
            for (String mode : List.of("full", "incremental")) {
                vda.fill(2 * MIB, MIB, (byte) mode.length());
                byte[] held = vda.snapshot();
                BackupReport report = live.backUp(live.options(), new BackupListener() {
                    @Override
                    public void copying(TransferProgress progress) {
                        vda.fill(2 * MIB, 64 << 10, (byte) 7); // after the instant
                        assertThat(killKeepers()).isEqualTo(1);
                    }
                });
                assertThat(report.decisions()).extracting(DiskDecision::mode).containsExactly(mode);
                try (Repository repository = live.repository()) {
                    assertThat(read(repository, report.backup(), "vda")).isEqualTo(held);
                }
                assertThat(live.runningJobs()).isZero();
            }
        }
    }

    /// Those of this test's root.
    private long killKeepers() {
        String root = dir.resolve("root").toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("Keeper") && line.contains(root))
                        .isPresent())
                .filter(ProcessHandle::destroyForcibly)
                .peek(process -> process.onExit().join())
                .count();
    }

    private static List<String> modes(LiveDomain live, BackupOptions options) throws IOException {
        return live.backUp(options, BackupListener.NONE).decisions().stream()
                .map(decision -> "%s %s %s".formatted(decision.disk(), decision.mode(), decision.why()))
                .toList();
    }

    private static byte[] read(Repository repository, BackupInfo backup, String disk) throws IOException {
        var bytes = new byte[(int) backup.disk(disk).orElseThrow().sizeBytes()];
        repository.reader(backup.id()).disk(disk).read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }
}
