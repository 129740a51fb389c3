package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;

/// Arguments and replies of the calls that the agent inside a guest answers.
public final class AgentMessages {
    private AgentMessages() {}

    /// @param mountPoints empty means all
    public record MountPoints(DomainRef domain, List<String> mountPoints, int flags) {
        static final XdrCodec<MountPoints> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .list(it.mountPoints, Limits.MOUNT_POINTS, XdrCodec.STRING)
                        .int32(it.flags),
                in -> new MountPoints(
                        DomainRef.CODEC.read(in), in.list(Limits.MOUNT_POINTS, XdrCodec.STRING), in.int32()));

        public MountPoints {
            mountPoints = List.copyOf(mountPoints);
        }
    }

    /// @param disks targets, as `vda`
    public record FileSystem(String mountPoint, String name, String type, List<String> disks) {
        static final XdrCodec<FileSystem> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.mountPoint)
                        .string(it.name)
                        .string(it.type)
                        .list(it.disks, Limits.FILE_SYSTEMS, XdrCodec.STRING),
                in -> new FileSystem(
                        in.string(), in.string(), in.string(), in.list(Limits.FILE_SYSTEMS, XdrCodec.STRING)));

        public FileSystem {
            disks = List.copyOf(disks);
        }
    }

    public record FileSystems(List<FileSystem> fileSystems, int count) {
        static final XdrCodec<FileSystems> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.fileSystems, Limits.FILE_SYSTEMS, FileSystem.CODEC)
                        .int32(it.count),
                in -> new FileSystems(in.list(Limits.FILE_SYSTEMS, FileSystem.CODEC), in.int32()));

        public FileSystems {
            fileSystems = List.copyOf(fileSystems);
        }
    }

    /// The guest's clock, since 1970 in UTC.
    public record Time(long seconds, int nanoseconds) {
        static final XdrCodec<Time> CODEC = XdrCodec.of(
                (it, out) -> out.int64(it.seconds).int32(it.nanoseconds), in -> new Time(in.int64(), in.int32()));
    }

    public record SetTime(DomainRef domain, long seconds, int nanoseconds, int flags) {
        static final XdrCodec<SetTime> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .int64(it.seconds)
                        .int32(it.nanoseconds)
                        .int32(it.flags),
                in -> new SetTime(DomainRef.CODEC.read(in), in.int64(), in.int32(), in.int32()));
    }

    /// @param mountPoint   empty means all
    /// @param minimumBytes smaller free areas may be left alone
    public record Trim(DomainRef domain, Optional<String> mountPoint, long minimumBytes, int flags) {
        static final XdrCodec<Trim> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .optionalString(it.mountPoint)
                        .int64(it.minimumBytes)
                        .int32(it.flags),
                in -> new Trim(DomainRef.CODEC.read(in), in.optionalString(), in.int64(), in.int32()));
    }

    /// @param types bits of `virDomainGuestInfoTypes`; 0 asks for all that the agent knows
    public record GuestInfoArgs(DomainRef domain, int types, int flags) {
        static final XdrCodec<GuestInfoArgs> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.domain, DomainRef.CODEC).int32(it.types).int32(it.flags),
                in -> new GuestInfoArgs(DomainRef.CODEC.read(in), in.int32(), in.int32()));
    }

    public record GuestInfo(List<TypedParameter> parameters) {
        static final XdrCodec<GuestInfo> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.parameters, Limits.GUEST_INFO, TypedParameter.CODEC),
                in -> new GuestInfo(in.list(Limits.GUEST_INFO, TypedParameter.CODEC)));

        public GuestInfo {
            parameters = List.copyOf(parameters);
        }
    }

    /// @param command        as the agent's protocol has it, in JSON
    /// @param timeoutSeconds -2 waits for ever, -1 as long as the server thinks right, 0 not at all
    public record AgentCommand(DomainRef domain, String command, int timeoutSeconds, int flags) {
        static final XdrCodec<AgentCommand> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .string(it.command)
                        .int32(it.timeoutSeconds)
                        .int32(it.flags),
                in -> new AgentCommand(DomainRef.CODEC.read(in), in.string(), in.int32(), in.int32()));
    }

    /// @param flags 1 for the human monitor's language instead of QMP
    public record MonitorCommand(DomainRef domain, String command, int flags) {
        static final XdrCodec<MonitorCommand> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.domain, DomainRef.CODEC).string(it.command).int32(it.flags),
                in -> new MonitorCommand(DomainRef.CODEC.read(in), in.string(), in.int32()));
    }
}
