/*
 * bench_exit.c: what a system call costs in the monitor against the bare exit:
 * the same VM, once with a guest of two instructions (OUT, JMP) and nothing
 * but KVM_RUN around it, once with a guest that calls getppid and the whole way
 * of a call through dispatch. Interleaved; medians and their ratio.
 *
 *   bench_exit SHIM [ROUNDS]
 */
#include "vmm/gmem.h"
#include "vmm/measure.h"
#include "vmm/mm.h"
#include "vmm/probe.h"
#include "vmm/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define CALLS      1000 /* a measurement */
#define MAX_ROUNDS 1000

struct bench {
    struct process process;
    struct vcpu *bare;
    struct task *task;
    gva_t code;
};

static const uint8_t bare_code[] = {
    0xe6, SHIM_PORT_SYSCALL, /* 1: out %al, $port */
    0xeb, 0xfc,              /*    jmp 1b */
};

static const uint8_t call_code[] = {
    0xb8, 110,  0, 0, 0, /* 1: mov $SYS_getppid, %eax */
    0x0f, 0x05,          /*    syscall */
    0xeb, 0xf7,          /*    jmp 1b */
};

static int set_up(struct bench *b, const char *shim_path, struct diag *d)
{
    struct profile profile;
    struct shim shim;
    struct vcpu *vcpu;
    int rc = profile_default(&profile, d);

    rc = rc ? rc : shim_load(&shim, shim_path, d);
    rc = rc ? rc : vm_create(&b->process.vm, &profile, &shim, d);
    rc = rc ? rc : mm_create(&b->process.mm, b->process.vm, &profile, d);
    rc = rc ? rc : vcpu_get(&vcpu, b->process.vm, d);
    rc = rc ? rc : probe_run(vcpu, &profile, d);
    rc = rc ? rc : vcpu_get(&b->bare, b->process.vm, d);
    process_init(&b->process);
    rc = rc ? rc : task_create(&b->task, &b->process, vcpu, d);
    if (rc < 0)
        return rc;
    b->code = (gva_t)mm_mmap(b->process.mm, 0, PAGE_SIZE,
                             PROT_READ | PROT_WRITE | PROT_EXEC,
                             MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    gmem_write(b->code, bare_code, sizeof(bare_code));
    gmem_write(b->code + 64, call_code, sizeof(call_code));
    vcpu_start(b->task->vcpu, b->code + 64, 0);
    vcpu_start(b->bare, b->code, 0);
    if (!b->process.vm->entry_cpl3) {
        /* There OUT belongs to CPL 0. */
        b->bare->sregs->cs.selector = SEL_KERNEL_CS;
        b->bare->sregs->cs.dpl = 0;
        b->bare->sregs->ss.selector = SEL_KERNEL_DS;
        b->bare->sregs->ss.dpl = 0;
    }
    return 0;
}

static int measure_bare(struct bench *b, double *us)
{
    double start = measure_now_us();

    for (int i = 0; i < CALLS; i++) {
        if (ioctl(b->bare->fd, KVM_RUN, 0) < 0 ||
            b->bare->run->exit_reason != KVM_EXIT_IO)
            return -1;
    }
    *us = (measure_now_us() - start) / CALLS;
    return 0;
}

static int measure_call(struct bench *b, double *us)
{
    double start = measure_now_us();

    for (int i = 0; i < CALLS; i++) {
        if (vcpu_enter(b->task->vcpu) != VCPU_SYSCALL)
            return -1;
        dispatch_syscall(b->task);
    }
    *us = (measure_now_us() - start) / CALLS;
    return 0;
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? atoi(argv[2]) : 31;
    struct bench b = {0};
    struct diag d = {0};
    double bare_us, call_us;
    static double bare[MAX_ROUNDS], call[MAX_ROUNDS];

    if (argc < 2 || rounds < 1 || rounds > MAX_ROUNDS) {
        fputs("usage: bench_exit SHIM [ROUNDS]\n", stderr);
        return 2;
    }
    if (set_up(&b, argv[1], &d) < 0) {
        diag_print(&d);
        return 1;
    }
    for (int i = 0; i < rounds; i++) {
        if (measure_bare(&b, &bare[i]) < 0 || measure_call(&b, &call[i]) < 0) {
            fputs("bench_exit: the guest failed\n", stderr);
            return 1;
        }
    }
    bare_us = measure_median(bare, (size_t)rounds);
    call_us = measure_median(call, (size_t)rounds);
    printf("bare exit %.2f us, system call %.2f us, ratio %.3f "
           "(medians of %d x %d)\n",
           bare_us, call_us, call_us / bare_us, rounds, CALLS);
    return 0;
}
