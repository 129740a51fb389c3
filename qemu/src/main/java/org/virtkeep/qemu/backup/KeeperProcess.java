package org.virtkeep.qemu.backup;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.qemu.state.ProcessIdentity;

/// The beginner's end of a [Keeper]: starts it early, lets it freeze and thaw the guest and open the
/// front-end, and finally lets it go on alone. Confined to one thread.
///
/// Until [#release()], the keeper watches its standard input: when that ends, the beginner has failed or
/// died, and the keeper thaws the guest and undoes the job. So no begin that was killed half-way waits for a
/// next command.
final class KeeperProcess implements AutoCloseable {
    private static final int LAST_WORDS_BYTES = 500;

    private final Process process;
    private Path log;
    private final ProcessIdentity identity;
    private final BufferedWriter commands;
    private final BufferedReader answers;
    private final ExecutorService reader; // nothing else waits for a pipe until a deadline; its thread waits, too
    private Optional<Future<List<String>>> up = Optional.empty(); // a spare's word that it waits
    private final Deque<String> awaited = new ArrayDeque<>(); // answers to what was told ahead

    private KeeperProcess(Process process, ProcessIdentity identity, Path log) {
        this.process = process;
        this.log = log;
        this.identity = identity;
        this.commands = process.outputWriter();
        this.answers = process.inputReader();
        this.reader = Executors.newFixedThreadPool(
                1,
                Thread.ofPlatform()
                        .name("keeper-" + identity.pid() + "-answer")
                        .daemon()
                        .factory());
    }

    /// Starts a keeper in a session of its own, so that no signal meant for us reaches it.
    ///
    /// @param log receives what the keeper has to say for itself
    static KeeperProcess start(Path root, String domain, int job, Path log) throws IOException {
        Process process = OwnProgram.start(Keeper.class, log, root.toString(), domain, Integer.toString(job));
        return new KeeperProcess(
                process,
                ProcessIdentity.of(process.pid())
                        .orElseThrow(() -> new IOException("the job's keeper process ended at once" + lastWords(log))),
                log);
    }

    /// Starts a keeper that waits for its job. It ends when we do, or when it is closed.
    ///
    /// @param soon the job is about to come
    static KeeperProcess startSpare(Path root, boolean soon) throws IOException {
        Path nowhere = Path.of("/dev/null");
        Process process = soon
                ? OwnProgram.start(Keeper.class, nowhere, root.toString(), "soon")
                : OwnProgram.start(Keeper.class, nowhere, root.toString());
        var spare = new KeeperProcess(
                process,
                ProcessIdentity.of(process.pid()).orElseThrow(() -> new IOException("a spare keeper ended at once")),
                nowhere);
        spare.up = Optional.of(spare.reader.submit(() -> spare.readLines(1)));
        return spare;
    }

    /// Gives a spare keeper its job: from here on it is like one that was started for it. Does not wait until it
    /// has taken it.
    ///
    /// @param jobLog receives what the keeper has to say for itself
    void take(String domain, int job, Path jobLog) throws IOException {
        tellAhead("take " + job + " " + domain, "taken");
        log = jobLog;
    }

    ProcessIdentity identity() {
        return identity;
    }

    /// Freezes the guest's file systems. They are thawed by [#thaw], or after `limitMillis`, or when either
    /// of us ends.
    ///
    /// @return how many file systems were frozen
    int freeze(Path agentSocket, long limitMillis, Deadline deadline) throws IOException {
        return Integer.parseInt(ask("freeze " + limitMillis + " " + agentSocket, "frozen", deadline));
    }

    /// @throws IOException if the guest had been thawed before, because the limit had passed
    void thaw(Deadline deadline) throws IOException {
        ask("thaw", "thawed", deadline);
    }

    /// True if the keeper does at once what it is told.
    boolean isUp() {
        return up.filter(Future::isDone).isPresent();
    }

    /// Lets the keeper watch QEMU, so that storage which fails frees the guest at once. Does not wait until it does.
    void watchSoon() throws IOException {
        tellAhead("watch", "watching");
    }

    /// Waits until the keeper has done what it was told.
    void awaitReady(Deadline deadline) throws IOException {
        if (up.isPresent()) {
            judge(lines(up.get(), deadline).getFirst(), "waiting");
            up = Optional.empty();
        }
        if (!awaited.isEmpty()) {
            List<String> answers = readLines(awaited.size(), deadline);
            for (String answer : answers) {
                judge(answer, awaited.removeFirst());
            }
        }
    }

    /// Lets the keeper open the front-end. [#awaitServing] is to follow.
    void serveSoon(Deadline deadline) throws IOException {
        awaitReady(deadline);
        tell("serve");
    }

    /// Returns where the front-end listens, as soon as it does.
    NbdAddress awaitServing(Deadline deadline) throws IOException {
        String answer = expect("ready", deadline);
        if (answer.startsWith("unix ")) {
            return new NbdAddress.Unix(answer.substring("unix ".length()));
        }
        String[] words = answer.split(" ");
        return new NbdAddress.Tcp(words[1], Integer.parseInt(words[2]));
    }

    /// Lets the keeper go on alone: from here on it ends only with its job. Does not wait for it. A keeper
    /// that is gone is replaced by the next session.
    void release() throws IOException {
        tell("go");
    }

    /// The answer is waited for before that to the next question.
    private void tellAhead(String command, String expected) throws IOException {
        tell(command);
        awaited.addLast(expected);
    }

    private String ask(String command, String expected, Deadline deadline) throws IOException {
        awaitReady(deadline);
        tell(command);
        return expect(expected, deadline);
    }

    private String expect(String expected, Deadline deadline) throws IOException {
        return judge(readLines(1, deadline).getFirst(), expected);
    }

    private static String judge(String answer, String expected) throws IOException {
        if (answer.startsWith(expected)) {
            return answer.substring(expected.length()).strip();
        }
        throw new IOException(isError(answer) ? answer.substring("error ".length()) : answer);
    }

    private void tell(String command) throws IOException {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new IOException("the job's keeper process ended unexpectedly" + lastWords(log), e);
        }
    }

    /// What the keeper has printed at last; its log goes with the job's record.
    private static String lastWords(Path log) {
        try {
            String printed = Files.readString(log).strip();
            return printed.isEmpty() ? "" : ": " + printed.substring(Math.max(0, printed.length() - LAST_WORDS_BYTES));
        } catch (IOException _) {
            return "";
        }
    }

    /// So many answers, or fewer of which the last is an error.
    private List<String> readLines(int count, Deadline deadline) throws IOException {
        return lines(reader.submit(() -> readLines(count)), deadline);
    }

    private List<String> lines(Future<List<String>> reading, Deadline deadline) throws IOException {
        try {
            List<String> answer = reading.get(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS);
            if (answer.isEmpty()) {
                throw new IOException("the job's keeper process ended unexpectedly" + lastWords(log));
            }
            return answer;
        } catch (TimeoutException e) {
            throw new IOException("the job's keeper process did not answer in time", e);
        } catch (ExecutionException e) {
            throw new IOException("the job's keeper process cannot be reached", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the job's keeper process", e);
        }
    }

    /// @return none, or too few, if it has ended
    private List<String> readLines(int count) throws IOException {
        var lines = new ArrayList<String>();
        while (lines.size() < count) {
            String line = answers.readLine();
            if (line == null) {
                return lines.isEmpty() || !isError(lines.getLast()) ? List.of() : lines;
            }
            lines.add(line);
            if (isError(line)) {
                return lines;
            }
        }
        return lines;
    }

    private static boolean isError(String answer) {
        return answer.startsWith("error ");
    }

    /// Lets go of the pipes. A keeper that was not released undoes its job and ends. Idempotent.
    @Override
    public void close() {
        closeQuietly(commands);
        if (!reader.isShutdown()) {
            reader.execute(() -> closeQuietly(answers)); // which a reading in work would hold up, until the keeper ends
            reader.shutdown();
        }
    }

    private static void closeQuietly(AutoCloseable pipe) {
        try {
            pipe.close();
        } catch (Exception _) {
            // the keeper is gone, which is what closing a pipe tells it to be
        }
    }
}
