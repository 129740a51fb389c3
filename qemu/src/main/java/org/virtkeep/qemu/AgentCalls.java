package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.GuestFileSystem;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.json.JsonText;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.AgentChannel;
import org.virtkeep.qemu.backup.GuestAgent;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.Json;

/// Calls of a domain's guest agent (QEMU's qga/qapi-schema.json). The domain is held only until its
/// channel is known, so that a slow guest keeps nobody waiting. Immutable and thread-safe.
final class AgentCalls {
    /// For the agent to show that it is there, as with libvirt.
    private static final Duration SYNC_LIMIT = Duration.ofSeconds(5);
    /// For questions that the agent answers from memory.
    private static final Duration QUESTION_LIMIT = Duration.ofSeconds(10);
    /// For what has to write to the guest's disks first.
    private static final Duration WORK_LIMIT = Duration.ofSeconds(60);
    /// The longest that a client may wait for an answer to its own command.
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private static final long NANOSECONDS_PER_SECOND = 1_000_000_000;

    private final Sessions sessions;
    private final String name;

    AgentCalls(Sessions sessions, String name) {
        this.sessions = sessions;
        this.name = name;
    }

    /// What is done in one conversation.
    @FunctionalInterface
    private interface Conversation<T> {
        T hold(GuestAgent agent) throws IOException;
    }

    private <T> T converse(Conversation<T> conversation) {
        return converse(channel(), conversation);
    }

    private Path channel() {
        try (DomainSession session = sessions.open(name, "guest agent")) {
            session.requireActive(ErrorCode.OPERATION_INVALID);
            return AgentChannel.require(session);
        }
    }

    private <T> T converse(Path channel, Conversation<T> conversation) {
        try (GuestAgent agent = GuestAgent.connect(channel, Deadline.in(SYNC_LIMIT))) {
            return conversation.hold(agent);
        } catch (GuestAgent.Refused e) {
            throw VirtException.qemu(
                    e.isUnknownCommand() ? ErrorCode.OPERATION_UNSUPPORTED : ErrorCode.INTERNAL_ERROR,
                    "domain '%s': %s".formatted(name, e.getMessage()),
                    e);
        } catch (IOException e) {
            throw VirtException.qemu(
                    ErrorCode.AGENT_UNRESPONSIVE, "domain '%s': %s".formatted(name, e.getMessage()), e);
        }
    }

    int freeze(List<String> mountPoints) {
        if (mountPoints.isEmpty()) {
            return converse(agent -> agent.freeze(Deadline.in(WORK_LIMIT)));
        }
        ObjectNode arguments = Json.object();
        mountPoints.forEach(arguments.putArray("mountpoints")::add);
        return converse(agent -> agent.call("guest-fsfreeze-freeze-list", arguments, Deadline.in(WORK_LIMIT))
                .asInt());
    }

    int thaw() {
        return converse(agent -> agent.thaw(Deadline.in(WORK_LIMIT)));
    }

    List<GuestFileSystem> fileSystems() {
        Path channel;
        DomainDefinition definition;
        try (DomainSession session = sessions.open(name, "domfsinfo")) {
            session.requireActive(ErrorCode.OPERATION_INVALID);
            channel = AgentChannel.require(session);
            definition = session.definition();
        }
        return converse(channel, agent -> GuestAnswers.fileSystems(ask(agent, "guest-get-fsinfo"), definition.disks()));
    }

    private static JsonNode ask(GuestAgent agent, String command) throws IOException {
        return agent.call(command, Json.object(), Deadline.in(QUESTION_LIMIT));
    }

    GuestInfo info(Set<GuestInfo.Part> parts) {
        boolean all = parts.isEmpty();
        return new GuestInfo(
                part(all, parts.contains(GuestInfo.Part.USERS), "guest-get-users")
                        .map(GuestAnswers::users),
                part(all, parts.contains(GuestInfo.Part.OPERATING_SYSTEM), "guest-get-osinfo")
                        .map(GuestAnswers::operatingSystem)
                        .orElse(Map.of()),
                part(all, parts.contains(GuestInfo.Part.TIME_ZONE), "guest-get-timezone")
                        .map(GuestAnswers::timeZone),
                part(all, parts.contains(GuestInfo.Part.HOST_NAME), "guest-get-host-name")
                        .map(answer -> answer.path("host-name").asText()),
                all || parts.contains(GuestInfo.Part.FILE_SYSTEMS) ? fileSystemsIfKnown(all) : Optional.empty());
    }

    /// @param all true if the agent need not know it
    private Optional<JsonNode> part(boolean all, boolean named, String command) {
        if (!all && !named) {
            return Optional.empty();
        }
        try {
            return Optional.of(converse(agent -> ask(agent, command)));
        } catch (VirtException e) {
            if (all && e.getCause() instanceof GuestAgent.Refused) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<List<GuestFileSystem>> fileSystemsIfKnown(boolean all) {
        try {
            return Optional.of(fileSystems());
        } catch (VirtException e) {
            if (all && e.getCause() instanceof GuestAgent.Refused) {
                return Optional.empty();
            }
            throw e;
        }
    }

    String hostName() {
        return converse(
                agent -> ask(agent, "guest-get-host-name").path("host-name").asText());
    }

    Instant time() {
        long nanoseconds = converse(agent -> ask(agent, "guest-get-time").asLong());
        return Instant.ofEpochSecond(
                Math.floorDiv(nanoseconds, NANOSECONDS_PER_SECOND), Math.floorMod(nanoseconds, NANOSECONDS_PER_SECOND));
    }

    void setTime(Optional<Instant> time) {
        ObjectNode arguments = Json.object();
        time.ifPresent(
                known -> arguments.put("time", known.getEpochSecond() * NANOSECONDS_PER_SECOND + known.getNano()));
        converse(agent -> agent.call("guest-set-time", arguments, Deadline.in(QUESTION_LIMIT)));
    }

    void trim(long minimumBytes) {
        ObjectNode arguments = Json.object().put("minimum", minimumBytes);
        converse(agent -> agent.call("guest-fstrim", arguments, Deadline.in(LONGEST)));
    }

    /// @param mode `powerdown` or `reboot`
    void shutdown(String mode) {
        converse(agent -> {
            agent.tell("guest-shutdown", Json.object().put("mode", mode), Deadline.in(QUESTION_LIMIT));
            return mode;
        });
    }

    String command(String command, Duration limit) {
        JsonNode message;
        try {
            message = Json.parse("agent command", command.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw VirtException.qemu(ErrorCode.INVALID_ARG, "the agent's command is not JSON: " + e.getMessage(), e);
        }
        if (!message.isObject()) {
            throw VirtException.qemu(ErrorCode.INVALID_ARG, "the agent's command is not a JSON object");
        }
        Duration bounded = limit.compareTo(LONGEST) < 0 ? limit : LONGEST;
        JsonNode answer = converse(agent -> agent.exchange(message, Deadline.in(bounded)));
        if (answer.has("error")) {
            throw VirtException.qemu(
                    ErrorCode.INTERNAL_ERROR,
                    "unable to execute QEMU agent command '%s': %s"
                            .formatted(
                                    message.path("execute").asText(),
                                    answer.at("/error/desc").asText()));
        }
        return JsonText.USUAL.line(answer);
    }
}
