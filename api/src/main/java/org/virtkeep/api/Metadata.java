package org.virtkeep.api;

/// Which part of what people and programs have noted about a domain (`virDomainMetadataType`).
public sealed interface Metadata {

    /// `<description>`.
    record Description() implements Metadata {}

    /// `<title>`: one line.
    record Title() implements Metadata {}

    /// The element of that namespace in `<metadata>`, which belongs to one program.
    record Element(String namespaceUri) implements Metadata {}

    /// Where a note is read or changed.
    enum Place {
        /// What the domain runs with, which is lost at its end, or else its definition
        /// (`VIR_DOMAIN_AFFECT_CURRENT`).
        CURRENT,
        LIVE,
        CONFIG,
        /// For changes only.
        LIVE_AND_CONFIG
    }
}
