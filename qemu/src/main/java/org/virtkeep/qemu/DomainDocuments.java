package org.virtkeep.qemu;

import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.virtkeep.api.Domain.XmlFlag;
import org.virtkeep.api.Metadata;
import org.virtkeep.model.DomainSecrets;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.session.KnownDefinitions;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;

/// The two documents of a domain: what it runs with, and how it is defined. Stateless.
final class DomainDocuments {
    private DomainDocuments() {}

    /// @return empty if there is neither
    static Optional<String> xml(DomainFolder folder, Set<XmlFlag> flags) {
        Optional<DomainRun> run = folder.readRun();
        if (flags.contains(XmlFlag.INACTIVE)) {
            return defined(folder).or(() -> live(folder, run)).map(document -> write(document, flags));
        }
        return live(folder, run)
                .map(document -> running(document, run.orElseThrow(), flags))
                .or(() -> defined(folder).map(document -> write(document, flags)));
    }

    /// What a domain runs with.
    static String running(XmlElement document, DomainRun run, Set<XmlFlag> flags) {
        return write(document.with("id", Integer.toString(run.id())), flags);
    }

    private static String write(XmlElement document, Set<XmlFlag> flags) {
        return (flags.contains(XmlFlag.SECURE) ? document : DomainSecrets.removedFrom(document)).write();
    }

    private static Optional<XmlElement> live(DomainFolder folder, Optional<DomainRun> run) {
        return run.flatMap(_ -> folder.liveXml()).map(DomainDocuments::read);
    }

    private static Optional<XmlElement> defined(DomainFolder folder) {
        return folder.definitionXml().map(DomainDocuments::read);
    }

    private static XmlElement read(String xml) {
        return KnownDefinitions.read(xml).document();
    }

    /// True if the next start will differ from what runs.
    static boolean isUpdated(DomainFolder folder) {
        Optional<XmlElement> live = live(folder, folder.readRun());
        Optional<XmlElement> defined = defined(folder);
        return live.isPresent() && defined.isPresent() && !live.equals(defined);
    }

    /// @throws VirtException OPERATION_INVALID if there is no such document
    static Optional<String> note(DomainSession session, Metadata which, Metadata.Place place) {
        boolean live = place == Metadata.Place.CURRENT ? session.isActive() : place == Metadata.Place.LIVE;
        return Notes.read(live ? requireLive(session) : requireDefined(session), which);
    }

    private static XmlElement requireLive(DomainSession session) {
        session.requireActive(ErrorCode.OPERATION_INVALID);
        return session.folder().liveXml().map(DomainDocuments::read).orElseThrow();
    }

    private static XmlElement requireDefined(DomainSession session) {
        return defined(session.folder())
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.OPERATION_INVALID,
                        "transient domains do not have any persistent config: '%s' is known only while it runs"
                                .formatted(session.name())));
    }

    /// Both documents are made before one is written.
    ///
    /// @throws VirtException OPERATION_INVALID if there is no such document; what the changed ones lack
    static void changeNote(DomainSession session, Metadata.Place place, UnaryOperator<XmlElement> change) {
        boolean current = place == Metadata.Place.CURRENT;
        boolean both = place == Metadata.Place.LIVE_AND_CONFIG;
        boolean live = both || place == Metadata.Place.LIVE || current && session.isActive();
        boolean config = both || place == Metadata.Place.CONFIG || current && !session.isActive();
        Optional<String> running = live ? Optional.of(changed(requireLive(session), change)) : Optional.empty();
        Optional<String> defined = config ? Optional.of(changed(requireDefined(session), change)) : Optional.empty();
        defined.ifPresent(session.folder()::writeDefinition);
        running.ifPresent(session.folder()::writeLiveXml);
    }

    private static String changed(XmlElement document, UnaryOperator<XmlElement> change) {
        String written = change.apply(document).write();
        DomainXml.read(written); // what cannot be read again must not be stored
        return written;
    }
}
