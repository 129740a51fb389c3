package org.virtkeep.qemu.backup;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qmp.CharacterDevice;
import org.virtkeep.qmp.QomGet;
import org.virtkeep.qmp.QomList;
import org.virtkeep.qmp.QomProperty;
import org.virtkeep.qmp.QueryChardev;

/// Finds the unix socket through which a domain's guest agent is spoken to. Stateless.
public final class AgentChannel {
    private static final String PORT_NAME = "org.qemu.guest_agent.0";

    /// Where QEMU keeps devices, with and without an id of their own.
    private static final List<String> DEVICES = List.of("/machine/peripheral", "/machine/peripheral-anon");

    /// How `query-chardev` shows a listening unix socket: `unix:PATH,server=on` or
    /// `disconnected:unix:PATH,server=on`.
    private static final Pattern UNIX_SOCKET = Pattern.compile("(?:disconnected:)?unix:(?<path>.+?)(?:,server.*)?");

    private AgentChannel() {}

    /// @throws VirtException OPERATION_UNSUPPORTED if the domain has no channel for the agent, or one
    ///     that is no socket
    static Path find(DomainSession session) {
        return switch (look(session)) {
            case Found.Open(Path socket) -> socket;
            case Found.Silent(String why) -> throw refusal(session, why);
            case Found.Missing(String why) -> throw refusal(session, why);
        };
    }

    /// As [#find], with libvirt's codes for calls that go to the agent.
    ///
    /// @throws VirtException ARGUMENT_UNSUPPORTED if the domain has no channel for the agent;
    ///     AGENT_UNRESPONSIVE if no agent listens there
    public static Path require(DomainSession session) {
        return switch (look(session)) {
            case Found.Open(Path socket) -> socket;
            case Found.Silent(String why) ->
                throw VirtException.qemu(ErrorCode.AGENT_UNRESPONSIVE, "QEMU guest agent is not connected: " + why);
            case Found.Missing(String why) ->
                throw VirtException.qemu(ErrorCode.ARGUMENT_UNSUPPORTED, "QEMU guest agent is not configured: " + why);
        };
    }

    private sealed interface Found {
        record Open(Path socket) implements Found {}

        /// There is a channel, and no agent.
        record Silent(String why) implements Found {}

        record Missing(String why) implements Found {}
    }

    private static Found look(DomainSession session) {
        Optional<String> label = chardev(session);
        if (label.isEmpty()) {
            return new Found.Missing("it has no channel '" + PORT_NAME + "'; add one to its definition and restart it");
        }
        Optional<CharacterDevice> device = session.execute(new QueryChardev()).stream()
                .filter(candidate -> candidate.label().equals(label.get()))
                .findFirst();
        if (device.isEmpty()) {
            return new Found.Missing("its agent channel is not connected to anything");
        }
        if (!device.get().frontendOpen()) {
            return new Found.Silent("no guest agent has opened its channel; start qemu-guest-agent in the guest");
        }
        Matcher address = UNIX_SOCKET.matcher(device.get().filename());
        return address.matches()
                ? new Found.Open(Path.of(address.group("path")))
                : new Found.Missing("its agent channel is '%s', not a unix socket"
                        .formatted(device.get().filename()));
    }

    private static Optional<String> chardev(DomainSession session) {
        for (String parent : DEVICES) {
            for (QomProperty child : session.execute(new QomList(parent))) {
                String path = parent + "/" + child.name();
                if (child.type().equals("child<virtserialport>")
                        && session.execute(new QomGet(path, "name")).asText().equals(PORT_NAME)) {
                    return Optional.of(
                            session.execute(new QomGet(path, "chardev")).asText());
                }
            }
        }
        return Optional.empty();
    }

    private static VirtException refusal(DomainSession session, String why) {
        return VirtException.qemu(
                ErrorCode.OPERATION_UNSUPPORTED, "domain '%s' cannot be quiesced: %s".formatted(session.name(), why));
    }
}
