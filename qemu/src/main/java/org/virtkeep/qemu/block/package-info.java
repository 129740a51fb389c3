/// A disk's images and bitmaps as its QEMU has them open now. Values, read in one go and never changed;
/// immutable.
package org.virtkeep.qemu.block;
