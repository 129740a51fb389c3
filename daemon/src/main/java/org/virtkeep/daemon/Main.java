package org.virtkeep.daemon;

/// The program `virtkeepd`.
public final class Main {
    private Main() {}

    /// Serves until it is told to end: exit code 0 then, 1 if it could not begin, 2 for wrong options.
    public static void main(String[] arguments) {
        Log.start();
        System.exit(new VirtkeepdCommand().line().execute(arguments));
    }
}
