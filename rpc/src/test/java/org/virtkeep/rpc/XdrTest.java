package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class XdrTest {

    @Test
    void runsAsItsOwnModule() {
        assertThat(XdrReader.class.getModule().getName()).isEqualTo("org.virtkeep.rpc");
    }

    @Test
    void padsAStringWithZeros() {
        assertThat(body(out -> out.string("abcde"))).isEqualTo(Hex.bytes("00000005 6162 6364 65 000000"));
    }

    @Test
    void countsAStringInBytesNotInCharacters() {
        assertThat(body(out -> out.string("ü€"))).isEqualTo(Hex.bytes("00000005 c3bc e282ac 000000"));
    }

    @Test
    void writesCharactersAsWholeWords() {
        assertThat(body(out -> out.countedCharacters(Characters.terminated("none"), 257)))
                .isEqualTo(Hex.bytes("00000005 0000006e 0000006f 0000006e 00000065 00000000"));
    }

    @Test
    void tellsAnEmptyOptionalStringFromAMissingOne() throws XdrException {
        assertThat(body(out -> out.optionalString(Optional.of("")))).isEqualTo(Hex.bytes("00000001 00000000"));
        assertThat(body(out -> out.optionalString(Optional.empty()))).isEqualTo(Hex.bytes("00000000"));
        assertThat(reader("00000001 00000000").optionalString()).contains("");
        assertThat(reader("00000000").optionalString()).isEmpty();
    }

    @Test
    void takesAnyMarkerButZeroForPresent() throws XdrException {
        assertThat(reader("01000000 00000001 61000000").optionalString()).contains("a");
    }

    @Test
    void doesNotLookAtPadding() throws XdrException {
        XdrReader in = reader("00000001 61ffffff 00000007");
        assertThat(in.string()).isEqualTo("a");
        assertThat(in.int32()).isEqualTo(7);
    }

    @Test
    void refusesAStringLongerThanItsLimitBeforeLookingForIt() {
        assertThatThrownBy(() -> reader("00400001").string())
                .isInstanceOf(XdrException.class)
                .hasMessage("at byte 0 of the packet: string of 4194305 bytes exceeds the limit of 4194304");
        assertThatThrownBy(() -> reader("ffffffff").string())
                .hasMessageContaining("string of 4294967295 bytes exceeds the limit");
    }

    @Test
    void refusesAStringThatThePacketCannotHold() {
        assertThatThrownBy(() -> reader("00400000 61626364").string())
                .isInstanceOf(XdrException.class)
                .hasMessage("at byte 4 of the packet: 4194304 bytes needed, 4 bytes left in the packet");
    }

    @Test
    void refusesAnArrayThatThePacketCannotHoldBeforeAllocatingIt() {
        assertThatThrownBy(() -> reader("00004000 00000000").list(16_384, XdrCodec.INT32))
                .hasMessage("at byte 0 of the packet: array of 16384 items does not fit in the 4 bytes left");
        assertThatThrownBy(() -> reader("00004001").list(16_384, XdrCodec.INT32))
                .hasMessageContaining("array of 16385 items exceeds the limit of 16384");
        assertThatThrownBy(() -> reader("80000000").countedCharacters(16))
                .hasMessageContaining("array of characters of 2147483648 items exceeds the limit of 16");
    }

    @Test
    void refusesStringsThatAPeerInCWouldReadDifferently() {
        assertThatThrownBy(() -> reader("00000003 61006200").string()).hasMessageContaining("NUL");
        assertThatThrownBy(() -> reader("00000001 ff000000").string()).hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> new XdrWriter().string("a\0b")).isInstanceOf(XdrLimitException.class);
    }

    @Test
    void showsTextThatIsNotUtf8() throws XdrException {
        assertThat(reader("00000002 61ff0000").text()).isEqualTo("a\uFFFD");
    }

    @Test
    void sendsNothingAboveALimit() {
        var tooMany = IntStream.range(0, 5).boxed().toList();
        assertThatThrownBy(() -> new XdrWriter().list(tooMany, 4, XdrCodec.INT32))
                .isInstanceOf(XdrLimitException.class)
                .hasMessage("5 items exceed the limit of 4");
        assertThatThrownBy(() -> new XdrWriter().string("x".repeat(Limits.STRING_BYTES + 1)))
                .isInstanceOf(XdrLimitException.class);
    }

    @Test
    void sendsNoPacketAboveTheLargest() {
        String large = "x".repeat(Limits.STRING_BYTES);
        assertThatThrownBy(() -> new XdrWriter()
                        .list(List.of(large, large, large, large, large, large, large, large), 8, XdrCodec.STRING))
                .isInstanceOf(XdrLimitException.class)
                .hasMessage("packet exceeds the limit of 33554436 bytes");
    }

    @Test
    void cutsTextForAFixedArray() {
        assertThat(Characters.text(Characters.fixed("x86_64", 32))).isEqualTo("x86_64");
        assertThat(Characters.text(Characters.fixed("a".repeat(40), 32))).isEqualTo("a".repeat(31));
    }

    private static byte[] body(Consumer<XdrWriter> writing) {
        var out = new XdrWriter();
        out.int32(0);
        writing.accept(out);
        byte[] packet = out.packet();
        assertThat(ByteBuffer.wrap(packet).getInt()).isEqualTo(packet.length);
        return Arrays.copyOfRange(packet, Integer.BYTES, packet.length);
    }

    private static XdrReader reader(String hex) {
        return new XdrReader(Hex.bytes(hex), 0);
    }
}
