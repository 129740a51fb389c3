# A guest of one sector, for BIOS: adds one to the first byte of sector 1 of the disk that it was booted from, and
# tells the new number on the first serial port, as one digit.
        .code16
        .globl _start
_start:
        ljmp    $0, $begin
begin:
        xorw    %ax, %ax
        movw    %ax, %ds
        movw    %ax, %ss
        movw    $0x7c00, %sp
        movb    $0x42, %ah              # read; the drive is in %dl still
        movw    $packet, %si
        int     $0x13
        jc      failed
        incb    0x7e00
        movw    $0x4300, %ax            # write
        movw    $packet, %si
        int     $0x13
        jc      failed
        movb    0x7e00, %al
        addb    $'0', %al
        movb    %al, digit
        movw    $boots, %si
        jmp     tell
failed:
        movw    $error, %si
tell:
        movw    $0x3f8, %dx
next:
        lodsb
        testb   %al, %al
        jz      halt
        outb    %al, %dx
        jmp     next
halt:
        cli
        hlt
        jmp     halt

boots:  .ascii  "boots: "
digit:  .asciz  "?\n"
error:  .asciz  "the disk cannot be used\n"
        .balign 4
packet: .byte   16, 0                   # size of this packet
        .word   1                       # sectors
        .word   0x7e00, 0               # to and from there
        .quad   1                       # sector 1 of the disk

        .org    510
        .word   0xaa55
