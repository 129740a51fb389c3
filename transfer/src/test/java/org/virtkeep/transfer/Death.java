package org.virtkeep.transfer;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain;
import org.virtkeep.repository.Storage;

/// A process that dies at its n-th call to the world, before or after that call has its effect: from
/// then on no call has any. What it does afterwards is what a dead process does: nothing.
final class Death {
    private final int at;
    private final boolean before;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile String place = "";

    /// What a call of the dead throws. An error, so that nobody takes it for a refusal.
    static final class Dead extends Error {
        private static final long serialVersionUID = 1L;

        Dead(String message) {
            super(message);
        }
    }

    Death(int at, boolean before) {
        this.at = at;
        this.before = before;
    }

    /// How many calls there were.
    int calls() {
        return calls.get();
    }

    /// Whether it came.
    boolean came() {
        return calls.get() >= at;
    }

    String place() {
        return place;
    }

    Domain domain(Domain real) {
        return mortal(Domain.class, real);
    }

    Storage storage(Storage real) {
        return mortal(Storage.class, real);
    }

    private <T> T mortal(Class<T> type, T real) {
        InvocationHandler handler = (_, method, arguments) -> {
            int call = calls.incrementAndGet();
            String name = type.getSimpleName() + "." + method.getName();
            if (call > at || call == at && before) {
                place = place.isEmpty() ? "before " + name : place;
                throw new Dead(name);
            }
            Object result;
            try {
                result = method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            if (call == at) {
                place = "after " + name;
                throw new Dead(name);
            }
            return wrapped(result);
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object wrapped(Object result) {
        return switch (result) {
            case Checkpoint checkpoint -> mortal(Checkpoint.class, checkpoint);
            case List<?> list
            when !list.isEmpty() && list.getFirst() instanceof Checkpoint ->
                list.stream().map(this::wrapped).toList();
            case null, default -> result;
        };
    }
}
