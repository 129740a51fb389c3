package org.virtkeep.nbd;

import java.util.List;
import java.util.Map;

/// What a client knows of an export when the handshake has ended.
///
/// @param flags      transmission flags, see [TransmissionFlag]
/// @param structured whether replies are structured
/// @param contexts   negotiated contexts by the ids that replies use
record NegotiatedExport(ExportInfo info, int flags, boolean structured, Map<Integer, ContextName> contexts) {

    /// @throws NbdException.Protocol if the server did not say what it must
    static NegotiatedExport of(
            String asked, List<InfoReply> replies, boolean structured, Map<Integer, ContextName> contexts)
            throws NbdException.Protocol {
        String name = asked;
        BlockSizes sizes = BlockSizes.DEFAULT;
        InfoReply.Export export = null;
        for (InfoReply reply : replies) {
            switch (reply) {
                case InfoReply.Export said -> export = said;
                case InfoReply.Name said -> name = said.name();
                case InfoReply.Sizes said -> sizes = said.sizes();
                case InfoReply.Description _, InfoReply.Unknown _ -> {}
            }
        }
        if (export == null) {
            throw new NbdException.Protocol("the server did not say how large export '" + asked + "' is");
        }
        var info = new ExportInfo(
                name,
                export.sizeBytes(),
                TransmissionFlag.READ_ONLY.isIn(export.flags()),
                TransmissionFlag.CAN_MULTI_CONN.isIn(export.flags()),
                sizes,
                List.copyOf(contexts.values()));
        return new NegotiatedExport(info, export.flags(), structured, contexts);
    }
}
