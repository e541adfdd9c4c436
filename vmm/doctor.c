/* doctor.c: look at the host, try a VM, measure a system call. */
#include "vmm/doctor.h"

#include "vmm/kvm_caps.h"
#include "vmm/measure.h"
#include "vmm/probe.h"
#include "vmm/vcpu.h"
#include "vmm/vm.h"
#include "vmm/x86.h"

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define COLUMN 20 /* where findings begin */

#define ROUNDS       1000 /* calls a measurement */
#define MEASUREMENTS 15   /* of which the median counts */

static const struct x86_feature vmx = {1, 2, 5, "vmx"};
static const struct x86_feature svm = {0x80000001, 2, 2, "svm"};
static const struct x86_feature hypervisor = {1, 2, 31, "hypervisor"};

/* What compilers and C libraries choose code by. */
static const struct x86_feature notable[] = {
    {1, 2, 20, "sse4.2"},
    {1, 2, 25, "aes"},
    {1, 2, 26, "xsave"},
    {1, 2, 28, "avx"},
    {1, 2, 30, "rdrand"},
    {7, 1, 0, "fsgsbase"},
    {7, 1, 5, "avx2"},
    {7, 1, 9, "erms"},
    {7, 1, 16, "avx512f"},
    {7, 1, 29, "sha"},
    {0},
};

/* --- output --- */

static void line(FILE *out, const char *left, const char *mark, const char *fmt,
                 va_list ap) __attribute__((format(printf, 4, 0)));

static void line(FILE *out, const char *left, const char *mark, const char *fmt,
                 va_list ap)
{
    fprintf(out, "%-*s%s", COLUMN, left, mark);
    vfprintf(out, fmt, ap);
    fputc('\n', out);
}

static void finding(FILE *out, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void finding(FILE *out, const char *what, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    line(out, what, "", fmt, ap);
    va_end(ap);
}

/* What to do about the finding above. */
static void advice(FILE *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void advice(FILE *out, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    line(out, "", "-> ", fmt, ap);
    va_end(ap);
}

/* --- CPU --- */

static bool host_has(const struct x86_feature *f)
{
    uint32_t regs[4] = {0};

    return __get_cpuid_count(f->leaf, 0, &regs[0], &regs[1], &regs[2],
                             &regs[3]) &&
           (regs[f->reg] >> f->bit & 1);
}

static void examine_cpu(FILE *out)
{
    uint32_t words[12] = {0};
    char name[sizeof(words) + 1] = "";

    /* CPUID spells the name in three leaves. */
    for (uint32_t i = 0; i < 3; i++)
        __get_cpuid(0x80000002 + i, &words[4 * i], &words[4 * i + 1],
                    &words[4 * i + 2], &words[4 * i + 3]);
    memcpy(name, words, sizeof(words));
    for (size_t n = strlen(name); n > 0 && name[n - 1] == ' '; n--)
        name[n - 1] = '\0';
    finding(out, "CPU", "%s", name + strspn(name, " "));
    finding(out, "virtualization", "%s%s",
            host_has(&vmx)   ? "VMX"
            : host_has(&svm) ? "SVM"
                             : "the CPU shows neither VMX nor SVM",
            host_has(&hypervisor) ? ", inside a virtual machine" : "");
}

/* --- /dev/kvm --- */

static void advise_missing(FILE *out)
{
    const char *module = host_has(&vmx)   ? "kvm_intel"
                         : host_has(&svm) ? "kvm_amd"
                                          : NULL;

    if (module)
        advice(out, "modprobe %s", module);
    else if (host_has(&hypervisor))
        advice(out, "have nested virtualization switched on for this machine, "
                    "on its host");
    else
        advice(out, "switch virtualization on in the firmware's setup");
    if (!module)
        advice(out, "then modprobe kvm_intel or kvm_amd");
    advice(out, "in a container: start it with --device /dev/kvm");
}

static void advise_denied(FILE *out, const struct stat *st)
{
    const struct group *group = getgrgid(st->st_gid);

    if (st->st_gid != 0 && (st->st_mode & 0060) == 0060)
        advice(out, "usermod -aG %s USER, then log in anew",
               group ? group->gr_name : "GROUP");
    else
        advice(out, "chgrp kvm /dev/kvm && chmod 660 /dev/kvm, then join that "
                    "group");
}

/* Returns a descriptor of /dev/kvm, or -1. */
static int examine_device(FILE *out)
{
    int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    int err = errno;
    struct stat st;

    if (fd >= 0) {
        finding(out, "/dev/kvm", "present and permitted");
        return fd;
    }
    if (stat("/dev/kvm", &st) < 0) {
        finding(out, "/dev/kvm", "missing: %s", strerror(err));
        advise_missing(out);
    } else if (err == EACCES || err == EPERM) {
        finding(out, "/dev/kvm", "not permitted: mode %04o, owner %u, group %u",
                st.st_mode & 07777, st.st_uid, st.st_gid);
        advise_denied(out, &st);
    } else {
        finding(out, "/dev/kvm", "present, but it does not open: %s",
                strerror(err));
        advise_missing(out);
    }
    return -1;
}

static void examine_kvm(int fd, FILE *out)
{
    unsigned missing = 0;

    finding(out, "KVM interface", "version %d, %d memory slots, %d vcpus",
            ioctl(fd, KVM_GET_API_VERSION, 0),
            ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_NR_MEMSLOTS),
            ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS));
    for (const struct kvm_cap *cap = kvm_caps; cap->name; cap++) {
        if (kvm_has_cap(fd, cap))
            continue;
        missing++;
        finding(out, cap->name, "missing%s: %s",
                cap->needed ? "" : ", not indispensable", cap->use);
        advice(out, "Linux %s and later have it", cap->since);
    }
    if (missing == 0)
        finding(out, "capabilities", "all there");
}

/* --- limits --- */

/* The first line of a small file, without its newline; "" if unreadable. */
static void read_line(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");

    text[0] = '\0';
    if (!file)
        return;
    if (fgets(text, (int)size, file))
        text[strcspn(text, "\n")] = '\0';
    fclose(file);
}

static void examine_memory(FILE *out)
{
    char text[256];

    read_line("/sys/kernel/mm/transparent_hugepage/enabled", text,
              sizeof(text));
    finding(out, "huge pages", "%s",
            text[0] ? text : "the kernel has no transparent ones");
    if (strstr(text, "[never]"))
        advice(out, "echo madvise > "
                    "/sys/kernel/mm/transparent_hugepage/enabled");
    read_line("/proc/sys/vm/overcommit_memory", text, sizeof(text));
    finding(out, "overcommit", "%s", text);
    if (strcmp(text, "2") == 0)
        advice(out, "sysctl vm.overcommit_memory=0: more is reserved than "
                    "used");
    read_line("/proc/sys/vm/max_map_count", text, sizeof(text));
    finding(out, "mappings", "%s at most", text);
    read_line("/sys/devices/system/clocksource/clocksource0/"
              "current_clocksource",
              text, sizeof(text));
    finding(out, "clock source", "%s", text[0] ? text : "unknown");
}

static void examine_limits(FILE *out)
{
    static const struct {
        const char *what;
        int resource;
        uint64_t enough; /* below it something is to be said */
        const char *say;
    } limits[] = {
        {"open files", RLIMIT_NOFILE, 256,
         "ulimit -n 1024: the monitor needs some besides the program's"},
        {"address space", RLIMIT_AS, 16 * GIB,
         "ulimit -v unlimited: the machine takes addresses too"},
        {"data size", RLIMIT_DATA, 16 * GIB,
         "ulimit -d unlimited: the machine's memory counts too"},
        {"locked memory", RLIMIT_MEMLOCK, 0, ""},
    };

    for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
        struct rlimit l;

        if (getrlimit((__rlimit_resource_t)limits[i].resource, &l) < 0)
            continue;
        if (l.rlim_cur == RLIM_INFINITY)
            finding(out, limits[i].what, "unlimited");
        else
            finding(out, limits[i].what, "%llu%s",
                    (unsigned long long)l.rlim_cur,
                    limits[i].resource == RLIMIT_NOFILE ? "" : " bytes");
        if (l.rlim_cur < limits[i].enough)
            advice(out, "%s", limits[i].say);
    }
}

int doctor_host(FILE *out, struct diag *d)
{
    struct utsname uts;
    int fd, rc;

    if (uname(&uts) == 0)
        finding(out, "kernel", "%s %s", uts.sysname, uts.release);
    examine_cpu(out);
    fd = examine_device(out);
    if (fd >= 0)
        examine_kvm(fd, out);
    examine_memory(out);
    examine_limits(out);
    if (fd < 0)
        return diag_set(d, 0,
                        "programs cannot run here: /dev/kvm does not "
                        "open");
    rc = kvm_check(fd, d);
    close(fd);
    return rc;
}

/* --- the machine --- */

/* The same by the host alone. */
static double measure_host(void)
{
    double start = measure_now_us();

    for (int i = 0; i < ROUNDS; i++)
        syscall(SYS_getppid);
    return (measure_now_us() - start) / ROUNDS;
}

/* Microseconds of a system call that does nothing: SYSCALL, exit, return. */
static int measure(struct vcpu *v, double *us, struct diag *d)
{
    double each[MEASUREMENTS];

    vcpu_start(v, vm_shim_entry(v->vm, v->vm->shim.bench), 0);
    for (int m = 0; m < MEASUREMENTS; m++) {
        double start = measure_now_us();

        for (int i = 0; i < ROUNDS; i++) {
            enum vcpu_exit exit = vcpu_enter(v);

            if (exit == VCPU_SYSCALL)
                vcpu_sysret(v, 0);
            else if (exit != VCPU_INTR)
                return diag_set(d, 0, "the measuring guest failed: %s",
                                exit == VCPU_DEAD ? v->why : "unexpected exit");
        }
        each[m] = (measure_now_us() - start) / ROUNDS;
    }
    *us = measure_median(each, MEASUREMENTS);
    return 0;
}

static void report_features(const struct vm *vm, FILE *out)
{
    char hidden[256] = "", lacking[256] = "";
    size_t h = 0, n = 0;

    if (vm->entry_cpl3) {
        finding(out, "CPU features",
                "the host's own: this KVM passes CPUID "
                "through");
        return;
    }
    for (const struct x86_feature *f = x86_hidden; f->name; f++)
        if (host_has(f) && h < sizeof(hidden))
            h += (size_t)snprintf(hidden + h, sizeof(hidden) - h, " %s",
                                  f->name);
    for (const struct x86_feature *f = notable; f->name; f++)
        if (host_has(f) && !x86_has_feature(vm->cpuid, f) &&
            n < sizeof(lacking))
            n += (size_t)snprintf(lacking + n, sizeof(lacking) - n, " %s",
                                  f->name);
    finding(out, "hidden features", "%s", h ? hidden + 1 : "none");
    finding(out, "lacking features", "%s",
            n ? lacking + 1 : "none: KVM supports what programs look for");
}

static void report_modes(const struct vm *vm, const struct profile *p,
                         FILE *out)
{
    finding(out, "kind of KVM", "%s",
            vm->entry_cpl3 ? "without hardware support: SYSCALL stays at CPL 3"
                           : "hardware: SYSCALL enters CPL 0");
    finding(out, "system-call entry", "%s%s", vm->entry_cpl3 ? "cpl3" : "cpl0",
            p->entry == ENTRY_AUTO ? ", found by the probe"
                                   : ", demanded by the profile");
    finding(out, "vDSO", "%s",
            vm->vdso   ? "shared with programs: clocks without system calls"
            : !p->vdso ? "off, says the profile"
                       : "not usable: guest and host do not count time alike");
    finding(out, "2 MiB pages", "%s",
            p->huge_pages ? "where they fit" : "off, says the profile");
    finding(out, "address layout", "%s",
            p->randomize ? "randomized" : "the same in every run");
}

static void report_cost(double us, double host_us, FILE *out)
{
    finding(out, "system call",
            "%.2f us through the monitor, %.2f us without it (median of %d "
            "times %d)",
            us, host_us, MEASUREMENTS, ROUNDS);
}

int doctor_machine(const struct shim *shim, const struct profile *profile,
                   FILE *out, struct diag *d)
{
    struct vm *vm = NULL;
    struct vcpu *vcpu = NULL;
    double us = 0;
    int rc;

    rc = vm_create(&vm, profile, shim, d);
    if (rc == 0)
        rc = vcpu_get(&vcpu, vm, d);
    if (rc == 0)
        rc = probe_run(vcpu, profile, d);
    if (rc == 0) {
        finding(out, "shim", "%s", shim->path);
        report_modes(vm, profile, out);
        report_features(vm, out);
        rc = measure(vcpu, &us, d);
    }
    if (rc == 0)
        report_cost(us, measure_host(), out);
    vcpu_destroy_all(vm);
    vm_destroy(vm);
    return rc;
}

void doctor_verdict(FILE *out, bool good)
{
    finding(out, "verdict", "%s",
            good ? "programs can run" : "programs cannot run");
}
