package org.virtkeep.rpc;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Every record of the module that has a codec, found by looking at the classes that hold them.
final class WireRecords {
    private static final List<Class<?>> HOLDERS = List.of(
            AgentMessages.class,
            BackupMessages.class,
            BlockMessages.class,
            CheckpointMessages.class,
            ConnectMessages.class,
            DeviceEvent.class,
            DiskEvent.class,
            DomainMessages.class,
            GuestEvent.class,
            JobEvent.class,
            JobMessages.class,
            RecordMessages.class,
            RepositoryBackupMessages.class,
            SnapshotMessages.class,
            VirtkeepMessages.class,
            BackupEnded.class,
            CheckpointRef.class,
            DomainRef.class,
            NetworkRef.class,
            SnapshotRef.class,
            TypedParameter.class,
            WireError.class);

    private WireRecords() {}

    static List<Class<?>> all() {
        return HOLDERS.stream()
                .flatMap(WireRecords::withNested)
                .filter(type -> Arrays.stream(type.getDeclaredFields())
                        .anyMatch(field -> field.getName().equals("CODEC")))
                .toList();
    }

    @SuppressWarnings("unchecked")
    static <T> XdrCodec<T> codec(Class<T> type) {
        try {
            Field field = type.getDeclaredField("CODEC");
            field.setAccessible(true);
            return (XdrCodec<T>) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("cannot read the codec of " + type, e);
        }
    }

    private static Stream<Class<?>> withNested(Class<?> type) {
        return Stream.concat(
                Stream.of(type), Arrays.stream(type.getDeclaredClasses()).flatMap(WireRecords::withNested));
    }
}
