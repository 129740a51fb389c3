package org.virtkeep.qemu.session;

import java.util.Optional;

/// What backup jobs want to do when a domain is opened or stopped. Called while the domain's lock is held.
/// Must be thread-safe across domains.
public interface JobRecovery {

    /// Does nothing: for a driver without backup jobs.
    JobRecovery NONE = new JobRecovery() {
        @Override
        public void recover(DomainSession session) {}

        @Override
        public void beforeStop(DomainSession session, String why) {}

        @Override
        public boolean isSettled(DomainSession session) {
            return true;
        }
    };

    /// Finishes, reports or undoes what happened to the domain's jobs since the last session. Called at the
    /// start of every session, whether the domain runs or not. If its QEMU has died since, the session is
    /// inactive, and the STOPPED event and the removal of `live.json` follow only after this returned.
    ///
    /// @throws org.virtkeep.model.VirtException the session is not opened then
    void recover(DomainSession session);

    /// True if [#recover] will find nothing to do until files of the domain are changed: nothing was
    /// interrupted, and nothing goes on by itself. Called on a session.
    default boolean isSettled(DomainSession session) {
        return false;
    }

    /// Ends the domain's jobs because QEMU is about to be ended on purpose. The session is active.
    ///
    /// @param why for the jobs' errors, such as `the domain was destroyed`
    void beforeStop(DomainSession session, String why);

    /// Lets go of a QEMU that does not answer, where a job may be what it waits for. Called while the
    /// domain's lock is held, on an inactive session.
    ///
    /// @return true if something was done, so that it is worth asking QEMU again
    default boolean freeQemu(DomainSession session) {
        return false;
    }

    /// The job that needs the images of a domain that is shut off, such as `backup job 3 (pull)
    /// since …`.
    default Optional<String> imageUser(DomainSession session) {
        return Optional.empty();
    }

    /// True while a job still needs a QEMU whose guest has shut down. It is not ended then until a later
    /// session finds that nobody needs it.
    default boolean needsQemu(DomainSession session) {
        return false;
    }
}
