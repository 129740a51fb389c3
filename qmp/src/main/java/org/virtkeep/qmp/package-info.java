package org.virtkeep.qmp;
