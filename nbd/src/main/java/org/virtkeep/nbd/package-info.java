package org.virtkeep.nbd;
