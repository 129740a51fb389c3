package org.virtkeep.qemu;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.virtkeep.api.Domain.DiskError;
import org.virtkeep.model.DomainDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;
import org.virtkeep.qmp.BlockBackend;
import org.virtkeep.qmp.IoStatus;
import org.virtkeep.qmp.QueryBlock;

/// Which disks have failed. Stateless.
final class DiskErrors {
    private DiskErrors() {}

    /// In the order of the definition.
    ///
    /// @throws org.virtkeep.model.VirtException OPERATION_INVALID if the domain does not run
    static Map<String, DiskError> of(DomainSession session) {
        session.requireActive(ErrorCode.OPERATION_INVALID);
        Map<String, BlockBackend> backends = session.execute(new QueryBlock()).stream()
                .filter(backend -> backend.qdev().isPresent())
                .collect(Collectors.toMap(backend -> backend.qdev().get(), Function.identity(), (first, _) -> first));
        Map<String, DiskDevice> devices = session.run().orElseThrow().devices();
        var errors = new LinkedHashMap<String, DiskError>();
        for (DomainDisk disk : session.definition().disks()) {
            Optional.ofNullable(devices.get(disk.target()))
                    .flatMap(device -> Optional.ofNullable(backends.get(device.qdev())))
                    .flatMap(BlockBackend::ioStatus)
                    .flatMap(DiskErrors::error)
                    .ifPresent(error -> errors.put(disk.target(), error));
        }
        return errors;
    }

    private static Optional<DiskError> error(IoStatus status) {
        return switch (status) {
            case OK, UNKNOWN -> Optional.empty();
            case FAILED -> Optional.of(DiskError.UNSPECIFIC);
            case NOSPACE -> Optional.of(DiskError.NO_SPACE);
        };
    }
}
