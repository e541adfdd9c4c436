/*
 * doctor.h: what this host offers: 'microvm-hook doctor'. Layer 5.
 */
#ifndef VMM_DOCTOR_H
#define VMM_DOCTOR_H

#include "vmm/diag.h"
#include "vmm/profile.h"
#include "vmm/shim.h"

#include <stdio.h>

/*
 * Examine the host, try a VM, measure a hypercall; one line a finding to
 * (out). Returns 0 where programs can run; a negative errno, (d) set, where
 * not: then the findings up to there are printed.
 */
int doctor(const struct shim *shim, const struct profile *profile, FILE *out,
           struct diag *d);

#endif
