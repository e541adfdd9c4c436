/* host_call.c: where a signal found the stub in host_call.S. */
#include "vmm/host_call.h"

extern const char host_call_check[], host_call_entered[];
extern const char host_call_not_started[], host_call_syscall[];
extern const char host_call_interrupted[];

void host_call_interrupt(uint64_t *rip, uint64_t rcx)
{
    if (*rip == (uint64_t)(uintptr_t)host_call_syscall &&
        rcx == (uint64_t)(uintptr_t)host_call_entered)
        *rip = (uint64_t)(uintptr_t)host_call_interrupted;
    else if (*rip >= (uint64_t)(uintptr_t)host_call_check &&
             *rip < (uint64_t)(uintptr_t)host_call_entered)
        *rip = (uint64_t)(uintptr_t)host_call_not_started;
}
