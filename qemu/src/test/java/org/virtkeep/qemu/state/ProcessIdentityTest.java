package org.virtkeep.qemu.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.virtkeep.testkit.Tools;

class ProcessIdentityTest {
    private static final long NO_SUCH_PROCESS = 1L << 30; // above the kernel's largest pid

    @Test
    void knowsAProcessUntilItsEnd() throws IOException, InterruptedException {
        Process sleep = new ProcessBuilder("sleep", "100").start();
        ProcessIdentity identity = ProcessIdentity.of(sleep.pid()).orElseThrow();
        assertThat(identity.isAlive()).isTrue();
        sleep.destroyForcibly().waitFor();
        assertThat(identity.isAlive()).isFalse();
        assertThat(ProcessIdentity.of(sleep.pid())).isEmpty();
    }

    @Test
    void aZombieIsDead() throws IOException, InterruptedException {
        // The shell becomes a program that never asks what became of its child.
        Process shell = new ProcessBuilder("sh", "-c", "sleep 0.3 & echo $!; exec sleep 100").start();
        try {
            long child = Long.parseLong(shell.inputReader().readLine());
            while (!stateOf(child).equals("Z")) {
                Thread.onSpinWait();
            }
            assertThat(ProcessIdentity.of(child)).isEmpty();
        } finally {
            shell.destroyForcibly().waitFor();
        }
    }

    @Test
    void aProcessWhoseFirstThreadHasEndedIsAlive() throws IOException, InterruptedException {
        Tools.require("python3");
        // As in a QEMU that is being killed: the other threads still hold files and their locks.
        Process process = new ProcessBuilder("python3", "-c", """
                import ctypes, threading, time
                threading.Thread(target=time.sleep, args=(100,)).start()
                ctypes.CDLL(None).pthread_exit(None)
                """)
                .redirectErrorStream(true)
                .start();
        try {
            while (!stateOf(process.pid()).equals("Z")) {
                assertThat(process.isAlive()).isTrue();
                Thread.onSpinWait();
            }
            assertThat(ProcessIdentity.of(process.pid())).isPresent();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String stateOf(long pid) throws IOException {
        String stat = java.nio.file.Files.readString(java.nio.file.Path.of("/proc", Long.toString(pid), "stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).substring(0, 1);
    }

    @Test
    void anotherProcessWithTheSameIdIsAnother() {
        ProcessIdentity self = ProcessIdentity.ofThisProcess();
        assertThat(self.isAlive()).isTrue();
        assertThat(new ProcessIdentity(self.pid(), self.startTicks() + 1, self.bootId()).isAlive())
                .isFalse();
        assertThat(new ProcessIdentity(self.pid(), self.startTicks(), "another-boot").isAlive())
                .isFalse();
        assertThat(ProcessIdentity.of(NO_SUCH_PROCESS)).isEmpty();
    }
}
