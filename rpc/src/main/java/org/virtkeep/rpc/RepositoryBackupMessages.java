package org.virtkeep.rpc;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Arguments and replies about backups into a repository that the server makes. What there is to tell of them is
/// asked for, not sent as events: so nothing piles up for a client that does not read, and progress that is
/// overtaken is never sent.
public final class RepositoryBackupMessages {

    /// The most that one reply of [VirtkeepProgram#REPOSITORY_BACKUP_WAIT] tells; more comes with the next call.
    public static final int MAXIMUM_TELLINGS = 64;

    private static final int MAXIMUM_DISKS = 1_024;
    private static final int MAXIMUM_SECRET_BYTES = 64 * 1024;

    private RepositoryBackupMessages() {}

    /// What opens a repository. The bytes are the holder's to wipe.
    ///
    /// @param kind what the bytes are: [#NONE], [#PASSPHRASE] or [#KEY_FILE]
    public record Secret(int kind, byte[] bytes) {
        /// There are none.
        public static final int NONE = 0;
        /// In UTF-8.
        public static final int PASSPHRASE = 1;
        /// The content of one.
        public static final int KEY_FILE = 2;

        static final XdrCodec<Secret> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.kind).opaque(it.bytes, MAXIMUM_SECRET_BYTES),
                in -> new Secret(in.int32(), in.opaque(MAXIMUM_SECRET_BYTES)));

        @Override
        public boolean equals(Object other) {
            return other instanceof Secret(int theirKind, byte[] theirs)
                    && kind == theirKind
                    && Arrays.equals(bytes, theirs);
        }

        @Override
        public int hashCode() {
            return kind;
        }

        @Override
        public String toString() {
            return "Secret[***]";
        }
    }

    /// A folder as the client sees it, so that a server in another mount namespace is found out.
    ///
    /// @param path   absolute
    /// @param device the file system's number, `st_dev`
    /// @param inode  `st_ino`
    public record Folder(String path, long device, long inode) {
        static final XdrCodec<Folder> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.path).int64(it.device).int64(it.inode),
                in -> new Folder(in.string(), in.int64(), in.int64()));
    }

    /// Which domains, and how.
    ///
    /// @param domains        names
    /// @param state          where a run leaves its record
    /// @param disks          targets; empty for all
    /// @param bytesPerSecond absent: no limit
    /// @param scratch        path of a folder
    /// @param parallel       domains at the same time, 1 to 64
    public record Begin(
            List<String> domains,
            Folder repository,
            Secret secret,
            Folder state,
            List<String> disks,
            boolean full,
            boolean quiesce,
            OptionalLong bytesPerSecond,
            Optional<String> scratch,
            int parallel) {
        static final XdrCodec<Begin> CODEC = XdrCodec.of(Begin::write, Begin::read);

        public Begin {
            domains = List.copyOf(domains);
            disks = List.copyOf(disks);
        }

        private static void write(Begin it, XdrWriter out) {
            out.list(it.domains, Limits.OBJECTS, XdrCodec.STRING)
                    .value(it.repository, Folder.CODEC)
                    .value(it.secret, Secret.CODEC)
                    .value(it.state, Folder.CODEC)
                    .list(it.disks, MAXIMUM_DISKS, XdrCodec.STRING)
                    .bool(it.full)
                    .bool(it.quiesce)
                    .bool(it.bytesPerSecond.isPresent());
            it.bytesPerSecond.ifPresent(out::int64);
            out.optionalString(it.scratch).int32(it.parallel);
        }

        private static Begin read(XdrReader in) throws XdrException {
            return new Begin(
                    in.list(Limits.OBJECTS, XdrCodec.STRING),
                    Folder.CODEC.read(in),
                    Secret.CODEC.read(in),
                    Folder.CODEC.read(in),
                    in.list(MAXIMUM_DISKS, XdrCodec.STRING),
                    in.bool(),
                    in.bool(),
                    in.bool() ? OptionalLong.of(in.int64()) : OptionalLong.empty(),
                    in.optionalString(),
                    in.int32());
        }
    }

    /// @param id         what REPOSITORY_BACKUP_BEGIN returned
    /// @param after      number of the newest telling that the client knows, 0 for none; the server forgets it and
    ///     those before it
    /// @param waitMillis how long the reply may be held back while there is nothing new; servers may reply earlier
    public record Wait(int id, long after, int waitMillis) {
        static final XdrCodec<Wait> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.id).int64(it.after).int32(it.waitMillis),
                in -> new Wait(in.int32(), in.int64(), in.int32()));
    }

    /// @param id  what REPOSITORY_BACKUP_BEGIN returned
    /// @param why a word, such as "interrupted"
    public record Cancel(int id, String why) {
        static final XdrCodec<Cancel> CODEC =
                XdrCodec.of((it, out) -> out.int32(it.id).string(it.why), in -> new Cancel(in.int32(), in.string()));
    }

    /// What is new.
    ///
    /// @param progress  of the domains that are being backed up now, if that is new
    /// @param tellings  those that are newer than what the client knows, in order
    /// @param ended     there will be no more; the server has forgotten the id
    public record News(Optional<Progress> progress, List<Telling> tellings, boolean ended) {
        static final XdrCodec<News> CODEC = XdrCodec.of(
                (it, out) -> out.optional(it.progress, Progress.CODEC)
                        .list(it.tellings, MAXIMUM_TELLINGS, Telling.CODEC)
                        .bool(it.ended),
                in -> new News(in.optional(Progress.CODEC), in.list(MAXIMUM_TELLINGS, Telling.CODEC), in.bool()));

        public News {
            tellings = List.copyOf(tellings);
        }
    }

    /// @param done  bytes of disks
    /// @param total may be exceeded by a little
    public record Progress(long done, long total) {
        static final XdrCodec<Progress> CODEC = XdrCodec.of(
                (it, out) -> out.int64(it.done).int64(it.total), in -> new Progress(in.int64(), in.int64()));
    }

    /// Either a note for people, or how one domain went.
    ///
    /// @param number counts from 1, without gaps
    /// @param note   empty for an outcome
    /// @param outcome empty for a note
    public record Telling(long number, Optional<String> note, Optional<Outcome> outcome) {
        static final XdrCodec<Telling> CODEC = XdrCodec.of(
                (it, out) -> out.int64(it.number).optionalString(it.note).optional(it.outcome, Outcome.CODEC),
                in -> new Telling(in.int64(), in.optionalString(), in.optional(Outcome.CODEC)));
    }

    /// How the backup of one domain went.
    ///
    /// @param report  of a backup that was made
    /// @param failure otherwise
    public record Outcome(String domain, Optional<Report> report, Optional<WireError> failure, List<String> notes) {
        static final XdrCodec<Outcome> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.domain)
                        .optional(it.report, Report.CODEC)
                        .optional(it.failure, WireError.CODEC)
                        .list(it.notes, Limits.OBJECTS, XdrCodec.STRING),
                in -> new Outcome(
                        in.string(),
                        in.optional(Report.CODEC),
                        in.optional(WireError.CODEC),
                        in.list(Limits.OBJECTS, XdrCodec.STRING)));

        public Outcome {
            notes = List.copyOf(notes);
        }
    }

    /// A backup as it was committed.
    ///
    /// @param backup         its id in the repository
    /// @param instantSeconds since 1970, and `instantNanos` more
    /// @param base           the backup it rests on
    public record Report(
            String backup,
            long instantSeconds,
            int instantNanos,
            long sequence,
            Optional<String> base,
            List<String> checkpoints,
            boolean quiesced,
            long readBytes,
            long storedBytes,
            long newChunks,
            long knownChunks,
            long elapsedNanos,
            List<Disk> disks) {
        static final XdrCodec<Report> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.backup)
                        .int64(it.instantSeconds)
                        .int32(it.instantNanos)
                        .int64(it.sequence)
                        .optionalString(it.base)
                        .list(it.checkpoints, MAXIMUM_DISKS, XdrCodec.STRING)
                        .bool(it.quiesced)
                        .int64(it.readBytes)
                        .int64(it.storedBytes)
                        .int64(it.newChunks)
                        .int64(it.knownChunks)
                        .int64(it.elapsedNanos)
                        .list(it.disks, MAXIMUM_DISKS, Disk.CODEC),
                in -> new Report(
                        in.string(),
                        in.int64(),
                        in.int32(),
                        in.int64(),
                        in.optionalString(),
                        in.list(MAXIMUM_DISKS, XdrCodec.STRING),
                        in.bool(),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.int64(),
                        in.list(MAXIMUM_DISKS, Disk.CODEC)));

        public Report {
            checkpoints = List.copyOf(checkpoints);
            disks = List.copyOf(disks);
        }
    }

    /// How one disk was backed up.
    ///
    /// @param name     its target
    /// @param mode     `incremental` or `full`
    /// @param why      for people
    /// @param base     the backup that an incremental rests on
    /// @param treeHash hexadecimal
    public record Disk(
            String name,
            String mode,
            String why,
            Optional<String> base,
            long sizeBytes,
            long changedBytes,
            String treeHash) {
        static final XdrCodec<Disk> CODEC = XdrCodec.of(
                (it, out) -> out.string(it.name)
                        .string(it.mode)
                        .string(it.why)
                        .optionalString(it.base)
                        .int64(it.sizeBytes)
                        .int64(it.changedBytes)
                        .string(it.treeHash),
                in -> new Disk(
                        in.string(),
                        in.string(),
                        in.string(),
                        in.optionalString(),
                        in.int64(),
                        in.int64(),
                        in.string()));
    }
}
