package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;

/// Runs something while a guest's file systems are frozen. Stateless.
///
/// The freezing is done by a process of its own, a [Keeper] without a job or with one: if we die or hang, it
/// thaws.
public final class Quiesced {

    /// The longest a guest's file systems stay frozen, whatever happens.
    static final Duration LIMIT = Duration.ofSeconds(10);

    /// For the helper to start, freeze or thaw, and answer.
    private static final Duration ANSWER_LIMIT = LIMIT.multipliedBy(2);

    private Quiesced() {}

    /// Checks what can be checked beforehand.
    ///
    /// @throws VirtException OPERATION_UNSUPPORTED if the domain has no agent
    public static void requireAgent(DomainSession session) {
        AgentChannel.find(session);
    }

    /// With a process that is started for it.
    ///
    /// @throws VirtException as the other; what `instant` did may have been done all the same
    public static void run(DomainSession session, Runnable instant) {
        try (var helper = KeeperProcess.start(
                session.root().dir(),
                session.name(),
                Keeper.NO_JOB,
                session.folder().jobs().resolve("quiesce.log"))) {
            run(session, helper, instant);
        } catch (IOException e) {
            throw failure(session, e);
        }
    }

    /// With a job's keeper.
    ///
    /// @throws VirtException AGENT_UNRESPONSIVE if the guest cannot be frozen or was thawed before its time;
    ///     OPERATION_UNSUPPORTED if it has no agent. The guest is thawed, or its being so is out of our
    ///     hands.
    static void run(DomainSession session, KeeperProcess keeper, Runnable instant) {
        Path agent = AgentChannel.find(session);
        try {
            keeper.freeze(agent, LIMIT.toMillis(), Deadline.in(ANSWER_LIMIT));
        } catch (IOException e) {
            throw failure(session, e);
        }
        try {
            instant.run();
        } catch (VirtException e) {
            thawSuppressing(keeper, e);
            throw e;
        }
        try {
            keeper.thaw(Deadline.in(ANSWER_LIMIT));
        } catch (IOException e) {
            throw failure(session, e);
        }
    }

    private static void thawSuppressing(KeeperProcess keeper, VirtException failure) {
        try {
            keeper.thaw(Deadline.in(ANSWER_LIMIT));
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private static VirtException failure(DomainSession session, IOException cause) {
        return VirtException.qemu(
                ErrorCode.AGENT_UNRESPONSIVE,
                "domain '%s' cannot be quiesced: %s".formatted(session.name(), cause.getMessage()),
                cause);
    }
}
