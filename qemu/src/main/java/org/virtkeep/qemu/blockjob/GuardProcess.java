package org.virtkeep.qemu.blockjob;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.BackupJobs;
import org.virtkeep.qemu.backup.OwnProgram;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Recoveries;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.snapshot.PivotGuard;
import org.virtkeep.qemu.snapshot.SnapshotRecovery;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;

/// What a [PivotGuard] runs: `GuardProcess ROOT DOMAIN`. It carries on with whatever is about to go over.
public final class GuardProcess {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private GuardProcess() {}

    /// A [PivotGuard.Starter].
    public static PivotGuard start(DomainSession session) {
        return PivotGuard.start(session, GuardProcess.class);
    }

    /// @param arguments root directory, domain name
    public static void main(String[] arguments) {
        PrintStream answers = OwnProgram.takeOutput();
        Root root = Root.open(Path.of(arguments[0]));
        var sessions = new Sessions(
                root,
                new Recoveries(List.of(
                        new SnapshotRecovery(PivotGuard::none),
                        new BlockJobRecovery(PivotGuard::none),
                        BackupJobs.create())));
        isGoingOver(sessions, arguments[1]); // so that what it takes to read it is loaded
        answers.println("ready");
        answers.flush();
        try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            if (input.readLine() == null) {
                carryOn(sessions, arguments[1]);
            }
        } catch (IOException e) {
            System.err.println("standard input cannot be read: " + e.getMessage());
        }
    }

    private static boolean isGoingOver(Sessions sessions, String domain) {
        DomainFolder folder = sessions.root().folder(domain);
        return SnapshotRecovery.isChanging(folder, sessions.root().durable())
                || BlockJobStore.isGoingOver(folder, sessions.root().durable());
    }

    private static void carryOn(Sessions sessions, String domain) {
        var deadline = Deadline.in(LIMIT);
        while (isGoingOver(sessions, domain) && !deadline.hasPassed()) {
            try (var _ = sessions.open(domain, "guard", Deadline.in(Sessions.USUAL_LIMIT))) {
                LockSupport.parkNanos(1); // opening is what carries on
            } catch (VirtException e) {
                System.err.println(e.getMessage());
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
