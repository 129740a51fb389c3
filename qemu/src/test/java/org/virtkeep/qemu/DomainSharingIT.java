package org.virtkeep.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;
import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.Event;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.JobRecovery;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.Root;

/// Several processes work on one root.
@Tag("qemu")
class DomainSharingIT {
    @TempDir
    private Path dir;

    @Test
    void processesTakeTurns() {
        try (var vm = TestDomain.in(dir).start();
                var first = JavaChild.start(Worker.class, vm.connection().uri(), "one");
                var second = JavaChild.start(Worker.class, vm.connection().uri(), "two")) {
            work(vm.connection(), "three");
            assertThat(first.awaitExit()).isZero();
            assertThat(second.awaitExit()).isZero();
            assertThat(vm.connection().domains(Set.of())).hasSize(1);
            List<Event> events = vm.root().events().after(0);
            assertThat(events)
                    .extracting(Event::sequence)
                    .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
            assertAlternating(vm.events());
            assertThat(vm.connection().notices()).isEmpty();
        }
    }

    /// A domain is never announced as what it was announced as last.
    private static void assertAlternating(List<String> events) {
        String last = "";
        for (String event : events) {
            if (event.startsWith("SUSPENDED") || event.startsWith("RESUMED")) {
                assertThat(event).isNotEqualTo(last);
                last = event;
            }
        }
    }

    private static void work(Connection connection, String who) {
        for (int round = 0; round < 5; round++) {
            Domain shared = connection.domain("vm");
            shared.suspend();
            shared.resume();
            String xml = TestDomain.xml("own-" + who, Path.of("/firmware"), "", "");
            Domain own = connection.define(xml);
            assertThat(own.state()).isEqualTo(DomainState.SHUTOFF);
            own.undefine(Set.of());
        }
    }

    static final class Worker {
        public static void main(String[] arguments) {
            try (Connection connection = Connections.open(arguments[0])) {
                work(connection, arguments[1]);
            }
        }
    }

    @Test
    void aProcessThatIsKilledWhileItHoldsADomainBlocksNobody() {
        try (var vm = TestDomain.in(dir).start();
                var holder = JavaChild.start(Holder.class, vm.root().dir().toString())) {
            assertThat(holder.awaitLine()).isEqualTo("RUNNING");
            assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING); // as recorded
            holder.kill();
            vm.domain().suspend();
            assertThat(vm.domain().state()).isEqualTo(DomainState.PAUSED);
        }
    }

    static final class Holder {
        public static void main(String[] arguments) throws InterruptedException {
            var sessions = new Sessions(Root.open(Path.of(arguments[0])), JobRecovery.NONE);
            try (DomainSession session = sessions.open("vm", "hold")) {
                System.out.println(session.state());
                Thread.sleep(Duration.ofDays(1));
            }
        }
    }

    @Test
    void qemuOutlivesTheProcessThatStartedIt() {
        try (var vm = TestDomain.in(dir).define()) {
            try (var starter = JavaChild.start(Starter.class, vm.connection().uri())) {
                assertThat(starter.awaitLine()).isEqualTo("started");
                starter.kill();
            }
            assertThat(vm.domain().state()).isEqualTo(DomainState.RUNNING);
            vm.write("vda", "write -P 0x11 0 1M");
            vm.domain().destroy();
            assertThat(vm.events()).endsWith("STOPPED destroyed");
        }
    }

    static final class Starter {
        public static void main(String[] arguments) throws InterruptedException {
            try (Connection connection = Connections.open(arguments[0])) {
                connection.domain("vm").start(Set.of());
                System.out.println("started");
                Thread.sleep(Duration.ofDays(1));
            }
        }
    }
}
