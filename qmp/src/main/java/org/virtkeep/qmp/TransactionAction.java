package org.virtkeep.qmp;

/// What a [Transaction] can do. Each action is also a command by itself.
public sealed interface TransactionAction extends QmpAction
        permits AddBitmap,
                RemoveBitmap,
                EnableBitmap,
                DisableBitmap,
                ClearBitmap,
                MergeBitmaps,
                StartBackup,
                TakeSnapshot {}
