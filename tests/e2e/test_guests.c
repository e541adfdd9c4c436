/* test_guests.c: small programs that use one thing each end as without the
 * monitor: starts, memory, signals, processes, ends, in all kinds of linking.
 */
#include "tests/e2e/run.h"

#include "vmm/util.h"

/* clang-format off */
static const struct row rows[] = {
    {"a_position_independent_program_starts", {"start", "x", "", "y z"}},
    {"a_program_at_a_fixed_address_starts", {"start-no-pie", "x", "", "y z"}},
    {"a_static_program_starts", {"start-static", "x"}},
    {"a_static_position_independent_program_starts", {"start-static-pie"}},
    {"a_program_of_musl_starts", {"start-musl", "x", "y"}},
    {"calls_on_memory", {"memory"}},
    {"calls_on_memory_at_a_fixed_address", {"memory-no-pie"}},
    {"calls_on_memory_by_musl", {"memory-musl"}},
    {"signals", {"signals"}},
    {"signals_of_a_static_program", {"signals-static"}},
    {"signals_by_musl", {"signals-musl"}},
    {"processes", {"processes"}},
    {"processes_of_a_static_program", {"processes-static"}},
    {"processes_by_musl", {"processes-musl"}},
    {"main_returns", {"ending"}},
    {"exit_zero", {"ending", "exit-0"}},
    {"exit_255", {"ending", "exit-255"}},
    {"exit_status_is_cut_to_a_byte", {"ending", "exit-300"}},
    {"exit_of_the_only_thread", {"ending", "exit-raw"}},
    {"death_by_a_bad_pointer", {"ending", "segv"}},
    {"death_by_a_jump_to_nowhere", {"ending", "jump"}},
    {"death_by_a_division", {"ending", "fpe"}},
    {"death_by_an_undefined_instruction", {"ending", "ill"}},
    {"death_by_a_breakpoint", {"ending", "trap"}},
    {"death_by_a_privileged_instruction", {"ending", "hlt"}},
    {"death_by_abort", {"ending", "abort"}},
    {"death_by_abort_in_a_static_program", {"ending-static", "abort"}},
    {"death_by_SIGTERM", {"ending", "raise-15"}},
    {"death_by_SIGKILL", {"ending", "raise-9"}},
    {"death_by_a_real_time_signal", {"ending", "raise-40"}},
    {"SIGCHLD_is_ignored", {"ending", "raise-17"}},
    {"the_stack_grows", {"ending", "deep"}},
    {"the_stack_has_an_end", {"ending", "stack"}},
};
/* clang-format on */

int main(void)
{
    return run_rows("guests", rows, ARRAY_SIZE(rows));
}
