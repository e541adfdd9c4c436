# e2e.sh: what the nested machine runs for the suite "nested": everything but
# what only concerns sockets of the monitor, which no processor has a part in.
# The heavy guests as well, if the machine was started for that.
! grep -qw heavy /proc/cmdline || export E2E_HEAVY=guests
E2E_EMULATED=1 E2E_SECONDS=1500 sh /t/run.sh nested /t/e2e test_escapes \
    test_guests test_hook_accessors test_hook_stops test_hooks test_programs \
    test_software test_statements
