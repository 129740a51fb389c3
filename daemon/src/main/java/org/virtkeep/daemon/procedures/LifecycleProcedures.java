package org.virtkeep.daemon.procedures;

import java.util.EnumSet;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.DestroyFlag;
import org.virtkeep.api.Domain.StartFlag;
import org.virtkeep.api.Domain.UndefineFlag;
import org.virtkeep.api.DomainState;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// Defining, starting and ending domains.
final class LifecycleProcedures implements ProcedureGroup {
    /// `VIR_DOMAIN_DEFINE_VALIDATE`: what we do not know is refused with and without it.
    private static final int DEFINE_VALIDATE = 1;

    // virDomainCreateFlags. BYPASS_CACHE and FORCE_BOOT are about a saved memory, which no domain has here.
    private static final int START_PAUSED = 1;
    private static final int START_AUTODESTROY = 1 << 1;
    private static final int START_BYPASS_CACHE = 1 << 2;
    private static final int START_FORCE_BOOT = 1 << 3;
    private static final int START_VALIDATE = 1 << 4;
    private static final int START_KNOWN = START_PAUSED | START_AUTODESTROY | START_BYPASS_CACHE | START_FORCE_BOOT;
    private static final int CREATE_KNOWN = START_PAUSED | START_AUTODESTROY | START_VALIDATE;

    // virDomainShutdownFlagValues and virDomainRebootFlagValues.
    private static final int BY_POWER_BUTTON = 1;
    private static final int BY_AGENT = 1 << 1;

    // virDomainUndefineFlagsValues. There is neither a saved memory nor a TPM to be undefined.
    private static final int UNDEFINE_MANAGED_SAVE = 1;
    private static final int UNDEFINE_SNAPSHOTS = 1 << 1;
    private static final int UNDEFINE_NVRAM = 1 << 2;
    private static final int KEEP_NVRAM = 1 << 3;
    private static final int UNDEFINE_CHECKPOINTS = 1 << 4;
    private static final int UNDEFINE_TPM = 1 << 5;
    private static final int KEEP_TPM = 1 << 6;
    private static final int UNDEFINE_KNOWN = UNDEFINE_MANAGED_SAVE
            | UNDEFINE_SNAPSHOTS
            | UNDEFINE_NVRAM
            | KEEP_NVRAM
            | UNDEFINE_CHECKPOINTS
            | UNDEFINE_TPM
            | KEEP_TPM;

    private final Host host;
    private final Autodestroy autodestroy;

    LifecycleProcedures(Host host) {
        this.host = host;
        this.autodestroy = new Autodestroy(host);
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(LibvirtProgram.DOMAIN_DEFINE_XML, (_, xml) -> define(xml))
                .on(LibvirtProgram.DOMAIN_DEFINE_XML_FLAGS, (_, args) -> {
                    Flags.check(args.flags(), DEFINE_VALIDATE, "virDomainDefineXMLFlags");
                    return define(args.xml());
                })
                .on(LibvirtProgram.DOMAIN_CREATE_XML, this::create)
                .run(LibvirtProgram.DOMAIN_CREATE, (_, ref) -> host.domain(ref).start(Set.of()))
                .on(LibvirtProgram.DOMAIN_CREATE_WITH_FLAGS, this::start)
                .run(
                        LibvirtProgram.DOMAIN_UNDEFINE,
                        (_, ref) -> host.domain(ref).undefine(Set.of()))
                .run(LibvirtProgram.DOMAIN_UNDEFINE_FLAGS, (_, args) -> undefine(args))
                .on(LibvirtProgram.DOMAIN_HAS_MANAGED_SAVE_IMAGE, (_, args) -> {
                    Flags.check(args.flags(), 0, "virDomainHasManagedSaveImage");
                    host.domain(args.domain());
                    return false;
                })
                .run(LibvirtProgram.DOMAIN_MANAGED_SAVE_REMOVE, (_, args) -> {
                    Flags.check(args.flags(), 0, "virDomainManagedSaveRemove");
                    host.domain(args.domain());
                });
        addEnds(builder);
    }

    private void addEnds(RpcDispatcher.Builder<Client> builder) {
        builder.run(LibvirtProgram.DOMAIN_DESTROY, (_, ref) -> host.domain(ref).destroy())
                .run(LibvirtProgram.DOMAIN_DESTROY_FLAGS, (_, args) -> destroy(args))
                .run(LibvirtProgram.DOMAIN_SUSPEND, (_, ref) -> host.domain(ref).suspend())
                .run(LibvirtProgram.DOMAIN_RESUME, (_, ref) -> resume(ref))
                .run(
                        LibvirtProgram.DOMAIN_SHUTDOWN,
                        (_, ref) -> host.domain(ref).shutdown())
                .run(LibvirtProgram.DOMAIN_SHUTDOWN_FLAGS, (_, args) -> shutdown(args))
                .run(LibvirtProgram.DOMAIN_REBOOT, (_, args) -> reboot(args))
                .run(LibvirtProgram.DOMAIN_RESET, (_, args) -> {
                    Flags.check(args.flags(), 0, "virDomainReset");
                    host.domain(args.domain()).reset();
                });
    }

    /// As libvirtd: the driver itself would not mind.
    private void resume(DomainRef ref) {
        Domain domain = host.domain(ref);
        if (domain.state() == DomainState.RUNNING) {
            throw VirtException.qemu(ErrorCode.OPERATION_INVALID, "domain is already running");
        }
        domain.resume();
    }

    private DomainRef define(String xml) {
        return Host.ref(host.connection().define(xml));
    }

    private DomainRef create(Client client, DomainMessages.XmlFlags args) {
        Flags.check(args.flags(), CREATE_KNOWN, "virDomainCreateXML");
        return started(client, host.connection().create(args.xml(), startFlags(args.flags())), args.flags());
    }

    private DomainRef start(Client client, DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), START_KNOWN, "virDomainCreateWithFlags");
        Domain domain = host.domain(args.domain());
        domain.start(startFlags(args.flags()));
        return started(client, domain, args.flags());
    }

    private static Set<StartFlag> startFlags(int flags) {
        return (flags & START_PAUSED) != 0 ? EnumSet.of(StartFlag.PAUSED) : Set.of();
    }

    private DomainRef started(Client client, Domain domain, int flags) {
        DomainRef ref = Host.ref(domain);
        if ((flags & START_AUTODESTROY) != 0) {
            autodestroy.bind(client, ref);
        }
        return ref;
    }

    private void undefine(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), UNDEFINE_KNOWN, "virDomainUndefineFlags");
        refuseBoth(args.flags(), UNDEFINE_NVRAM | KEEP_NVRAM, "cannot both keep and delete nvram");
        refuseBoth(args.flags(), UNDEFINE_TPM | KEEP_TPM, "cannot both keep and delete TPM");
        var flags = EnumSet.noneOf(UndefineFlag.class);
        add(flags, args.flags() & UNDEFINE_SNAPSHOTS, UndefineFlag.SNAPSHOTS_METADATA);
        add(flags, args.flags() & UNDEFINE_CHECKPOINTS, UndefineFlag.CHECKPOINTS_METADATA);
        add(flags, args.flags() & UNDEFINE_NVRAM, UndefineFlag.NVRAM);
        host.domain(args.domain()).undefine(flags);
    }

    private static void refuseBoth(int flags, int both, String message) {
        if ((flags & both) == both) {
            throw VirtException.qemu(ErrorCode.INVALID_ARG, message);
        }
    }

    private static <E extends Enum<E>> void add(Set<E> flags, int bit, E flag) {
        if (bit != 0) {
            flags.add(flag);
        }
    }

    private void destroy(DomainMessages.DomainFlags args) {
        var known = EnumSet.allOf(DestroyFlag.class);
        host.domain(args.domain())
                .destroy(Flags.of(args.flags(), known, flag -> 1 << flag.ordinal(), "virDomainDestroyFlags"));
    }

    private void shutdown(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), BY_POWER_BUTTON | BY_AGENT, "virDomainShutdownFlags");
        Domain domain = host.domain(args.domain());
        if (onlyAgent(args.flags())) {
            domain.shutdownByAgent();
        } else {
            domain.shutdown();
        }
    }

    private void reboot(DomainMessages.DomainFlags args) {
        Flags.check(args.flags(), BY_POWER_BUTTON | BY_AGENT, "virDomainReboot");
        host.domain(args.domain()).reboot(onlyAgent(args.flags()));
    }

    /// The power button is tried first where a client lets us choose: it needs no help from inside.
    private static boolean onlyAgent(int flags) {
        return (flags & (BY_POWER_BUTTON | BY_AGENT)) == BY_AGENT;
    }
}
