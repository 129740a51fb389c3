package org.virtkeep.rpc;

import java.util.Optional;

/// The procedures of libvirt's program for QEMU alone (`qemu_protocol.x`) that are known here.
public final class QemuProgram {

    public static final Program PROGRAM = new Program(0x20008087, 1);

    /// The reply is what QEMU's monitor answered.
    public static final Procedure<AgentMessages.MonitorCommand, String> DOMAIN_MONITOR_COMMAND =
            PROGRAM.writeAccess(1, "DOMAIN_MONITOR_COMMAND", AgentMessages.MonitorCommand.CODEC, XdrCodec.STRING);

    /// The reply is what the guest's agent answered, if it does answer that command.
    public static final Procedure<AgentMessages.AgentCommand, Optional<String>> DOMAIN_AGENT_COMMAND =
            PROGRAM.writeAccess(
                    3, "DOMAIN_AGENT_COMMAND", AgentMessages.AgentCommand.CODEC, ConnectMessages.OPTIONAL_STRING);

    private QemuProgram() {}
}
