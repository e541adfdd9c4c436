/* host_call.c: where a signal found the stub in host_call.S. */
#include "vmm/host_call.h"

extern const char host_call_check[], host_call_entered[];
extern const char host_call_not_started[];

void host_call_interrupt(uint64_t *rip)
{
    if (*rip >= (uint64_t)(uintptr_t)host_call_check &&
        *rip < (uint64_t)(uintptr_t)host_call_entered)
        *rip = (uint64_t)(uintptr_t)host_call_not_started;
}
