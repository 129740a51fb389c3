package org.virtkeep.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.testkit.Property;

/// Random and damaged bytes into both sides: they end, with declared exceptions only, and allocate little.
class DecoderFuzzTest {
    private static final long SIZE = 1 << 20;

    /// A peer that has already said all it will ever say.
    private static final class Tape implements ClientTransport {
        private final ByteBuffer in;

        Tape(byte[] bytes) {
            in = ByteBuffer.wrap(bytes);
        }

        @Override
        public long read(ByteBuffer[] into) {
            long count = 0;
            for (ByteBuffer target : into) {
                int some = Math.min(in.remaining(), target.remaining());
                target.put(in.slice(in.position(), some));
                in.position(in.position() + some);
                count += some;
            }
            return count == 0 ? -1 : count;
        }

        @Override
        public long write(ByteBuffer[] from, int first, int count) {
            long bytes = 0;
            for (int i = first; i < first + count; i++) {
                bytes += from[i].remaining();
                from[i].position(from[i].limit());
            }
            return bytes;
        }

        @Override
        public long tryWrite(ByteBuffer[] from, int first, int count) {
            return write(from, first, count);
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return "a tape";
        }
    }

    @Test
    void theServersHandshakeEndsWhateverAClientSends() {
        byte[] valid = Hex.bytes("""
                        00000003
                        49484156454f5054 00000008 00000000
                        49484156454f5054 00000003 00000000
                        49484156454f5054 0000000a 00000018 00000001 78 00000001 0000000b 71656d753a64697274793a
                        49484156454f5054 00000006 0000000b 00000001 78 0002 0001 0003
                        49484156454f5054 00000007 00000007 00000001 78 0000
                        """).array();
        fuzz(2000, valid, (tape, _) -> {
            var device = new MemoryDevice("x", new byte[512]);
            var scheduler = new RequestScheduler(1 << 20, 1);
            var export = new Export("x", scheduler.add(device), new ExportCounters(java.time.InstantSource.system()));
            new ServerHandshake(
                            new UpgradableTransport(tape),
                            new RequestInput(tape),
                            List.of(export),
                            (chosen, contexts) -> scheduler.open(chosen.queue(), contexts),
                            Optional.empty())
                    .run();
        });
    }

    @Test
    void theClientsHandshakeEndsWhateverAServerSends() {
        byte[] valid =
                Hex.bytes(FakeServer.GREETING + FakeServer.ACK_STRUCTURED + """
                        0003e889045565a9 00000003 00000002 00000005 00000001 78
                        0003e889045565a9 00000003 00000001 00000000
                        0003e889045565a9 0000000a 00000004 00000013 00000001 626173653a616c6c6f636174696f6e
                        0003e889045565a9 0000000a 00000001 00000000
                        0003e889045565a9 00000006 00000003 0000000c 0000 0000000000100000 0003
                        0003e889045565a9 00000006 00000003 0000000e 0003 00000001 00001000 02000000
                        0003e889045565a9 00000006 80000006 00000003 6e6f70
                        """).array();
        fuzz(2000, valid, (tape, _) -> {
            try (var negotiation = NbdNegotiation.over(tape, Deadline.inMillis(10_000))) {
                negotiation.listExports();
                negotiation.requestContexts("x", List.of(ContextName.BASE_ALLOCATION));
                negotiation.info("x");
            }
        });
    }

    @Test
    void readingRepliesEndsWhateverAServerSends() {
        byte[] valid = Hex.bytes("""
                        668e33ef 0000 0001 0000000000000001 0000000a 0000000000000006 0708
                        668e33ef 0000 0005 0000000000000002 00000014 00000001 00001000 00000000 00001000 00000003
                        668e33ef 0000 0002 0000000000000001 0000000c 0000000000000000 00000006
                        668e33ef 0001 0000 0000000000000001 00000000
                        668e33ef 0001 8001 0000000000000002 00000009 00000005 0003 6f6e6f
                        67446698 00000000 0000000000000003
                        """).array();
        fuzz(2000, valid, (tape, _) -> {
            var pending = new PendingCalls();
            var ended = new int[1];
            Completion count = _ -> ended[0]++;
            pending.open(new ReadCall(new ByteRange(0, 8), PageSpan.of(ByteBuffer.allocate(8)), count));
            pending.open(new StatusCall(new ByteRange(0, 8192), List.of(ContextName.BASE_ALLOCATION), count));
            pending.open(new PlainCall(Command.FLUSH, 0, new ByteRange(0, 0), count));
            var info = new ExportInfo("x", SIZE, true, true, BlockSizes.DEFAULT, List.of(ContextName.BASE_ALLOCATION));
            var export = new NegotiatedExport(info, 3, true, Map.of(1, ContextName.BASE_ALLOCATION));
            var reader = new ReplyReader(tape, export, pending);
            try {
                while (true) {
                    reader.readNext();
                }
            } catch (NbdException e) {
                pending.failAll(e);
            }
            assertThat(ended[0]).as("each call ends once").isEqualTo(3);
        });
    }

    @Test
    void requestsAreReadWhateverAClientSends() {
        byte[] valid = Hex.array(new PayloadWriter()
                .bytes(new Request(0, 0, 1, 0, 512).encode())
                .bytes(new Request(8, 7, 2, 0, 512).encode())
                .bytes(new Request(0, 1, 3, 0, 4).encode())
                .int32(7)
                .bytes(new Request(4, 0, 4, 100, 100).encode())
                .bytes(new Request(0, 2, 0, 0, 0).encode())
                .done());
        fuzz(300, valid, (tape, random) -> {
            var device = new MemoryDevice("x", new byte[512])
                    .context(ContextName.BASE_ALLOCATION, new Extent(new ByteRange(0, 512), 0));
            var scheduler = new RequestScheduler(1 << 20, 1);
            var counters = new ExportCounters(java.time.InstantSource.system());
            var export = new Export("x", scheduler.add(device), counters);
            var client = scheduler
                    .open(export.queue(), List.of(ContextName.BASE_ALLOCATION))
                    .orElseThrow();
            boolean structured = random.nextBoolean();
            var activity = new ClientActivity();
            var sender = new ReplySender(tape, counters, activity, () -> {});
            var replies = structured
                    ? new StructuredReplies(sender, counters)
                    : new SimpleReplies(sender, counters, () -> {});
            client.deliverTo(replies);
            var chosen = new ServerHandshake.Chosen(export, structured, client);
            try {
                new RequestReader(new RequestInput(tape), chosen, scheduler, replies, activity).serve();
            } finally {
                scheduler.close(client);
                sender.close();
                replies.close();
            }
            assertThat(scheduler.open(export.queue(), List.of()))
                    .as("all memory came back")
                    .isPresent();
        });
    }

    private interface Target {
        void feed(ClientTransport tape, SplittableRandom random) throws IOException;
    }

    private static void fuzz(int runs, byte[] valid, Target target) {
        Property.forAll(runs, random -> {
            byte[] bytes = damaged(valid, random);
            try {
                target.feed(new Tape(bytes), random);
            } catch (NbdException e) {
                assertThat(e.getMessage()).isNotBlank();
            } catch (IOException e) {
                fail("not a declared exception", e);
            }
        });
    }

    private static byte[] damaged(byte[] valid, SplittableRandom random) {
        if (random.nextInt(10) == 0) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] bytes = java.util.Arrays.copyOf(valid, random.nextInt(valid.length + 1) | valid.length / 2);
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes[at] = (byte)
                    switch (random.nextInt(3)) {
                        case 0 -> random.nextInt();
                        case 1 -> 0xff;
                        default -> bytes[at] ^ 1 << random.nextInt(8);
                    };
        }
        return bytes;
    }
}
