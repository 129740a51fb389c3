package org.virtkeep.qemu.backup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.VirtException;
import org.virtkeep.nbd.NbdFrontEnd;
import org.virtkeep.qemu.session.Sessions;
import org.virtkeep.qemu.state.ProcessIdentity;
import org.virtkeep.qemu.state.Root;

/// The process that belongs to one backup job: `Keeper ROOT DOMAIN JOB`; or `Keeper ROOT`, which waits
/// until it is told the rest over standard input ([SpareKeeper]), or to end by its end; or `Keeper ROOT
/// soon`, which will be told at once.
///
/// It first serves its beginner over standard input and output (see [KeeperProcess]), then goes on alone
/// until the job has ended: it serves a pull's clients, finishes a push, and watches QEMU so that trouble
/// ends the backup and not the guest. It may be killed at any moment; the next session on the domain starts
/// another.
public final class Keeper {

    /// The job of a keeper that is only there to freeze and thaw a guest.
    static final int NO_JOB = 0;

    /// For connecting upstream and starting to listen. Both are local.
    private static final Duration SERVE_LIMIT = Duration.ofSeconds(20);

    /// For the look at QEMU that is in work when we are told to end.
    private static final Duration LEAVE_LIMIT = Duration.ofMillis(200);

    private final Root root;
    private final String domain;
    private final int job;
    private final PrintStream answers;
    private final BufferedReader commands;

    // Confined to the main thread, but for the closing of front-end and watch at shutdown.
    private volatile Optional<FrontEnd> frontEnd = Optional.empty();
    private volatile Optional<NbdFrontEnd.Listening> listening = Optional.empty();
    private volatile Optional<JobWatch> watch = Optional.empty();
    private Optional<QuiesceGuard> quiesce = Optional.empty();
    private Optional<BeginWatch> beginWatch = Optional.empty();

    private Keeper(Root root, String domain, int job, BufferedReader commands, PrintStream answers) {
        this.root = root;
        this.domain = domain;
        this.job = job;
        this.commands = commands;
        this.answers = answers;
    }

    /// @param arguments root directory, domain name, job id
    public static void main(String[] arguments) {
        PrintStream answers = OwnProgram.takeOutput();
        var commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Optional<Keeper> keeper = arguments.length > 2
                ? Optional.of(keeper(arguments[0], arguments[1], arguments[2], commands, answers))
                : await(arguments[0], arguments.length > 1, commands, answers);
        keeper.ifPresent(Keeper::work);
        Runtime.getRuntime().halt(0); // no thread of ours may keep a process alive whose job is over
    }

    private static Keeper keeper(String root, String domain, String job, BufferedReader commands, PrintStream answers) {
        return new Keeper(Root.open(Path.of(root)), domain, Integer.parseInt(job), commands, answers);
    }

    /// Waits to be given a job. Touches no file before.
    ///
    /// @param soon it is about to come, and must not wait for a rehearsal
    /// @return empty if nobody needs us any more
    private static Optional<Keeper> await(String root, boolean soon, BufferedReader commands, PrintStream answers) {
        try {
            if (!soon) {
                KeeperWarmUp.run();
            }
            answers.println("waiting");
            answers.flush();
            String command = commands.readLine();
            if (command == null || !command.startsWith("take ")) {
                return Optional.empty();
            }
            String[] words = command.split(" ", 3);
            Keeper keeper = keeper(root, words[2], words[1], commands, answers);
            OwnProgram.logTo(new JobStore(keeper.root.folder(keeper.domain), keeper.root.durable()).log(keeper.job));
            keeper.answer("taken");
            return Optional.of(keeper);
        } catch (IOException e) {
            answers.println("error " + e.getMessage());
            answers.flush();
            return Optional.empty();
        }
    }

    /// Does what a begin asks for, with a job that is none.
    static void rehearse(Path root, String domain, int job) {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var keeper = new Keeper(Root.open(root), domain, job, new BufferedReader(Reader.nullReader()), nowhere);
        keeper.answerTo("watch");
        keeper.planServing();
        keeper.answerTo("serve");
        keeper.beginWatch.ifPresent(BeginWatch::close);
        keeper.stopServing();
    }

    private void work() {
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(main), "keeper-stop"));
        run();
    }

    private void run() {
        boolean released;
        try {
            released = serveBeginner();
        } catch (IOException e) {
            System.err.println("the beginner cannot be reached: " + e.getMessage());
            released = false;
        }
        quiesce.ifPresent(QuiesceGuard::close);
        beginWatch.ifPresent(BeginWatch::close);
        if (released || isToGoOn()) {
            var watching = new JobWatch(root, domain, job, frontEnd);
            watch = Optional.of(watching);
            watching.run();
        } else {
            stopServing();
            undo();
        }
    }

    /// True if the beginner died after it had done its work and before it could say so.
    private boolean isToGoOn() {
        return record().filter(record -> record.phase() == JobRecord.Phase.RUNNING
                        && record.keeper().equals(Optional.of(ProcessIdentity.ofThisProcess()))
                        && (record.push() || frontEnd.isPresent()))
                .isPresent();
    }

    private Optional<JobRecord> record() {
        return new JobStore(root.folder(domain), root.durable()).find(job);
    }

    /// Obeys the beginner until it lets us go or goes away.
    ///
    /// @return true if it let us go
    private boolean serveBeginner() throws IOException {
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            if (command.equals("go")) {
                return true;
            }
            answerTo(command);
            if (command.equals("watch")) {
                planServing();
            }
        }
        return false;
    }

    /// While the beginner has QEMU prepare what is going to be served. Clients that come before wait for that.
    private void planServing() {
        try {
            Optional<JobRecord> pull = record().filter(record -> !record.push());
            listening = pull.isPresent() ? Optional.of(listen(pull.get())) : Optional.empty();
        } catch (IOException | VirtException e) {
            listening = Optional.empty(); // whoever wants to be served is told
        }
    }

    private NbdFrontEnd.Listening listen(JobRecord record) throws IOException {
        return FrontEnd.listen(root.tag(), root.folder(domain), record);
    }

    private void answerTo(String command) {
        try {
            answer(obey(command));
        } catch (IOException | VirtException e) {
            answer("error " + e.getMessage().replace('\n', ' '));
        }
    }

    private void answer(String line) {
        answers.println(line);
        answers.flush();
    }

    private String obey(String command) throws IOException {
        String[] words = command.split(" ", 3);
        return switch (words[0]) {
            case "freeze" -> "frozen " + freeze(Duration.ofMillis(Long.parseLong(words[1])), Path.of(words[2]));
            case "thaw" -> thaw();
            case "watch" -> watch();
            case "serve" -> "ready " + serve();
            default -> throw new IOException("unknown command '%s'".formatted(command));
        };
    }

    private int freeze(Duration limit, Path agentSocket) throws IOException {
        var guard = new QuiesceGuard(agentSocket);
        quiesce = Optional.of(guard);
        return guard.freeze(limit);
    }

    private String thaw() throws IOException {
        if (quiesce.isPresent()) {
            quiesce.get().thaw();
        }
        return "thawed";
    }

    private String watch() {
        beginWatch = Optional.of(BeginWatch.start(root, root.folder(domain), job));
        return "watching";
    }

    private String serve() throws IOException {
        NbdFrontEnd.Listening ready = listening.isPresent()
                ? listening.get()
                : listen(record().orElseThrow(() -> new IOException("job %d has no record".formatted(job))));
        listening = Optional.of(ready);
        FrontEnd opened = FrontEnd.open(ready, Deadline.in(SERVE_LIMIT));
        frontEnd = Optional.of(opened);
        return switch (opened.address()) {
            case NbdAddress.Unix(String path) -> "unix " + path;
            case NbdAddress.Tcp(String host, int port) -> "tcp " + host + " " + port;
        };
    }

    /// At SIGTERM. The JVM waits 0.3 s for threads that are in the kernel, such as those that read from
    /// QEMU; so the watch, too, is given the chance to let go first.
    private void stop(Thread main) {
        watch.ifPresent(JobWatch::leave); // first, or it takes the closed front-end for a failure of the job
        stopServing();
        try {
            main.join(LEAVE_LIMIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopServing() {
        listening.ifPresent(NbdFrontEnd.Listening::close);
        frontEnd.ifPresent(FrontEnd::close);
    }

    /// The beginner is gone without having let us go: whatever it left half done is undone by opening a
    /// session.
    private void undo() {
        if (job == NO_JOB) {
            return;
        }
        try (var _ = sessions().open(domain, "undo of backup job " + job, Deadline.in(Sessions.USUAL_LIMIT))) {
            System.err.println("the beginner of job %d went away; the job has been undone".formatted(job));
        } catch (VirtException e) {
            System.err.println("job %d could not be undone: %s".formatted(job, e.getMessage()));
        }
    }

    private Sessions sessions() {
        return new Sessions(root, new BackupJobs(KeeperControl.inside(this::stopServing)));
    }
}
