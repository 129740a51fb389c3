package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.virtkeep.model.Deadline;
import org.virtkeep.qmp.QmpCommand;
import org.virtkeep.qmp.QmpException;
import org.virtkeep.qmp.QmpMonitor;

/// Makes QEMU copy a push's disks so slowly that it does not end by itself while a test lasts.
final class SlowCopies extends DelegatingMonitor {
    private static final int BYTES_PER_SECOND = 65_536;
    private static final String BACKUP = "blockdev-backup";

    SlowCopies(QmpMonitor real) {
        super(real);
    }

    @Override
    public <R> R execute(QmpCommand<R> command, Deadline deadline) throws QmpException {
        return super.execute(new Slowed<>(command), deadline);
    }

    private record Slowed<R>(QmpCommand<R> asked) implements QmpCommand<R> {
        @Override
        public String name() {
            return asked.name();
        }

        @Override
        public ObjectNode arguments() {
            ObjectNode arguments = asked.arguments();
            if (name().equals(BACKUP)) {
                slow(arguments);
            }
            for (JsonNode action : arguments.path("actions")) {
                if (action.path("type").asText().equals(BACKUP)) {
                    slow((ObjectNode) action.path("data"));
                }
            }
            return arguments;
        }

        private static void slow(ObjectNode backup) {
            if (!backup.path("sync").asText().equals("none")) {
                backup.put("speed", BYTES_PER_SECOND);
            }
        }

        @Override
        public R decode(JsonNode result) throws QmpException.Protocol {
            return asked.decode(result);
        }
    }
}
