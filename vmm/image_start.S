/*
 * image_start.S: where the image begins to run and where the monitor goes on in
 * it.
 */
    .text

/* int image_save(void *context) */
    .globl  image_save
    .hidden image_save
    .type   image_save, @function
image_save:
    movq    %rbx, 0(%rdi)
    movq    %rbp, 8(%rdi)
    movq    %r12, 16(%rdi)
    movq    %r13, 24(%rdi)
    movq    %r14, 32(%rdi)
    movq    %r15, 40(%rdi)
    leaq    8(%rsp), %rax
    movq    %rax, 48(%rdi)
    movq    (%rsp), %rax
    movq    %rax, 56(%rdi)
    xorl    %eax, %eax
    ret
    .size image_save, . - image_save

/* void image_resume(const void *context) */
    .globl  image_resume
    .hidden image_resume
    .type   image_resume, @function
image_resume:
    movq    0(%rdi), %rbx
    movq    8(%rdi), %rbp
    movq    16(%rdi), %r12
    movq    24(%rdi), %r13
    movq    32(%rdi), %r14
    movq    40(%rdi), %r15
    movq    48(%rdi), %rsp
    movl    $1, %eax
    jmp     *56(%rdi)
    .size image_resume, . - image_resume

/* Where the executable begins: void image_begin(const uint64_t *stack) */
    .globl  image_start
    .hidden image_start
    .type   image_start, @function
image_start:
    xorl    %ebp, %ebp
    movq    %rsp, %rdi
    call    image_begin
    ud2
    .size image_start, . - image_start

/* void image_continue(struct image *, const uint64_t *stack, uint64_t top) */
    .globl  image_continue
    .hidden image_continue
    .type   image_continue, @function
image_continue:
    movq    %rdx, %rsp
    call    image_rebuild
    ud2
    .size image_continue, . - image_continue

    .section .note.GNU-stack, "", @progbits
