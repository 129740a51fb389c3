package org.virtkeep.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.virtkeep.model.Deadline;

class PendingCallsTest {
    private static final Reply REPLY = new Reply.Result(Json.object());

    private final PendingCalls calls = new PendingCalls();

    private PendingCall open(long id) {
        var call = new PendingCall(id, new byte[0]);
        assertThat(calls.open(call)).isEmpty();
        return call;
    }

    private static Reply replyOf(PendingCall call) {
        return call.await(Deadline.inMillis(0)).orElseThrow();
    }

    @Test
    void anAnswerGoesToItsCallOnce() {
        PendingCall first = open(1);
        PendingCall second = open(2);
        assertThat(calls.complete(2, REPLY)).isTrue();
        assertThat(calls.complete(2, REPLY)).isFalse();
        assertThat(replyOf(second)).isEqualTo(REPLY);
        assertThat(first.await(Deadline.inMillis(0))).isEmpty();
    }

    @Test
    void anAnswerToNobodyIsReported() {
        assertThat(calls.complete(1, REPLY)).isFalse();
    }

    @Test
    void theAnswerToAnAbandonedCallIsAcceptedOnce() throws QmpException {
        calls.abandon(open(1));
        assertThat(calls.complete(1, REPLY)).isTrue();
        assertThat(calls.complete(1, REPLY)).isFalse();
    }

    @Test
    void theAnswerToACallThatWasNotSentIsNotAccepted() {
        calls.withdraw(open(1));
        assertThat(calls.complete(1, REPLY)).isFalse();
    }

    @Test
    void tooManyAbandonedCallsAreADisconnect() throws QmpException {
        for (int id = 0; id < PendingCalls.MAX_ABANDONED; id++) {
            calls.abandon(open(id));
        }
        PendingCall oneMore = open(PendingCalls.MAX_ABANDONED);
        assertThatThrownBy(() -> calls.abandon(oneMore)).isInstanceOf(QmpException.Disconnected.class);
    }

    @Test
    void theFirstFailureEndsWaitingCallsAndLaterOnes() {
        PendingCall waiting = open(1);
        var cause = new QmpException.Disconnected("first");
        calls.failAll(cause);
        calls.failAll(new QmpException.Disconnected("second"));
        assertThat(replyOf(waiting)).isEqualTo(new Reply.Lost(cause));
        assertThat(calls.open(new PendingCall(2, new byte[0]))).contains(cause);
    }
}
