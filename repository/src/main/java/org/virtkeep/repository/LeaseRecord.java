package org.virtkeep.repository;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/// One heartbeat of a session, as it is stored. Immutable.
///
/// @param session unique, a part of the names of its heartbeats
/// @param beat number of the heartbeat, from 0
record LeaseRecord(String session, long beat, Purpose purpose, LeaseOwner owner, Instant began, Instant renewed) {
    static final String FOLDER = "leases/";
    private static final String BROKEN = "broken";

    /// What the session does.
    enum Purpose {
        BACKUP,
        RESTORE,
        PRUNE;

        /// What a newer virtkeep may call otherwise is respected like a backup.
        static Purpose of(String text) {
            return switch (text) {
                case "prune" -> PRUNE;
                case "restore" -> RESTORE;
                default -> BACKUP;
            };
        }
    }

    static String brokenName(String session) {
        return FOLDER + session + "." + BROKEN;
    }

    String name() {
        return FOLDER + session + ".%020d".formatted(beat);
    }

    static boolean isBroken(StoredObject object) {
        return object.baseName().endsWith("." + BROKEN);
    }

    /// The session of a lease object; everything before the last dot.
    static String session(StoredObject object) {
        String base = object.baseName();
        return base.substring(0, Math.max(0, base.lastIndexOf('.')));
    }

    SessionInfo info() {
        return new SessionInfo(session, purpose.name().toLowerCase(Locale.ROOT), owner.toString(), began, renewed);
    }

    LeaseRecord next(Instant now) {
        return new LeaseRecord(session, beat + 1, purpose, owner, began, now);
    }

    /// Whether the session cannot be alive any more. May be wrong about a session that merely stood still
    /// or whose clock is off: such a session finds its lease broken and commits nothing.
    boolean isDead(LeaseOwner observer, Instant now, Duration expiry) {
        return owner.isSeenDead(observer)
                || Duration.between(renewed, now).abs().compareTo(expiry) > 0;
    }

    byte[] body() {
        return Json.bytes(Json.object()
                .put("session", session)
                .put("purpose", purpose.name().toLowerCase(Locale.ROOT))
                .put("host", owner.host())
                .put("place", owner.place())
                .put("pid", owner.pid())
                .put("startedMillis", owner.startedMillis())
                .put("began", began.toString())
                .put("renewed", renewed.toString()));
    }

    static LeaseRecord load(Storage storage, String name, UUID repository) throws IOException {
        JsonNode json = Json.parse(name, Envelope.open(storage, name, Envelope.Type.LEASE, repository, Keys.plain()));
        var owner = new LeaseOwner(
                Json.text(name, json, "host"),
                Json.text(name, json, "place"),
                Json.number(name, json, "pid"),
                Json.number(name, json, "startedMillis"));
        String beat = name.substring(name.lastIndexOf('.') + 1);
        return new LeaseRecord(
                Json.text(name, json, "session"),
                beat(name, beat),
                Purpose.of(Json.text(name, json, "purpose")),
                owner,
                RepositoryConfig.instant(name, Json.text(name, json, "began")),
                RepositoryConfig.instant(name, Json.text(name, json, "renewed")));
    }

    private static long beat(String name, String digits) throws RepositoryException.Corrupt {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new RepositoryException.Corrupt("'%s' is not a lease's name".formatted(name), e);
        }
    }
}
