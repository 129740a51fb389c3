/// Comparisons with peers, side by side in one run. Not part of the product, and not run by tests.
package org.virtkeep.bench;
