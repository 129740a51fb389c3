package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.ByteRange;

/// Messages of the transmission phase, byte by byte as the NBD protocol's document gives them.
class TransmissionWireTest {

    @Test
    void aRequest() throws NbdException {
        String wire = """
                25609513         # magic
                0008             # NBD_CMD_FLAG_REQ_ONE
                0007             # NBD_CMD_BLOCK_STATUS
                0102030405060708 # cookie
                0000000000100000 # offset
                ffffffff         # length
                """;
        var request = new Request(8, 7, 0x0102030405060708L, 1 << 20, 0xffff_ffffL);
        assertThat(Hex.text(request.encode())).isEqualTo(Hex.text(wire));
        assertThat(Request.decode(Hex.bytes(wire))).isEqualTo(request);
        assertThat(request.has(CommandFlag.REQ_ONE)).isTrue();
        assertThatThrownBy(() -> Request.decode(Hex.bytes(wire.replace("25609513", "25609514"))))
                .isInstanceOf(NbdException.Protocol.class);
    }

    @Test
    void aSimpleReply() throws NbdException {
        String wire = "67446698 00000016 0102030405060708";
        var reply = new Reply.Simple(22, 0x0102030405060708L);
        assertThat(Hex.text(reply.encode())).isEqualTo(Hex.text(wire));
        assertThat(decode(wire)).isEqualTo(reply);
    }

    @Test
    void aChunkOfAStructuredReply() throws NbdException {
        String wire = """
                668e33ef         # magic
                0001             # NBD_REPLY_FLAG_DONE
                0001             # NBD_REPLY_TYPE_OFFSET_DATA
                0102030405060708 # cookie
                00000208         # length
                """;
        var chunk = new Reply.Chunk(true, 1, 0x0102030405060708L, 520);
        assertThat(Hex.text(chunk.encode(ByteBuffer.allocate(20)).flip())).isEqualTo(Hex.text(wire));
        assertThat(decode(wire)).isEqualTo(chunk);
        assertThat(Hex.text(Reply.none(7))).isEqualTo(Hex.text("668e33ef 0001 0000 0000000000000007 00000000"));
        assertThatThrownBy(() -> decode("668e33ee")).isInstanceOf(NbdException.Protocol.class);
    }

    @Test
    void anErrorChunkCarriesAText() throws NbdException {
        String wire = """
                668e33ef 0001 8001 0000000000000007 00000009
                00000005         # NBD_EIO
                0003 6f6e6f      # "ono"
                """;
        assertThat(Hex.text(Reply.error(7, NbdError.EIO, "ono"))).isEqualTo(Hex.text(wire));
        assertThat(ErrorChunk.decode(Hex.bytes("00000005 0003 6f6e6f"))).isEqualTo(new ErrorChunk(NbdError.EIO, "ono"));
        assertThat(ErrorChunk.decode(Hex.bytes("00000005 0003 6f6e6f 0000000000001000")))
                .as("with an offset behind the text")
                .isEqualTo(new ErrorChunk(NbdError.EIO, "ono"));
        assertThat(ErrorChunk.decode(Hex.bytes("000003e7 0000")))
                .as("an unknown error counts as EINVAL")
                .isEqualTo(new ErrorChunk(NbdError.EINVAL, ""));
    }

    @Test
    void refusesErrorChunksThatLie() {
        assertThatThrownBy(() -> ErrorChunk.decode(Hex.bytes("00000000 0000")))
                .isInstanceOf(NbdException.Protocol.class);
        assertThatThrownBy(() -> ErrorChunk.decode(Hex.bytes("00000005 0004 6f6e6f")))
                .isInstanceOf(NbdException.Protocol.class);
        assertThatThrownBy(() -> ErrorChunk.decode(Hex.bytes("00000005 00"))).isInstanceOf(NbdException.Protocol.class);
    }

    @Test
    void blockStatusDescriptors() throws NbdException {
        String wire = "00001000 00000003  00002000 00000000";
        var extents = extents(new ByteRange(4096, 12288), 1 << 20, wire);
        assertThat(extents.toList())
                .containsExactly(new Extent(new ByteRange(4096, 4096), 3), new Extent(new ByteRange(8192, 8192), 0));
        var out = ByteBuffer.allocate(16);
        extents.encode(new ByteRange(4096, 12288), 2, out);
        assertThat(Hex.text(out.flip())).isEqualTo(Hex.text(wire));
    }

    @Test
    void refusesBlockStatusThatTheProtocolForbids() {
        var asked = new ByteRange(0, 8192);
        for (String wire : List.of(
                "", // none
                "00001000", // half a descriptor
                "00000000 00000000", // an empty extent
                "00002000 00000000 00001000 00000001")) { // goes on after the end of the request
            assertThatThrownBy(() -> extents(asked, 1 << 20, wire)).as(wire).isInstanceOf(NbdException.Protocol.class);
        }
    }

    @Test
    void theLastExtentMayGoBeyondTheRequestButNotTheExport() throws NbdException {
        assertThat(extents(new ByteRange(0, 4096), 10000, "ffffffff 00000001").toList())
                .containsExactly(new Extent(new ByteRange(0, 10000), 1));
    }

    @Test
    void knowsWhetherARequestFits() {
        assertThat(new Request(0, 0, 0, 90, 10).fitsIn(100)).isTrue();
        assertThat(new Request(0, 0, 0, 91, 10).fitsIn(100)).isFalse();
        assertThat(new Request(0, 0, 0, -1, 1).fitsIn(Long.MAX_VALUE)).isFalse();
        assertThat(new Request(0, 0, 0, Long.MAX_VALUE, 0xffff_ffffL).fitsIn(Long.MAX_VALUE))
                .isFalse();
        assertThat(new Request(0, 0, 0, 0, 0xffff_ffffL).fitsIn(100)).isFalse();
    }

    private static Reply decode(String wire) throws NbdException {
        ByteBuffer in = Hex.bytes(wire);
        int magic = in.getInt();
        assertThat(Reply.bytesAfter(magic)).isEqualTo(in.remaining());
        return Reply.decode(magic, in);
    }

    private static Extents extents(ByteRange asked, long limit, String wire) throws NbdException {
        return Extents.decode(asked, limit, new PayloadReader("a block status", Hex.bytes(wire)));
    }
}
