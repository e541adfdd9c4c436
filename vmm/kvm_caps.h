/*
 * kvm_caps.h: what the monitor asks of KVM: one table, for opening the VM and
 * for telling what a host lacks. Layer 1.
 */
#ifndef VMM_KVM_CAPS_H
#define VMM_KVM_CAPS_H

#include "vmm/diag.h"

#include <stdbool.h>

struct kvm_cap {
    int number;        /* KVM_CAP_* */
    int bits;          /* that must be set in the answer; 0: any above 0 */
    bool needed;       /* no program runs without it */
    const char *name;  /* as in linux/kvm.h */
    const char *since; /* a version of Linux that has it on x86: the first one,
                          or 3.0 */
    const char *use;   /* what the monitor does with it */
};

/* Ends with a row without name. */
extern const struct kvm_cap kvm_caps[];

/* Whether the KVM behind (kvm_fd), an open /dev/kvm, has (cap). */
bool kvm_has_cap(int kvm_fd, const struct kvm_cap *cap);

/*
 * Check the version of KVM's interface and every needed capability.
 * Returns 0 or -EINVAL, (d) set.
 */
int kvm_check(int kvm_fd, struct diag *d);

#endif
