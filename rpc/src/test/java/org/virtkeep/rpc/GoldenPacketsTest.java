package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

/// Packets of virsh and libvirtd 9.0.0, recorded on the wire. Each is decoded, and encoded again from what was
/// understood.
class GoldenPacketsTest {
    private static final UUID ID = UUID.fromString("c59e96d8-3e86-4cda-9985-25b93f0ff3d2");
    private static final DomainRef DOMAIN = new DomainRef("rpcprobe1", ID, 17);

    private static final String DOMAIN_BYTES = """
            00000009 72706370 726f6265 31000000  # name: 9 bytes "rpcprobe1", padded
            c59e96d8 3e864cda 998525b9 3f0ff3d2  # uuid
            00000011                             # id 17
            """;

    @Test
    void authList() throws XdrException {
        call(LibvirtProgram.AUTH_LIST, Nothing.NOTHING, """
                0000001c  # length 28
                20008086  # libvirt's program
                00000001  # version
                00000042  # procedure 66
                00000000  # type CALL
                00000000  # serial
                00000000  # status OK
                """);
        reply(LibvirtProgram.AUTH_LIST, new ConnectMessages.AuthTypes(List.of(ConnectMessages.AuthTypes.NONE)), """
                00000024 20008086 00000001 00000042
                00000001           # type REPLY
                00000000 00000000
                00000001 00000000  # one way: none
                """);
    }

    @Test
    void supportsFeature() throws XdrException {
        call(LibvirtProgram.CONNECT_SUPPORTS_FEATURE, LibvirtProgram.FEATURE_KEEPALIVE, """
                00000020 20008086 00000001 0000003c 00000000 00000001 00000000
                0000000a  # feature 10
                """);
        reply(LibvirtProgram.CONNECT_SUPPORTS_FEATURE, true, """
                00000020 20008086 00000001 0000003c 00000001 00000001 00000000
                00000001  # yes
                """);
    }

    @Test
    void open() throws XdrException {
        call(LibvirtProgram.CONNECT_OPEN, new ConnectMessages.Open(Optional.of("qemu:///system"), 0), """
                00000038 20008086 00000001 00000001 00000000 00000002 00000000
                00000001                                      # a name follows
                0000000e 71656d75 3a2f2f2f 73797374 656d0000  # "qemu:///system"
                00000000                                      # flags
                """);
        reply(
                LibvirtProgram.CONNECT_OPEN,
                Nothing.NOTHING,
                "0000001c 20008086 00000001 00000001 00000001 00000002 00000000");
    }

    @Test
    void lookupByName() throws XdrException {
        call(LibvirtProgram.DOMAIN_LOOKUP_BY_NAME, "rpcprobe1", """
                0000002c 20008086 00000001 00000017 00000000 00000003 00000000
                00000009 72706370 726f6265 31000000  # the name
                """);
        reply(
                LibvirtProgram.DOMAIN_LOOKUP_BY_NAME,
                DOMAIN,
                "00000040 20008086 00000001 00000017 00000001 00000003 00000000" + DOMAIN_BYTES);
    }

    @Test
    void noSuchDomain() throws XdrException {
        WireError error = error("""
                000000c8 20008086 00000001 00000017 00000001 00000004
                00000001                    # status ERROR
                0000002a                    # code 42, no domain
                0000000a                    # domain 10, QEMU
                00000001 00000037           # message, 55 bytes:
                446f6d61 696e206e 6f742066 6f756e64 3a206e6f 20646f6d 61696e20 77697468
                206d6174 6368696e 67206e61 6d652027 6e6f7375 63682700
                00000002                    # level, error
                00000000                    # no domain object
                00000001 00000014           # str1, 20 bytes: "Domain not found: %s"
                446f6d61 696e206e 6f742066 6f756e64 3a202573
                00000001 00000025           # str2, 37 bytes: what goes into str1
                6e6f2064 6f6d6169 6e207769 7468206d 61746368 696e6720 6e616d65 20276e6f
                73756368 27000000
                00000000                    # no str3
                ffffffff ffffffff           # int1, int2
                00000000                    # no network
                """);
        assertThat(error.text()).isEqualTo("Domain not found: no domain with matching name 'nosuch'");
        VirtException failure = error.toVirtException(null);
        assertThat(failure.code()).isEqualTo(ErrorCode.NO_DOMAIN);
        assertThat(failure.domain()).isEqualTo(ErrorDomain.QEMU);
        assertThat(failure).hasMessage("no domain with matching name 'nosuch'");
        assertThat(WireError.of(failure)).isEqualTo(error);
    }

    @Test
    void unknownProcedure() throws XdrException {
        WireError error = error("""
                00000088 20008086 00000001 000003e7 00000001 00000005 00000001
                00000027                    # code 39, RPC
                00000007                    # domain 7, RPC
                00000001 00000016           # message: "unknown procedure: 999"
                756e6b6e 6f776e20 70726f63 65647572 653a2039 39390000
                00000002 00000000           # level, no domain object
                00000001 00000002 25730000  # str1: "%s"
                00000001 00000016           # str2: the message
                756e6b6e 6f776e20 70726f63 65647572 653a2039 39390000
                00000000 ffffffff ffffffff 00000000
                """);
        assertThat(error).isEqualTo(WireError.unknownProcedure(999));
        assertThat(error.isUnknownProcedure()).isTrue();
    }

    @Test
    void state() throws XdrException {
        call(
                LibvirtProgram.DOMAIN_GET_STATE,
                new DomainMessages.DomainFlags(DOMAIN, 0),
                "00000044 20008086 00000001 000000d4 00000000 00000006 00000000" + DOMAIN_BYTES + "00000000  # flags");
        reply(LibvirtProgram.DOMAIN_GET_STATE, new DomainMessages.State(1, 1), """
                00000024 20008086 00000001 000000d4 00000001 00000006 00000000
                00000001  # running
                00000001  # booted
                """);
    }

    @Test
    void info() throws XdrException {
        call(
                LibvirtProgram.DOMAIN_GET_INFO,
                DOMAIN,
                "00000040 20008086 00000001 00000010 00000000 00000007 00000000" + DOMAIN_BYTES);
        reply(LibvirtProgram.DOMAIN_GET_INFO, new DomainMessages.Info(1, 65_536, 65_536, 1, 0x2_422a_4100L), """
                0000003c 20008086 00000001 00000010 00000001 00000007 00000000
                00000001           # running, in a whole word
                00000000 00010000  # maximum memory in KiB
                00000000 00010000  # memory in KiB
                00000001           # virtual processors, in a whole word
                00000002 422a4100  # processor time in ns
                """);
    }

    @Test
    void listAllCheckpoints() throws XdrException {
        call(
                LibvirtProgram.DOMAIN_LIST_ALL_CHECKPOINTS,
                new CheckpointMessages.ListAll(DOMAIN, true, 0),
                "00000048 20008086 00000001 0000019d 00000000 00000008 00000000"
                        + DOMAIN_BYTES
                        + "00000001 00000000  # results wanted, flags");
        reply(
                LibvirtProgram.DOMAIN_LIST_ALL_CHECKPOINTS,
                new CheckpointMessages.CheckpointList(List.of(new CheckpointRef("base", DOMAIN)), 1),
                """
                00000050 20008086 00000001 0000019d 00000001 00000008 00000000
                00000001           # one item
                00000004 62617365  # name "base"
                """ + DOMAIN_BYTES + "00000001  # the count again");
    }

    @Test
    void registerForLifecycleEvents() throws XdrException {
        call(
                LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY,
                new DomainMessages.RegisterEvent(0, Optional.empty()),
                """
                00000024 20008086 00000001 0000013c 00000000 00000009 00000000
                00000000  # event id 0
                00000000  # for all domains
                """);
        reply(LibvirtProgram.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY, 70, """
                00000020 20008086 00000001 0000013c 00000001 00000009 00000000
                00000046  # callback id
                """);
    }

    @Test
    void noBlockJob() throws XdrException {
        call(
                LibvirtProgram.DOMAIN_GET_BLOCK_JOB_INFO,
                new BlockMessages.DiskFlags(DOMAIN, "vda", 0),
                "0000004c 20008086 00000001 000000ee 00000000 0000000a 00000000"
                        + DOMAIN_BYTES
                        + "00000003 76646100 00000000  # \"vda\", flags");
        reply(LibvirtProgram.DOMAIN_GET_BLOCK_JOB_INFO, BlockMessages.BlockJobInfo.NONE, """
                0000003c 20008086 00000001 000000ee 00000001 0000000a 00000000
                00000000 00000000                                      # found, type
                00000000 00000000 00000000 00000000 00000000 00000000  # bandwidth, current, end
                """);
    }

    @Test
    void securityModel() throws XdrException {
        reply(LibvirtProgram.NODE_GET_SECURITY_MODEL, new ConnectMessages.SecurityModel("none", "0"), """
                00000040 20008086 00000001 0000007a 00000001 0000000b 00000000
                00000005 0000006e 0000006f 0000006e 00000065 00000000  # "none" and its NUL, a word each
                00000002 00000030 00000000                             # "0"
                """);
    }

    @Test
    void keepAlive() {
        assertThat(Hex.text(Pulse.ping()))
                .isEqualTo(Hex.text(Hex.bytes("0000001c 6b656570 00000001 00000001 00000002 00000000 00000000")));
        assertThat(Hex.text(Pulse.answer(Packet.of(Pulse.ping()).header()).orElseThrow()))
                .isEqualTo(Hex.text(Hex.bytes("0000001c 6b656570 00000001 00000002 00000002 00000000 00000000")));
    }

    @Test
    void lifecycleEvent() throws XdrException {
        byte[] packet = Hex.bytes("""
                0000004c 20008086 00000001
                0000013e  # event 318
                00000002  # type MESSAGE
                00000001  # serial, of no meaning
                00000000
                00000046  # callback id
                """ + DOMAIN_BYTES + """
                00000003  # suspended
                00000000  # paused
                """);
        var event = new GuestEvent.Lifecycle(70, DOMAIN, 3, 0);
        EventType<?> type = KnownEvents.find(Packet.of(packet).header()).orElseThrow();
        assertThat(type).isEqualTo(LibvirtEvents.LIFECYCLE);
        assertThat(Packet.of(packet).<EventMessage>read(event(type))).isEqualTo(event);
        assertThat(Hex.text(MessageHeader.event(LibvirtEvents.LIFECYCLE).packet(event, GuestEvent.Lifecycle.CODEC)))
                .isEqualTo(Hex.text(packet));
    }

    @SuppressWarnings("unchecked")
    private static XdrCodec<EventMessage> event(EventType<?> type) {
        return (XdrCodec<EventMessage>) type.codec();
    }

    private static <A> void call(Procedure<A, ?> procedure, A arguments, String hex) throws XdrException {
        byte[] bytes = Hex.bytes(hex);
        Packet packet = Packet.of(bytes);
        assertThat(packet.header())
                .isEqualTo(MessageHeader.call(procedure, packet.header().serial()));
        assertThat(packet.read(procedure.arguments())).isEqualTo(arguments);
        assertThat(Hex.text(packet.header().packet(arguments, procedure.arguments())))
                .isEqualTo(Hex.text(bytes));
    }

    private static <R> void reply(Procedure<?, R> procedure, R reply, String hex) throws XdrException {
        byte[] bytes = Hex.bytes(hex);
        Packet packet = Packet.of(bytes);
        MessageHeader call = MessageHeader.call(procedure, packet.header().serial());
        assertThat(packet.header()).isEqualTo(call.reply(MessageHeader.OK));
        assertThat(packet.read(procedure.reply())).isEqualTo(reply);
        assertThat(Hex.text(packet.header().packet(reply, procedure.reply()))).isEqualTo(Hex.text(bytes));
    }

    private static WireError error(String hex) throws XdrException {
        byte[] bytes = Hex.bytes(hex);
        Packet packet = Packet.of(bytes);
        assertThat(packet.header().status()).isEqualTo(MessageHeader.ERROR);
        WireError error = packet.read(WireError.CODEC);
        assertThat(Hex.text(packet.header().packet(error, WireError.CODEC))).isEqualTo(Hex.text(bytes));
        return error;
    }
}
