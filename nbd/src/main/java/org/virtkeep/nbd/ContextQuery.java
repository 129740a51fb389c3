package org.virtkeep.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// What `NBD_OPT_LIST_META_CONTEXT` and `NBD_OPT_SET_META_CONTEXT` say: an export, and which contexts are meant.
record ContextQuery(String export, List<String> queries) {
    ContextQuery {
        queries = List.copyOf(queries);
    }

    ByteBuffer encode() {
        var out = new PayloadWriter().string(export).int32(queries.size());
        queries.forEach(out::string);
        return out.done();
    }

    /// @throws NbdException.Protocol also if a query is not `NAMESPACE:` or `NAMESPACE:LEAF`
    static ContextQuery decode(ByteBuffer payload) throws NbdException.Protocol {
        var in = new PayloadReader("a metadata context query", payload);
        String export = in.string();
        int count = in.count("queries", NbdLimits.CONTEXTS);
        var queries = new ArrayList<String>(count);
        for (int i = 0; i < count; i++) {
            String query = in.string();
            if (query.indexOf(':') <= 0) {
                throw in.invalid("a query '%s' without a namespace", query);
            }
            queries.add(query);
        }
        in.end();
        return new ContextQuery(export, queries);
    }
}
