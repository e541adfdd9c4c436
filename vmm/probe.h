/*
 * probe.h: the guest program that runs before the program does and finds out
 * what kind of KVM this is. Layer 1.
 */
#ifndef VMM_PROBE_H
#define VMM_PROBE_H

#include "vmm/diag.h"
#include "vmm/profile.h"
#include "vmm/vcpu.h"

/*
 * Run the probe on (vcpu) and set vm->entry_cpl3, hwcap, hwcap2 and vdso; then
 * set the system-call entry accordingly. An entry that the profile demands but
 * this KVM does not have is an error.
 * Returns 0 or a negative errno, (d) set.
 */
int probe_run(struct vcpu *vcpu, const struct profile *p, struct diag *d);

/* Let the shim answer by itself, as vm_let_answer. Returns 0 or a negative
 * errno, (d) set. */
int probe_let_answer(struct vcpu *vcpu, const uint8_t *watched, struct diag *d);

#endif
