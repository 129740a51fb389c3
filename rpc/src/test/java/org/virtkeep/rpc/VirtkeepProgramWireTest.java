package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.NbdAddress;

/// The bytes of our own program, as `docs/protocols.md` describes them. They never change.
class VirtkeepProgramWireTest {
    private static final DomainRef DOMAIN = new DomainRef("vm", new UUID(1, 2), 3);

    private static final String DOMAIN_BYTES = """
            00000002 766d0000                    # name "vm"
            00000000 00000001 00000000 00000002  # uuid
            00000003                             # id
            """;

    @Test
    void everyNumberIsAsDocumented() {
        assertThat(VirtkeepProgram.PROGRAM).hasToString("program 0x2076746b version 1");
        assertThat(VirtkeepProgram.PROGRAM.procedures())
                .extracting(procedure -> procedure.number() + " " + procedure.name())
                .containsExactly(
                        "1 CONNECT_GET_SERVER",
                        "2 BACKUP_BEGIN",
                        "3 BACKUP_END",
                        "4 BACKUP_GET_XML_DESC",
                        "5 BACKUP_LIST",
                        "6 BACKUP_GET_JOB",
                        "7 SNAPSHOT_CREATE_XML2",
                        "8 CHECKPOINT_GET_HEALTH",
                        "9 BACKUP_EVENT_REGISTER",
                        "10 BACKUP_EVENT_DEREGISTER",
                        "12 DOMAIN_ATTACH",
                        "13 DOMAIN_START_WAITING",
                        "14 RECORD_GET_LAST",
                        "15 RECORD_WAIT",
                        "16 CHECKPOINT_LIST_HEALTH",
                        "17 CHECKPOINT_GET_CURRENT",
                        "18 CHECKPOINT_REDEFINE",
                        "19 CHECKPOINT_REPAIR",
                        "20 CHECKPOINT_IMPORT",
                        "21 SNAPSHOT_GET_DELETE_PROGRESS",
                        "22 BACKUP_SET_READER",
                        "23 REPOSITORY_BACKUP_BEGIN",
                        "24 REPOSITORY_BACKUP_WAIT",
                        "25 REPOSITORY_BACKUP_CANCEL");
        assertThat(VirtkeepProgram.BACKUP_ENDED.number()).isEqualTo(11);
    }

    @Test
    void backupEnd() {
        byte[] call = MessageHeader.call(VirtkeepProgram.BACKUP_END, 9)
                .packet(new BackupMessages.JobFlags(DOMAIN, 4, 1), BackupMessages.JobFlags.CODEC);
        assertThat(Hex.text(call)).isEqualTo(Hex.text(Hex.bytes("""
                        00000040  # length 64
                        2076746b  # our program
                        00000001  # version
                        00000003  # BACKUP_END
                        00000000  # CALL
                        00000009  # serial
                        00000000  # OK
                        """ + DOMAIN_BYTES + """
                        00000004  # job id
                        00000001  # flags: abort
                        """)));
    }

    @Test
    void backupSetReader() throws XdrException {
        byte[] call = MessageHeader.call(VirtkeepProgram.BACKUP_SET_READER, 9)
                .packet(new BackupMessages.Reader(DOMAIN, 4, 77, List.of(5L, 6L)), BackupMessages.Reader.CODEC);
        assertThat(Hex.text(call)).isEqualTo(Hex.text(Hex.bytes("""
                        00000058  # length 88
                        2076746b  # our program
                        00000001  # version
                        00000016  # BACKUP_SET_READER
                        00000000  # CALL
                        00000009  # serial
                        00000000  # OK
                        """ + DOMAIN_BYTES + """
                        00000004           # job id
                        00000000 0000004d  # pid
                        00000002 00000000 00000005 00000000 00000006  # bytes read of two disks
                        """)));
    }

    @Test
    void aPullJob() throws XdrException {
        var disk = new BackupMessages.JobDisk(
                "vda",
                BackupMessages.State.RUNNING,
                Optional.empty(),
                Optional.of("cp1"),
                10,
                20,
                30,
                40,
                Optional.of("vda"),
                Optional.of("b"),
                Optional.of("qcow2"),
                Optional.of("/s"),
                OptionalLong.of(6),
                Optional.of("f"));
        var job = new BackupMessages.Job(
                4,
                false,
                BackupMessages.State.RUNNING,
                Optional.empty(),
                1_000,
                OptionalLong.empty(),
                5,
                Optional.of("cp2"),
                Optional.of(new NbdAddress.Tcp("h", 10_809)),
                OptionalInt.of(1),
                false,
                List.of(disk));
        byte[] bytes = Hex.bytes("""
                00000000 00000000 00000000 00000000 00000000 00000000 00000000  # length and header, not looked at
                00000004                    # job id
                00000000                    # push: no
                00000001                    # state: running
                00000000                    # no error
                00000000 000003e8           # started, in ms since 1970
                00000000                    # has not ended
                00000000 00000005           # elapsed ms
                00000001 00000003 63703200  # checkpoint "cp2"
                00000001 00000002           # a server: host and port
                00000001 68000000 00002a39  # "h", 10809
                00000001 00000001           # one client
                00000000                    # not acknowledged
                00000001                    # one disk
                00000003 76646100           # "vda"
                00000001                    # state: running
                00000000                    # no error
                00000001 00000003 63703100  # incremental to "cp1"
                00000000 0000000a           # total bytes
                00000000 00000014           # processed bytes
                00000000 0000001e           # used in scratch
                00000000 00000028           # most that scratch can need
                00000001 00000003 76646100  # export name
                00000001 00000001 62000000  # export bitmap
                00000001 00000005 71636f77 32000000  # format
                00000001 00000002 2f730000  # path
                00000001 00000000 00000006  # ended, in ms since 1970
                00000001 00000001 66000000  # fallback
                """);
        assertThat(Packet.of(bytes).read(BackupMessages.Job.CODEC)).isEqualTo(job);
        byte[] written = new MessageHeader(0, 0, 0, 0, 0, 0).packet(job, BackupMessages.Job.CODEC);
        written[2] = 0;
        written[3] = 0; // the length
        assertThat(Hex.text(written)).isEqualTo(Hex.text(bytes));
    }

    @Test
    void eventsOfTheRecord() throws XdrException {
        var events = new RecordMessages.Events(List.of(
                new RecordMessages.Event(7, 8, "vm", new RecordMessages.What.Lifecycle(2, "booted")),
                new RecordMessages.Event(
                        9, 10, "vm", new RecordMessages.What.BlockJob(5, 4, "vda", "/a", 1, Optional.of("no space"))),
                new RecordMessages.Event(10, 11, "vm", new RecordMessages.What.Notice(6, "vda", "/a", 3)),
                new RecordMessages.Event(11, 12, "", new RecordMessages.What.Lost()),
                new RecordMessages.Event(
                        12, 13, "vm", new RecordMessages.What.BlockJob(4, 0, "vda", "/a", 3, Optional.empty())),
                new RecordMessages.Event(13, 14, "vm", new RecordMessages.What.Threshold("vda", "/a", 4096, 512))));
        assertThat(reader("""
                        00000006                             # six events
                        00000000 00000007 00000000 00000008  # sequence, ms since 1970
                        00000002 766d0000                    # "vm"
                        00000001 00000002                    # lifecycle: started
                        00000006 626f6f74 65640000           # "booted"
                        00000000 00000009 00000000 0000000a
                        00000002 766d0000
                        00000002 00000004                    # block job of job 4
                        00000003 76646100 00000002 2f610000  # "vda", "/a"
                        00000001                             # failed
                        00000001 00000008 6e6f2073 70616365  # "no space"
                        00000000 0000000a 00000000 0000000b
                        00000002 766d0000
                        00000005 00000006                    # notice: I/O error
                        00000003 76646100 00000002 2f610000  # "vda", "/a"
                        00000003                             # paused, no space
                        00000000 0000000b 00000000 0000000c
                        00000000                             # no domain
                        00000004                             # lost
                        00000000 0000000c 00000000 0000000d
                        00000002 766d0000
                        00000006 00000004 00000000           # active commit, job 0
                        00000003 76646100 00000002 2f610000  # "vda", "/a"
                        00000003 00000000                    # ready
                        00000000 0000000d 00000000 0000000e
                        00000002 766d0000
                        00000007                             # threshold
                        00000003 76646100 00000002 2f610000  # "vda", "/a"
                        00000000 00001000 00000000 00000200  # as set, excess
                        """).read(RecordMessages.Events.CODEC)).isEqualTo(events);
    }

    @Test
    void aCheckpointsHealthAndItsRepair() throws XdrException {
        assertThat(reader("""
                        00000001                    # one checkpoint
                        00000003 63703100 00000000  # "cp1", not known
                        00000001                    # one disk
                        00000003 76646100 00000005  # "vda", not recording
                        00000001 00000001 72000000  # reason
                        00000000                    # dirty bytes not given
                        """).read(VirtkeepMessages.Healths.CODEC))
                .isEqualTo(new VirtkeepMessages.Healths(List.of(new VirtkeepMessages.NamedHealth(
                        "cp1",
                        false,
                        List.of(new VirtkeepMessages.DiskHealth(
                                "vda",
                                VirtkeepMessages.Health.NOT_RECORDING,
                                Optional.of("r"),
                                OptionalLong.empty()))))));
        assertThat(reader("""
                        00000001                             # one step
                        00000003 63703100                    # "cp1"
                        00000001 00000003 76646100           # "vda"
                        00000002 00000001 64000000           # bitmaps removed, detail
                        00000001                             # dry run
                        """).read(VirtkeepMessages.Repair.CODEC))
                .isEqualTo(new VirtkeepMessages.Repair(
                        List.of(new VirtkeepMessages.RepairStep("cp1", Optional.of("vda"), 2, "d")), true));
    }

    @Test
    void refusesNumbersThatMeanNothing() {
        assertThatThrownBy(() -> reader("00000005").read(BackupMessages.State.CODEC))
                .hasMessageContaining("unknown state 5 of a job");
        assertThatThrownBy(() -> reader("00000000".repeat(5) + "00000008").read(RecordMessages.Event.CODEC))
                .hasMessageContaining("unknown kind 8 of an event");
        assertThatThrownBy(() -> reader("00000000").read(VirtkeepMessages.Health.CODEC))
                .hasMessageContaining("unknown health 0 of a checkpoint");
    }

    private static Packet reader(String payload) {
        return Packet.of(Hex.bytes("00000020" + "00000000".repeat(6) + payload));
    }
}
