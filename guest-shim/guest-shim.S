/*
 * guest-shim.S: all code that runs in the guest besides the program.
 *
 * Position independent and without data. Nothing here returns by itself but
 * the CPL 0 system-call entry and an answer: after every other OUT the monitor
 * sets all registers anew, and what stands behind it is never executed.
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

/*
 * The same, but what the shim can answer is answered here, unless the call is
 * watched, some ten times faster than by the monitor. posix_spawn(3) and
 * interpreters ask for all signals in turn, and set them to the default that
 * they have:
 *
 *   rt_sigaction(rdi signal, rsi NULL, rdx where to, r10 8)
 *   rt_sigaction(rdi signal, rsi what, rdx NULL, r10 8)
 *
 * and each program asks where its heap ends, the loader and then malloc(3):
 *
 *   brk(rdi 0)
 *
 * and whoever raises a signal, writes a log or shares work asks who it is,
 *
 *   getpid()
 *   gettid()
 *
 * and who reads a file here and there, as assemblers and linkers do, sets the
 * place before each time; the monitor does so when it is entered next, before
 * all else:
 *
 *   lseek(rdi file, rsi place, edx SEEK_SET)
 *
 *   in:    as above
 *   out:   rax the result, all else as it was; or the OUT, with nothing changed
 * Up to shim_answer no register is changed, from there on those that have known
 * values: rax, and of rt_sigaction r10, and rsi where it asks. So the monitor can
 * give up the answer anywhere, as for a fault or a signal, by going on at
 * shim_forward or at the _undo of where it is; what a set has written by then the
 * monitor writes again. RFLAGS are r11 then.
 */
#define SYS_lseek        8
#define SYS_brk          12
#define SYS_rt_sigaction 13
#define SYS_getpid       39
#define SYS_gettid       186
#define SA_RESTORER      0x04000000
/* Where the default is to ignore, to set it drops what waits; sigaction(2). And
 * two cannot be set. */
#define BIT(signal)      (1 << (signal))
#define NOT_SET_HERE     (BIT(9) | BIT(17) | BIT(18) | BIT(19) | BIT(23) | BIT(28))
/* The place that a file of any file system may have. */
#define SEEK_MAX 0x7fffffff
/* CF PF AF ZF SF IF OF and the fixed bit: others (TF, DF, AC...) are rare. */
#define USUAL_RFLAGS 0xad7

/* Else the call is the monitor's. */
.macro MAY_ANSWER number
    testl $~USUAL_RFLAGS, %r11d
    jnz shim_forward
    cmpb $0, shim_watched + \number(%rip)
    jne shim_forward
.endm

/* The flags as r11 has them: OF by an addition, the others by SAHF. MOV, which
 * is all that may follow, changes none. */
.macro RESTORE_RFLAGS
    movl %r11d, %eax
    xchgb %al, %ah
    andb $8, %al
    addb $0x78, %al
    sahf
.endm

.balign 64
.globl shim_syscall_answering
shim_syscall_answering:
    cmpl $SYS_brk, %eax
    je 2f
    cmpl $SYS_lseek, %eax
    je 3f
    cmpl $SYS_getpid, %eax
    je 4f
    cmpl $SYS_gettid, %eax
    je 5f
    cmpl $SYS_rt_sigaction, %eax
    jne shim_forward
    cmpq $8, %r10
    jne shim_forward
    testl %edi, %edi
    jz shim_forward
    cmpl $SHIM_SIGNALS, %edi
    ja shim_forward
    MAY_ANSWER SYS_rt_sigaction
    testq %rsi, %rsi
    jz 1f
    testq %rdx, %rdx
    jnz shim_forward
    cmpl $0, shim_answers + SHIM_ANSWERS_ALONE(%rip)
    jne shim_set
    jmp shim_forward
1:  testq %rdx, %rdx
    jz shim_forward
    jmp shim_answer
2:  testq %rdi, %rdi
    jnz shim_forward
    MAY_ANSWER SYS_brk
    cmpq $0, shim_answers + SHIM_ANSWERS_BRK(%rip)
    jne shim_brk
    jmp shim_forward
3:  testl %edx, %edx
    jnz shim_forward
    cmpq $SHIM_SEEK_FILES - 1, %rdi
    ja shim_forward
    cmpq $SEEK_MAX, %rsi
    ja shim_forward
    MAY_ANSWER SYS_lseek
    cmpl $0, shim_answers + SHIM_ANSWERS_ALONE(%rip)
    je shim_forward
    btl %edi, shim_answers + SHIM_ANSWERS_SEEKABLE(%rip)
    jc shim_seek
    jmp shim_forward
4:  MAY_ANSWER SYS_getpid
    cmpl $0, shim_answers + SHIM_ANSWERS_PID(%rip)
    jne shim_pid
    jmp shim_forward
5:  MAY_ANSWER SYS_gettid
    cmpl $0, shim_answers + SHIM_ANSWERS_ALONE(%rip)
    je shim_forward
    cmpl $0, shim_answers + SHIM_ANSWERS_PID(%rip)
    jne shim_tid
    jmp shim_forward
.globl shim_answer
shim_answer:
    movl shim_answers + SHIM_ANSWERS_CHANGES(%rip), %r10d
    testl $1, %r10d
    jnz shim_answer_undo
    movl %edi, %eax
    shll $SHIM_ACTION_SHIFT, %eax
    leaq shim_answers + SHIM_ANSWERS_ACTION(%rip), %rsi
    addq %rsi, %rax
    .set field, 0
    .rept 4
    movq field(%rax), %rsi
    movq %rsi, field(%rdx)
    .set field, field + 8
    .endr
    cmpl shim_answers + SHIM_ANSWERS_CHANGES(%rip), %r10d
    jne shim_answer
    RESTORE_RFLAGS
    movl $0, %esi
    movl $8, %r10d
    movl $0, %eax
    jmpq *%rcx
.globl shim_answer_undo
shim_answer_undo:
    movl $SYS_rt_sigaction, %eax
    movl $0, %esi
    movl $8, %r10d
    jmp shim_forward
.globl shim_set
shim_set:
    movl $NOT_SET_HERE, %eax
    btq %rdi, %rax
    jc shim_set_undo
    cmpq $0, SHIM_ACTION_HANDLER(%rsi)
    jne shim_set_undo
    cmpq $SA_RESTORER, SHIM_ACTION_FLAGS(%rsi)
    jne shim_set_undo
    cmpq $0, SHIM_ACTION_MASK(%rsi)
    jne shim_set_undo
    movl %edi, %eax
    shll $SHIM_ACTION_SHIFT, %eax
    leaq shim_answers + SHIM_ANSWERS_ACTION(%rip), %r10
    addq %r10, %rax
    cmpq $0, SHIM_ACTION_HANDLER(%rax)
    jne shim_set_undo
    testq $~SA_RESTORER, SHIM_ACTION_FLAGS(%rax)
    jnz shim_set_undo
    movq SHIM_ACTION_RESTORER(%rsi), %r10
    movq %r10, SHIM_ACTION_RESTORER(%rax)
    movq $SA_RESTORER, SHIM_ACTION_FLAGS(%rax)
    movq $0, SHIM_ACTION_MASK(%rax)
    RESTORE_RFLAGS
    movl $8, %r10d
    movl $0, %eax
    jmpq *%rcx
.globl shim_set_undo
shim_set_undo:
    movl $SYS_rt_sigaction, %eax
    movl $8, %r10d
    jmp shim_forward
.globl shim_brk
shim_brk:
    RESTORE_RFLAGS
    movq shim_answers + SHIM_ANSWERS_BRK(%rip), %rax
    jmpq *%rcx
.globl shim_brk_undo
shim_brk_undo:
    movl $SYS_brk, %eax
    jmp shim_forward
.globl shim_seek
shim_seek:
    leaq shim_answers + SHIM_ANSWERS_PLACE(%rip), %rax
    movl %esi, (%rax, %rdi, 4)
    btsl %edi, shim_answers + SHIM_ANSWERS_SOUGHT(%rip)
    RESTORE_RFLAGS
    movl %esi, %eax
    jmpq *%rcx
.globl shim_seek_undo
shim_seek_undo:
    movl $SYS_lseek, %eax
    jmp shim_forward
.globl shim_pid
shim_pid:
    RESTORE_RFLAGS
    movl shim_answers + SHIM_ANSWERS_PID(%rip), %eax
    jmpq *%rcx
.globl shim_pid_undo
shim_pid_undo:
    movl $SYS_getpid, %eax
    jmp shim_forward
.globl shim_tid
shim_tid:
    RESTORE_RFLAGS
    movl shim_answers + SHIM_ANSWERS_PID(%rip), %eax
    jmpq *%rcx
.globl shim_tid_undo
shim_tid_undo:
    movl $SYS_gettid, %eax
.globl shim_forward
shim_forward:
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
