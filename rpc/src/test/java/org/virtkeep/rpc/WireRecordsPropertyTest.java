package org.virtkeep.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.virtkeep.testkit.Property;

/// What holds for every record that crosses the wire.
class WireRecordsPropertyTest {
    private static final int RUNS = 10;
    private static final MessageHeader HEADER = new MessageHeader(1, 2, 3, MessageType.REPLY, 5, 6);

    static Stream<Class<?>> records() {
        return WireRecords.all().stream();
    }

    @ParameterizedTest
    @MethodSource("records")
    void readsWhatItWrote(Class<?> type) {
        forAll(type, RUNS, (value, packet) -> {
            Packet read = Packet.of(packet);
            assertThat(read.header()).isEqualTo(HEADER);
            XdrReader in = read.payload();
            assertThat(codec(type).read(in)).isEqualTo(value);
            assertThat(in.position()).isEqualTo(packet.length);
        });
    }

    @ParameterizedTest
    @MethodSource("records")
    void refusesEveryTruncatedPacket(Class<?> type) {
        forAll(type, 1, (_, packet) -> {
            for (int length = MessageHeader.BYTES; length < packet.length; length++) {
                Packet truncated = Packet.of(Arrays.copyOf(packet, length));
                if (isRead(truncated, codec(type))) {
                    throw new AssertionError("%d of %d bytes were read".formatted(length, packet.length));
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("records")
    void readsAnyBytesOrRefusesThem(Class<?> type) {
        forAll(type, RUNS, (value, packet) -> {
            var random = new SplittableRandom(value.hashCode());
            for (int at = MessageHeader.BYTES; at < packet.length; at++) {
                if (random.nextInt(4) == 0) {
                    packet[at] = (byte) random.nextInt(256);
                }
            }
            try {
                codec(type).read(Packet.of(packet).payload());
            } catch (XdrException refused) {
                assertThat(refused.offset()).isBetween(MessageHeader.BYTES, packet.length);
            }
        });
    }

    @Test
    void everyProcedureAndEventIsMadeOfThem() {
        assertThat(WireRecords.all()).hasSizeGreaterThan(90);
        List<Object> codecs = Stream.concat(
                        WireRecords.all().stream().map(type -> (Object) WireRecords.codec(type)),
                        Stream.of(
                                XdrCodec.INT32,
                                XdrCodec.INT64,
                                XdrCodec.STRING,
                                XdrCodec.BOOLEAN,
                                XdrCodec.UUID_BYTES,
                                XdrCodec.NOTHING,
                                ConnectMessages.OPTIONAL_STRING,
                                VirtkeepProgram.BACKUP_EVENT_REGISTER.arguments(),
                                VirtkeepMessages.DeleteProgress.OPTIONAL))
                .toList();
        Stream.of(LibvirtProgram.PROGRAM, QemuProgram.PROGRAM, VirtkeepProgram.PROGRAM)
                .flatMap(program -> program.procedures().stream())
                .forEach(procedure -> assertThat(codecs)
                        .as("codecs of %s", procedure)
                        .contains(procedure.arguments(), procedure.reply()));
        Stream.concat(LibvirtEvents.ALL.stream(), VirtkeepProgram.EVENTS.stream())
                .forEach(event -> assertThat(codecs).as("codec of %s", event).contains(event.codec()));
    }

    private static boolean isRead(Packet packet, XdrCodec<Object> codec) {
        try {
            packet.read(codec);
            return true;
        } catch (XdrException _) {
            return false;
        }
    }

    @SuppressWarnings("unchecked")
    private static XdrCodec<Object> codec(Class<?> type) {
        return (XdrCodec<Object>) WireRecords.codec(type);
    }

    private interface Claim {
        void check(Object value, byte[] packet) throws XdrException;
    }

    private static void forAll(Class<?> type, int runs, Claim claim) {
        Property.forAll(runs, random -> {
            Object value = new RandomRecords(random).make(type);
            claim.check(value, HEADER.packet(value, codec(type)));
        });
    }
}
