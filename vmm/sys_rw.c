/*
 * sys_rw.c: read, write, lseek and their family. They are the host's but where
 * the descriptor stands for the program's own memory, /proc/self/mem. Layer 2.
 */
#include "vmm/as_host.h"
#include "vmm/call.h"
#include "vmm/host_call.h"
#include "vmm/procmem.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Numbers of the last page of addresses cannot be told from errnos. */
#define LAST_PAGE (-4096)

/* What the arguments behind descriptor, buffer and length are. */
struct form {
    bool writes;  /* the file; else it is read */
    bool vector;  /* of buffers; else one */
    bool at;      /* a place in the file is given */
    bool current; /* of which -1 means the file's own; and flags */
};

static int64_t copy(struct syscall_call *call, struct form form, int64_t pos)
{
    const struct procmem *pm = &call->task->process->procmem;
    struct mm *mm = call->task->process->mm;
    const struct iovec *buf = (const void *)(uintptr_t)call->host[1];
    const struct iovec one = {(void *)(uintptr_t)call->host[1], call->host[2]};

    /* As rw_verify_area() of Linux. */
    if (!form.vector && pos < 0 && one.iov_len >= -(uint64_t)pos)
        return -EOVERFLOW;
    if (!form.vector)
        return procmem_copy(pm, mm, form.writes, &one, pos);
    return procmem_copy_all(pm, mm, form.writes, buf, call->host[2],
                            form.current ? (int)call->host[5] : 0, pos);
}

/* Where the file's own place is, which moves. */
static int64_t copy_on(struct syscall_call *call, struct form form)
{
    struct procmem *pm = &call->task->process->procmem;
    int fd = (int)call->args[0];
    int64_t pos, ret;

    pthread_mutex_lock(&pm->lock);
    ret = procmem_tell(fd, &pos);
    if (ret == 0)
        ret = copy(call, form, pos);
    if (ret > 0)
        procmem_seek(fd, pos + ret);
    pthread_mutex_unlock(&pm->lock);
    return ret;
}

static int64_t serve(struct syscall_call *call, struct form form)
{
    int64_t pos = (int64_t)call->args[3];

    if (!procmem_is(&call->task->process->procmem, (int)call->args[0],
                    form.writes ? O_WRONLY : O_RDONLY))
        return as_host(call);
    if (!form.at || (form.current && pos == -1))
        return copy_on(call, form);
    return pos < 0 ? -EINVAL : copy(call, form, pos);
}

int64_t sys_read(struct syscall_call *call)
{
    return serve(call, (struct form){.writes = false});
}

int64_t sys_write(struct syscall_call *call)
{
    return serve(call, (struct form){.writes = true});
}

int64_t sys_pread64(struct syscall_call *call)
{
    return serve(call, (struct form){.at = true});
}

int64_t sys_pwrite64(struct syscall_call *call)
{
    return serve(call, (struct form){.writes = true, .at = true});
}

int64_t sys_readv(struct syscall_call *call)
{
    return serve(call, (struct form){.vector = true});
}

int64_t sys_writev(struct syscall_call *call)
{
    return serve(call, (struct form){.writes = true, .vector = true});
}

int64_t sys_preadv(struct syscall_call *call)
{
    return serve(call, (struct form){.vector = true, .at = true});
}

int64_t sys_pwritev(struct syscall_call *call)
{
    return serve(call,
                 (struct form){.writes = true, .vector = true, .at = true});
}

int64_t sys_preadv2(struct syscall_call *call)
{
    return serve(call,
                 (struct form){.vector = true, .at = true, .current = true});
}

int64_t sys_pwritev2(struct syscall_call *call)
{
    return serve(
        call, (struct form){
                  .writes = true, .vector = true, .at = true, .current = true});
}

/* As mem_lseek() of Linux: an address may be "negative". */
int64_t sys_lseek(struct syscall_call *call)
{
    struct procmem *pm = &call->task->process->procmem;
    int fd = (int)call->args[0], whence = (int)call->args[2];
    int64_t pos = 0, ret = 0;

    if (!procmem_is(pm, fd, O_RDONLY) && !procmem_is(pm, fd, O_WRONLY))
        return as_host(call);
    if (whence != SEEK_SET && whence != SEEK_CUR)
        return -EINVAL;
    pthread_mutex_lock(&pm->lock);
    if (whence == SEEK_CUR)
        ret = procmem_tell(fd, &pos);
    pos = (int64_t)((uint64_t)pos + call->args[1]);
    if (ret == 0 && pos < 0 && pos > LAST_PAGE)
        ret = -EINVAL;
    if (ret == 0)
        ret = procmem_seek(fd, pos);
    pthread_mutex_unlock(&pm->lock);
    return ret < 0 ? ret : pos;
}
