/* locks.c SCENARIO: locks of files, leases, semaphores, message queues, and
 * terminals in pairs. */
#include "scenario.h"

#include <fcntl.h>
#include <mqueue.h>
#include <pty.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static char buffer[1000];
static volatile int told;

static void on_signal(int sig)
{
    told = sig;
}

/* A file without a name, and the same one opened again. */
static int file, again;

static void make_file(void)
{
    char path[64];

    file = memfd_create("locks", 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
    again = open(path, O_RDWR);
    if (ftruncate(file, 1000) < 0 || again < 0)
        perror("file");
}

static long lock(int fd, int command, short type, long start, long length)
{
    struct flock l = {.l_type = type, .l_start = start, .l_len = length};

    return fcntl(fd, command, &l);
}

static void who_has(int fd, int command, short type, long start, long length)
{
    struct flock l = {.l_type = type, .l_start = start, .l_len = length};
    long rc = fcntl(fd, command, &l);

    if (rc < 0)
        show("ask", rc);
    else
        printf("type %d start %ld length %ld parent's %d\n", l.l_type,
               (long)l.l_start, (long)l.l_len, l.l_pid == getppid());
}

static void posix_locks(void)
{
    pid_t pid;

    make_file();
    show("write lock", lock(file, F_SETLK, F_WRLCK, 10, 20));
    show("read lock", lock(file, F_SETLK, F_RDLCK, 50, 50));
    show("the same process", lock(again, F_SETLK, F_WRLCK, 15, 1));
    show("split", lock(file, F_SETLK, F_UNLCK, 18, 4));
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        show("held", lock(file, F_SETLK, F_WRLCK, 0, 0));
        who_has(file, F_GETLK, F_WRLCK, 0, 0);
        who_has(file, F_GETLK, F_WRLCK, 18, 0);
        who_has(file, F_GETLK, F_RDLCK, 50, 10);
        show("the gap", lock(file, F_SETLK, F_WRLCK, 18, 4));
        show("shared", lock(file, F_SETLK, F_RDLCK, 60, 4));
        _exit(0);
    }
    show_status("child", pid);
    show("its locks are gone", lock(file, F_SETLK, F_WRLCK, 0, 0));
    close(again); /* drops all of the process, whichever descriptor */
    pid = fork();
    if (pid == 0) {
        show("free", lock(file, F_SETLK, F_WRLCK, 0, 0));
        _exit(0);
    }
    show_status("child", pid);
    show("type", lock(file, F_SETLK, 99, 0, 0));
    show("negative", lock(file, F_SETLK, F_WRLCK, -5, 0));
    show("read only",
         lock(open("/dev/null", O_RDONLY), F_SETLK, F_WRLCK, 0, 0));
    show("bad", syscall(SYS_fcntl, file, F_SETLK, 8));
}

static int ready[2];

/* Each has one and wants the other's: whoever comes second is told. */
static void deadlock(void)
{
    int status = 0, failed;
    pid_t pid;
    char c;

    make_file();
    if (pipe(ready) < 0)
        return;
    show("first", lock(file, F_SETLK, F_WRLCK, 0, 1));
    pid = fork();
    if (pid == 0) {
        lock(file, F_SETLK, F_WRLCK, 1, 1);
        if (write(ready[1], "x", 1) != 1)
            _exit(9);
        _exit(lock(file, F_SETLKW, F_WRLCK, 0, 1) < 0 ? errno : 0);
    }
    show("child has its own", read(ready[0], &c, 1));
    failed = lock(file, F_SETLKW, F_WRLCK, 1, 1) < 0;
    if (failed)
        tell("deadlock", 0);
    lock(file, F_SETLK, F_UNLCK, 0, 1);
    waitpid(pid, &status, 0);
    if (WEXITSTATUS(status)) {
        errno = WEXITSTATUS(status);
        tell("deadlock", 0);
    }
    printf("one of both %d\n", failed + (status != 0));
}

static void open_file_locks(void)
{
    pid_t pid;

    make_file();
    show("lock", lock(file, F_OFD_SETLK, F_WRLCK, 0, 100));
    show("the other one", lock(again, F_OFD_SETLK, F_WRLCK, 50, 1));
    who_has(again, F_OFD_GETLK, F_RDLCK, 0, 0);
    show("behind it", lock(again, F_OFD_SETLK, F_WRLCK, 100, 1));
    show("process lock", lock(again, F_SETLK, F_WRLCK, 0, 1));
    pid = fork();
    if (pid == 0) {
        show("inherited", lock(file, F_OFD_SETLK, F_WRLCK, 0, 50));
        _exit(0);
    }
    show_status("child", pid);
    close(file);
    show("free", lock(again, F_OFD_SETLK, F_WRLCK, 0, 0));
}

static void whole_file_locks(void)
{
    make_file();
    show("shared", flock(file, LOCK_SH));
    show("shared", flock(again, LOCK_SH | LOCK_NB));
    show("exclusive", flock(again, LOCK_EX | LOCK_NB));
    show("unlock", flock(file, LOCK_UN));
    show("exclusive", flock(again, LOCK_EX | LOCK_NB));
    show("shared", flock(file, LOCK_SH | LOCK_NB));
    show("both kinds", lock(file, F_SETLK, F_WRLCK, 0, 0));
    close(again);
    show("closed", flock(file, LOCK_EX | LOCK_NB));
    show("nothing", flock(file, 0));
    show("no file", flock(900, LOCK_SH));
}

/* Who has a lease is told when another opens the file, and has time. */
static void leases(void)
{
    char path[] = "/tmp/guest-lease-XXXXXX";
    pid_t pid;
    int fd = mkstemp(path);

    signal(SIGIO, on_signal);
    close(fd);
    fd = open(path, O_RDONLY);
    show("write lease", fcntl(fd, F_SETLEASE, F_WRLCK));
    show("has", fcntl(fd, F_GETLEASE) == F_WRLCK);
    pid = fork();
    if (pid == 0) {
        show("at once", open(path, O_RDONLY | O_NONBLOCK));
        _exit(0);
    }
    show_status("child", pid);
    printf("told %d\n", told == SIGIO);
    show("given back", fcntl(fd, F_SETLEASE, F_UNLCK));
    pid = fork();
    if (pid == 0)
        _exit(open(path, O_RDWR | O_NONBLOCK) < 0);
    show_status("child", pid);
    show("kind", fcntl(fd, F_SETLEASE, 77));
    unlink(path);
}

/* --- System V --- */

static void semaphores(void)
{
    unsigned short all[3] = {1, 2, 3}, got[3] = {0};
    int id = semget(IPC_PRIVATE, 3, 0600);
    struct sembuf ops[3] = {{0, -1, 0}, {1, -2, 0}, {2, 5, 0}};
    const struct timespec little = {0, 10000000};

    tell("get", id >= 0);
    show("set all", semctl(id, 0, SETALL, all));
    show("three at once", semop(id, ops, 3));
    show("get all", semctl(id, 0, GETALL, got));
    printf("%d %d %d\n", got[0], got[1], got[2]);
    ops[0].sem_flg = IPC_NOWAIT;
    show("not now", semop(id, ops, 3));
    printf("nothing done %d\n", semctl(id, 2, GETVAL));
    ops[0].sem_flg = 0;
    show("not in time", semtimedop(id, ops, 3, &little));
    ops[0].sem_op = 0;
    show("zero", semop(id, ops, 1));
    show("value", semctl(id, 1, SETVAL, 40000));
    show("which", semctl(id, 3, GETVAL));
    ops[0].sem_num = 9;
    show("number", semop(id, ops, 1));
    show("too many", semop(id, ops, 5000));
    show("none", semop(id, ops, 0));
    show("last", semctl(id, 2, GETPID) == getpid());
    show("remove", semctl(id, 0, IPC_RMID));
    show("removed", semop(id, ops, 1));
}

/* What a process did is undone when it ends. */
static void undone(void)
{
    int id = semget(IPC_PRIVATE, 1, 0600);
    struct sembuf up = {0, 5, SEM_UNDO}, down = {0, -1, 0};
    pid_t pid = fork();

    if (pid == 0) {
        semop(id, &up, 1);
        semop(id, &down, 1);
        _exit(semctl(id, 0, GETVAL));
    }
    show_status("child", pid);
    show("undone", semctl(id, 0, GETVAL));
    pid = fork();
    if (pid == 0)
        _exit(semop(id, &down, 1) < 0 ? errno : 0);
    while (semctl(id, 0, GETNCNT) == 0)
        pause_ms(1);
    show("waits", semctl(id, 0, GETNCNT));
    show("remove", semctl(id, 0, IPC_RMID));
    show_status("told", pid);
}

static void keys(void)
{
    key_t key = ftok("/proc/self/exe", getpid() & 0xff);
    int id;

    key = key == -1 ? getpid() : key ^ (getpid() << 8);
    id = shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0600);
    tell("create", id >= 0);
    show("again", shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0600));
    tell("find", shmget(key, 0, 0) == id);
    show("larger", shmget(key, 50000, 0));
    show("other kind", semget(key, 1, 0));
    show("no key", shmget(key + 1, 10, 0));
    show("nothing", shmget(IPC_PRIVATE, 0, 0600));
    show("remove", shmctl(id, IPC_RMID, NULL));
    show("gone", shmget(key, 0, 0));
}

static void messages_by_type(void)
{
    struct {
        long type;
        char text[20];
    } message;
    int id = msgget(IPC_PRIVATE, 0600);

    for (long type = 1; type <= 5; type++) {
        message.type = type;
        snprintf(message.text, sizeof(message.text), "number %ld", type);
        if (msgsnd(id, &message, sizeof(message.text), 0) < 0)
            perror("msgsnd");
    }
    show("third", msgrcv(id, &message, 20, 3, 0));
    printf("%s\n", message.text);
    show("lowest up to 4", msgrcv(id, &message, 20, -4, 0));
    printf("%s\n", message.text);
    show("not 2", msgrcv(id, &message, 20, 2, MSG_EXCEPT));
    printf("%s\n", message.text);
    show("copy", msgrcv(id, &message, 20, 0, MSG_COPY | IPC_NOWAIT) == 20 ||
                     errno == ENOSYS);
    show("none of it", msgrcv(id, &message, 20, 77, IPC_NOWAIT));
    show("remove", msgctl(id, IPC_RMID, NULL));
    show("removed", msgrcv(id, &message, 20, 0, 0));
}

/* --- POSIX message queues --- */

static void message_queues(void)
{
    struct mq_attr attr = {.mq_maxmsg = 3, .mq_msgsize = 32}, got;
    const struct timespec past = {1, 0};
    unsigned priority = 0;
    char name[64];
    mqd_t queue;

    snprintf(name, sizeof(name), "/guest-queue-%d", getpid());
    queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
    tell("open", queue >= 0);
    show("again", mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
    show("low", mq_send(queue, "low", 3, 1));
    show("high", mq_send(queue, "high", 4, 9));
    show("low too", mq_send(queue, "later", 5, 1));
    show("full", mq_timedsend(queue, "x", 1, 1, &past));
    show("too long", mq_send(queue, buffer, 33, 1));
    for (int i = 0; i < 3; i++) {
        ssize_t n = mq_receive(queue, buffer, 32, &priority);

        printf("%.*s %u\n", n < 0 ? 0 : (int)n, buffer, priority);
    }
    show("small buffer", mq_receive(queue, buffer, 31, NULL));
    show("none", mq_timedreceive(queue, buffer, 32, NULL, &past));
    attr.mq_flags = O_NONBLOCK;
    show("set", mq_setattr(queue, &attr, &got));
    printf("%ld %ld %ld %ld\n", got.mq_flags, got.mq_maxmsg, got.mq_msgsize,
           got.mq_curmsgs);
    show("none", mq_receive(queue, buffer, 32, NULL));
    show("unlink", mq_unlink(name));
    show("gone", mq_open(name, O_RDWR));
    show("still", mq_send(queue, "x", 1, 0));
    show("no slash", mq_unlink("guest"));
}

static mqd_t notified;

static void by_thread(union sigval value)
{
    told = value.sival_int;
}

/* A child sends, and (what) comes of it is told. */
static void send_by_child(const char *what)
{
    const struct timespec soon = {5, 0};
    siginfo_t info = {0};
    sigset_t usr1;
    int got;
    pid_t pid;

    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        mq_send(notified, "x", 1, 0);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    got = sigtimedwait(&usr1, &info,
                       strcmp(what, "signal") ? &(struct timespec){0} : &soon);
    printf("%s: %d\n", what, got == SIGUSR1);
    if (got == SIGUSR1)
        printf("code %d, value %d, child's: %d\n", info.si_code,
               info.si_value.sival_int, info.si_pid == pid);
    show("receive", mq_receive(notified, buffer, 32, NULL));
}

static void notices_of_queues(void)
{
    struct mq_attr attr = {.mq_maxmsg = 3, .mq_msgsize = 32};
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    sigset_t usr1;
    char name[64];

    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    sigprocmask(SIG_BLOCK, &usr1, NULL);
    snprintf(name, sizeof(name), "/guest-notices-%d", getpid());
    notified = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
    mq_unlink(name);
    show("no queue", mq_notify(99, &event));
    show("by nothing", mq_notify(notified, &event));
    show("again", mq_notify(notified, &event));
    send_by_child("nothing");
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGUSR1;
    event.sigev_value.sival_int = 42;
    show("by signal", mq_notify(notified, &event));
    send_by_child("signal");
    send_by_child("once only");
    show("by signal", mq_notify(notified, &event));
    show("no more", mq_notify(notified, NULL));
    send_by_child("no more");
    event.sigev_signo = 99;
    show("no signal", mq_notify(notified, &event));
    event.sigev_notify = 77;
    show("no way", mq_notify(notified, &event));
    event.sigev_notify = SIGEV_THREAD;
    event.sigev_value.sival_ptr = (void *)8;
    show("bad", syscall(SYS_mq_notify, notified, &event));
    event.sigev_value.sival_ptr = buffer;
    event.sigev_signo = 98;
    show("no socket", syscall(SYS_mq_notify, notified, &event));
    event.sigev_notify_function = by_thread;
    event.sigev_value.sival_int = 7;
    told = 0;
    show("by thread", mq_notify(notified, &event));
    send_by_child("thread");
    for (int i = 0; told == 0 && i < 500; i++)
        pause_ms(10);
    show("told", told);
}

/* --- terminals --- */

/* A terminal hands over what was written in pieces, when it comes to it. */
static ssize_t read_all(int fd, ssize_t len)
{
    ssize_t got = 0, n = 1;

    while (got < len && n > 0) {
        n = read(fd, buffer + got, (size_t)(len - got));
        got += n > 0 ? n : 0;
    }
    return got;
}

static void terminal_modes(void)
{
    struct termios modes;
    int master, slave;

    if (openpty(&master, &slave, NULL, NULL, NULL) < 0)
        return;
    printf("terminals %d %d\n", isatty(master), isatty(slave));
    show("type", write(master, "ab\177c\n", 5));
    show("line", read(slave, buffer, 100));
    printf("[%.2s]\n", buffer);
    show("echo", read_all(master, 8));
    show("write", write(slave, "x\ny\n", 4));
    show("carriage returns", read_all(master, 6));
    tcgetattr(slave, &modes);
    cfmakeraw(&modes);
    modes.c_cc[VMIN] = 2;
    modes.c_cc[VTIME] = 0;
    show("raw", tcsetattr(slave, TCSANOW, &modes));
    show("type", write(master, "\003\004", 2));
    show("bytes", read(slave, buffer, 100));
    printf("%d %d\n", buffer[0], buffer[1]);
    modes.c_cc[VMIN] = 0;
    modes.c_cc[VTIME] = 1;
    tcsetattr(slave, TCSANOW, &modes);
    show("in time", read(slave, buffer, 100));
    show("waiting", ioctl(slave, FIONREAD, buffer));
    show("flush", tcflush(slave, TCIOFLUSH));
    show("no terminal", tcgetattr(0, &modes));
    close(slave);
    show("hung up", read(master, buffer, 100));
}

static void end_of_terminal(void)
{
    int master, slave;

    if (openpty(&master, &slave, NULL, NULL, NULL) < 0)
        return;
    show("end of file", write(master, "\004", 1));
    show("read", read(slave, buffer, 100));
    show("half a line", write(master, "abc\004", 4));
    show("read", read(slave, buffer, 100));
    fcntl(slave, F_SETFL, O_NONBLOCK);
    show("nothing", read(slave, buffer, 100));
    close(master);
    show("gone", read(slave, buffer, 100));
    show("write", write(slave, "x", 1));
}

static const struct scenario scenarios[] = {
    {"posix", posix_locks},
    {"deadlock", deadlock},
    {"open-file", open_file_locks},
    {"whole-file", whole_file_locks},
    {"leases", leases},
    {"semaphores", semaphores},
    {"undone", undone},
    {"keys", keys},
    {"messages-by-type", messages_by_type},
    {"message-queues", message_queues},
    {"notices-of-queues", notices_of_queues},
    {"terminal-modes", terminal_modes},
    {"end-of-terminal", end_of_terminal},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
