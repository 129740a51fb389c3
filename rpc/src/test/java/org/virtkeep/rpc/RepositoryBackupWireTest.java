package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.RepositoryBackupMessages.Begin;
import org.virtkeep.rpc.RepositoryBackupMessages.Cancel;
import org.virtkeep.rpc.RepositoryBackupMessages.Disk;
import org.virtkeep.rpc.RepositoryBackupMessages.Folder;
import org.virtkeep.rpc.RepositoryBackupMessages.News;
import org.virtkeep.rpc.RepositoryBackupMessages.Outcome;
import org.virtkeep.rpc.RepositoryBackupMessages.Progress;
import org.virtkeep.rpc.RepositoryBackupMessages.Report;
import org.virtkeep.rpc.RepositoryBackupMessages.Secret;
import org.virtkeep.rpc.RepositoryBackupMessages.Telling;
import org.virtkeep.rpc.RepositoryBackupMessages.Wait;

/// The bytes of backups into a repository, as `docs/protocols.md` describes them. They never change.
class RepositoryBackupWireTest {
    private static final Begin BEGIN = new Begin(
            List.of("vm"),
            new Folder("/r", 7, 8),
            new Secret(1, new byte[] {0x61, 0x62, 0x63}),
            new Folder("/s", 7, 9),
            List.of("vda"),
            true,
            false,
            OptionalLong.of(5),
            Optional.of("/t"),
            2);

    private static byte[] header(String length, String procedure) {
        return Hex.bytes(length + "2076746b 00000001" + procedure + "00000000 00000009 00000000");
    }

    private static String hex(byte[] header, String payload) {
        return Hex.text(header) + "\n" + Hex.text(Hex.bytes(payload));
    }

    @Test
    void begin() {
        byte[] call =
                MessageHeader.call(VirtkeepProgram.REPOSITORY_BACKUP_BEGIN, 9).packet(BEGIN, Begin.CODEC);
        assertThat(Hex.text(call)).isEqualTo(hex(header("00000094", "00000017"), """
                        00000001 00000002 766d0000  # domains: "vm"
                        00000002 2f720000 00000000 00000007 00000000 00000008  # repository "/r", device, inode
                        00000001 00000003 61626300  # a passphrase, "abc"
                        00000002 2f730000 00000000 00000007 00000000 00000009  # state folder "/s"
                        00000001 00000003 76646100  # disks: "vda"
                        00000001 00000000           # full, not quiesced
                        00000001 00000000 00000005  # 5 bytes per second
                        00000001 00000002 2f740000  # scratch in "/t"
                        00000002                    # two at the same time
                        """));
    }

    @Test
    void waitAndCancel() {
        byte[] wait =
                MessageHeader.call(VirtkeepProgram.REPOSITORY_BACKUP_WAIT, 9).packet(new Wait(3, 4, 5), Wait.CODEC);
        assertThat(Hex.text(wait))
                .isEqualTo(hex(header("0000002c", "00000018"), "00000003 00000000 00000004 00000005"));
        byte[] cancel = MessageHeader.call(VirtkeepProgram.REPOSITORY_BACKUP_CANCEL, 9)
                .packet(new Cancel(3, "why"), Cancel.CODEC);
        assertThat(Hex.text(cancel)).isEqualTo(hex(header("00000028", "00000019"), "00000003 00000003 77687900"));
    }

    @Test
    void news() throws XdrException {
        var report = new Report(
                "b2",
                1,
                2,
                3,
                Optional.of("b1"),
                List.of("cp"),
                true,
                4,
                5,
                6,
                7,
                8,
                List.of(new Disk("vda", "full", "new", Optional.empty(), 9, 10, "ff")));
        var news = new News(
                Optional.of(new Progress(1, 2)),
                List.of(
                        new Telling(1, Optional.of("n"), Optional.empty()),
                        new Telling(
                                2,
                                Optional.empty(),
                                Optional.of(new Outcome("vm", Optional.of(report), Optional.empty(), List.of("n"))))),
                true);
        byte[] bytes = Hex.bytes("""
                00000000 00000000 00000000 00000000 00000000 00000000 00000000  # length and header, not looked at
                00000001 00000000 00000001 00000000 00000002  # progress: 1 of 2 bytes
                00000002                             # two tellings
                00000000 00000001                    # number 1
                00000001 00000001 6e000000 00000000  # a note, no outcome
                00000000 00000002 00000000 00000001  # number 2, no note, an outcome
                00000002 766d0000                    # "vm"
                00000001 00000002 62320000           # a report of "b2"
                00000000 00000001 00000002           # seconds and nanoseconds
                00000000 00000003                    # sequence
                00000001 00000002 62310000           # rests on "b1"
                00000001 00000002 63700000           # checkpoint "cp"
                00000001                             # quiesced
                00000000 00000004 00000000 00000005  # bytes read, stored
                00000000 00000006 00000000 00000007  # chunks new, known
                00000000 00000008                    # elapsed nanoseconds
                00000001 00000003 76646100           # a disk, "vda"
                00000004 66756c6c 00000003 6e657700  # "full", "new"
                00000000                             # rests on nothing
                00000000 00000009 00000000 0000000a  # size, changed bytes
                00000002 66660000                    # tree hash
                00000000                             # no failure
                00000001 00000001 6e000000           # one note
                00000001                             # the end
                """);
        assertThat(Packet.of(bytes).read(News.CODEC)).isEqualTo(news);
        byte[] written = new MessageHeader(0, 0, 0, 0, 0, 0).packet(news, News.CODEC);
        written[2] = 0;
        written[3] = 0; // the length
        assertThat(Hex.text(written)).isEqualTo(Hex.text(bytes));
    }

    @Test
    void aFailureComesBackAsItWas() throws XdrException {
        var failure = new VirtException(ErrorCode.AUTH_FAILED, ErrorDomain.STORAGE, "the passphrase does not fit");
        var outcome = new Outcome("vm", Optional.empty(), Optional.of(WireError.of(failure)), List.of());
        byte[] packet = new MessageHeader(0, 0, 0, 0, 0, 0).packet(outcome, Outcome.CODEC);
        VirtException read =
                Packet.of(packet).read(Outcome.CODEC).failure().orElseThrow().toVirtException();
        assertThat(read).hasMessage(failure.getMessage());
        assertThat(read.code()).isEqualTo(failure.code());
        assertThat(read.domain()).isEqualTo(failure.domain());
    }

    @Test
    void secretsAreNotPrintedAndNotLeftInPackets() throws XdrException {
        assertThat(BEGIN.toString()).doesNotContain("97", "abc").contains("Secret[***]");
        Packet packet = Packet.of(
                MessageHeader.call(VirtkeepProgram.REPOSITORY_BACKUP_BEGIN, 9).packet(BEGIN, Begin.CODEC));
        Begin read = packet.read(Begin.CODEC);
        packet.wipe();
        assertThat(packet.bytes()).containsOnly(0);
        assertThat(read).isEqualTo(BEGIN);
    }

    @Test
    void whatIsTooLargeIsRefused() {
        assertThatThrownBy(() -> reader("00004001").read(Begin.CODEC)).hasMessageContaining("limit of 16384");
        assertThatThrownBy(() -> reader("00000000 00010001").read(Secret.CODEC)).hasMessageContaining("65536");
        assertThatThrownBy(() -> reader("00000000 00000041").read(News.CODEC)).hasMessageContaining("limit of 64");
        var many = new News(
                Optional.empty(), Collections.nCopies(65, new Telling(1, Optional.empty(), Optional.empty())), false);
        assertThatThrownBy(() -> new MessageHeader(0, 0, 0, 0, 0, 0).packet(many, News.CODEC))
                .isInstanceOf(XdrLimitException.class);
    }

    private static Packet reader(String payload) {
        return Packet.of(Hex.bytes("00000020" + "00000000".repeat(6) + payload));
    }
}
