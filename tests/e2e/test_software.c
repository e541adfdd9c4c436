/* test_software.c: large programs at work, by the scripts in software/: builds,
 * servers, language runtimes, python's own regression tests, stress-ng.
 */
#include "tests/e2e/run.h"

#include "vmm/util.h"

/* clang-format off */
static const struct row rows[] = {
    {"git_commits_merges_clones", {"git.sh"}},
    {"make_with_two_jobs_and_gcc", {"make.sh"}},
    {"cmake_and_ninja", {"cmake.sh"}},
    {"node_with_workers_and_children", {"node.sh"}},
    {"a_go_client_and_a_python_server", {"go.sh"}},
    {"redis_and_its_benchmark", {"redis.sh"}},
    {"nginx_and_a_client", {"nginx.sh"}},
    {"two_writers_of_a_sqlite_wal", {"sqlite.sh"}},
    {"bash_controls_jobs_in_a_terminal", {"jobs.sh"}},

    {"python_tests_select", {"python.sh", "test_select"}},
    {"python_tests_epoll", {"python.sh", "test_epoll"}},
    {"python_tests_mmap", {"python.sh", "test_mmap"}},
    {"python_tests_fcntl", {"python.sh", "test_fcntl"}},
    {"python_tests_posix", {"python.sh", "test_posix"}},
    {"python_tests_signal", {"python.sh", "test_signal", "PosixTests",
        "WakeupSignalTests", "PendingSignalsTests"}},
    {"python_tests_threading", {"python.sh", "test_threading", "LockTests",
        "PyRLockTests", "CRLockTests", "EventTests", "ConditionAsRLockTests",
        "SemaphoreTests", "BoundedSemaphoreTests", "BarrierTests",
        "TimerTests"}},
    {"python_tests_socket", {"python.sh", "test_socket", "BasicTCPTest",
        "BasicUDPTest", "BasicSocketPairTest", "SendmsgTCPTest",
        "RecvmsgSCMRightsStreamTest", "FileObjectClassTestCase"}},
    {"python_tests_subprocess", {"python.sh", "test_subprocess",
        "RunFuncTestCase", "ContextManagerTests", "MiscTests"}},

    {"stress_processes", {"stress.sh", "fork:20", "vfork:20", "wait:20",
        "pthread:50", "zombie:20", "daemon:10", "session:10", "pidfd:20"}},
    {"stress_signals", {"stress.sh", "kill:200", "sigq:200", "sigfd:200",
        "sigabrt:20", "sigsegv:50", "sigsuspend:100", "sigpipe:50",
        "sigtrap:100", "sigrt:100", "sigpending:100", "signest:50",
        "sigchld:30"}},
    {"stress_memory", {"stress.sh", "brk:200", "malloc:500", "mprotect:50",
        "munmap:2", "mincore:50", "seal:10", "shm-sysv:2"}},
    {"stress_schedulers", {"stress.sh", "nice:5", "affinity:50",
        "schedpolicy:20", "switch:200"}},
    {"stress_pipes_and_sockets", {"stress.sh", "pipe:500", "fifo:200",
        "splice:100", "tee:50", "eventfd:200", "sockpair:50", "udp:50"}},
    {"stress_timers", {"stress.sh", "timer:100", "timerfd:100", "itimer:100",
        "clock:20", "nanosleep:20"}},
    {"stress_locks_and_messages", {"stress.sh", "futex:200", "sem:500",
        "sem-sysv:50", "mq:100", "msg:100", "flock:100", "lockf:50",
        "mutex:200", "pty:2"}},
};
/* clang-format on */

int main(void)
{
    return run_rows("software", rows, ARRAY_SIZE(rows));
}
