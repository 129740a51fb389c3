package org.virtkeep.qemu.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.virtkeep.model.BackupXml;
import org.virtkeep.qemu.state.Json;

/// What a keeper does while it waits for its job, so that it need not be done then: loads what every job needs.
/// Stateless.
final class KeeperWarmUp {
    private static final String REQUEST =
            "<domainbackup mode='pull'><server transport='unix' socket='/none'/></domainbackup>";

    private static final List<Class<?>> NEEDED =
            List.of(FrontEnd.class, BeginWatch.class, QemuWatch.class, JobWatch.class, JobStore.class, JobRecord.class);

    private KeeperWarmUp() {}

    static void run() throws IOException {
        for (Class<?> type : NEEDED) {
            try {
                Class.forName(type.getName());
            } catch (ClassNotFoundException e) {
                throw new IOException("cannot load %s".formatted(type), e);
            }
        }
        BackupXml.read(REQUEST);
        Json.parse("warm-up", "{\"a\":[1]}".getBytes(StandardCharsets.UTF_8));
    }
}
