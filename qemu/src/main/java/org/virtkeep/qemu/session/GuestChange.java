package org.virtkeep.qemu.session;

/// A change of what a guest does that a session makes itself, and records. QEMU's events about it
/// tell nothing new then to who listens in this process. Used by one thread.
public interface GuestChange extends AutoCloseable {
    /// Where nobody listens.
    GuestChange UNHEARD = new GuestChange() {
        @Override
        public void asking() {}

        @Override
        public void recorded() {}

        @Override
        public void close() {}
    };

    /// QEMU is about to be asked for its state: what it has told until now, its answer tells too.
    void asking();

    /// Its answer is on record.
    void recorded();

    /// The change is over, as far as the session goes. What was heard meanwhile and is not on
    /// record is looked at soon.
    @Override
    void close();
}
