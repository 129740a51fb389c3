package org.virtkeep.rpc;

/// One row of a program's table: what a call of it carries and what it returns. Immutable.
///
/// Rows exist in [LibvirtProgram], [QemuProgram] and [VirtkeepProgram] only.
///
/// @param <A> the type of its arguments
/// @param <R> the type of its reply
public final class Procedure<A, R> {
    private final Program program;
    private final int number;
    private final String name;
    private final XdrCodec<A> arguments;
    private final XdrCodec<R> reply;
    private final boolean allowedReadOnly;

    Procedure(
            Program program,
            int number,
            String name,
            XdrCodec<A> arguments,
            XdrCodec<R> reply,
            boolean allowedReadOnly) {
        this.program = program;
        this.number = number;
        this.name = name;
        this.arguments = arguments;
        this.reply = reply;
        this.allowedReadOnly = allowedReadOnly;
    }

    public Program program() {
        return program;
    }

    public int number() {
        return number;
    }

    /// The name in libvirt's protocol description without `REMOTE_PROC_`, as `DOMAIN_BACKUP_BEGIN`.
    public String name() {
        return name;
    }

    /// May be called on a connection that was opened read-only. Taken from libvirtd's own answers; some flags
    /// of such a procedure (`VIR_DOMAIN_XML_SECURE`) may need more, which is for the handler to refuse.
    public boolean allowedReadOnly() {
        return allowedReadOnly;
    }

    XdrCodec<A> arguments() {
        return arguments;
    }

    XdrCodec<R> reply() {
        return reply;
    }

    @Override
    public String toString() {
        return name;
    }
}
