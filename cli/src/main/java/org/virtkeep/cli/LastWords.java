package org.virtkeep.cli;

/// A line for standard error in case that the process is ended by a signal before this is closed.
final class LastWords implements AutoCloseable {
    private final Thread hook;

    private LastWords(Thread hook) {
        this.hook = hook;
    }

    static LastWords unlessClosed(String line) {
        var hook = Thread.ofPlatform().name("cli-last-words").unstarted(() -> System.err.println("\n" + line));
        Runtime.getRuntime().addShutdownHook(hook);
        return new LastWords(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // the process is ending already, and the line is being written
        }
    }
}
