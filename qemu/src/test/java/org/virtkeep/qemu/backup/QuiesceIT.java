package org.virtkeep.qemu.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.BackupBeginFlag;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.GuestVm;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.VmDisk;

/// Freezing a real guest's file system for the instant, and the promise that it is thawed whatever happens. The guest
/// belongs to someone else: it is attached.
@Tag("qemu")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.MethodName.class)
class QuiesceIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    @TempDir
    static Path dir;

    private GuestVm guest;
    private Connection connection;
    private Domain domain;

    @BeforeAll
    void boot() throws IOException {
        Path files = Images.qcow2(dir.resolve("vdb.qcow2"), "64M");
        guest = GuestVm.in(Files.createDirectory(dir.resolve("vm")))
                .disks(VmDisk.qcow2("vda", Images.qcow2(dir.resolve("vda.qcow2"), "64M")), VmDisk.qcow2("vdb", files))
                .writeTo("vda")
                .options("rate=50")
                .fileSystem("vdb")
                .agent()
                .monitors(3)
                .start();
        guest.awaitReady();
        connection = Connections.open("qemu:///embed?root=" + dir.resolve("root"));
        domain = connection.attach("guest", guest.monitorSockets());
        Await.until("the agent listens", LIMIT, this::agentAnswers);
    }

    /// True if the agent can be spoken to, which it cannot while someone else does.
    private boolean agentAnswers() {
        try (var _ = GuestAgent.connect(guest.agentSocket(), Deadline.inMillis(5_000))) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @AfterAll
    void end() {
        connection.close();
        guest.close();
    }

    @Test
    void aBackupOfAQuiescedGuestHasACleanFileSystem() throws IOException {
        int id = domain.backupBegin(
                BackupXml.read(
                        "<domainbackup><disks><disk name='vdb' type='file'><target file='%s'/></disk></disks></domainbackup>"
                                .formatted(dir.resolve("quiesced.qcow2"))),
                Optional.empty(),
                Set.of(BackupBeginFlag.QUIESCE));
        Await.until(
                "the push has ended", LIMIT, () -> domain.backupJob(id).state().hasEnded());
        assertThat(domain.backupJob(id).state()).isEqualTo(JobState.COMPLETED);
        assertThat(needsRecovery(dir.resolve("quiesced.qcow2"))).isFalse();
        requireThawed();
    }

    @Test
    void aCheckpointOfAQuiescedGuestLeavesItThawed() throws IOException {
        domain.checkpointCreate(
                CheckpointXml.read("<domaincheckpoint><name>calm</name></domaincheckpoint>"),
                Set.of(CheckpointCreateFlag.QUIESCE));
        requireThawed();
    }

    @Test
    void aUserFreezesAndThaws() throws IOException {
        int frozen = domain.freezeFileSystems(List.of());
        assertThat(frozen).isPositive();
        assertThat(domain.thawFileSystems()).isEqualTo(frozen);
        assertThat(domain.agentCommand("{\"execute\":\"guest-fsfreeze-status\"}", Duration.ofSeconds(5)))
                .contains("thawed");
        assertThatThrownBy(() -> domain.agentCommand("{\"execute\":\"no-such-thing\"}", Duration.ofSeconds(5)))
                .isInstanceOfSatisfying(
                        VirtException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR));
        requireThawed();
    }

    @Test
    void aGuestIsThawedWhenItsBeginnerNeverComesBack() throws IOException {
        try (var keeper = KeeperProcess.start(dir.resolve("root"), "guest", Keeper.NO_JOB, dir.resolve("log"))) {
            assertThat(keeper.freeze(guest.agentSocket(), 60_000, Deadline.in(LIMIT)))
                    .isPositive();
        } // its pipe ends here, as when a beginner is killed
        Await.until("the keeper has let go of the agent", LIMIT, this::agentAnswers);
        requireThawed();
    }

    @Test
    void aGuestIsThawedWhenItsBeginnerHangs() throws IOException {
        try (var keeper = KeeperProcess.start(dir.resolve("root"), "guest", Keeper.NO_JOB, dir.resolve("log"))) {
            keeper.freeze(guest.agentSocket(), 3_000, Deadline.in(LIMIT));
            Await.until("the limit has passed and the guest is thawed", LIMIT, this::agentAnswers);
        }
        requireThawed();
    }

    /// A thaw answers with the number of file systems that it thawed: none if none was frozen.
    private void requireThawed() throws IOException {
        try (var agent = GuestAgent.connect(guest.agentSocket(), Deadline.in(LIMIT))) {
            assertThat(agent.thaw(Deadline.in(LIMIT))).isZero();
        }
    }

    /// Whether the journal of the ext4 file system would have to be replayed: bit 2 of `s_feature_incompat`, at 0x60 of
    /// the superblock, which begins at 1024.
    private static boolean needsRecovery(Path qcow2) throws IOException {
        Path raw = Images.convert(qcow2, "qcow2", dir.resolve("quiesced.raw"), "raw");
        try (var file = new java.io.RandomAccessFile(raw.toFile(), "r")) {
            file.seek(1024 + 0x38);
            assertThat(Short.toUnsignedInt(Short.reverseBytes(file.readShort())))
                    .as("ext4's magic")
                    .isEqualTo(0xEF53);
            file.seek(1024 + 0x60);
            return (Integer.reverseBytes(file.readInt()) & 4) != 0;
        }
    }
}
