/*
 * guest-shim.S: all code that runs in the guest besides the program.
 *
 * Position independent and without data. Nothing here returns by itself but
 * the CPL 0 system-call entry: after every other OUT the monitor sets all
 * registers anew, and what stands behind it is never executed.
 */
#include "guest-shim/shim_abi.h"

.section .text
.code64

/*
 * System-call entry where SYSCALL raises the privilege (VMX, SVM).
 *   in:    Linux's ABI; rcx rip, r11 rflags; CPL 0, rsp the program's
 *   out:   rax the result, all else as it was; CPL 3 behind SYSCALL
 *   stack: none
 */
.balign 64
.globl shim_syscall_cpl0
shim_syscall_cpl0:
    outb %al, $SHIM_PORT_SYSCALL
    sysretq

/*
 * System-call entry where SYSCALL stays at CPL 3 (KVM without hardware
 * support). The TSS's I/O bitmap allows the OUT.
 *   in:    as above, CPL 3
 *   out:   the monitor sets RIP from rcx and RFLAGS from r11
 */
.balign 64
.globl shim_syscall_cpl3
shim_syscall_cpl3:
    outb %al, $SHIM_PORT_SYSCALL
    ud2

/* SYSCALL from 32-bit code: does not exist here; #UD, and so SIGILL. */
.balign 64
.globl shim_syscall_compat
shim_syscall_compat:
    ud2

/*
 * The probe guest, started at CPL 3 before the program.
 *   out:   edi CS before SYSCALL, esi CS behind it, r8d CPUID.1:EDX,
 *          r9 time-stamp counter
 */
.balign 64
.globl shim_probe
shim_probe:
    movl $1, %eax
    xorl %ecx, %ecx
    cpuid
    movl %edx, %r8d
    rdtsc
    shlq $32, %rdx
    leaq (%rdx, %rax), %r9
    movl %cs, %edi
    syscall

.balign 64
.globl shim_probe_syscall
shim_probe_syscall:
    movl %cs, %esi
    outb %al, $SHIM_PORT_PROBE
    ud2

/* System calls without end, for measuring what one costs. */
.balign 64
.globl shim_bench
shim_bench:
    syscall
    jmp shim_bench

/*
 * Exception stubs, one a vector; the IDT points here.
 *   in:    the CPU's frame at (%rsp), CPL 0
 *   out:   never; the monitor reads struct shim_trap and sets all registers
 */
.macro TRAP vector, cpu_pushes_error
    .balign 16
    .if \cpu_pushes_error == 0
    pushq $0                    /* so that every frame has one shape */
    .endif
    pushq $\vector
    outb %al, $SHIM_PORT_TRAP
    ud2
.endm

.balign 64
.globl shim_traps
shim_traps:
    .set vector, 0
    .rept SHIM_VECTORS
    /* #DF #TS #NP #SS #GP #PF #AC #CP #VC #SX; SDM 3A table 6-1 */
    .if (vector == 8) || (vector >= 10 && vector <= 14) || (vector == 17) || (vector == 21) || (vector == 29) || (vector == 30)
    TRAP vector, 1
    .else
    TRAP vector, 0
    .endif
    .set vector, vector + 1
    .endr
.balign 16                      /* the last stub is as long as the others */
.globl shim_traps_end
shim_traps_end:

.section .note.GNU-stack, "", @progbits
