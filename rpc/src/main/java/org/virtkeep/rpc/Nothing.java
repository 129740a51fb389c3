package org.virtkeep.rpc;

/// The arguments of a procedure that takes none, or the reply of one that returns nothing.
public enum Nothing {
    NOTHING
}
