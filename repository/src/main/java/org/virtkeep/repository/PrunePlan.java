package org.virtkeep.repository;

import java.util.Set;

/// What a prune forgets. Garbage is freed in any case. Immutable.
///
/// @param policy what it keeps of each domain
/// @param domains the domains that the policy is for; the backups of all others are kept. Empty for all domains
public record PrunePlan(RetentionPolicy policy, Set<String> domains) {

    public PrunePlan {
        domains = Set.copyOf(domains);
    }

    /// One policy for every domain.
    public static PrunePlan all(RetentionPolicy policy) {
        return new PrunePlan(policy, Set.of());
    }

    boolean includes(String domain) {
        return domains.isEmpty() || domains.contains(domain);
    }
}
