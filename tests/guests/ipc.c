/* ipc.c: System V shared memory and messages: prints what a program sees. */
#include <errno.h>
#include <signal.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

static sigjmp_buf back;

static void on_fault(int sig)
{
    siglongjmp(back, sig);
}

static void tell(const char *what, int good)
{
    printf("%s: %s\n", what, good ? "ok" : strerror(errno));
}

static int attached(int id)
{
    struct shmid_ds segment;

    return shmctl(id, IPC_STAT, &segment) == 0 ? (int)segment.shm_nattch : -1;
}

static void shared_memory(void)
{
    int id = shmget(IPC_PRIVATE, 3 * PAGE + 5, IPC_CREAT | 0600);
    volatile char *a = shmat(id, NULL, 0);
    volatile char *b = shmat(id, NULL, SHM_RDONLY);
    char *hole = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    pid_t pid;

    a[PAGE] = 7;
    printf("both see it: %d, attached %d\n", b[PAGE], attached(id));
    pid = fork();
    if (pid == 0) {
        a[2 * PAGE] = (char)attached(id);
        _exit(shmdt((const void *)a) == 0 ? attached(id) : 99);
    }
    waitpid(pid, &status, 0);
    printf("child: %d, wrote %d\n", WEXITSTATUS(status), b[2 * PAGE]);
    if (sigsetjmp(back, 1) == 0)
        b[0] = 1;
    else
        printf("read only\n");
    tell("over a mapping", shmat(id, hole, 0) != (void *)-1);
    tell("over it by force",
         shmat(id, hole + PAGE, SHM_REMAP) == (void *)(hole + PAGE));
    printf("there: %d, beside it %d\n", hole[2 * PAGE], hole[0]);
    tell("odd address", shmat(id, hole + 5, SHM_REMAP) != (void *)-1);
    tell("rounded", shmat(id, hole + PAGE + 5, SHM_REMAP | SHM_RND) ==
                        (void *)(hole + PAGE));
    tell("detach", shmdt(hole + PAGE) == 0);
    if (sigsetjmp(back, 1) == 0)
        printf("still there: %d\n", hole[2 * PAGE]);
    else
        printf("gone\n");
    tell("detach again", shmdt(hole + PAGE) == 0);
    tell("detach what is none", shmdt(hole) == 0);
    tell("mark for removal", shmctl(id, IPC_RMID, NULL) == 0);
    printf("still readable: %d\n", a[PAGE]);
    tell("detach both",
         shmdt((const void *)a) == 0 && shmdt((const void *)b) == 0);
    tell("no such segment", shmat(id, NULL, 0) != (void *)-1);
}

static void messages(void)
{
    struct {
        long type;
        char text[200];
    } message = {.type = 3, .text = "three"};
    int id = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    struct msqid_ds queue;

    tell("send", msgsnd(id, &message, 6, 0) == 0);
    message.type = 2;
    strcpy(message.text, "a longer one");
    tell("send", msgsnd(id, &message, 13, 0) == 0);
    tell("type 0", (message.type = 0, msgsnd(id, &message, 1, 0)) == 0);
    memset(&message, 0, sizeof(message));
    printf("length %d", (int)msgrcv(id, &message, 200, 2, 0));
    printf(" type %ld %s\n", message.type, message.text);
    tell("too short", msgrcv(id, &message, 2, 0, 0) >= 0);
    printf("cut: %d\n", (int)msgrcv(id, &message, 2, 0, MSG_NOERROR));
    tell("none left", msgrcv(id, &message, 2, 0, IPC_NOWAIT) >= 0);
    tell("bad address", msgsnd(id, (void *)8, 6, 0) == 0);
    tell("ask", msgctl(id, IPC_STAT, &queue) == 0);
    printf("messages %d\n", (int)queue.msg_qnum);
    tell("remove", msgctl(id, IPC_RMID, NULL) == 0);
}

int main(void)
{
    signal(SIGSEGV, on_fault);
    shared_memory();
    messages();
    return 0;
}
