package org.virtkeep.rpc;

import java.util.Optional;

/// What a server said it can do when the connection was opened.
///
/// @param typedParameterStrings typed parameters may be strings
/// @param keepAlive             it answers and sends keepalive packets
/// @param callbackEvents        events carry the id of their registration
/// @param closeCallback         it can say why it closes
/// @param virtkeep              what it is, if it has [VirtkeepProgram]
public record PeerFeatures(
        boolean typedParameterStrings,
        boolean keepAlive,
        boolean callbackEvents,
        boolean closeCallback,
        Optional<VirtkeepMessages.Server> virtkeep) {}
