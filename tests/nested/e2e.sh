# e2e.sh: what the nested machine runs for the suite "nested".
E2E_EMULATED=1 E2E_SECONDS=1500 sh /t/run.sh nested /t/e2e
