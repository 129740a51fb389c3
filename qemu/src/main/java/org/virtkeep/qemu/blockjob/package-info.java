/// Block jobs that a user begins and ends by hand: commits, pulls and copies of one disk's images.
///
/// A job is noted before it begins, and again before QEMU goes over from one image to another; so whoever opens
/// the domain next knows which image is true, and carries on.
package org.virtkeep.qemu.blockjob;
