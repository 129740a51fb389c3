package org.virtkeep.qemu;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.qemu.state.FaultyFiles;
import org.virtkeep.qemu.state.FileOperations;
import org.virtkeep.qmp.QmpAction;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;

/// What happens at the steps of an operation: at each change of a file and each command to QEMU.
@FunctionalInterface
interface StepPlan {
    Duration LIMIT = Duration.ofSeconds(30);

    /// Before a step. If it throws, the step is not taken.
    void before(String step) throws IOException;

    /// After a step that succeeded. If it throws, the step has been taken all the same.
    default void after(String step) throws IOException {}

    /// After a command that QEMU refused.
    default void refused(String step) {}

    /// File operations under this plan.
    default FileOperations files() {
        return new FaultyFiles(this::before, this::after);
    }

    /// A monitor under this plan. What the plan throws is what the command throws; what is no [QmpException]
    /// looks like QEMU's refusal.
    default QmpMonitor around(QmpMonitor real) {
        return new DelegatingMonitor(real) {
            /// At once, as QEMU may.
            @Override
            public Awaited<List<Optional<QmpException.Refused>>> sendAll(List<? extends QmpAction> commands) {
                try {
                    var refusals = executeAll(commands, Deadline.in(LIMIT));
                    return _ -> refusals;
                } catch (QmpException e) {
                    return _ -> {
                        throw e;
                    };
                }
            }

            @Override
            public <R> R execute(QmpCommand<R> command, Deadline deadline) throws QmpException {
                String step = "QMP " + command.name();
                try {
                    before(step);
                    R result = super.execute(command, deadline);
                    after(step);
                    return result;
                } catch (QmpException.Refused e) {
                    refused(step);
                    throw e;
                } catch (QmpException e) {
                    throw e;
                } catch (IOException e) {
                    throw new QmpException.Refused(command.name(), "GenericError", e.getMessage());
                }
            }
        };
    }
}
