/*
 * gmem_copy.S: the instructions that may fault on guest memory, at known
 * addresses. Faults are expected at the *_access labels only; gmem.c's signal
 * handler continues at the *_fixup label of the routine.
 */

.macro HIDDEN name
    .globl  \name
    .hidden \name
\name:
.endm

    .text

/*
 * size_t gmem_copy(void *dst, const void *src, size_t len)
 *   out: how many bytes were NOT copied
 * A REP string instruction that faults leaves RIP at itself and RCX at what is
 * left to do (SDM 1, 7.3.9.2), so the way out is the same as without a fault.
 */
    .type gmem_copy, @function
HIDDEN gmem_copy
    movq    %rdx, %rcx
HIDDEN gmem_copy_access
    rep movsb
HIDDEN gmem_copy_fixup
    movq    %rcx, %rax
    ret
    .size gmem_copy, . - gmem_copy

/*
 * ssize_t gmem_copy_string(char *dst, const char *src, size_t size)
 *   out: length without the NUL; (size) where there is no NUL; -14 (EFAULT)
 * Reads no byte behind the NUL: that may lie in a page that is not mapped.
 */
    .type gmem_copy_string, @function
HIDDEN gmem_copy_string
    xorl    %eax, %eax
1:  cmpq    %rdx, %rax
    je      2f
HIDDEN gmem_string_access
    movb    (%rsi,%rax), %cl
    movb    %cl, (%rdi,%rax)
    testb   %cl, %cl
    je      2f
    incq    %rax
    jmp     1b
2:  ret
HIDDEN gmem_string_fixup
    movq    $-14, %rax
    ret
    .size gmem_copy_string, . - gmem_copy_string

/*
 * int gmem_cmpxchg(uint32_t *word, uint32_t *expected, uint32_t desired)
 *   out: 0, (*expected) what was there; -14 (EFAULT)
 */
    .type gmem_cmpxchg, @function
HIDDEN gmem_cmpxchg
    movl    (%rsi), %eax
HIDDEN gmem_cmpxchg_access
    lock cmpxchgl %edx, (%rdi)
    movl    %eax, (%rsi)
    xorl    %eax, %eax
    ret
HIDDEN gmem_cmpxchg_fixup
    movl    $-14, %eax
    ret
    .size gmem_cmpxchg, . - gmem_cmpxchg

    .section .note.GNU-stack, "", @progbits
