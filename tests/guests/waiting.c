/* waiting.c SCENARIO: calls that wait for time, children, locks or messages and
 * that a signal interrupts. */
#include "interrupted.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/syscall.h>

static uint32_t word;

/* --- time --- */

static const struct timespec ten_seconds = {10, 0};

static long do_nanosleep(void)
{
    struct timespec left = {0};
    long result = nanosleep(&ten_seconds, &left);

    printf("left %d\n", left.tv_sec >= 8 && left.tv_sec < 10);
    return result;
}

static long do_clock_nanosleep(void)
{
    struct timespec left = {0};
    long result =
        syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ten_seconds, &left);

    printf("left %d\n", left.tv_sec >= 8 && left.tv_sec < 10);
    return result;
}

static long do_sleep_until(void)
{
    struct timespec at, left = {77, 77};
    long result;

    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += 10;
    result =
        syscall(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &at, &left);
    printf("not touched %d\n", left.tv_sec == 77);
    return result;
}

static long do_sleep(void)
{
    printf("left %d\n", sleep(10) >= 9);
    return 0;
}

static void sleeping(void)
{
    both(NULL, do_nanosleep, NULL);
    both(NULL, do_clock_nanosleep, NULL);
    both(NULL, do_sleep_until, NULL);
    both(NULL, do_sleep, NULL);
}

static long do_pause(void)
{
    return pause();
}

static long do_suspend(void)
{
    sigset_t set;

    sigemptyset(&set);
    return sigsuspend(&set);
}

static long do_sigtimedwait(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    return sigtimedwait(&set, NULL, &ten_seconds);
}

static void for_signals(void)
{
    both(NULL, do_pause, NULL);
    both(NULL, do_suspend, NULL);
    both(NULL, do_sigtimedwait, NULL);
}

/* --- several descriptors --- */

static long do_poll(void)
{
    return poll(&(struct pollfd){ends[0], POLLIN, 0}, 1, 10000);
}

static long do_ppoll(void)
{
    return ppoll(&(struct pollfd){ends[0], POLLIN, 0}, 1, NULL, NULL);
}

static long do_select(void)
{
    struct timeval time = {10, 0};
    fd_set set;
    long result;

    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    result = select(ends[0] + 1, &set, NULL, NULL, &time);
    printf("time left %d\n", time.tv_sec >= 8 && time.tv_sec < 10);
    return result;
}

static long do_pselect(void)
{
    fd_set set;

    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    return pselect(ends[0] + 1, &set, NULL, NULL, NULL, NULL);
}

static long do_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int ep = epoll_create1(0);

    epoll_ctl(ep, EPOLL_CTL_ADD, ends[0], &event);
    return epoll_wait(ep, &event, 1, -1);
}

static void polls(void)
{
    both(make_pipe, do_poll, put_byte);
    both(make_pipe, do_ppoll, put_byte);
    both(make_pipe, do_select, put_byte);
    both(make_pipe, do_pselect, put_byte);
    both(make_pipe, do_epoll, put_byte);
}

/* --- children --- */

static pid_t child;

/* A child that ends when a byte comes. */
static void make_child(void)
{
    make_pipe();
    child = fork();
    if (child == 0) {
        close(ends[1]);
        _exit(read(ends[0], buffer, 1) < 0);
    }
    close(ends[0]);
}

static long do_wait(void)
{
    return waitpid(child, NULL, 0);
}

static long do_waitid(void)
{
    siginfo_t info;

    return waitid(P_PID, (id_t)child, &info, WEXITED);
}

static void children(void)
{
    both(make_child, do_wait, put_byte);
    both(make_child, do_waitid, put_byte);
}

/* --- futexes --- */

static void clear_word(void)
{
    word = 0;
}

static void set_word(void)
{
    word = 1;
}

static long do_futex_wait(void)
{
    return syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
}

static long do_futex_timed(void)
{
    return syscall(SYS_futex, &word, FUTEX_WAIT, 0, &ten_seconds, NULL, 0);
}

static long do_futex_bitset(void)
{
    return syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL,
                   FUTEX_BITSET_MATCH_ANY);
}

static void futexes(void)
{
    both(clear_word, do_futex_wait, set_word);
    both(clear_word, do_futex_timed, set_word);
    both(clear_word, do_futex_bitset, set_word);
}

static uint32_t *shared_lock;

/* A child that has the lock until a byte comes. */
static void lock_in_child(void)
{
    make_pipe();
    if (pipe(other) < 0)
        return;
    *shared_lock = 0;
    child = fork();
    if (child == 0) {
        syscall(SYS_futex, shared_lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0);
        if (write(other[1], "x", 1) != 1 || read(ends[0], buffer, 1) != 1)
            _exit(3);
        syscall(SYS_futex, shared_lock, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
        _exit(0);
    }
    if (read(other[0], buffer, 1) != 1)
        _exit(3);
}

static long do_lock_pi(void)
{
    long result =
        syscall(SYS_futex, shared_lock, FUTEX_LOCK_PI, 0, NULL, NULL, 0);

    waitpid(child, NULL, 0);
    return result;
}

/* Always goes on. */
static void priority_futex(void)
{
    shared_lock = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    both(lock_in_child, do_lock_pi, put_byte);
}

/* --- System V and POSIX ipc --- */

static int id;

static void make_queue(void)
{
    id = msgget(IPC_PRIVATE, 0600);
}

static long do_msgrcv(void)
{
    long result = msgrcv(id, buffer, 100, 0, 0);

    msgctl(id, IPC_RMID, NULL);
    return result;
}

static void put_message(void)
{
    const long message[2] = {1, 0};

    msgsnd(id, message, 8, 0);
}

static void fill_queue(void)
{
    const struct {
        long type;
        char text[4096];
    } message = {.type = 1};

    make_queue();
    while (msgsnd(id, &message, sizeof(message.text), IPC_NOWAIT) == 0)
        ;
}

static long do_msgsnd(void)
{
    const struct {
        long type;
        char text[4096];
    } message = {.type = 1};
    long result = msgsnd(id, &message, sizeof(message.text), 0);

    msgctl(id, IPC_RMID, NULL);
    return result;
}

static void take_message(void)
{
    msgrcv(id, buffer, 4096, 0, 0);
}

static void make_semaphore(void)
{
    id = semget(IPC_PRIVATE, 1, 0600);
}

static long do_semop(void)
{
    struct sembuf down = {0, -1, 0};
    long result = semop(id, &down, 1);

    semctl(id, 0, IPC_RMID);
    return result;
}

static long do_semtimedop(void)
{
    struct sembuf down = {0, -1, 0};
    long result = semtimedop(id, &down, 1, &ten_seconds);

    semctl(id, 0, IPC_RMID);
    return result;
}

static void raise_semaphore(void)
{
    semctl(id, 0, SETVAL, 1);
}

static void system_v(void)
{
    both(make_queue, do_msgrcv, put_message);
    both(fill_queue, do_msgsnd, take_message);
    both(make_semaphore, do_semop, raise_semaphore);
    both(make_semaphore, do_semtimedop, raise_semaphore);
}

static void make_mq(void)
{
    struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 16};
    char name[64];

    snprintf(name, sizeof(name), "/guest-%d", getpid());
    ends[0] = mq_open(name, O_RDWR | O_CREAT, 0600, &attr);
    mq_unlink(name);
    if (ends[0] < 0)
        perror("mq_open");
}

static void fill_mq(void)
{
    make_mq();
    mq_send(ends[0], "a", 1, 0);
}

static long do_mq_receive(void)
{
    return mq_receive(ends[0], buffer, 16, NULL);
}

static void put_mq(void)
{
    mq_send(ends[0], "a", 1, 0);
}

static long do_mq_send(void)
{
    return mq_send(ends[0], "b", 1, 0);
}

static void take_mq(void)
{
    mq_receive(ends[0], buffer, 16, NULL);
}

static void message_queues(void)
{
    both(make_mq, do_mq_receive, put_mq);
    both(fill_mq, do_mq_send, take_mq);
}

/* --- locks of files --- */

/* The same file, opened twice; the second one has the lock. */
static void make_locked(void)
{
    char path[64];

    ends[0] = memfd_create("lock", 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
    ends[1] = open(path, O_RDWR);
    if (flock(ends[1], LOCK_EX) < 0)
        perror("flock");
}

static long do_flock(void)
{
    return flock(ends[0], LOCK_EX);
}

static void unlock(void)
{
    flock(ends[1], LOCK_UN);
}

static long lock_whole(int fd, int command, short type)
{
    struct flock lock = {.l_type = type};

    return fcntl(fd, command, &lock);
}

static void make_ofd_locked(void)
{
    make_locked();
    if (lock_whole(ends[1], F_OFD_SETLK, F_WRLCK) < 0)
        perror("F_OFD_SETLK");
}

static long do_ofd_lock(void)
{
    return lock_whole(ends[0], F_OFD_SETLKW, F_WRLCK);
}

static void ofd_unlock(void)
{
    lock_whole(ends[1], F_OFD_SETLK, F_UNLCK);
}

static int locked_file;

/* A child has it, until a byte comes. */
static void make_child_locked(void)
{
    make_pipe();
    if (pipe(other) < 0)
        return;
    locked_file = memfd_create("lock", 0);
    child = fork();
    if (child == 0) {
        lock_whole(locked_file, F_SETLK, F_WRLCK);
        if (write(other[1], "x", 1) != 1)
            _exit(3);
        _exit(read(ends[0], buffer, 1) != 1);
    }
    if (read(other[0], buffer, 1) != 1)
        _exit(3);
}

static long do_posix_lock(void)
{
    long result = lock_whole(locked_file, F_SETLKW, F_WRLCK);

    if (result < 0)
        put_byte();
    waitpid(child, NULL, 0);
    return result;
}

static void file_locks(void)
{
    both(make_locked, do_flock, unlock);
    both(make_ofd_locked, do_ofd_lock, ofd_unlock);
    both(make_child_locked, do_posix_lock, put_byte);
}

static const struct scenario scenarios[] = {
    {"sleep", sleeping},        {"for-signals", for_signals},
    {"polls", polls},           {"children", children},
    {"futexes", futexes},       {"priority-futex", priority_futex},
    {"system-v", system_v},     {"message-queues", message_queues},
    {"file-locks", file_locks},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
