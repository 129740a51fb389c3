package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What `NBD_OPT_INFO` and `NBD_OPT_GO` say: an export, and which information is wanted about it.
///
/// @param wanted wire values of [InfoType], known or not
record ExportQuery(String export, List<Integer> wanted) {
    ExportQuery {
        wanted = List.copyOf(wanted);
    }

    static ExportQuery about(String export, InfoType... wanted) {
        return new ExportQuery(
                export, java.util.Arrays.stream(wanted).map(InfoType::wireValue).toList());
    }

    boolean wants(InfoType type) {
        return wanted.contains(type.wireValue());
    }

    ByteBuffer encode() {
        var out = new PayloadWriter().string(export).int16(wanted.size());
        wanted.forEach(out::int16);
        return out.done();
    }

    static ExportQuery decode(ByteBuffer payload) throws NbdException.Protocol {
        var in = new PayloadReader("NBD_OPT_GO or NBD_OPT_INFO", payload);
        String export = in.string();
        int count = in.int16();
        if (count > NbdLimits.INFO_REQUESTS) {
            throw in.invalid("%d information requests, more than %d", count, NbdLimits.INFO_REQUESTS);
        }
        var wanted = new ArrayList<Integer>(count);
        for (int i = 0; i < count; i++) {
            wanted.add(in.int16());
        }
        in.end();
        return new ExportQuery(export, wanted);
    }
}
