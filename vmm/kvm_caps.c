/* kvm_caps.c: what the monitor asks of KVM. */
#include "vmm/kvm_caps.h"

#include <errno.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>

/* clang-format off */
const struct kvm_cap kvm_caps[] = {
    {KVM_CAP_USER_MEMORY, 0, true, "KVM_CAP_USER_MEMORY", "3.0",
     "guest memory is the monitor's"},
    {KVM_CAP_NR_MEMSLOTS, 0, true, "KVM_CAP_NR_MEMSLOTS", "3.0",
     "windows are registered piece by piece"},
    {KVM_CAP_EXT_CPUID, 0, true, "KVM_CAP_EXT_CPUID", "3.0",
     "the guest's CPU features"},
    {KVM_CAP_SYNC_MMU, 0, true, "KVM_CAP_SYNC_MMU", "3.0",
     "the guest's memory follows the host's mappings"},
    {KVM_CAP_IMMEDIATE_EXIT, 0, true, "KVM_CAP_IMMEDIATE_EXIT", "4.11",
     "no signal is lost at the entry to the guest"},
    {KVM_CAP_SYNC_REGS, KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS, true,
     "KVM_CAP_SYNC_REGS", "4.17", "registers without further calls"},
    {KVM_CAP_XCRS, 0, false, "KVM_CAP_XCRS", "3.0", "AVX"},
    {KVM_CAP_READONLY_MEM, 0, false, "KVM_CAP_READONLY_MEM", "3.7",
     "the host's vDSO in the guest"},
    {0},
};
/* clang-format on */

bool kvm_has_cap(int kvm_fd, const struct kvm_cap *cap)
{
    int got = ioctl(kvm_fd, KVM_CHECK_EXTENSION, cap->number);

    return got > 0 && (got & cap->bits) == cap->bits;
}

int kvm_check(int kvm_fd, struct diag *d)
{
    int version = ioctl(kvm_fd, KVM_GET_API_VERSION, 0);

    if (version != KVM_API_VERSION)
        return diag_set(d, 0,
                        "/dev/kvm speaks version %d of its interface, %d is "
                        "needed",
                        version, KVM_API_VERSION);
    for (const struct kvm_cap *cap = kvm_caps; cap->name; cap++) {
        if (!cap->needed || kvm_has_cap(kvm_fd, cap))
            continue;
        diag_set(d, 0, "this host's KVM lacks %s (%s)", cap->name, cap->use);
        diag_hint(d, "Linux %s and later have it", cap->since);
        return -EINVAL;
    }
    return 0;
}
