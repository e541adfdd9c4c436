/*
 * host_call.S: the stub that cannot lose a signal. It is told of signals by
 * where the handler finds RIP: from host_call_check up to, not including,
 * host_call_entered, the kernel has not been entered; or it has, and went back
 * to SYSCALL: then SYSCALL has left host_call_entered in RCX.
 */
.section .text

/*
 * int64_t host_call(const volatile int *pending, uint64_t sysno,
 *                   const uint64_t args[6])
 */
.globl host_call
.type host_call, @function
host_call:
    movq %rdi, %r11
    movq %rsi, %rax
    movq %rdx, %rcx
    movq 0(%rcx), %rdi
    movq 8(%rcx), %rsi
    movq 16(%rcx), %rdx
    movq 24(%rcx), %r10
    movq 32(%rcx), %r8
    movq 40(%rcx), %r9
.globl host_call_check
.hidden host_call_check
host_call_check:
    cmpl $0, (%r11)
    jne host_call_not_started
.globl host_call_syscall
.hidden host_call_syscall
host_call_syscall:
    syscall
.globl host_call_entered
.hidden host_call_entered
host_call_entered:
    ret
.globl host_call_not_started
.hidden host_call_not_started
host_call_not_started:
    movabsq $0x8000000000000000, %rax
    ret
.globl host_call_interrupted
.hidden host_call_interrupted
host_call_interrupted:
    movq $-512, %rax            /* HOST_CALL_INTERRUPTED */
    ret
.size host_call, . - host_call

.globl host_call_sigreturn
.hidden host_call_sigreturn
.type host_call_sigreturn, @function
host_call_sigreturn:
    movl $15, %eax
    syscall
.size host_call_sigreturn, . - host_call_sigreturn

.section .note.GNU-stack, "", @progbits
