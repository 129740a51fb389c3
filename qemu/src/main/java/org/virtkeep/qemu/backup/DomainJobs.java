package org.virtkeep.qemu.backup;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.DomainRun.DiskDevice;

/// A domain's unfinished jobs, as anyone may look at them without the domain's lock. Immutable.
///
/// @param tag the root's tag
record DomainJobs(DomainFolder folder, JobStore jobs, String tag) {

    /// What was on record at one moment. Two that are equal tell of the same jobs in the same straits.
    ///
    /// @param givenUp ids of jobs that are being ended, or of which it is noted that they must be
    record Snapshot(List<JobRecord> jobs, Set<Integer> givenUp) {
        Snapshot {
            jobs = List.copyOf(jobs);
            givenUp = Set.copyOf(givenUp);
        }

        boolean isGivenUp(JobRecord job) {
            return givenUp.contains(job.id());
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Snapshot(List<JobRecord> otherJobs, Set<Integer> otherGivenUp)
                    && ids(jobs).equals(ids(otherJobs))
                    && givenUp.equals(otherGivenUp);
        }

        @Override
        public int hashCode() {
            return ids(jobs).hashCode() * 31 + givenUp.hashCode();
        }

        private static List<Integer> ids(List<JobRecord> jobs) {
            return jobs.stream().map(JobRecord::id).toList();
        }
    }

    Snapshot look() {
        List<JobRecord> unfinished = jobs.unfinished();
        return new Snapshot(
                unfinished,
                unfinished.stream().filter(this::isGivenUp).map(JobRecord::id).collect(Collectors.toSet()));
    }

    private boolean isGivenUp(JobRecord job) {
        return job.phase() == JobRecord.Phase.ENDING || jobs.trouble(job.id()).isPresent();
    }

    /// The disks' devices as QEMU knows them, by target.
    Map<String, DiskDevice> devices() {
        return folder.readRun().map(DomainRun::devices).orElse(Map.of());
    }

    JobNames names(JobRecord job) {
        return new JobNames(tag, job.id());
    }
}
