package org.virtkeep.qemu;

import java.util.ArrayList;
import java.util.List;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;

/// Starts the domains that are to be started with the host. Immutable and thread-safe.
final class Autostart {
    private final Root root;
    private final Sessions sessions;

    Autostart(Root root, Sessions sessions) {
        this.root = root;
        this.sessions = sessions;
    }

    /// Does nothing if that was done since the host was booted: a domain that was stopped since stays
    /// so.
    ///
    /// @return what kept some from being started
    List<String> run() {
        var failures = new ArrayList<String>();
        if (!root.isFirstSinceBoot()) {
            return failures;
        }
        root.domainNames().stream()
                .map(root::folder)
                .filter(DomainFolder::isAutostart)
                .forEach(folder -> start(folder, failures));
        return List.copyOf(failures);
    }

    private void start(DomainFolder folder, List<String> failures) {
        try (DomainSession session = sessions.open(folder.name(), "autostart")) {
            if (!session.isActive()) {
                sessions.start(session, false);
            }
        } catch (VirtException e) {
            failures.add("domain '%s' was not started: %s".formatted(folder.name(), e.getMessage()));
        }
    }
}
