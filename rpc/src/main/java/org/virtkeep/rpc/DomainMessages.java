package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;

/// Arguments and replies about domains as a whole: finding them, their life-cycle, state and statistics.
public final class DomainMessages {
    private DomainMessages() {}

    /// @param wantResults false asks for the count alone
    /// @param flags       filters, `virConnectListAllDomainsFlags`
    public record ListAll(boolean wantResults, int flags) {
        static final XdrCodec<ListAll> CODEC = XdrCodec.of(
                (it, out) -> out.bool(it.wantResults).int32(it.flags), in -> new ListAll(in.bool(), in.int32()));
    }

    /// @param count how many match, also when they were not asked for
    public record DomainList(List<DomainRef> domains, int count) {
        static final XdrCodec<DomainList> CODEC = XdrCodec.of(
                (it, out) ->
                        out.list(it.domains, Limits.OBJECTS, DomainRef.CODEC).int32(it.count),
                in -> new DomainList(in.list(Limits.OBJECTS, DomainRef.CODEC), in.int32()));

        public DomainList {
            domains = List.copyOf(domains);
        }

        public static DomainList of(List<DomainRef> domains) {
            return new DomainList(domains, domains.size());
        }
    }

    /// The argument of many procedures. What the bits mean depends on the procedure; unknown ones must be
    /// refused with INVALID_ARG, or clients believe that the feature exists.
    public record DomainFlags(DomainRef domain, int flags) {
        static final XdrCodec<DomainFlags> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC).int32(it.flags),
                in -> new DomainFlags(DomainRef.CODEC.read(in), in.int32()));
    }

    /// A document that is to become a domain.
    public record XmlFlags(String xml, int flags) {
        static final XdrCodec<XmlFlags> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.xml).int32(it.flags), in -> new XmlFlags(in.string(), in.int32()));
    }

    /// A device of a domain, as the element in its XML.
    public record DomainXml(DomainRef domain, String xml) {
        static final XdrCodec<DomainXml> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC).string(it.xml),
                in -> new DomainXml(DomainRef.CODEC.read(in), in.string()));
    }

    /// @param flags `virDomainDeviceModifyFlags`
    public record DomainXmlFlags(DomainRef domain, String xml, int flags) {
        static final XdrCodec<DomainXmlFlags> CODEC = XdrCodec.of(
                (it, out) ->
                        out.value(it.domain, DomainRef.CODEC).string(it.xml).int32(it.flags),
                in -> new DomainXmlFlags(DomainRef.CODEC.read(in), in.string(), in.int32()));
    }

    public record SetAutostart(DomainRef domain, boolean autostart) {
        static final XdrCodec<SetAutostart> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC).bool(it.autostart),
                in -> new SetAutostart(DomainRef.CODEC.read(in), in.bool()));
    }

    /// @param state             `virDomainState`
    /// @param cpuNanoseconds    used since the domain started
    /// @param virtualProcessors up to 65535 arrive at the peer
    public record Info(int state, long maximumMemoryKib, long memoryKib, int virtualProcessors, long cpuNanoseconds) {
        static final XdrCodec<Info> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.state)
                        .int64(it.maximumMemoryKib)
                        .int64(it.memoryKib)
                        .int32(it.virtualProcessors)
                        .int64(it.cpuNanoseconds),
                in -> new Info(in.int32(), in.int64(), in.int64(), in.int32(), in.int64()));
    }

    /// @param state  `virDomainState`
    /// @param reason its meaning depends on the state
    public record State(int state, int reason) {
        static final XdrCodec<State> CODEC =
                XdrCodec.of((it, out) -> out.int32(it.state).int32(it.reason), in -> new State(in.int32(), in.int32()));
    }

    /// Whether the domain's monitor can be used.
    ///
    /// @param state      0 yes, 1 a job runs, 2 a command is being executed, 3 the monitor is unusable
    /// @param details    of an error
    /// @param milliseconds since when
    public record ControlInfo(int state, int details, long milliseconds) {
        static final XdrCodec<ControlInfo> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.state).int32(it.details).int64(it.milliseconds),
                in -> new ControlInfo(in.int32(), in.int32(), in.int64()));
    }

    /// @param type         0 description, 1 title, 2 an element
    /// @param metadata     empty deletes it
    /// @param key          prefix of the element's namespace
    /// @param namespaceUri of the element
    public record SetMetadata(
            DomainRef domain,
            int type,
            Optional<String> metadata,
            Optional<String> key,
            Optional<String> namespaceUri,
            int flags) {
        static final XdrCodec<SetMetadata> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .int32(it.type)
                        .optionalString(it.metadata)
                        .optionalString(it.key)
                        .optionalString(it.namespaceUri)
                        .int32(it.flags),
                in -> new SetMetadata(
                        DomainRef.CODEC.read(in),
                        in.int32(),
                        in.optionalString(),
                        in.optionalString(),
                        in.optionalString(),
                        in.int32()));
    }

    /// @param type         as in [SetMetadata]
    /// @param namespaceUri of the element
    public record GetMetadata(DomainRef domain, int type, Optional<String> namespaceUri, int flags) {
        static final XdrCodec<GetMetadata> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .int32(it.type)
                        .optionalString(it.namespaceUri)
                        .int32(it.flags),
                in -> new GetMetadata(DomainRef.CODEC.read(in), in.int32(), in.optionalString(), in.int32()));
    }

    /// @param newName libvirt's clients refuse to leave it out
    public record Rename(DomainRef domain, Optional<String> newName, int flags) {
        static final XdrCodec<Rename> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .optionalString(it.newName)
                        .int32(it.flags),
                in -> new Rename(DomainRef.CODEC.read(in), in.optionalString(), in.int32()));
    }

    public record SecurityLabel(String label, boolean enforcing) {
        static final XdrCodec<SecurityLabel> CODEC = XdrCodec.of(
                (it, out) -> out.countedCharacters(Characters.terminated(it.label), Limits.SECURITY_LABEL_CHARACTERS)
                        .bool(it.enforcing),
                in -> new SecurityLabel(
                        Characters.text(in.countedCharacters(Limits.SECURITY_LABEL_CHARACTERS)), in.bool()));
    }

    /// Things that an administrator should know, as "tainted: …".
    public record Messages(List<String> messages) {
        static final XdrCodec<Messages> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.messages, Limits.DOMAIN_MESSAGES, XdrCodec.STRING),
                in -> new Messages(in.list(Limits.DOMAIN_MESSAGES, XdrCodec.STRING)));

        public Messages {
            messages = List.copyOf(messages);
        }
    }

    /// @param maximumCount how many the client has room for
    public record MemoryStatsArgs(DomainRef domain, int maximumCount, int flags) {
        static final XdrCodec<MemoryStatsArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .int32(it.maximumCount)
                        .int32(it.flags),
                in -> new MemoryStatsArgs(DomainRef.CODEC.read(in), in.int32(), in.int32()));
    }

    /// @param tag `virDomainMemoryStatTags`, which also says the unit
    public record MemoryStat(int tag, long value) {
        static final XdrCodec<MemoryStat> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.tag).int64(it.value), in -> new MemoryStat(in.int32(), in.int64()));
    }

    public record MemoryStats(List<MemoryStat> stats) {
        static final XdrCodec<MemoryStats> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.stats, Limits.MEMORY_STATS, MemoryStat.CODEC),
                in -> new MemoryStats(in.list(Limits.MEMORY_STATS, MemoryStat.CODEC)));

        public MemoryStats {
            stats = List.copyOf(stats);
        }
    }

    /// @param device the interface's name on the host, or its MAC address
    public record InterfaceStatsArgs(DomainRef domain, String device) {
        static final XdrCodec<InterfaceStatsArgs> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC).string(it.device),
                in -> new InterfaceStatsArgs(DomainRef.CODEC.read(in), in.string()));
    }

    /// A count that the server does not have is -1.
    public record InterfaceStats(
            long receivedBytes,
            long receivedPackets,
            long receiveErrors,
            long receiveDrops,
            long sentBytes,
            long sentPackets,
            long sendErrors,
            long sendDrops) {
        static final XdrCodec<InterfaceStats> CODEC = XdrCodec.of(
                (it, out) -> out.int64(it.receivedBytes)
                        .int64(it.receivedPackets)
                        .int64(it.receiveErrors)
                        .int64(it.receiveDrops)
                        .int64(it.sentBytes)
                        .int64(it.sentPackets)
                        .int64(it.sendErrors)
                        .int64(it.sendDrops),
                in -> new InterfaceStats(
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.int64()));
    }

    /// @param domains empty asks for all
    /// @param groups  bits of `virDomainStatsTypes`; 0 asks for all
    /// @param flags   filters, and whether unknown groups are refused
    public record AllStatsArgs(List<DomainRef> domains, int groups, int flags) {
        static final XdrCodec<AllStatsArgs> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.domains, Limits.OBJECTS, DomainRef.CODEC)
                        .int32(it.groups)
                        .int32(it.flags),
                in -> new AllStatsArgs(in.list(Limits.OBJECTS, DomainRef.CODEC), in.int32(), in.int32()));

        public AllStatsArgs {
            domains = List.copyOf(domains);
        }
    }

    public record DomainStats(DomainRef domain, List<TypedParameter> parameters) {
        static final XdrCodec<DomainStats> CODEC = XdrCodec.of(
                (it, out) -> out.value(it.domain, DomainRef.CODEC)
                        .list(it.parameters, Limits.DOMAIN_STATS, TypedParameter.CODEC),
                in -> new DomainStats(DomainRef.CODEC.read(in), in.list(Limits.DOMAIN_STATS, TypedParameter.CODEC)));

        public DomainStats {
            parameters = List.copyOf(parameters);
        }
    }

    public record AllStats(List<DomainStats> stats) {
        static final XdrCodec<AllStats> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.stats, Limits.OBJECTS, DomainStats.CODEC),
                in -> new AllStats(in.list(Limits.OBJECTS, DomainStats.CODEC)));

        public AllStats {
            stats = List.copyOf(stats);
        }
    }

    /// @param ids of running domains
    public record DomainIds(List<Integer> ids) {
        static final XdrCodec<DomainIds> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.ids, Limits.OBJECTS, XdrCodec.INT32),
                in -> new DomainIds(in.list(Limits.OBJECTS, XdrCodec.INT32)));

        public DomainIds {
            ids = List.copyOf(ids);
        }
    }

    /// Names of domains, or of a domain's snapshots.
    public record Names(List<String> names) {
        static final XdrCodec<Names> CODEC = XdrCodec.of(
                (it, out) -> out.list(it.names, Limits.OBJECTS, XdrCodec.STRING),
                in -> new Names(in.list(Limits.OBJECTS, XdrCodec.STRING)));

        public Names {
            names = List.copyOf(names);
        }
    }

    /// @param eventId `virDomainEventID`
    /// @param domain  empty registers for all domains
    public record RegisterEvent(int eventId, Optional<DomainRef> domain) {
        static final XdrCodec<RegisterEvent> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.eventId).optional(it.domain, DomainRef.CODEC),
                in -> new RegisterEvent(in.int32(), in.optional(DomainRef.CODEC)));
    }
}
