/*
 * doctor.h: what this host offers: 'microvm-hook doctor'. Layer 5.
 *
 * One finding a line to (out), and below it what to do where something is
 * missing or slower than it could be.
 */
#ifndef VMM_DOCTOR_H
#define VMM_DOCTOR_H

#include "vmm/diag.h"
#include "vmm/profile.h"
#include "vmm/shim.h"

#include <stdio.h>

/*
 * Examine the host without running anything: CPU, /dev/kvm, what its KVM has,
 * limits. Returns 0 where a VM can be tried; -EINVAL, (d) set, where not.
 */
int doctor_host(FILE *out, struct diag *d);

/*
 * Build the machine that (profile) describes, run the probe and measure a
 * system call. Returns 0; a negative errno, (d) set, where programs cannot run.
 */
int doctor_machine(const struct shim *shim, const struct profile *profile,
                   FILE *out, struct diag *d);

/* The last line. */
void doctor_verdict(FILE *out, bool good);

#endif
