/* doctor.c: look at the host, try a VM, measure a hypercall. */
#include "vmm/doctor.h"

#include "vmm/probe.h"
#include "vmm/vcpu.h"
#include "vmm/vm.h"
#include "vmm/x86.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS       1000 /* calls a measurement */
#define MEASUREMENTS 15   /* of which the median counts */

static void finding(FILE *out, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void finding(FILE *out, const char *what, const char *fmt, ...)
{
    va_list ap;

    fprintf(out, "%-18s ", what);
    va_start(ap, fmt);
    vfprintf(out, fmt, ap);
    va_end(ap);
    fputc('\n', out);
}

/* The first line of a small file, without its newline; "" if unreadable. */
static void read_line(const char *path, char *line, size_t size)
{
    FILE *file = fopen(path, "re");

    line[0] = '\0';
    if (!file)
        return;
    if (fgets(line, (int)size, file))
        line[strcspn(line, "\n")] = '\0';
    fclose(file);
}

static const char *cpu_flag(void)
{
    static char line[8192];
    FILE *file = fopen("/proc/cpuinfo", "re");
    const char *found = "none (no vmx or svm in /proc/cpuinfo)";

    while (file && fgets(line, sizeof(line), file)) {
        if (strncmp(line, "flags", 5) != 0)
            continue;
        if (strstr(line, " vmx "))
            found = "vmx";
        else if (strstr(line, " svm "))
            found = "svm";
        break;
    }
    if (file)
        fclose(file);
    return found;
}

static void examine_host(FILE *out)
{
    struct utsname uts;
    struct rlimit files;
    char line[256];
    struct stat st;

    if (uname(&uts) == 0)
        finding(out, "kernel", "%s %s", uts.sysname, uts.release);
    finding(out, "virtualization", "%s", cpu_flag());
    if (stat("/dev/kvm", &st) < 0)
        finding(out, "/dev/kvm", "missing: %s", strerror(errno));
    else
        finding(out, "/dev/kvm", "%s, mode %04o, group %u",
                access("/dev/kvm", R_OK | W_OK) == 0 ? "usable" : "no access",
                st.st_mode & 07777, st.st_gid);
    read_line("/sys/kernel/mm/transparent_hugepage/enabled", line,
              sizeof(line));
    finding(out, "huge pages", "%s", line[0] ? line : "unknown");
    read_line("/proc/sys/vm/overcommit_memory", line, sizeof(line));
    finding(out, "overcommit", "%s%s", line,
            strcmp(line, "2") == 0 ? " (strict: large reservations fail)" : "");
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        finding(out, "descriptors", "%llu (the monitor keeps a few of them)",
                (unsigned long long)files.rlim_cur);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Microseconds of one system call that does nothing: SYSCALL, exit, return. */
static int measure(struct vcpu *v, double *us, struct diag *d)
{
    double each[MEASUREMENTS];

    vcpu_start(v, vm_shim_entry(v->vm, v->vm->shim.bench), 0);
    for (int m = 0; m < MEASUREMENTS; m++) {
        double start = seconds();

        for (int i = 0; i < ROUNDS; i++) {
            enum vcpu_exit exit = vcpu_enter(v);

            if (exit == VCPU_SYSCALL)
                vcpu_sysret(v, 0);
            else if (exit != VCPU_INTR)
                return diag_set(d, 0, "the measuring guest failed: %s",
                                exit == VCPU_DEAD ? v->why : "unexpected exit");
        }
        each[m] = (seconds() - start) * 1e6 / ROUNDS;
    }
    qsort(each, MEASUREMENTS, sizeof(each[0]), by_value);
    *us = each[MEASUREMENTS / 2];
    return 0;
}

static void report_modes(const struct vm *vm, const struct profile *p,
                         double us, FILE *out)
{
    finding(out, "kind of KVM", "%s",
            vm->entry_cpl3 ? "without hardware support (SYSCALL stays at CPL 3)"
                           : "hardware (SYSCALL enters CPL 0)");
    finding(out, "system call",
            "%.1f us from guest to monitor and back "
            "(median of %d x %d)",
            us, MEASUREMENTS, ROUNDS);
    finding(out, "shim entry", "%s", vm->entry_cpl3 ? "cpl3" : "cpl0");
    finding(out, "vDSO", "%s",
            vm->vdso   ? "shared with the program"
            : !p->vdso ? "off by the profile"
                       : "not usable: guest and host clocks differ");
    finding(out, "2 MiB pages", "%s", p->huge_pages ? "on" : "off by profile");
    finding(out, "FSGSBASE", "%s", x86_has_fsgsbase(vm) ? "yes" : "no");
}

int doctor(const struct shim *shim, const struct profile *profile, FILE *out,
           struct diag *d)
{
    struct vm *vm = NULL;
    struct vcpu *vcpu = NULL;
    double us = 0;
    int rc;

    examine_host(out);
    rc = vm_create(&vm, profile, shim, d);
    if (rc == 0)
        rc = vcpu_create(&vcpu, vm, d);
    if (rc == 0)
        rc = probe_run(vcpu, profile, d);
    if (rc == 0)
        rc = measure(vcpu, &us, d);
    if (rc == 0)
        report_modes(vm, profile, us, out);
    finding(out, "verdict", "%s",
            rc == 0 ? "programs can run" : "programs cannot run");
    vcpu_destroy(vcpu);
    vm_destroy(vm);
    return rc;
}
