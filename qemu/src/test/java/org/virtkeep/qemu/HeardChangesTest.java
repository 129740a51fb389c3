package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.virtkeep.qemu.HeardChanges.Kind;
import org.virtkeep.qemu.session.GuestChange;

/// All orders in which QEMU, the guest, the thread that receives events and a change of our own may take their steps.
@Timeout(60)
class HeardChangesTest {
    /// Who takes the next step.
    private enum Actor {
        GUEST,
        WIRE,
        LISTENER,
        SESSION
    }

    /// What QEMU sends, in order.
    private sealed interface Sent {
        /// The domain's state has changed: from now on it is this one.
        record Event(int state) implements Sent {}

        record Answer(int state) implements Sent {}
    }

    /// QEMU and a process that listens to it and changes it once. States are numbered as they follow each other.
    private static final class World {
        private final HeardChanges heard = new HeardChanges();
        private final ArrayDeque<Sent> wire = new ArrayDeque<>();
        private final ArrayDeque<Sent.Event> arrived = new ArrayDeque<>();
        private final boolean recording;
        private GuestChange own = GuestChange.UNHEARD;
        private int guestChanges;
        private int state;
        private int onRecord;
        private int lastReceived;
        private int arrivals;
        private int answers;
        private int lastAnswer;
        private int sessionStep;
        private int looks;

        /// @param recording false if the session finds that it does not know what the state means
        private World(int guestChanges, boolean recording) {
            this.guestChanges = guestChanges;
            this.recording = recording;
        }

        private Set<Actor> able() {
            var able = EnumSet.noneOf(Actor.class);
            if (guestChanges > 0) {
                able.add(Actor.GUEST);
            }
            if (!wire.isEmpty()) {
                able.add(Actor.WIRE);
            }
            if (!arrived.isEmpty()) {
                able.add(Actor.LISTENER);
            }
            boolean waits = sessionStep == 2 && answers < 1 || sessionStep == 4 && answers < 2;
            if (sessionStep < 6 && !waits) {
                able.add(Actor.SESSION);
            }
            return able;
        }

        private void step(Actor actor) {
            switch (actor) {
                case GUEST -> {
                    guestChanges--;
                    change();
                }
                case WIRE -> arrive(wire.remove());
                case LISTENER -> {
                    lastReceived = arrived.remove().state();
                    if (heard.receive(Kind.STATE)) {
                        look();
                    }
                }
                case SESSION -> session(sessionStep++);
            }
            if (!heard.isAny()) {
                assertThat(onRecord).isGreaterThanOrEqualTo(lastReceived);
            }
        }

        private void change() {
            state++;
            wire.add(new Sent.Event(state));
        }

        private void arrive(Sent sent) {
            switch (sent) {
                case Sent.Event event -> {
                    arrivals++;
                    arrived.add(event);
                }
                case Sent.Answer answer -> {
                    answers++;
                    lastAnswer = answer.state();
                }
            }
        }

        private void session(int step) {
            switch (step) {
                case 0 -> own = heard.change(() -> arrivals, this::look);
                case 1 -> {
                    change();
                    wire.add(new Sent.Answer(state));
                }
                case 2 -> own.asking();
                case 3 -> wire.add(new Sent.Answer(state));
                case 4 -> record();
                default -> own.close();
            }
        }

        private void record() {
            if (recording) {
                onRecord = lastAnswer;
                own.recorded();
            }
        }

        /// Asks QEMU, and puts its answer on record.
        private void look() {
            looks++;
            long before = heard.beforeLook();
            onRecord = state;
            heard.looked(before);
        }
    }

    /// A judge of the world when all is over.
    private interface Judge {
        void of(World world);
    }

    private static int everyOrder(int guestChanges, boolean recording, Judge judge) {
        return explore(guestChanges, recording, new ArrayList<>(), judge);
    }

    private static int explore(int guestChanges, boolean recording, List<Actor> steps, Judge judge) {
        var world = new World(guestChanges, recording);
        try {
            steps.forEach(world::step);
            Set<Actor> able = world.able();
            if (able.isEmpty()) {
                judge.of(world);
                return 1;
            }
            int orders = 0;
            for (Actor next : able) {
                steps.add(next);
                orders += explore(guestChanges, recording, steps, judge);
                steps.removeLast();
            }
            return orders;
        } catch (AssertionError e) {
            throw e.getMessage().startsWith("after") ? e : new AssertionError("after " + steps + ": " + e, e);
        }
    }

    private static void requireAllOnRecord(World world) {
        assertThat(world.heard.isAny()).isFalse();
        assertThat(world.onRecord).isEqualTo(world.state);
    }

    @Test
    void aChangeOfOursIsNotLookedAt() {
        int orders = everyOrder(0, true, world -> {
            requireAllOnRecord(world);
            assertThat(world.looks).isZero();
        });
        assertThat(orders).isGreaterThan(1);
    }

    @Test
    void whatTheGuestDoesMeanwhileIsNeverMissed() {
        int orders = everyOrder(2, true, HeardChangesTest::requireAllOnRecord);
        System.out.println("orders: " + orders);
        assertThat(orders).isGreaterThan(10_000);
    }

    @Test
    void whatIsNotOnRecordIsLookedAt() {
        everyOrder(1, false, world -> {
            requireAllOnRecord(world);
            assertThat(world.looks).isPositive();
        });
    }

    @Test
    void aBlockJobsEventIsLookedAtWhateverIsOnRecord() {
        var heard = new HeardChanges();
        var looks = new ArrayList<Long>();
        try (GuestChange own = heard.change(() -> 2, () -> looks.add(heard.beforeLook()))) {
            assertThat(heard.receive(Kind.BLOCK_JOB)).isFalse();
            assertThat(heard.receive(Kind.NOTHING)).isFalse();
            own.asking();
            own.recorded();
        }
        assertThat(looks).containsExactly(2L);
        assertThat(heard.isAny()).isTrue();
        heard.looked(2);
        assertThat(heard.isAny()).isFalse();
        assertThat(Stream.of(Kind.values()).map(heard::receive)).containsExactly(true, true, false);
    }
}
