package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Messages of the handshake, byte by byte as the NBD protocol's document gives them.
class HandshakeWireTest {

    @Test
    void liesInItsOwnModule() {
        assertThat(NbdFrontEnd.class.getModule().getName()).isEqualTo("org.virtkeep.nbd");
    }

    @Test
    void anOptionHasMagicNumberAndLength() throws NbdException {
        String wire = """
                49484156454f5054 # IHAVEOPT
                00000007         # NBD_OPT_GO
                0000000b         # length
                00000003 766461  # name "vda"
                0001 0003        # one request: NBD_INFO_BLOCK_SIZE
                """;
        ByteBuffer encoded = OptionRequest.encode(
                Option.GO, ExportQuery.about("vda", InfoType.BLOCK_SIZE).encode());
        assertThat(Hex.text(encoded)).isEqualTo(Hex.text(wire));

        ByteBuffer in = Hex.bytes(wire);
        assertThat(OptionRequest.decode(in)).isEqualTo(new OptionRequest(7, 11));
        assertThat(ExportQuery.decode(in)).isEqualTo(new ExportQuery("vda", List.of(3)));
    }

    @Test
    void aReplyRepeatsTheOption() throws NbdException {
        String wire = """
                0003e889045565a9     # magic of replies
                0000000a             # NBD_OPT_SET_META_CONTEXT
                00000004             # NBD_REP_META_CONTEXT
                00000013             # length
                00000001             # id
                626173653a616c6c6f636174696f6e # base:allocation
                """;
        ByteBuffer encoded =
                OptionReply.encode(10, OptionReplyType.META_CONTEXT, new ContextReply(1, "base:allocation").encode());
        assertThat(Hex.text(encoded)).isEqualTo(Hex.text(wire));

        ByteBuffer in = Hex.bytes(wire);
        var header = OptionReply.decode(in);
        assertThat(header).isEqualTo(new OptionReply(10, 4, 19));
        assertThat(header.is(OptionReplyType.META_CONTEXT)).isTrue();
        assertThat(ContextReply.decode(in)).isEqualTo(new ContextReply(1, "base:allocation"));
    }

    @Test
    void aContextQueryNamesExportAndQueries() throws NbdException {
        String wire = """
                00000002 7664    # export "vd"
                00000002         # two queries
                00000005 71656d753a # qemu:
                00000003 783a79  # x:y
                """;
        var query = new ContextQuery("vd", List.of("qemu:", "x:y"));
        assertThat(Hex.text(query.encode())).isEqualTo(Hex.text(wire));
        assertThat(ContextQuery.decode(Hex.bytes(wire))).isEqualTo(query);
    }

    @Test
    void factsAboutAnExport() throws NbdException {
        roundTrip(new InfoReply.Export(1L << 40, 0x0183), "0000 0000010000000000 0183");
        roundTrip(new InfoReply.Name("vda"), "0001 766461");
        roundTrip(new InfoReply.Description("disk"), "0002 6469736b");
        roundTrip(new InfoReply.Sizes(new BlockSizes(512, 4096, 32 << 20)), "0003 00000200 00001000 02000000");
        assertThat(InfoReply.decode(Hex.bytes("0063 00"))).isEqualTo(new InfoReply.Unknown(99));
    }

    @Test
    void aMaximumPayloadWithoutLimitIsTakenAsOurs() throws NbdException {
        assertThat(InfoReply.decode(Hex.bytes("0003 00000001 00001000 ffffffff")))
                .isEqualTo(new InfoReply.Sizes(new BlockSizes(1, 4096, 32 << 20)));
    }

    @Test
    void refusesBlockSizesThatTheProtocolForbids() {
        refused("minimum block size", () -> InfoReply.decode(Hex.bytes("0003 00000003 00001000 02000000")));
        refused("minimum block size", () -> InfoReply.decode(Hex.bytes("0003 00000000 00001000 02000000")));
        refused("preferred", () -> InfoReply.decode(Hex.bytes("0003 00001000 00000200 02000000")));
        refused("maximum payload", () -> InfoReply.decode(Hex.bytes("0003 00001000 00001000 00000200")));
    }

    @Test
    void refusesASizeBeyondWhatALongHolds() {
        refused("18446744073709551615", () -> InfoReply.decode(Hex.bytes("0000 ffffffffffffffff 0001")));
    }

    @Test
    void refusesWrongMagicNumbers() {
        refused("magic", () -> OptionRequest.decode(Hex.bytes("49484156454f5055 00000001 00000000")));
        refused("magic", () -> OptionReply.decode(Hex.bytes("0003e889045565aa 00000001 00000001 00000000")));
    }

    @Test
    void refusesWhatIsLongerThanItsLimit() {
        refused("more than 16384", () -> OptionReply.decode(Hex.bytes("0003e889045565a9 00000001 00000001 00004001")));
        refused("more than 16384", () -> OptionReply.decode(Hex.bytes("0003e889045565a9 00000001 00000001 ffffffff")));
        refused("more than 4096", () -> ExportQuery.decode(Hex.bytes("00001001 61")));
        refused("more than 64", () -> ContextQuery.decode(Hex.bytes("00000000 00000041")));
        refused("more than 64", () -> ExportQuery.decode(Hex.bytes("00000000 0041")));
    }

    @Test
    void refusesWhatEndsEarlyOrLate() {
        refused("2 bytes where 3 are needed", () -> ExportQuery.decode(Hex.bytes("00000003 7664")));
        refused("after its end", () -> ExportQuery.decode(Hex.bytes("00000000 0000 00")));
        refused("after its end", () -> ContextQuery.decode(Hex.bytes("00000000 00000000 00")));
        refused("needed", () -> InfoReply.decode(Hex.bytes("0000 00")));
    }

    @Test
    void refusesStringsThatAreNone() {
        refused("UTF-8", () -> ExportQuery.decode(Hex.bytes("00000002 c328 0000")));
        refused("NUL", () -> ExportQuery.decode(Hex.bytes("00000001 00 0000")));
        refused("without a namespace", () -> ContextQuery.decode(Hex.bytes("00000000 00000001 00000002 3a61")));
    }

    private static void roundTrip(InfoReply reply, String wire) throws NbdException {
        assertThat(Hex.text(reply.encode())).isEqualTo(Hex.text(wire));
        assertThat(InfoReply.decode(Hex.bytes(wire))).isEqualTo(reply);
    }

    private static void refused(String why, org.assertj.core.api.ThrowableAssert.ThrowingCallable decoding) {
        assertThatThrownBy(decoding).isInstanceOf(NbdException.Protocol.class).hasMessageContaining(why);
    }
}
