package org.virtkeep.qemu;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.virtkeep.qemu.session.GuestChange;

/// Which of the changes that a QEMU has told of are not on record yet. Its events are numbered as they arrive, from 1,
/// and are received in that order, some time later, by one thread.
///
/// QEMU sends events and answers in one stream. So an answer about the state tells all that events told which had
/// arrived before it was asked, whether they have been received by then or not: with the answer on record, these
/// tell nothing new. What arrives after the question may do so, and is looked at. Thread-safe.
final class HeardChanges {
    /// What an event may have changed.
    enum Kind {
        /// What the domain does.
        STATE,
        /// A block job: what its end means is only known after a look.
        BLOCK_JOB,
        NOTHING
    }

    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock; 0 is no event.
    private long received;
    private long lastOfState;
    private long lastOfJob;
    /// All that was told of the state up to this event is on record.
    private long recorded;
    /// All that was told up to this event has been looked at.
    private long looked;
    private int ownChanges;

    /// Receives the next event.
    ///
    /// @return true if it is to be looked at now
    boolean receive(Kind kind) {
        lock.lock();
        try {
            received++;
            switch (kind) {
                case STATE -> lastOfState = received;
                case BLOCK_JOB -> lastOfJob = received;
                case NOTHING -> {
                    return false;
                }
            }
            return ownChanges == 0 && isOutstanding();
        } finally {
            lock.unlock();
        }
    }

    /// True from the receipt of an event that may have changed the domain until that is on record.
    boolean isAny() {
        lock.lock();
        try {
            return isOutstanding();
        } finally {
            lock.unlock();
        }
    }

    private boolean isOutstanding() {
        return lastOfState > recorded || lastOfJob > looked;
    }

    /// What was received before a look that begins now, for [#looked].
    long beforeLook() {
        lock.lock();
        try {
            return received;
        } finally {
            lock.unlock();
        }
    }

    /// A look has put on record what had been received before it.
    void looked(long before) {
        lock.lock();
        try {
            looked = Math.max(looked, before);
            recorded = Math.max(recorded, before);
        } finally {
            lock.unlock();
        }
    }

    /// Begins a change that this process makes itself: until it is over, nothing is to be looked at.
    ///
    /// @param arrived how many events have arrived when it is called
    /// @param look    is called when the change is over, if there is something to be looked at then
    GuestChange change(LongSupplier arrived, Runnable look) {
        return new Own(arrived, look);
    }

    private final class Own implements GuestChange {
        private final LongSupplier arrived;
        private final Runnable look;
        private long beforeAnswer;
        private long certain;

        private Own(LongSupplier arrived, Runnable look) {
            this.arrived = arrived;
            this.look = look;
            count(1, 0);
        }

        @Override
        public void asking() {
            beforeAnswer = arrived.getAsLong();
        }

        @Override
        public void recorded() {
            certain = beforeAnswer;
        }

        @Override
        public void close() {
            if (count(-1, certain)) {
                look.run();
            }
        }
    }

    /// @return true if nobody changes anything any more, and something is outstanding
    private boolean count(int more, long nowRecorded) {
        lock.lock();
        try {
            ownChanges += more;
            recorded = Math.max(recorded, nowRecorded);
            return ownChanges == 0 && isOutstanding();
        } finally {
            lock.unlock();
        }
    }
}
