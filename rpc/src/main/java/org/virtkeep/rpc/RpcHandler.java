package org.virtkeep.rpc;

import org.virtkeep.model.VirtException;

/// Serves one procedure. Called on a virtual thread per request, so it may block; several requests of one
/// client may be served at the same time.
///
/// @param <S> what the server keeps about one client
/// @param <A> the procedure's arguments
/// @param <R> the procedure's reply
@FunctionalInterface
public interface RpcHandler<S, A, R> {

    /// @throws VirtException becomes the error that the client receives; any other unchecked exception becomes
    ///     INTERNAL_ERROR and is logged
    R handle(S session, A arguments);
}
