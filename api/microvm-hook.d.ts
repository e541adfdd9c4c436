/*
 * microvm-hook.d.ts: what hooks see, for editors and tsc. Made from the
 * tables by `cmake --build --preset dev --target documents`; do not edit.
 */

/** 64 bits; text of decimal or 0x digits is exact. */
type Value = number | string | boolean;
interface HookAnswer {
    ret?: Value;
    errno?: number | string;
    delay?: number;
    0?: Value; 1?: Value; 2?: Value; 3?: Value; 4?: Value; 5?: Value;
}
type HookResult = HookAnswer | Value[] | void | null;
type Hook = (arg0: number, arg1: number, arg2: number, arg3: number,
    arg4: number, arg5: number) => HookResult;

type CallName = keyof Calls;
type CallClass = `%${string}`;
type CallSet = number | CallName | CallClass | (number | CallName | CallClass)[];
type Bytes = string | number[] | ArrayBuffer | ArrayBufferView;

interface HookOptions {
    comm?: string;
    path?: string;
    fd?: number;
    mask?: { arg: number; bits: number | string; value?: number | string };
    nth?: number;
    every?: number;
    chance?: number;
    seed?: number;
    policy?: "open" | "closed";
    timeout?: number;
    /** inject only */
    errno?: number | string;
    ret?: number | string;
    delay?: number;
}
type TaskEvent = "start" | "exec" | "fork" | "thread" | "exit" | "signal";
type TaskHook = (event: { type: TaskEvent; status?: number; signal?: number; code?: number }) => any;

interface SocketAddress {
    family: number;
    addr?: string;
    port?: number;
    scope?: number;
    path?: string;
    pid?: number;
    groups?: number;
    bytes?: Uint8Array;
}
interface IoVector { base: number; len: number }
interface ControlMessage { level: number; type: number; data: Uint8Array }
interface SystemName {
    sysname: string; nodename: string; release: string;
    version: string; machine: string; domainname: string;
}

/** The same with every number as text. */
type AsText<T> = T extends number ? string
    : T extends string | null | Uint8Array ? T
    : T extends (infer U)[] ? AsText<U>[]
    : { [K in keyof T]: AsText<T[K]> };

interface Registers {
    readonly arg0: number; readonly arg1: number; readonly arg2: number;
    readonly arg3: number; readonly arg4: number; readonly arg5: number;
    /** after hooks only */
    readonly ret: number;
    readonly errno: number;
}
/** Numbers as text and, exactly, as "0x...". */
interface Forms<T> {
    readonly text: AsText<T> & { readonly errno: string };
    readonly hex: AsText<T> & AsText<Omit<Registers, "errno">>;
}
type ArgsOf<K extends CallName> = Registers & Calls[K] & Forms<Calls[K]>;
/** Of any call; `args as ArgsOf<"openat">` says of which. */
interface Args extends Registers, Forms<any> {
    readonly [name: string]: any;
}

declare const accessors: Accessors;
/** @deprecated older name of accessors */
declare const hooks: Accessors;
declare const args: Args;
declare const persistence: { readonly local: any; readonly glb: any };
declare const stringify: typeof JSON.stringify;
declare function require(path: string): any;

interface Accessors {
    /**
     * Call a function after every system call of a number.
     * @param sysno 0 to 1023, a name as in SYS, a class as "%file", or a list of these
     * @param hook replaces the one that is there
     * @returns null
     * @throws TypeError: null, undefined or no function; RangeError: no such number or name
     */
    AddHookAfter(sysno: CallSet, hook: Hook): null;
    /** @deprecated older name of AddHookAfter */
    AddCbAfter(sysno: CallSet, hook: Hook): null;
    /**
     * Call a function before every system call of a number.
     * @param sysno as AddHookAfter
     * @param hook replaces the one that is there
     * @returns null
     * @throws as AddHookAfter
     */
    AddHookBefore(sysno: CallSet, hook: Hook): null;
    /** @deprecated older name of AddHookBefore */
    AddCbBefore(sysno: CallSet, hook: Hook): null;
    /**
     * Map private anonymous memory into the calling process, readable and writable.
     * @param length bytes, above 0; rounded up to pages
     * @returns number: the address; mapped until munmap, execve or the end of the process
     * @throws Error "invalid argument": length is 0; Error "cannot allocate memory"
     */
    anonMmap(length: number): number;
    /**
     * What a hook returns to let the call fail.
     * @param errno 0 to 4095, or a name as "ENOSPC"
     * @returns {ret: -1, errno: number}
     * @throws RangeError: no such errno
     */
    fail(errno: number | string): HookAnswer;
    /**
     * The argument vector of the calling process.
     * @returns array of strings
     * @throws Error "bad address": the program unmapped it
     */
    getArgv(): string[];
    /**
     * The environment the calling process was started with.
     * @returns array of strings NAME=value
     * @throws Error "bad address": the program unmapped it
     */
    getEnvs(): string[];
    /**
     * One open descriptor of the calling process.
     * @param fd cut to 32 bits
     * @returns FdInfo {Fd, Name, Mode, Flags, Nlinks, Readble, Writable}; FD, Path, Readable are older names
     * @throws Error "bad file descriptor N"
     */
    getFdInfo(fd: number): any;
    /**
     * All open descriptors of the calling process.
     * @returns array of FdInfo, ascending by Fd
     * @throws Error with the host's words: /proc cannot be read
     */
    getFdsInfo(): any;
    /**
     * The memory mappings of the calling process.
     * @returns array of MmapInfo {Start, End, Readable, Writeable, Executable, Private, Offset, DevMajor, DevMinor, Inode, Path}, ascending by Start; Path is a file, [heap], [stack], [vdso], [vvar] or ""
     * @throws Error with the host's words: /proc cannot be read, no memory
     */
    getMmaps(): any;
    /**
     * Ids of the calling process and its session.
     * @returns PidInfo {PID, GID, UID, Session {SessionID, PGID, ForegroundID, OtherPGIDs}}: effective ids; ForegroundID 0 without a terminal; OtherPGIDs are all groups of the session, at most 1024
     * @throws Error with the host's words: /proc cannot be read
     */
    getPidInfo(): any;
    /**
     * Signal mask of the calling task, signal handlers of its process.
     * @returns SignalInfo {SignalMask, SignalWaitMask, SavedSignalMask, Sigactions [{Signo, Handler, Flags, Restorer, SignalsInSet}]}; bit i of a mask is signal i + 1; Handler is SIG_DFL, SIG_IGN or 0x...; SigActions is an older name
     * @throws nothing of its own
     */
    getSignalInfo(): any;
    /**
     * The calling thread, or another one of the session, and its thread group.
     * @param tid thread id; left out: the caller's
     * @returns ThreadInfo {TID, TGID, TIDsInTg}: TIDsInTg are all threads of the group, itself included, ascending
     * @throws Error "no such task N"
     */
    getThreadInfo(tid: number): any;
    /**
     * Let calls fail, answer them or delay them, without a hook of one's own.
     * @param calls as AddHookAfter
     * @param options errno (number or name) or ret (number); delay (ms); and the options of on
     * @returns number that off takes
     * @throws TypeError: nothing to inject, unknown option; RangeError
     */
    inject(calls: CallSet, options: HookOptions): number;
    /**
     * Send a record to the log socket; without one nothing happens.
     * @param value an object, or the JSON text of one, becomes the record; all else a text in it
     * @returns null
     * @throws TypeError: a circular value; Error "only hooks have a process"
     */
    logJson(value: any): null;
    /**
     * Unmap memory of the calling process.
     * @param addr a multiple of 4096
     * @param length bytes, above 0; rounded up to pages
     * @returns null, also where nothing is mapped
     * @throws Error "invalid argument": addr, length
     */
    munmap(addr: number | string, length: number): null;
    /**
     * The number of a signal.
     * @param name SIGHUP to SIGSYS, exactly; no other names for the same
     * @returns number, 1 to 31
     * @throws Error "invalid argument": no such name
     */
    nameToSignal(name: string): number;
    /**
     * Remove a hook.
     * @param hook what on or inject returned
     * @returns boolean: whether it was there
     * @throws RangeError: no such number
     */
    off(hook: number): boolean;
    /**
     * Call a function at an event, besides those that are called there already, in the order of registration.
     * @param event before, after (a call); start, exec, fork, thread, exit, signal (of a task)
     * @param calls before and after only: as AddHookAfter
     * @param options comm, path, fd, mask {arg, bits, value}, nth, every, chance, seed, policy, timeout
     * @param hook of a call: as any hook; of a task: gets {type, signal, code, status}, its result is ignored
     * @returns number that off takes
     * @throws RangeError: no such event or call; TypeError: no function, unknown option
     */
    on(event: "before" | "after", calls: CallSet, hook: Hook): number;
    on(event: "before" | "after", calls: CallSet, options: HookOptions, hook: Hook): number;
    on(event: TaskEvent, hook: TaskHook): number;
    on(event: TaskEvent, options: HookOptions, hook: TaskHook): number;
    /**
     * Write values to the monitor's standard error, in one piece.
     * @param values strings as they are, all else as JSON; a blank between; no newline
     * @returns null
     * @throws TypeError: a circular value
     */
    print(...values: any[]): null;
    /**
     * Copy bytes out of the calling task's memory.
     * @param addr address of the first byte
     * @param count bytes, 0 to 16777216
     * @returns Uint8Array of count bytes
     * @throws Error "bad address": a byte is not readable; RangeError: count
     */
    readBytes(addr: number | string, count: number): Uint8Array;
    /**
     * Copy text up to its NUL out of the calling task's memory.
     * @param addr address of the first byte
     * @param count most bytes, NUL included, 0 to 16777216
     * @returns string; bytes that are not UTF-8 become U+FFFD
     * @throws Error "bad address"; Error "file name too long": no NUL within count bytes; RangeError: count
     */
    readString(addr: number | string, count: number): string;
    /**
     * Undo one stopThreads of the same call; without one it does nothing.
     * @returns null
     * @throws nothing of its own
     */
    resumeThreads(): null;
    /**
     * Send a signal to one thread of the session, as tgkill(2).
     * @param tid thread id, the caller's too
     * @param signo 1 to 64
     * @returns null; the caller gets it when its call returns, other threads of its process when the hook has ended
     * @throws RangeError "bad signal number"; Error "no such process": not a thread of the session; Error "operation not permitted": another user's; Error "resource temporarily unavailable": more than 16 within the process at one call
     */
    sendSignal(tid: number, signo: number): null;
    /**
     * The signals in a mask.
     * @param mask bit i is signal i + 1
     * @returns array of strings, ascending; 32 to 64 as decimal digits
     * @throws RangeError: no number of 64 bits
     */
    signalMaskToNames(mask: number | string): string[];
    /**
     * Stop all other threads of the process, and all processes that may write to shared memory which it maps, until resumeThreads or the end of the call. Counted.
     * @returns null, when they have stopped; blocking calls of theirs go on later
     * @throws Error "a thread does not stop" within 30 s; Error "operation not permitted": another user's process shares memory; Error "resource temporarily unavailable": 64 tasks stop others
     */
    stopThreads(): null;
    /**
     * Write bytes into the calling task's memory.
     * @param addr address of the first byte
     * @param bytes array elements modulo 256; strings as UTF-8
     * @returns number of bytes written
     * @throws Error "bad address": a page is not writable; bytes before it may be written
     */
    writeBytes(addr: number | string, bytes: Bytes): number;
    /**
     * Write text as UTF-8 into the calling task's memory; no NUL is added.
     * @param addr address of the first byte
     * @param text others are converted as by String()
     * @returns number of bytes written
     * @throws as writeBytes
     */
    writeString(addr: number | string, text: string): number;
}

interface struct_timespec { tv_sec: number; tv_nsec: number; }
interface struct_timeval { tv_sec: number; tv_usec: number; }
interface struct_timezone { tz_minuteswest: number; tz_dsttime: number; }
interface struct_itimerspec { it_interval: { tv_sec: number; tv_nsec: number; }; it_value: { tv_sec: number; tv_nsec: number; }; }
interface struct_itimerval { it_interval: { tv_sec: number; tv_usec: number; }; it_value: { tv_sec: number; tv_usec: number; }; }
interface struct_timex { modes: number; offset: number; freq: number; maxerror: number; esterror: number; status: number; constant: number; precision: number; tolerance: number; time: { tv_sec: number; tv_usec: number; }; tick: number; }
interface struct_tms { tms_utime: number; tms_stime: number; tms_cutime: number; tms_cstime: number; }
interface struct_utimbuf { actime: number; modtime: number; }
interface struct_sigset_arg { ss: number[] | null; ss_len: number; }
interface struct_sigaction { sa_handler: number; sa_flags: number; sa_restorer: number; sa_mask: number; }
interface struct_stack { ss_sp: number; ss_flags: number; ss_size: number; }
interface struct_siginfo { si_signo: number; si_errno: number; si_code: number; si_pid: number; si_uid: number; si_value: number; }
interface struct_sigevent { sigev_value: number; sigev_signo: number; sigev_notify: number; _sigev_un: { _tid: number; }; }
interface struct_msghdr_in { msg_name: SocketAddress | null; msg_namelen: number; msg_iov: IoVector[] | null; msg_iovlen: number; msg_control: ControlMessage[] | null; msg_controllen: number; msg_flags: number; }
interface struct_msghdr_out { msg_name: SocketAddress | null; msg_namelen: number; msg_iov: IoVector[] | null; msg_iovlen: number; msg_control: ControlMessage[] | null; msg_controllen: number; msg_flags: number; }
interface struct_mmsghdr_in { msg_name: SocketAddress | null; msg_namelen: number; msg_iov: IoVector[] | null; msg_iovlen: number; msg_control: ControlMessage[] | null; msg_controllen: number; msg_flags: number; msg_len: number; }
interface struct_mmsghdr_out { msg_name: SocketAddress | null; msg_namelen: number; msg_iov: IoVector[] | null; msg_iovlen: number; msg_control: ControlMessage[] | null; msg_controllen: number; msg_flags: number; msg_len: number; }
interface struct_sock_filter { code: number; jt: number; jf: number; k: number; }
interface struct_sock_fprog { len: number; filter: struct_sock_filter[] | null; }
interface struct_pollfd { fd: number; events: number; revents: number; }
interface struct_epoll_event { events: number; data: number; }
interface struct_rlimit { rlim_cur: number; rlim_max: number; }
interface struct_rusage { ru_utime: { tv_sec: number; tv_usec: number; }; ru_stime: { tv_sec: number; tv_usec: number; }; ru_maxrss: number; ru_minflt: number; ru_majflt: number; ru_inblock: number; ru_oublock: number; ru_nvcsw: number; ru_nivcsw: number; }
interface struct_stat { st_dev: number; st_ino: number; st_nlink: number; st_mode: number; st_uid: number; st_gid: number; st_rdev: number; st_size: number; st_blksize: number; st_blocks: number; st_atim: { tv_sec: number; tv_nsec: number; }; st_mtim: { tv_sec: number; tv_nsec: number; }; st_ctim: { tv_sec: number; tv_nsec: number; }; }
interface struct_statx { stx_mask: number; stx_blksize: number; stx_attributes: number; stx_nlink: number; stx_uid: number; stx_gid: number; stx_mode: number; stx_ino: number; stx_size: number; stx_blocks: number; stx_attributes_mask: number; stx_atime: { tv_sec: number; tv_nsec: number; }; stx_btime: { tv_sec: number; tv_nsec: number; }; stx_ctime: { tv_sec: number; tv_nsec: number; }; stx_mtime: { tv_sec: number; tv_nsec: number; }; stx_rdev_major: number; stx_rdev_minor: number; stx_dev_major: number; stx_dev_minor: number; }
interface struct_statfs { f_type: number; f_bsize: number; f_blocks: number; f_bfree: number; f_bavail: number; f_files: number; f_ffree: number; f_fsid: number; f_namelen: number; f_frsize: number; f_flags: number; }
interface struct_sysinfo { uptime: number; loads: number[]; totalram: number; freeram: number; sharedram: number; bufferram: number; totalswap: number; freeswap: number; procs: number; totalhigh: number; freehigh: number; mem_unit: number; }
interface struct_ustat { f_tfree: number; f_tinode: number; }
interface struct_flock { l_type: number; l_whence: number; l_start: number; l_len: number; l_pid: number; }
interface struct_f_owner_ex { type: number; pid: number; }
interface struct_mq_attr { mq_flags: number; mq_maxmsg: number; mq_msgsize: number; mq_curmsgs: number; }
interface struct_sembuf { sem_num: number; sem_op: number; sem_flg: number; }
interface struct_semid_ds { sem_perm: { __key: number; uid: number; gid: number; cuid: number; cgid: number; mode: number; }; sem_otime: number; sem_ctime: number; sem_nsems: number; }
interface struct_seminfo { semmap: number; semmni: number; semmns: number; semmnu: number; semmsl: number; semopm: number; semume: number; semusz: number; semvmx: number; semaem: number; }
interface struct_shmid_ds { shm_perm: { __key: number; uid: number; gid: number; cuid: number; cgid: number; mode: number; }; shm_segsz: number; shm_atime: number; shm_dtime: number; shm_ctime: number; shm_cpid: number; shm_lpid: number; shm_nattch: number; }
interface struct_shminfo { shmmax: number; shmmin: number; shmmni: number; shmseg: number; shmall: number; }
interface struct_shm_info { used_ids: number; shm_tot: number; shm_rss: number; shm_swp: number; }
interface struct_msqid_ds { msg_perm: { __key: number; uid: number; gid: number; cuid: number; cgid: number; mode: number; }; msg_stime: number; msg_rtime: number; msg_ctime: number; msg_qnum: number; msg_qbytes: number; msg_lspid: number; msg_lrpid: number; }
interface struct_msginfo { msgpool: number; msgmap: number; msgmax: number; msgmnb: number; msgmni: number; msgssz: number; msgtql: number; msgseg: number; }
interface struct_iocb { aio_data: number; aio_lio_opcode: number; aio_reqprio: number; aio_fildes: number; aio_buf: number; aio_nbytes: number; aio_offset: number; aio_flags: number; aio_resfd: number; }
interface struct_iocb_ptr { iocb: struct_iocb | null; }
interface struct_io_event { data: number; obj: number; res: number; res2: number; }
interface struct_aio_sigset { sigmask: number[] | null; sigsetsize: number; }
interface struct_futex_waitv { val: number; uaddr: Uint8Array | null; flags: number; }
interface struct_open_how { flags: number; mode: number; resolve: number; }
interface struct_clone_args { flags: number; pidfd: number | null; child_tid: number; parent_tid: number | null; exit_signal: number; stack: number; stack_size: number; tls: number; set_tid: number[] | null; set_tid_size: number; cgroup: number; }
interface struct_cachestat_range { off: number; len: number; }
interface struct_cachestat { nr_cache: number; nr_dirty: number; nr_writeback: number; nr_evicted: number; nr_recently_evicted: number; }
interface struct_mount_attr { attr_set: number; attr_clr: number; propagation: number; userns_fd: number; }
interface struct_landlock_ruleset_attr { handled_access_fs: number; handled_access_net: number; scoped: number; }
interface struct_sched_attr { size: number; sched_policy: number; sched_flags: number; sched_nice: number; sched_priority: number; sched_runtime: number; sched_deadline: number; sched_period: number; sched_util_min: number; sched_util_max: number; }
interface struct_sched_param { sched_priority: number; }
interface struct_cap_header { version: number; pid: number; }
interface struct_kexec_segment { buf: Uint8Array | null; bufsz: number; mem: number; memsz: number; }
interface struct_user_desc { entry_number: number; base_addr: number; limit: number; }
interface struct_file_clone_range { src_fd: number; src_offset: number; src_length: number; dest_offset: number; }
interface struct_fsxattr { fsx_xflags: number; fsx_extsize: number; fsx_nextents: number; fsx_projid: number; fsx_cowextsize: number; }
interface struct_termios { c_iflag: number; c_oflag: number; c_cflag: number; c_lflag: number; c_line: number; }
interface struct_termios2 { c_iflag: number; c_oflag: number; c_cflag: number; c_lflag: number; c_line: number; c_ispeed: number; c_ospeed: number; }
interface struct_termio { c_iflag: number; c_oflag: number; c_cflag: number; c_lflag: number; c_line: number; }
interface struct_winsize { ws_row: number; ws_col: number; ws_xpixel: number; ws_ypixel: number; }
interface struct_serial_icounter { cts: number; dsr: number; rng: number; dcd: number; rx: number; tx: number; }
interface struct_ifconf { ifc_len: number; ifc_buf: Uint8Array | null; }
interface struct_hd_geometry { heads: number; sectors: number; cylinders: number; start: number; }

/** What `args` has by name, by call; `ArgsOf<"openat">` is all of it. */
interface Calls {
    read: { readonly fd: number; readonly buf: Uint8Array | null; readonly count: number; };
    write: { readonly fd: number; readonly buf: Uint8Array | null; readonly count: number; };
    open: { readonly filename: string | null; readonly flags: number; readonly mode: number; readonly path: string | null; };
    close: { readonly fd: number; };
    stat: { readonly filename: string | null; readonly statbuf: struct_stat | null; readonly path: string | null; };
    fstat: { readonly fd: number; readonly statbuf: struct_stat | null; };
    lstat: { readonly filename: string | null; readonly statbuf: struct_stat | null; readonly path: string | null; };
    poll: { readonly ufds: struct_pollfd[] | null; readonly nfds: number; readonly timeout: number; };
    lseek: { readonly fd: number; readonly offset: number; readonly whence: number; };
    mmap: { readonly addr: number; readonly len: number; readonly prot: number; readonly flags: number; readonly fd: number; readonly off: number; };
    mprotect: { readonly start: number; readonly len: number; readonly prot: number; };
    munmap: { readonly addr: number; readonly len: number; };
    brk: { readonly brk: number; };
    rt_sigaction: { readonly sig: number; readonly act: struct_sigaction | null; readonly oact: struct_sigaction | null; readonly sigsetsize: number; };
    rt_sigprocmask: { readonly how: number; readonly nset: number[] | null; readonly oset: number[] | null; readonly sigsetsize: number; };
    rt_sigreturn: { };
    ioctl: { readonly fd: number; readonly cmd: number; readonly arg: any; readonly src_fd: number; };
    pread64: { readonly fd: number; readonly buf: Uint8Array | null; readonly count: number; readonly pos: number; };
    pwrite64: { readonly fd: number; readonly buf: Uint8Array | null; readonly count: number; readonly pos: number; };
    readv: { readonly fd: number; readonly vec: IoVector[] | null; readonly vlen: number; };
    writev: { readonly fd: number; readonly vec: IoVector[] | null; readonly vlen: number; };
    access: { readonly filename: string | null; readonly mode: number; readonly path: string | null; };
    pipe: { readonly fildes: number[] | null; };
    select: { readonly n: number; readonly inp: number[] | null; readonly outp: number[] | null; readonly exp: number[] | null; readonly tvp: struct_timeval | null; };
    sched_yield: { };
    mremap: { readonly addr: number; readonly old_len: number; readonly new_len: number; readonly flags: number; readonly new_addr: number; };
    msync: { readonly start: number; readonly len: number; readonly flags: number; };
    mincore: { readonly start: number; readonly len: number; readonly vec: number; };
    madvise: { readonly start: number; readonly len: number; readonly behavior: number; };
    shmget: { readonly key: number; readonly size: number; readonly shmflg: number; };
    shmat: { readonly shmid: number; readonly shmaddr: number; readonly shmflg: number; };
    shmctl: { readonly shmid: number; readonly cmd: number; readonly buf: any; };
    dup: { readonly fildes: number; };
    dup2: { readonly oldfd: number; readonly newfd: number; };
    pause: { };
    nanosleep: { readonly rqtp: struct_timespec | null; readonly rmtp: struct_timespec | null; };
    getitimer: { readonly which: number; readonly value: struct_itimerval | null; };
    alarm: { readonly seconds: number; };
    setitimer: { readonly which: number; readonly value: struct_itimerval | null; readonly ovalue: struct_itimerval | null; };
    getpid: { };
    sendfile: { readonly out_fd: number; readonly in_fd: number; readonly offset: number | null; readonly count: number; };
    socket: { readonly family: number; readonly type: number; readonly protocol: number; };
    connect: { readonly fd: number; readonly uservaddr: SocketAddress | null; readonly addrlen: number; readonly sockaddr: SocketAddress | null; };
    accept: { readonly fd: number; readonly upeer_sockaddr: SocketAddress | null; readonly upeer_addrlen: number | null; readonly sockaddr: SocketAddress | null; };
    sendto: { readonly fd: number; readonly buff: Uint8Array | null; readonly len: number; readonly flags: number; readonly addr: SocketAddress | null; readonly addr_len: number; readonly sockaddr: SocketAddress | null; };
    recvfrom: { readonly fd: number; readonly ubuf: Uint8Array | null; readonly size: number; readonly flags: number; readonly addr: SocketAddress | null; readonly addr_len: number | null; readonly sockaddr: SocketAddress | null; };
    sendmsg: { readonly fd: number; readonly msg: struct_msghdr_in | null; readonly flags: number; };
    recvmsg: { readonly fd: number; readonly msg: struct_msghdr_out | null; readonly flags: number; };
    shutdown: { readonly fd: number; readonly how: number; };
    bind: { readonly fd: number; readonly umyaddr: SocketAddress | null; readonly addrlen: number; readonly sockaddr: SocketAddress | null; };
    listen: { readonly fd: number; readonly backlog: number; };
    getsockname: { readonly fd: number; readonly usockaddr: SocketAddress | null; readonly usockaddr_len: number | null; readonly sockaddr: SocketAddress | null; };
    getpeername: { readonly fd: number; readonly usockaddr: SocketAddress | null; readonly usockaddr_len: number | null; readonly sockaddr: SocketAddress | null; };
    socketpair: { readonly family: number; readonly type: number; readonly protocol: number; readonly usockvec: number[] | null; };
    setsockopt: { readonly fd: number; readonly level: number; readonly optname: number; readonly optval: any; readonly optlen: number; };
    getsockopt: { readonly fd: number; readonly level: number; readonly optname: number; readonly optval: any; readonly optlen: number | null; };
    clone: { readonly clone_flags: number; readonly newsp: number; readonly parent_tidptr: number | null; readonly child_tidptr: number; readonly tls: number; };
    fork: { };
    vfork: { };
    execve: { readonly filename: string | null; readonly argv: string[] | null; readonly envp: string[] | null; readonly path: string | null; };
    exit: { readonly error_code: number; };
    wait4: { readonly upid: number; readonly stat_addr: number | null; readonly options: number; readonly ru: struct_rusage | null; };
    kill: { readonly pid: number; readonly sig: number; };
    uname: { readonly name: SystemName | null; };
    semget: { readonly key: number; readonly nsems: number; readonly semflg: number; };
    semop: { readonly semid: number; readonly tsops: struct_sembuf[] | null; readonly nsops: number; };
    semctl: { readonly semid: number; readonly semnum: number; readonly cmd: number; readonly arg: any; };
    shmdt: { readonly shmaddr: number; };
    msgget: { readonly key: number; readonly msgflg: number; };
    msgsnd: { readonly msqid: number; readonly msgp: Uint8Array | null; readonly msgsz: number; readonly msgflg: number; };
    msgrcv: { readonly msqid: number; readonly msgp: Uint8Array | null; readonly msgsz: number; readonly msgtyp: number; readonly msgflg: number; };
    msgctl: { readonly msqid: number; readonly cmd: number; readonly buf: any; };
    fcntl: { readonly fd: number; readonly cmd: number; readonly arg: any; };
    flock: { readonly fd: number; readonly cmd: number; };
    fsync: { readonly fd: number; };
    fdatasync: { readonly fd: number; };
    truncate: { readonly path: string | null; readonly length: number; };
    ftruncate: { readonly fd: number; readonly length: number; };
    getdents: { readonly fd: number; readonly dirent: Uint8Array | null; readonly count: number; };
    getcwd: { readonly buf: Uint8Array | null; readonly size: number; };
    chdir: { readonly filename: string | null; readonly path: string | null; };
    fchdir: { readonly fd: number; };
    rename: { readonly oldname: string | null; readonly newname: string | null; readonly path: string | null; };
    mkdir: { readonly pathname: string | null; readonly mode: number; readonly path: string | null; };
    rmdir: { readonly pathname: string | null; readonly path: string | null; };
    creat: { readonly pathname: string | null; readonly mode: number; readonly path: string | null; };
    link: { readonly oldname: string | null; readonly newname: string | null; readonly path: string | null; };
    unlink: { readonly pathname: string | null; readonly path: string | null; };
    symlink: { readonly oldname: string | null; readonly newname: string | null; readonly path: string | null; };
    readlink: { readonly path: string | null; readonly buf: Uint8Array | null; readonly bufsiz: number; };
    chmod: { readonly filename: string | null; readonly mode: number; readonly path: string | null; };
    fchmod: { readonly fd: number; readonly mode: number; };
    chown: { readonly filename: string | null; readonly user: number; readonly group: number; readonly path: string | null; };
    fchown: { readonly fd: number; readonly user: number; readonly group: number; };
    lchown: { readonly filename: string | null; readonly user: number; readonly group: number; readonly path: string | null; };
    umask: { readonly mask: number; };
    gettimeofday: { readonly tv: struct_timeval | null; readonly tz: struct_timezone | null; };
    getrlimit: { readonly resource: number; readonly rlim: struct_rlimit | null; };
    getrusage: { readonly who: number; readonly ru: struct_rusage | null; };
    sysinfo: { readonly info: struct_sysinfo | null; };
    times: { readonly tbuf: struct_tms | null; };
    ptrace: { readonly request: number; readonly pid: number; readonly addr: number; readonly data: number; };
    getuid: { };
    syslog: { readonly type: number; readonly buf: Uint8Array | null; readonly len: number; };
    getgid: { };
    setuid: { readonly uid: number; };
    setgid: { readonly gid: number; };
    geteuid: { };
    getegid: { };
    setpgid: { readonly pid: number; readonly pgid: number; };
    getppid: { };
    getpgrp: { };
    setsid: { };
    setreuid: { readonly ruid: number; readonly euid: number; };
    setregid: { readonly rgid: number; readonly egid: number; };
    getgroups: { readonly gidsetsize: number; readonly grouplist: number[] | null; };
    setgroups: { readonly gidsetsize: number; readonly grouplist: number[] | null; };
    setresuid: { readonly ruid: number; readonly euid: number; readonly suid: number; };
    getresuid: { readonly ruidp: number | null; readonly euidp: number | null; readonly suidp: number | null; };
    setresgid: { readonly rgid: number; readonly egid: number; readonly sgid: number; };
    getresgid: { readonly rgidp: number | null; readonly egidp: number | null; readonly sgidp: number | null; };
    getpgid: { readonly pid: number; };
    setfsuid: { readonly uid: number; };
    setfsgid: { readonly gid: number; };
    getsid: { readonly pid: number; };
    capget: { readonly header: struct_cap_header | null; readonly dataptr: { effective: number; permitted: number; inheritable: number; }[] | null; };
    capset: { readonly header: struct_cap_header | null; readonly data: { effective: number; permitted: number; inheritable: number; }[] | null; };
    rt_sigpending: { readonly uset: number[] | null; readonly sigsetsize: number; };
    rt_sigtimedwait: { readonly uthese: number[] | null; readonly uinfo: struct_siginfo | null; readonly uts: struct_timespec | null; readonly sigsetsize: number; };
    rt_sigqueueinfo: { readonly pid: number; readonly sig: number; readonly uinfo: struct_siginfo | null; };
    rt_sigsuspend: { readonly unewset: number[] | null; readonly sigsetsize: number; };
    sigaltstack: { readonly uss: struct_stack | null; readonly uoss: struct_stack | null; };
    utime: { readonly filename: string | null; readonly times: struct_utimbuf | null; readonly path: string | null; };
    mknod: { readonly filename: string | null; readonly mode: number; readonly dev: number; readonly path: string | null; };
    uselib: { readonly library: string | null; readonly path: string | null; };
    personality: { readonly personality: number; };
    ustat: { readonly dev: number; readonly ubuf: struct_ustat | null; };
    statfs: { readonly pathname: string | null; readonly buf: struct_statfs | null; readonly path: string | null; };
    fstatfs: { readonly fd: number; readonly buf: struct_statfs | null; };
    sysfs: { readonly option: number; };
    getpriority: { readonly which: number; readonly who: number; };
    setpriority: { readonly which: number; readonly who: number; readonly niceval: number; };
    sched_setparam: { readonly pid: number; readonly param: struct_sched_param | null; };
    sched_getparam: { readonly pid: number; readonly param: struct_sched_param | null; };
    sched_setscheduler: { readonly pid: number; readonly policy: number; readonly param: struct_sched_param | null; };
    sched_getscheduler: { readonly pid: number; };
    sched_get_priority_max: { readonly policy: number; };
    sched_get_priority_min: { readonly policy: number; };
    sched_rr_get_interval: { readonly pid: number; readonly interval: struct_timespec | null; };
    mlock: { readonly start: number; readonly len: number; };
    munlock: { readonly start: number; readonly len: number; };
    mlockall: { readonly flags: number; };
    munlockall: { };
    vhangup: { };
    modify_ldt: { readonly func: number; readonly ptr: Uint8Array | null; readonly bytecount: number; };
    pivot_root: { readonly new_root: string | null; readonly put_old: string | null; readonly path: string | null; };
    _sysctl: { readonly args: number; };
    prctl: { readonly option: number; };
    arch_prctl: { readonly option: number; readonly addr: any; readonly on: number; readonly feature: number; };
    adjtimex: { readonly txc_p: struct_timex | null; };
    setrlimit: { readonly resource: number; readonly rlim: struct_rlimit | null; };
    chroot: { readonly filename: string | null; readonly path: string | null; };
    sync: { };
    acct: { readonly name: string | null; readonly path: string | null; };
    settimeofday: { readonly tv: struct_timeval | null; readonly tz: struct_timezone | null; };
    mount: { readonly dev_name: string | null; readonly dir_name: string | null; readonly type: string | null; readonly flags: number; readonly data: number; readonly path: string | null; };
    umount2: { readonly name: string | null; readonly flags: number; readonly path: string | null; };
    swapon: { readonly specialfile: string | null; readonly swap_flags: number; readonly path: string | null; };
    swapoff: { readonly specialfile: string | null; readonly path: string | null; };
    reboot: { readonly magic1: number; readonly magic2: number; readonly cmd: number; readonly arg: number; };
    sethostname: { readonly name: Uint8Array | null; readonly len: number; };
    setdomainname: { readonly name: Uint8Array | null; readonly len: number; };
    iopl: { readonly level: number; };
    ioperm: { readonly from: number; readonly num: number; readonly turn_on: number; };
    create_module: { readonly name: number; readonly size: number; };
    init_module: { readonly umod: Uint8Array | null; readonly len: number; readonly uargs: string | null; };
    delete_module: { readonly name: string | null; readonly flags: number; };
    get_kernel_syms: { readonly table: number; };
    query_module: { readonly name: number; readonly which: number; readonly buf: number; readonly bufsize: number; };
    quotactl: { readonly cmd: number; readonly special: string | null; readonly id: number; readonly addr: number; readonly path: string | null; };
    nfsservctl: { readonly cmd: number; readonly argp: number; readonly resp: number; };
    getpmsg: { };
    putpmsg: { };
    afs_syscall: { };
    tuxcall: { };
    security: { };
    gettid: { };
    readahead: { readonly fd: number; readonly offset: number; readonly count: number; };
    setxattr: { readonly pathname: string | null; readonly name: string | null; readonly value: Uint8Array | null; readonly size: number; readonly flags: number; readonly path: string | null; };
    lsetxattr: { readonly pathname: string | null; readonly name: string | null; readonly value: Uint8Array | null; readonly size: number; readonly flags: number; readonly path: string | null; };
    fsetxattr: { readonly fd: number; readonly name: string | null; readonly value: Uint8Array | null; readonly size: number; readonly flags: number; };
    getxattr: { readonly pathname: string | null; readonly name: string | null; readonly value: Uint8Array | null; readonly size: number; readonly path: string | null; };
    lgetxattr: { readonly pathname: string | null; readonly name: string | null; readonly value: Uint8Array | null; readonly size: number; readonly path: string | null; };
    fgetxattr: { readonly fd: number; readonly name: string | null; readonly value: Uint8Array | null; readonly size: number; };
    listxattr: { readonly pathname: string | null; readonly list: Uint8Array | null; readonly size: number; readonly path: string | null; };
    llistxattr: { readonly pathname: string | null; readonly list: Uint8Array | null; readonly size: number; readonly path: string | null; };
    flistxattr: { readonly fd: number; readonly list: Uint8Array | null; readonly size: number; };
    removexattr: { readonly pathname: string | null; readonly name: string | null; readonly path: string | null; };
    lremovexattr: { readonly pathname: string | null; readonly name: string | null; readonly path: string | null; };
    fremovexattr: { readonly fd: number; readonly name: string | null; };
    tkill: { readonly pid: number; readonly sig: number; };
    time: { readonly tloc: number | null; };
    futex: { readonly uaddr: Uint8Array | null; readonly op: number; readonly val: number; readonly utime: number; readonly uaddr2: any; readonly val3: number; readonly timeout: struct_timespec | null; readonly val2: number; };
    sched_setaffinity: { readonly pid: number; readonly len: number; readonly user_mask_ptr: Uint8Array | null; };
    sched_getaffinity: { readonly pid: number; readonly len: number; readonly user_mask_ptr: Uint8Array | null; };
    set_thread_area: { readonly u_info: struct_user_desc | null; };
    io_setup: { readonly nr_reqs: number; readonly ctx: number | null; };
    io_destroy: { readonly ctx: number; };
    io_getevents: { readonly ctx_id: number; readonly min_nr: number; readonly nr: number; readonly events: struct_io_event[] | null; readonly timeout: struct_timespec | null; };
    io_submit: { readonly ctx_id: number; readonly nr: number; readonly iocbpp: struct_iocb_ptr[] | null; };
    io_cancel: { readonly ctx_id: number; readonly iocb: struct_iocb | null; readonly result: struct_io_event | null; };
    get_thread_area: { readonly u_info: struct_user_desc | null; };
    lookup_dcookie: { readonly cookie: number; readonly buf: Uint8Array | null; readonly len: number; };
    epoll_create: { readonly size: number; };
    epoll_ctl_old: { };
    epoll_wait_old: { };
    remap_file_pages: { readonly start: number; readonly size: number; readonly prot: number; readonly pgoff: number; readonly flags: number; };
    getdents64: { readonly fd: number; readonly dirent: Uint8Array | null; readonly count: number; };
    set_tid_address: { readonly tidptr: number; };
    restart_syscall: { };
    semtimedop: { readonly semid: number; readonly tsops: struct_sembuf[] | null; readonly nsops: number; readonly timeout: struct_timespec | null; };
    fadvise64: { readonly fd: number; readonly offset: number; readonly len: number; readonly advice: number; };
    timer_create: { readonly which_clock: number; readonly timer_event_spec: struct_sigevent | null; readonly created_timer_id: number | null; };
    timer_settime: { readonly timer_id: number; readonly flags: number; readonly new_setting: struct_itimerspec | null; readonly old_setting: struct_itimerspec | null; };
    timer_gettime: { readonly timer_id: number; readonly setting: struct_itimerspec | null; };
    timer_getoverrun: { readonly timer_id: number; };
    timer_delete: { readonly timer_id: number; };
    clock_settime: { readonly which_clock: number; readonly tp: struct_timespec | null; };
    clock_gettime: { readonly which_clock: number; readonly tp: struct_timespec | null; };
    clock_getres: { readonly which_clock: number; readonly tp: struct_timespec | null; };
    clock_nanosleep: { readonly which_clock: number; readonly flags: number; readonly rqtp: struct_timespec | null; readonly rmtp: struct_timespec | null; };
    exit_group: { readonly error_code: number; };
    epoll_wait: { readonly epfd: number; readonly events: struct_epoll_event[] | null; readonly maxevents: number; readonly timeout: number; };
    epoll_ctl: { readonly epfd: number; readonly op: number; readonly fd: number; readonly event: struct_epoll_event | null; };
    tgkill: { readonly tgid: number; readonly pid: number; readonly sig: number; };
    utimes: { readonly filename: string | null; readonly utimes: { tv_sec: number; tv_usec: number; }[] | null; readonly path: string | null; };
    vserver: { };
    mbind: { readonly start: number; readonly len: number; readonly mode: number; readonly nmask: number; readonly maxnode: number; readonly flags: number; };
    set_mempolicy: { readonly mode: number; readonly nmask: number; readonly maxnode: number; };
    get_mempolicy: { readonly policy: number; readonly nmask: number; readonly maxnode: number; readonly addr: number; readonly flags: number; };
    mq_open: { readonly u_name: string | null; readonly oflag: number; readonly mode: number; readonly u_attr: struct_mq_attr | null; };
    mq_unlink: { readonly u_name: string | null; };
    mq_timedsend: { readonly mqdes: number; readonly u_msg_ptr: Uint8Array | null; readonly msg_len: number; readonly msg_prio: number; readonly u_abs_timeout: struct_timespec | null; };
    mq_timedreceive: { readonly mqdes: number; readonly u_msg_ptr: Uint8Array | null; readonly msg_len: number; readonly u_msg_prio: number | null; readonly u_abs_timeout: struct_timespec | null; };
    mq_notify: { readonly mqdes: number; readonly u_notification: struct_sigevent | null; };
    mq_getsetattr: { readonly mqdes: number; readonly u_mqstat: struct_mq_attr | null; readonly u_omqstat: struct_mq_attr | null; };
    kexec_load: { readonly entry: number; readonly nr_segments: number; readonly segments: struct_kexec_segment[] | null; readonly flags: number; };
    waitid: { readonly which: number; readonly upid: number; readonly infop: struct_siginfo | null; readonly options: number; readonly ru: struct_rusage | null; };
    add_key: { readonly _type: string | null; readonly _description: string | null; readonly _payload: Uint8Array | null; readonly plen: number; readonly ringid: number; };
    request_key: { readonly _type: string | null; readonly _description: string | null; readonly _callout_info: string | null; readonly destringid: number; };
    keyctl: { readonly option: number; };
    ioprio_set: { readonly which: number; readonly who: number; readonly ioprio: number; };
    ioprio_get: { readonly which: number; readonly who: number; };
    inotify_init: { };
    inotify_add_watch: { readonly fd: number; readonly pathname: string | null; readonly mask: number; readonly path: string | null; };
    inotify_rm_watch: { readonly fd: number; readonly wd: number; };
    migrate_pages: { readonly pid: number; readonly maxnode: number; readonly old_nodes: number; readonly new_nodes: number; };
    openat: { readonly dfd: number; readonly filename: string | null; readonly flags: number; readonly mode: number; readonly path: string | null; };
    mkdirat: { readonly dfd: number; readonly pathname: string | null; readonly mode: number; readonly path: string | null; };
    mknodat: { readonly dfd: number; readonly filename: string | null; readonly mode: number; readonly dev: number; readonly path: string | null; };
    fchownat: { readonly dfd: number; readonly filename: string | null; readonly user: number; readonly group: number; readonly flag: number; readonly path: string | null; };
    futimesat: { readonly dfd: number; readonly filename: string | null; readonly utimes: { tv_sec: number; tv_usec: number; }[] | null; readonly path: string | null; };
    newfstatat: { readonly dfd: number; readonly filename: string | null; readonly statbuf: struct_stat | null; readonly flag: number; readonly path: string | null; };
    unlinkat: { readonly dfd: number; readonly pathname: string | null; readonly flag: number; readonly path: string | null; };
    renameat: { readonly olddfd: number; readonly oldname: string | null; readonly newdfd: number; readonly newname: string | null; readonly path: string | null; };
    linkat: { readonly olddfd: number; readonly oldname: string | null; readonly newdfd: number; readonly newname: string | null; readonly flags: number; readonly path: string | null; };
    symlinkat: { readonly oldname: string | null; readonly newdfd: number; readonly newname: string | null; readonly path: string | null; };
    readlinkat: { readonly dfd: number; readonly pathname: string | null; readonly buf: Uint8Array | null; readonly bufsiz: number; readonly path: string | null; };
    fchmodat: { readonly dfd: number; readonly filename: string | null; readonly mode: number; readonly path: string | null; };
    faccessat: { readonly dfd: number; readonly filename: string | null; readonly mode: number; readonly path: string | null; };
    pselect6: { readonly n: number; readonly inp: number[] | null; readonly outp: number[] | null; readonly exp: number[] | null; readonly tsp: struct_timespec | null; readonly sig: struct_sigset_arg | null; };
    ppoll: { readonly ufds: struct_pollfd[] | null; readonly nfds: number; readonly tsp: struct_timespec | null; readonly sigmask: number[] | null; readonly sigsetsize: number; };
    unshare: { readonly unshare_flags: number; };
    set_robust_list: { readonly head: number; readonly len: number; };
    get_robust_list: { readonly pid: number; readonly head_ptr: number | null; readonly len_ptr: number | null; };
    splice: { readonly fd_in: number; readonly off_in: number | null; readonly fd_out: number; readonly off_out: number | null; readonly len: number; readonly flags: number; };
    tee: { readonly fdin: number; readonly fdout: number; readonly len: number; readonly flags: number; };
    sync_file_range: { readonly fd: number; readonly offset: number; readonly nbytes: number; readonly flags: number; };
    vmsplice: { readonly fd: number; readonly uiov: IoVector[] | null; readonly nr_segs: number; readonly flags: number; };
    move_pages: { readonly pid: number; readonly nr_pages: number; readonly pages: number; readonly nodes: number; readonly status: number; readonly flags: number; };
    utimensat: { readonly dfd: number; readonly filename: string | null; readonly utimes: { tv_sec: number; tv_nsec: number; }[] | null; readonly flags: number; readonly path: string | null; };
    epoll_pwait: { readonly epfd: number; readonly events: struct_epoll_event[] | null; readonly maxevents: number; readonly timeout: number; readonly sigmask: number[] | null; readonly sigsetsize: number; };
    signalfd: { readonly ufd: number; readonly user_mask: number[] | null; readonly sizemask: number; };
    timerfd_create: { readonly clockid: number; readonly flags: number; };
    eventfd: { readonly count: number; };
    fallocate: { readonly fd: number; readonly mode: number; readonly offset: number; readonly len: number; };
    timerfd_settime: { readonly ufd: number; readonly flags: number; readonly utmr: struct_itimerspec | null; readonly otmr: struct_itimerspec | null; };
    timerfd_gettime: { readonly ufd: number; readonly otmr: struct_itimerspec | null; };
    accept4: { readonly fd: number; readonly upeer_sockaddr: SocketAddress | null; readonly upeer_addrlen: number | null; readonly flags: number; readonly sockaddr: SocketAddress | null; };
    signalfd4: { readonly ufd: number; readonly user_mask: number[] | null; readonly sizemask: number; readonly flags: number; };
    eventfd2: { readonly count: number; readonly flags: number; };
    epoll_create1: { readonly flags: number; };
    dup3: { readonly oldfd: number; readonly newfd: number; readonly flags: number; };
    pipe2: { readonly fildes: number[] | null; readonly flags: number; };
    inotify_init1: { readonly flags: number; };
    preadv: { readonly fd: number; readonly vec: IoVector[] | null; readonly vlen: number; readonly pos_l: number; readonly pos_h: number; };
    pwritev: { readonly fd: number; readonly vec: IoVector[] | null; readonly vlen: number; readonly pos_l: number; readonly pos_h: number; };
    rt_tgsigqueueinfo: { readonly tgid: number; readonly pid: number; readonly sig: number; readonly uinfo: struct_siginfo | null; };
    perf_event_open: { readonly attr_uptr: number; readonly pid: number; readonly cpu: number; readonly group_fd: number; readonly flags: number; };
    recvmmsg: { readonly fd: number; readonly mmsg: struct_mmsghdr_out[] | null; readonly vlen: number; readonly flags: number; readonly timeout: struct_timespec | null; };
    fanotify_init: { readonly flags: number; readonly event_f_flags: number; };
    fanotify_mark: { readonly fanotify_fd: number; readonly flags: number; readonly mask: number; readonly dfd: number; readonly pathname: string | null; readonly path: string | null; };
    prlimit64: { readonly pid: number; readonly resource: number; readonly new_rlim: struct_rlimit | null; readonly old_rlim: struct_rlimit | null; };
    name_to_handle_at: { readonly dfd: number; readonly name: string | null; readonly handle: number; readonly mnt_id: number; readonly flag: number; readonly path: string | null; };
    open_by_handle_at: { readonly mountdirfd: number; readonly handle: number; readonly flags: number; };
    clock_adjtime: { readonly which_clock: number; readonly utx: struct_timex | null; };
    syncfs: { readonly fd: number; };
    sendmmsg: { readonly fd: number; readonly mmsg: struct_mmsghdr_in[] | null; readonly vlen: number; readonly flags: number; };
    setns: { readonly fd: number; readonly flags: number; };
    getcpu: { readonly cpup: number | null; readonly nodep: number | null; };
    process_vm_readv: { readonly pid: number; readonly lvec: IoVector[] | null; readonly liovcnt: number; readonly rvec: number; readonly riovcnt: number; readonly flags: number; };
    process_vm_writev: { readonly pid: number; readonly lvec: IoVector[] | null; readonly liovcnt: number; readonly rvec: number; readonly riovcnt: number; readonly flags: number; };
    kcmp: { readonly pid1: number; readonly pid2: number; readonly type: number; readonly idx1: number; readonly idx2: number; };
    finit_module: { readonly fd: number; readonly uargs: string | null; readonly flags: number; };
    sched_setattr: { readonly pid: number; readonly uattr: struct_sched_attr | null; readonly flags: number; };
    sched_getattr: { readonly pid: number; readonly uattr: struct_sched_attr | null; readonly usize: number; readonly flags: number; };
    renameat2: { readonly olddfd: number; readonly oldname: string | null; readonly newdfd: number; readonly newname: string | null; readonly flags: number; readonly path: string | null; };
    seccomp: { readonly op: number; readonly flags: number; readonly uargs: number; };
    getrandom: { readonly buf: Uint8Array | null; readonly count: number; readonly flags: number; };
    memfd_create: { readonly uname: string | null; readonly flags: number; };
    kexec_file_load: { readonly kernel_fd: number; readonly initrd_fd: number; readonly cmdline_len: number; readonly cmdline_ptr: Uint8Array | null; readonly flags: number; };
    bpf: { readonly cmd: number; readonly uattr: number; readonly size: number; };
    execveat: { readonly fd: number; readonly filename: string | null; readonly argv: string[] | null; readonly envp: string[] | null; readonly flags: number; readonly path: string | null; };
    userfaultfd: { readonly flags: number; };
    membarrier: { readonly cmd: number; readonly flags: number; readonly cpu_id: number; };
    mlock2: { readonly start: number; readonly len: number; readonly flags: number; };
    copy_file_range: { readonly fd_in: number; readonly off_in: number | null; readonly fd_out: number; readonly off_out: number | null; readonly len: number; readonly flags: number; };
    preadv2: { readonly fd: number; readonly vec: IoVector[] | null; readonly vlen: number; readonly pos_l: number; readonly pos_h: number; readonly flags: number; };
    pwritev2: { readonly fd: number; readonly vec: IoVector[] | null; readonly vlen: number; readonly pos_l: number; readonly pos_h: number; readonly flags: number; };
    pkey_mprotect: { readonly start: number; readonly len: number; readonly prot: number; readonly pkey: number; };
    pkey_alloc: { readonly flags: number; readonly init_val: number; };
    pkey_free: { readonly pkey: number; };
    statx: { readonly dfd: number; readonly filename: string | null; readonly flags: number; readonly mask: number; readonly buffer: struct_statx | null; readonly path: string | null; };
    io_pgetevents: { readonly ctx_id: number; readonly min_nr: number; readonly nr: number; readonly events: struct_io_event[] | null; readonly timeout: struct_timespec | null; readonly usig: struct_aio_sigset | null; };
    rseq: { readonly rseq: number; readonly rseq_len: number; readonly flags: number; readonly sig: number; };
    uretprobe: { };
    pidfd_send_signal: { readonly pidfd: number; readonly sig: number; readonly info: struct_siginfo | null; readonly flags: number; };
    io_uring_setup: { readonly entries: number; readonly params: number; };
    io_uring_enter: { readonly fd: number; readonly to_submit: number; readonly min_complete: number; readonly flags: number; readonly argp: number; readonly argsz: number; };
    io_uring_register: { readonly fd: number; readonly opcode: number; readonly arg: number; readonly nr_args: number; };
    open_tree: { readonly dfd: number; readonly filename: string | null; readonly flags: number; readonly path: string | null; };
    move_mount: { readonly from_dfd: number; readonly from_pathname: string | null; readonly to_dfd: number; readonly to_pathname: string | null; readonly flags: number; readonly path: string | null; };
    fsopen: { readonly _fs_name: string | null; readonly flags: number; };
    fsconfig: { readonly fd: number; readonly cmd: number; readonly _key: string | null; readonly _value: number; readonly aux: number; };
    fsmount: { readonly fs_fd: number; readonly flags: number; readonly attr_flags: number; };
    fspick: { readonly dfd: number; readonly path: string | null; readonly flags: number; };
    pidfd_open: { readonly pid: number; readonly flags: number; };
    clone3: { readonly uargs: struct_clone_args | null; readonly size: number; };
    close_range: { readonly fd: number; readonly max_fd: number; readonly flags: number; };
    openat2: { readonly dfd: number; readonly filename: string | null; readonly how: struct_open_how | null; readonly usize: number; readonly path: string | null; };
    pidfd_getfd: { readonly pidfd: number; readonly fd: number; readonly flags: number; };
    faccessat2: { readonly dfd: number; readonly filename: string | null; readonly mode: number; readonly flags: number; readonly path: string | null; };
    process_madvise: { readonly pidfd: number; readonly vec: number; readonly vlen: number; readonly behavior: number; readonly flags: number; };
    epoll_pwait2: { readonly epfd: number; readonly events: struct_epoll_event[] | null; readonly maxevents: number; readonly timeout: struct_timespec | null; readonly sigmask: number[] | null; readonly sigsetsize: number; };
    mount_setattr: { readonly dfd: number; readonly path: string | null; readonly flags: number; readonly uattr: struct_mount_attr | null; readonly usize: number; };
    quotactl_fd: { readonly fd: number; readonly cmd: number; readonly id: number; readonly addr: number; };
    landlock_create_ruleset: { readonly attr: struct_landlock_ruleset_attr | null; readonly size: number; readonly flags: number; };
    landlock_add_rule: { readonly ruleset_fd: number; readonly rule_type: number; readonly rule_attr: number; readonly flags: number; };
    landlock_restrict_self: { readonly ruleset_fd: number; readonly flags: number; };
    memfd_secret: { readonly flags: number; };
    process_mrelease: { readonly pidfd: number; readonly flags: number; };
    futex_waitv: { readonly waiters: struct_futex_waitv[] | null; readonly nr_futexes: number; readonly flags: number; readonly timeout: struct_timespec | null; readonly clockid: number; };
    set_mempolicy_home_node: { readonly start: number; readonly len: number; readonly home_node: number; readonly flags: number; };
    cachestat: { readonly fd: number; readonly cstat_range: struct_cachestat_range | null; readonly cstat: struct_cachestat | null; readonly flags: number; };
    fchmodat2: { readonly dfd: number; readonly filename: string | null; readonly mode: number; readonly flags: number; readonly path: string | null; };
    map_shadow_stack: { readonly addr: number; readonly size: number; readonly flags: number; };
    futex_wake: { readonly uaddr: Uint8Array | null; readonly mask: number; readonly nr: number; readonly flags: number; };
    futex_wait: { readonly uaddr: Uint8Array | null; readonly val: number; readonly mask: number; readonly flags: number; readonly timeout: struct_timespec | null; readonly clockid: number; };
    futex_requeue: { readonly waiters: { val: number; uaddr: Uint8Array | null; flags: number; }[] | null; readonly flags: number; readonly nr_wake: number; readonly nr_requeue: number; };
    statmount: { readonly req: number; readonly buf: Uint8Array | null; readonly bufsize: number; readonly flags: number; };
    listmount: { readonly req: number; readonly mnt_ids: number[] | null; readonly nr_mnt_ids: number; readonly flags: number; };
    lsm_get_self_attr: { readonly attr: number; readonly ctx: number; readonly size: number | null; readonly flags: number; };
    lsm_set_self_attr: { readonly attr: number; readonly ctx: Uint8Array | null; readonly size: number; readonly flags: number; };
    lsm_list_modules: { readonly ids: Uint8Array | null; readonly size: number | null; readonly flags: number; };
    mseal: { readonly start: number; readonly len: number; readonly flags: number; };
}

/** Numbers of the system calls. */
declare const SYS: {
    readonly read: 0;
    readonly write: 1;
    readonly open: 2;
    readonly close: 3;
    readonly stat: 4;
    readonly fstat: 5;
    readonly lstat: 6;
    readonly poll: 7;
    readonly lseek: 8;
    readonly mmap: 9;
    readonly mprotect: 10;
    readonly munmap: 11;
    readonly brk: 12;
    readonly rt_sigaction: 13;
    readonly rt_sigprocmask: 14;
    readonly rt_sigreturn: 15;
    readonly ioctl: 16;
    readonly pread64: 17;
    readonly pwrite64: 18;
    readonly readv: 19;
    readonly writev: 20;
    readonly access: 21;
    readonly pipe: 22;
    readonly select: 23;
    readonly sched_yield: 24;
    readonly mremap: 25;
    readonly msync: 26;
    readonly mincore: 27;
    readonly madvise: 28;
    readonly shmget: 29;
    readonly shmat: 30;
    readonly shmctl: 31;
    readonly dup: 32;
    readonly dup2: 33;
    readonly pause: 34;
    readonly nanosleep: 35;
    readonly getitimer: 36;
    readonly alarm: 37;
    readonly setitimer: 38;
    readonly getpid: 39;
    readonly sendfile: 40;
    readonly socket: 41;
    readonly connect: 42;
    readonly accept: 43;
    readonly sendto: 44;
    readonly recvfrom: 45;
    readonly sendmsg: 46;
    readonly recvmsg: 47;
    readonly shutdown: 48;
    readonly bind: 49;
    readonly listen: 50;
    readonly getsockname: 51;
    readonly getpeername: 52;
    readonly socketpair: 53;
    readonly setsockopt: 54;
    readonly getsockopt: 55;
    readonly clone: 56;
    readonly fork: 57;
    readonly vfork: 58;
    readonly execve: 59;
    readonly exit: 60;
    readonly wait4: 61;
    readonly kill: 62;
    readonly uname: 63;
    readonly semget: 64;
    readonly semop: 65;
    readonly semctl: 66;
    readonly shmdt: 67;
    readonly msgget: 68;
    readonly msgsnd: 69;
    readonly msgrcv: 70;
    readonly msgctl: 71;
    readonly fcntl: 72;
    readonly flock: 73;
    readonly fsync: 74;
    readonly fdatasync: 75;
    readonly truncate: 76;
    readonly ftruncate: 77;
    readonly getdents: 78;
    readonly getcwd: 79;
    readonly chdir: 80;
    readonly fchdir: 81;
    readonly rename: 82;
    readonly mkdir: 83;
    readonly rmdir: 84;
    readonly creat: 85;
    readonly link: 86;
    readonly unlink: 87;
    readonly symlink: 88;
    readonly readlink: 89;
    readonly chmod: 90;
    readonly fchmod: 91;
    readonly chown: 92;
    readonly fchown: 93;
    readonly lchown: 94;
    readonly umask: 95;
    readonly gettimeofday: 96;
    readonly getrlimit: 97;
    readonly getrusage: 98;
    readonly sysinfo: 99;
    readonly times: 100;
    readonly ptrace: 101;
    readonly getuid: 102;
    readonly syslog: 103;
    readonly getgid: 104;
    readonly setuid: 105;
    readonly setgid: 106;
    readonly geteuid: 107;
    readonly getegid: 108;
    readonly setpgid: 109;
    readonly getppid: 110;
    readonly getpgrp: 111;
    readonly setsid: 112;
    readonly setreuid: 113;
    readonly setregid: 114;
    readonly getgroups: 115;
    readonly setgroups: 116;
    readonly setresuid: 117;
    readonly getresuid: 118;
    readonly setresgid: 119;
    readonly getresgid: 120;
    readonly getpgid: 121;
    readonly setfsuid: 122;
    readonly setfsgid: 123;
    readonly getsid: 124;
    readonly capget: 125;
    readonly capset: 126;
    readonly rt_sigpending: 127;
    readonly rt_sigtimedwait: 128;
    readonly rt_sigqueueinfo: 129;
    readonly rt_sigsuspend: 130;
    readonly sigaltstack: 131;
    readonly utime: 132;
    readonly mknod: 133;
    readonly uselib: 134;
    readonly personality: 135;
    readonly ustat: 136;
    readonly statfs: 137;
    readonly fstatfs: 138;
    readonly sysfs: 139;
    readonly getpriority: 140;
    readonly setpriority: 141;
    readonly sched_setparam: 142;
    readonly sched_getparam: 143;
    readonly sched_setscheduler: 144;
    readonly sched_getscheduler: 145;
    readonly sched_get_priority_max: 146;
    readonly sched_get_priority_min: 147;
    readonly sched_rr_get_interval: 148;
    readonly mlock: 149;
    readonly munlock: 150;
    readonly mlockall: 151;
    readonly munlockall: 152;
    readonly vhangup: 153;
    readonly modify_ldt: 154;
    readonly pivot_root: 155;
    readonly _sysctl: 156;
    readonly prctl: 157;
    readonly arch_prctl: 158;
    readonly adjtimex: 159;
    readonly setrlimit: 160;
    readonly chroot: 161;
    readonly sync: 162;
    readonly acct: 163;
    readonly settimeofday: 164;
    readonly mount: 165;
    readonly umount2: 166;
    readonly swapon: 167;
    readonly swapoff: 168;
    readonly reboot: 169;
    readonly sethostname: 170;
    readonly setdomainname: 171;
    readonly iopl: 172;
    readonly ioperm: 173;
    readonly create_module: 174;
    readonly init_module: 175;
    readonly delete_module: 176;
    readonly get_kernel_syms: 177;
    readonly query_module: 178;
    readonly quotactl: 179;
    readonly nfsservctl: 180;
    readonly getpmsg: 181;
    readonly putpmsg: 182;
    readonly afs_syscall: 183;
    readonly tuxcall: 184;
    readonly security: 185;
    readonly gettid: 186;
    readonly readahead: 187;
    readonly setxattr: 188;
    readonly lsetxattr: 189;
    readonly fsetxattr: 190;
    readonly getxattr: 191;
    readonly lgetxattr: 192;
    readonly fgetxattr: 193;
    readonly listxattr: 194;
    readonly llistxattr: 195;
    readonly flistxattr: 196;
    readonly removexattr: 197;
    readonly lremovexattr: 198;
    readonly fremovexattr: 199;
    readonly tkill: 200;
    readonly time: 201;
    readonly futex: 202;
    readonly sched_setaffinity: 203;
    readonly sched_getaffinity: 204;
    readonly set_thread_area: 205;
    readonly io_setup: 206;
    readonly io_destroy: 207;
    readonly io_getevents: 208;
    readonly io_submit: 209;
    readonly io_cancel: 210;
    readonly get_thread_area: 211;
    readonly lookup_dcookie: 212;
    readonly epoll_create: 213;
    readonly epoll_ctl_old: 214;
    readonly epoll_wait_old: 215;
    readonly remap_file_pages: 216;
    readonly getdents64: 217;
    readonly set_tid_address: 218;
    readonly restart_syscall: 219;
    readonly semtimedop: 220;
    readonly fadvise64: 221;
    readonly timer_create: 222;
    readonly timer_settime: 223;
    readonly timer_gettime: 224;
    readonly timer_getoverrun: 225;
    readonly timer_delete: 226;
    readonly clock_settime: 227;
    readonly clock_gettime: 228;
    readonly clock_getres: 229;
    readonly clock_nanosleep: 230;
    readonly exit_group: 231;
    readonly epoll_wait: 232;
    readonly epoll_ctl: 233;
    readonly tgkill: 234;
    readonly utimes: 235;
    readonly vserver: 236;
    readonly mbind: 237;
    readonly set_mempolicy: 238;
    readonly get_mempolicy: 239;
    readonly mq_open: 240;
    readonly mq_unlink: 241;
    readonly mq_timedsend: 242;
    readonly mq_timedreceive: 243;
    readonly mq_notify: 244;
    readonly mq_getsetattr: 245;
    readonly kexec_load: 246;
    readonly waitid: 247;
    readonly add_key: 248;
    readonly request_key: 249;
    readonly keyctl: 250;
    readonly ioprio_set: 251;
    readonly ioprio_get: 252;
    readonly inotify_init: 253;
    readonly inotify_add_watch: 254;
    readonly inotify_rm_watch: 255;
    readonly migrate_pages: 256;
    readonly openat: 257;
    readonly mkdirat: 258;
    readonly mknodat: 259;
    readonly fchownat: 260;
    readonly futimesat: 261;
    readonly newfstatat: 262;
    readonly unlinkat: 263;
    readonly renameat: 264;
    readonly linkat: 265;
    readonly symlinkat: 266;
    readonly readlinkat: 267;
    readonly fchmodat: 268;
    readonly faccessat: 269;
    readonly pselect6: 270;
    readonly ppoll: 271;
    readonly unshare: 272;
    readonly set_robust_list: 273;
    readonly get_robust_list: 274;
    readonly splice: 275;
    readonly tee: 276;
    readonly sync_file_range: 277;
    readonly vmsplice: 278;
    readonly move_pages: 279;
    readonly utimensat: 280;
    readonly epoll_pwait: 281;
    readonly signalfd: 282;
    readonly timerfd_create: 283;
    readonly eventfd: 284;
    readonly fallocate: 285;
    readonly timerfd_settime: 286;
    readonly timerfd_gettime: 287;
    readonly accept4: 288;
    readonly signalfd4: 289;
    readonly eventfd2: 290;
    readonly epoll_create1: 291;
    readonly dup3: 292;
    readonly pipe2: 293;
    readonly inotify_init1: 294;
    readonly preadv: 295;
    readonly pwritev: 296;
    readonly rt_tgsigqueueinfo: 297;
    readonly perf_event_open: 298;
    readonly recvmmsg: 299;
    readonly fanotify_init: 300;
    readonly fanotify_mark: 301;
    readonly prlimit64: 302;
    readonly name_to_handle_at: 303;
    readonly open_by_handle_at: 304;
    readonly clock_adjtime: 305;
    readonly syncfs: 306;
    readonly sendmmsg: 307;
    readonly setns: 308;
    readonly getcpu: 309;
    readonly process_vm_readv: 310;
    readonly process_vm_writev: 311;
    readonly kcmp: 312;
    readonly finit_module: 313;
    readonly sched_setattr: 314;
    readonly sched_getattr: 315;
    readonly renameat2: 316;
    readonly seccomp: 317;
    readonly getrandom: 318;
    readonly memfd_create: 319;
    readonly kexec_file_load: 320;
    readonly bpf: 321;
    readonly execveat: 322;
    readonly userfaultfd: 323;
    readonly membarrier: 324;
    readonly mlock2: 325;
    readonly copy_file_range: 326;
    readonly preadv2: 327;
    readonly pwritev2: 328;
    readonly pkey_mprotect: 329;
    readonly pkey_alloc: 330;
    readonly pkey_free: 331;
    readonly statx: 332;
    readonly io_pgetevents: 333;
    readonly rseq: 334;
    readonly uretprobe: 335;
    readonly pidfd_send_signal: 424;
    readonly io_uring_setup: 425;
    readonly io_uring_enter: 426;
    readonly io_uring_register: 427;
    readonly open_tree: 428;
    readonly move_mount: 429;
    readonly fsopen: 430;
    readonly fsconfig: 431;
    readonly fsmount: 432;
    readonly fspick: 433;
    readonly pidfd_open: 434;
    readonly clone3: 435;
    readonly close_range: 436;
    readonly openat2: 437;
    readonly pidfd_getfd: 438;
    readonly faccessat2: 439;
    readonly process_madvise: 440;
    readonly epoll_pwait2: 441;
    readonly mount_setattr: 442;
    readonly quotactl_fd: 443;
    readonly landlock_create_ruleset: 444;
    readonly landlock_add_rule: 445;
    readonly landlock_restrict_self: 446;
    readonly memfd_secret: 447;
    readonly process_mrelease: 448;
    readonly futex_waitv: 449;
    readonly set_mempolicy_home_node: 450;
    readonly cachestat: 451;
    readonly fchmodat2: 452;
    readonly map_shadow_stack: 453;
    readonly futex_wake: 454;
    readonly futex_wait: 455;
    readonly futex_requeue: 456;
    readonly statmount: 457;
    readonly listmount: 458;
    readonly lsm_get_self_attr: 459;
    readonly lsm_set_self_attr: 460;
    readonly lsm_list_modules: 461;
    readonly mseal: 462;
};

declare const AF: {
    readonly ALG: 38;
    readonly APPLETALK: 5;
    readonly ASH: 18;
    readonly ATMPVC: 8;
    readonly ATMSVC: 20;
    readonly AX25: 3;
    readonly BLUETOOTH: 31;
    readonly BRIDGE: 7;
    readonly CAIF: 37;
    readonly CAN: 29;
    readonly ECONET: 19;
    readonly IB: 27;
    readonly IEEE802154: 36;
    readonly INET: 2;
    readonly INET6: 10;
    readonly IPX: 4;
    readonly IRDA: 23;
    readonly ISDN: 34;
    readonly IUCV: 32;
    readonly KCM: 41;
    readonly KEY: 15;
    readonly LLC: 26;
    readonly MCTP: 45;
    readonly MPLS: 28;
    readonly NETBEUI: 13;
    readonly NETLINK: 16;
    readonly NETROM: 6;
    readonly NFC: 39;
    readonly PACKET: 17;
    readonly PHONET: 35;
    readonly PPPOX: 24;
    readonly QIPCRTR: 42;
    readonly RDS: 21;
    readonly ROSE: 11;
    readonly RXRPC: 33;
    readonly SECURITY: 14;
    readonly SMC: 43;
    readonly SNA: 22;
    readonly TIPC: 30;
    readonly UNIX: 1;
    readonly UNSPEC: 0;
    readonly VSOCK: 40;
    readonly WANPIPE: 25;
    readonly X25: 9;
    readonly XDP: 44;
};
declare const ARCH: {
    readonly GET_CPUID: 4113;
    readonly GET_FS: 4099;
    readonly GET_GS: 4100;
    readonly GET_XCOMP_PERM: 4130;
    readonly GET_XCOMP_SUPP: 4129;
    readonly REQ_XCOMP_PERM: 4131;
    readonly SET_CPUID: 4114;
    readonly SET_FS: 4098;
    readonly SET_GS: 4097;
};
declare const AT: {
    readonly EACCESS: 512;
    readonly EMPTY_PATH: 4096;
    readonly FDCWD: -100;
    readonly NO_AUTOMOUNT: 2048;
    readonly RECURSIVE: 32768;
    readonly REMOVEDIR: 512;
    readonly STATX_DONT_SYNC: 16384;
    readonly STATX_FORCE_SYNC: 8192;
    readonly SYMLINK_FOLLOW: 1024;
    readonly SYMLINK_NOFOLLOW: 256;
};
declare const CLOCK: {
    readonly BOOTTIME: 7;
    readonly BOOTTIME_ALARM: 9;
    readonly MONOTONIC: 1;
    readonly MONOTONIC_COARSE: 6;
    readonly MONOTONIC_RAW: 4;
    readonly PROCESS_CPUTIME_ID: 2;
    readonly REALTIME: 0;
    readonly REALTIME_ALARM: 8;
    readonly REALTIME_COARSE: 5;
    readonly TAI: 11;
    readonly THREAD_CPUTIME_ID: 3;
};
declare const CLONE: {
    readonly CHILD_CLEARTID: 2097152;
    readonly CHILD_SETTID: 16777216;
    readonly CLEAR_SIGHAND: 4294967296;
    readonly DETACHED: 4194304;
    readonly FILES: 1024;
    readonly FS: 512;
    readonly INTO_CGROUP: 8589934592;
    readonly IO: 2147483648;
    readonly NEWCGROUP: 33554432;
    readonly NEWIPC: 134217728;
    readonly NEWNET: 1073741824;
    readonly NEWNS: 131072;
    readonly NEWPID: 536870912;
    readonly NEWTIME: 128;
    readonly NEWUSER: 268435456;
    readonly NEWUTS: 67108864;
    readonly PARENT: 32768;
    readonly PARENT_SETTID: 1048576;
    readonly PIDFD: 4096;
    readonly PTRACE: 8192;
    readonly SETTLS: 524288;
    readonly SIGHAND: 2048;
    readonly SYSVSEM: 262144;
    readonly THREAD: 65536;
    readonly UNTRACED: 8388608;
    readonly VFORK: 16384;
    readonly VM: 256;
};
declare const CLOSE: {
    readonly RANGE_CLOEXEC: 4;
    readonly RANGE_UNSHARE: 2;
};
declare const DN: {
    readonly ACCESS: 1;
    readonly ATTRIB: 32;
    readonly CREATE: 4;
    readonly DELETE: 8;
    readonly MODIFY: 2;
    readonly MULTISHOT: 2147483648;
    readonly RENAME: 16;
};
declare const E: {
    readonly "2BIG": 7;
    readonly ACCES: 13;
    readonly ADDRINUSE: 98;
    readonly ADDRNOTAVAIL: 99;
    readonly ADV: 68;
    readonly AFNOSUPPORT: 97;
    readonly AGAIN: 11;
    readonly ALREADY: 114;
    readonly BADE: 52;
    readonly BADF: 9;
    readonly BADFD: 77;
    readonly BADMSG: 74;
    readonly BADR: 53;
    readonly BADRQC: 56;
    readonly BADSLT: 57;
    readonly BFONT: 59;
    readonly BUSY: 16;
    readonly CANCELED: 125;
    readonly CHILD: 10;
    readonly CHRNG: 44;
    readonly COMM: 70;
    readonly CONNABORTED: 103;
    readonly CONNREFUSED: 111;
    readonly CONNRESET: 104;
    readonly DEADLK: 35;
    readonly DESTADDRREQ: 89;
    readonly DOM: 33;
    readonly DOTDOT: 73;
    readonly DQUOT: 122;
    readonly EXIST: 17;
    readonly FAULT: 14;
    readonly FBIG: 27;
    readonly HOSTDOWN: 112;
    readonly HOSTUNREACH: 113;
    readonly HWPOISON: 133;
    readonly IDRM: 43;
    readonly ILSEQ: 84;
    readonly INPROGRESS: 115;
    readonly INTR: 4;
    readonly INVAL: 22;
    readonly IO: 5;
    readonly ISCONN: 106;
    readonly ISDIR: 21;
    readonly ISNAM: 120;
    readonly KEYEXPIRED: 127;
    readonly KEYREJECTED: 129;
    readonly KEYREVOKED: 128;
    readonly L2HLT: 51;
    readonly L2NSYNC: 45;
    readonly L3HLT: 46;
    readonly L3RST: 47;
    readonly LIBACC: 79;
    readonly LIBBAD: 80;
    readonly LIBEXEC: 83;
    readonly LIBMAX: 82;
    readonly LIBSCN: 81;
    readonly LNRNG: 48;
    readonly LOOP: 40;
    readonly MEDIUMTYPE: 124;
    readonly MFILE: 24;
    readonly MLINK: 31;
    readonly MSGSIZE: 90;
    readonly MULTIHOP: 72;
    readonly NAMETOOLONG: 36;
    readonly NAVAIL: 119;
    readonly NETDOWN: 100;
    readonly NETRESET: 102;
    readonly NETUNREACH: 101;
    readonly NFILE: 23;
    readonly NOANO: 55;
    readonly NOBUFS: 105;
    readonly NOCSI: 50;
    readonly NODATA: 61;
    readonly NODEV: 19;
    readonly NOENT: 2;
    readonly NOEXEC: 8;
    readonly NOKEY: 126;
    readonly NOLCK: 37;
    readonly NOLINK: 67;
    readonly NOMEDIUM: 123;
    readonly NOMEM: 12;
    readonly NOMSG: 42;
    readonly NONET: 64;
    readonly NOPKG: 65;
    readonly NOPROTOOPT: 92;
    readonly NOSPC: 28;
    readonly NOSR: 63;
    readonly NOSTR: 60;
    readonly NOSYS: 38;
    readonly NOTBLK: 15;
    readonly NOTCONN: 107;
    readonly NOTDIR: 20;
    readonly NOTEMPTY: 39;
    readonly NOTNAM: 118;
    readonly NOTRECOVERABLE: 131;
    readonly NOTSOCK: 88;
    readonly NOTTY: 25;
    readonly NOTUNIQ: 76;
    readonly NXIO: 6;
    readonly OPNOTSUPP: 95;
    readonly OVERFLOW: 75;
    readonly OWNERDEAD: 130;
    readonly PERM: 1;
    readonly PFNOSUPPORT: 96;
    readonly PIPE: 32;
    readonly PROTO: 71;
    readonly PROTONOSUPPORT: 93;
    readonly PROTOTYPE: 91;
    readonly RANGE: 34;
    readonly REMCHG: 78;
    readonly REMOTE: 66;
    readonly REMOTEIO: 121;
    readonly RESTART: 85;
    readonly RFKILL: 132;
    readonly ROFS: 30;
    readonly SHUTDOWN: 108;
    readonly SOCKTNOSUPPORT: 94;
    readonly SPIPE: 29;
    readonly SRCH: 3;
    readonly SRMNT: 69;
    readonly STALE: 116;
    readonly STRPIPE: 86;
    readonly TIME: 62;
    readonly TIMEDOUT: 110;
    readonly TOOMANYREFS: 109;
    readonly TXTBSY: 26;
    readonly UCLEAN: 117;
    readonly UNATCH: 49;
    readonly USERS: 87;
    readonly XDEV: 18;
    readonly XFULL: 54;
};
declare const EFD: {
    readonly CLOEXEC: 524288;
    readonly NONBLOCK: 2048;
    readonly SEMAPHORE: 1;
};
declare const EPOLL: {
    readonly CTL_ADD: 1;
    readonly CTL_DEL: 2;
    readonly CTL_MOD: 3;
    readonly ERR: 8;
    readonly ET: 2147483648;
    readonly EXCLUSIVE: 268435456;
    readonly HUP: 16;
    readonly IN: 1;
    readonly MSG: 1024;
    readonly ONESHOT: 1073741824;
    readonly OUT: 4;
    readonly PRI: 2;
    readonly RDBAND: 128;
    readonly RDHUP: 8192;
    readonly RDNORM: 64;
    readonly WAKEUP: 536870912;
    readonly WRBAND: 512;
    readonly WRNORM: 256;
};
declare const F: {
    readonly ADD_SEALS: 1033;
    readonly CREATED_QUERY: 1028;
    readonly DUPFD: 0;
    readonly DUPFD_CLOEXEC: 1030;
    readonly DUPFD_QUERY: 1027;
    readonly GETFD: 1;
    readonly GETFL: 3;
    readonly GETLEASE: 1025;
    readonly GETLK: 5;
    readonly GETOWN: 9;
    readonly GETOWNER_UIDS: 17;
    readonly GETOWN_EX: 16;
    readonly GETPIPE_SZ: 1032;
    readonly GETSIG: 11;
    readonly GET_FILE_RW_HINT: 1037;
    readonly GET_RW_HINT: 1035;
    readonly GET_SEALS: 1034;
    readonly NOTIFY: 1026;
    readonly OFD_GETLK: 36;
    readonly OFD_SETLK: 37;
    readonly OFD_SETLKW: 38;
    readonly OK: 0;
    readonly RDLCK: 0;
    readonly SEAL_EXEC: 32;
    readonly SEAL_FUTURE_WRITE: 16;
    readonly SEAL_GROW: 4;
    readonly SEAL_SEAL: 1;
    readonly SEAL_SHRINK: 2;
    readonly SEAL_WRITE: 8;
    readonly SETFD: 2;
    readonly SETFL: 4;
    readonly SETLEASE: 1024;
    readonly SETLK: 6;
    readonly SETLKW: 7;
    readonly SETOWN: 8;
    readonly SETOWN_EX: 15;
    readonly SETPIPE_SZ: 1031;
    readonly SETSIG: 10;
    readonly SET_FILE_RW_HINT: 1038;
    readonly SET_RW_HINT: 1036;
    readonly UNLCK: 2;
    readonly WRLCK: 1;
};
declare const FALLOC: {
    readonly FL_COLLAPSE_RANGE: 8;
    readonly FL_INSERT_RANGE: 32;
    readonly FL_KEEP_SIZE: 1;
    readonly FL_NO_HIDE_STALE: 4;
    readonly FL_PUNCH_HOLE: 2;
    readonly FL_UNSHARE_RANGE: 64;
    readonly FL_ZERO_RANGE: 16;
};
declare const FD: {
    readonly CLOEXEC: 1;
};
declare const FS: {
    readonly APPEND_FL: 32;
    readonly CASEFOLD_FL: 1073741824;
    readonly COMPR_FL: 4;
    readonly DAX_FL: 33554432;
    readonly DIRSYNC_FL: 65536;
    readonly ENCRYPT_FL: 2048;
    readonly EXTENT_FL: 524288;
    readonly IMMUTABLE_FL: 16;
    readonly INDEX_FL: 4096;
    readonly INLINE_DATA_FL: 268435456;
    readonly JOURNAL_DATA_FL: 16384;
    readonly NOATIME_FL: 128;
    readonly NOCOMP_FL: 1024;
    readonly NOCOW_FL: 8388608;
    readonly NODUMP_FL: 64;
    readonly NOTAIL_FL: 32768;
    readonly PROJINHERIT_FL: 536870912;
    readonly SECRM_FL: 1;
    readonly SYNC_FL: 8;
    readonly TOPDIR_FL: 131072;
    readonly UNRM_FL: 2;
    readonly VERITY_FL: 1048576;
};
declare const FUTEX: {
    readonly CMP_REQUEUE: 4;
    readonly CMP_REQUEUE_PI: 12;
    readonly LOCK_PI: 6;
    readonly LOCK_PI2: 13;
    readonly REQUEUE: 3;
    readonly TRYLOCK_PI: 8;
    readonly UNLOCK_PI: 7;
    readonly WAIT: 0;
    readonly WAIT_BITSET: 9;
    readonly WAIT_REQUEUE_PI: 11;
    readonly WAKE: 1;
    readonly WAKE_BITSET: 10;
    readonly WAKE_OP: 5;
};
declare const FUTEX2: {
    readonly NUMA: 4;
    readonly PRIVATE: 128;
    readonly SIZE_U16: 1;
    readonly SIZE_U32: 2;
    readonly SIZE_U64: 3;
    readonly SIZE_U8: 0;
};
declare const GRND: {
    readonly INSECURE: 4;
    readonly NONBLOCK: 1;
    readonly RANDOM: 2;
};
declare const IN: {
    readonly ACCESS: 1;
    readonly ATTRIB: 4;
    readonly CLOSE_NOWRITE: 16;
    readonly CLOSE_WRITE: 8;
    readonly CREATE: 256;
    readonly DELETE: 512;
    readonly DELETE_SELF: 1024;
    readonly DONT_FOLLOW: 33554432;
    readonly EXCL_UNLINK: 67108864;
    readonly MASK_ADD: 536870912;
    readonly MASK_CREATE: 268435456;
    readonly MODIFY: 2;
    readonly MOVED_FROM: 64;
    readonly MOVED_TO: 128;
    readonly MOVE_SELF: 2048;
    readonly ONESHOT: 2147483648;
    readonly ONLYDIR: 16777216;
    readonly OPEN: 32;
};
declare const IOCTL: {
    readonly BLKALIGNOFF: 4730;
    readonly BLKBSZGET: 2148012656;
    readonly BLKDISCARDZEROES: 4732;
    readonly BLKFLSBUF: 4705;
    readonly BLKFRAGET: 4709;
    readonly BLKGETSIZE: 4704;
    readonly BLKGETSIZE64: 2148012658;
    readonly BLKIOMIN: 4728;
    readonly BLKIOOPT: 4729;
    readonly BLKPBSZGET: 4731;
    readonly BLKRAGET: 4707;
    readonly BLKROGET: 4702;
    readonly BLKROTATIONAL: 4734;
    readonly BLKSECTGET: 4711;
    readonly BLKSSZGET: 4712;
    readonly FICLONE: 1074041865;
    readonly FICLONERANGE: 1075876877;
    readonly FIDEDUPERANGE: 3222836278;
    readonly FIGETBSZ: 2;
    readonly FIOASYNC: 21586;
    readonly FIOCLEX: 21585;
    readonly FIOGETOWN: 35075;
    readonly FIONBIO: 21537;
    readonly FIONCLEX: 21584;
    readonly FIONREAD: 21531;
    readonly FIOQSIZE: 21600;
    readonly FIOSETOWN: 35073;
    readonly FS_IOC_FIEMAP: 3223348747;
    readonly FS_IOC_FSGETXATTR: 2149341215;
    readonly FS_IOC_FSSETXATTR: 1075599392;
    readonly FS_IOC_GETFLAGS: 2148034049;
    readonly FS_IOC_GETFSLABEL: 2164298801;
    readonly FS_IOC_GETFSUUID: 2148603136;
    readonly FS_IOC_GETVERSION: 2148038145;
    readonly FS_IOC_SETFLAGS: 1074292226;
    readonly HDIO_GETGEO: 769;
    readonly RNDGETENTCNT: 2147766784;
    readonly SIOCATMARK: 35077;
    readonly SIOCETHTOOL: 35142;
    readonly SIOCGIFADDR: 35093;
    readonly SIOCGIFBRDADDR: 35097;
    readonly SIOCGIFCONF: 35090;
    readonly SIOCGIFDSTADDR: 35095;
    readonly SIOCGIFFLAGS: 35091;
    readonly SIOCGIFHWADDR: 35111;
    readonly SIOCGIFINDEX: 35123;
    readonly SIOCGIFMAP: 35184;
    readonly SIOCGIFMETRIC: 35101;
    readonly SIOCGIFMTU: 35105;
    readonly SIOCGIFNAME: 35088;
    readonly SIOCGIFNETMASK: 35099;
    readonly SIOCGIFTXQLEN: 35138;
    readonly SIOCGPGRP: 35076;
    readonly SIOCGSTAMPNS_NEW: 2148567303;
    readonly SIOCGSTAMPNS_OLD: 35079;
    readonly SIOCGSTAMP_NEW: 2148567302;
    readonly SIOCGSTAMP_OLD: 35078;
    readonly SIOCOUTQNSD: 35147;
    readonly SIOCSIFADDR: 35094;
    readonly SIOCSIFBRDADDR: 35098;
    readonly SIOCSIFDSTADDR: 35096;
    readonly SIOCSIFFLAGS: 35092;
    readonly SIOCSIFMTU: 35106;
    readonly SIOCSIFNETMASK: 35100;
    readonly SIOCSIFTXQLEN: 35139;
    readonly SIOCSPGRP: 35074;
    readonly TCFLSH: 21515;
    readonly TCGETA: 21509;
    readonly TCGETS: 21505;
    readonly TCGETS2: 2150388778;
    readonly TCSBRK: 21513;
    readonly TCSBRKP: 21541;
    readonly TCSETA: 21510;
    readonly TCSETAF: 21512;
    readonly TCSETAW: 21511;
    readonly TCSETS: 21506;
    readonly TCSETS2: 1076646955;
    readonly TCSETSF: 21508;
    readonly TCSETSF2: 1076646957;
    readonly TCSETSW: 21507;
    readonly TCSETSW2: 1076646956;
    readonly TCXONC: 21514;
    readonly TIOCCBRK: 21544;
    readonly TIOCCONS: 21533;
    readonly TIOCEXCL: 21516;
    readonly TIOCGDEV: 2147767346;
    readonly TIOCGETD: 21540;
    readonly TIOCGEXCL: 2147767360;
    readonly TIOCGICOUNT: 21597;
    readonly TIOCGLCKTRMIOS: 21590;
    readonly TIOCGPGRP: 21519;
    readonly TIOCGPKT: 2147767352;
    readonly TIOCGPTLCK: 2147767353;
    readonly TIOCGPTN: 2147767344;
    readonly TIOCGPTPEER: 21569;
    readonly TIOCGSID: 21545;
    readonly TIOCGSOFTCAR: 21529;
    readonly TIOCGWINSZ: 21523;
    readonly TIOCLINUX: 21532;
    readonly TIOCMBIC: 21527;
    readonly TIOCMBIS: 21526;
    readonly TIOCMGET: 21525;
    readonly TIOCMIWAIT: 21596;
    readonly TIOCMSET: 21528;
    readonly TIOCNOTTY: 21538;
    readonly TIOCNXCL: 21517;
    readonly TIOCOUTQ: 21521;
    readonly TIOCPKT: 21536;
    readonly TIOCSBRK: 21543;
    readonly TIOCSCTTY: 21518;
    readonly TIOCSETD: 21539;
    readonly TIOCSIG: 1074025526;
    readonly TIOCSLCKTRMIOS: 21591;
    readonly TIOCSPGRP: 21520;
    readonly TIOCSPTLCK: 1074025521;
    readonly TIOCSSOFTCAR: 21530;
    readonly TIOCSTI: 21522;
    readonly TIOCSWINSZ: 21524;
    readonly TIOCVHANGUP: 21559;
};
declare const IOPRIO: {
    readonly WHO_PGRP: 2;
    readonly WHO_PROCESS: 1;
    readonly WHO_USER: 3;
};
declare const IPC: {
    readonly CREAT: 512;
    readonly EXCL: 1024;
    readonly NOWAIT: 2048;
};
declare const ITIMER: {
    readonly PROF: 2;
    readonly REAL: 0;
    readonly VIRTUAL: 1;
};
declare const LOCK: {
    readonly EX: 2;
    readonly NB: 4;
    readonly SH: 1;
    readonly UN: 8;
};
declare const MADV: {
    readonly COLD: 20;
    readonly COLLAPSE: 25;
    readonly DODUMP: 17;
    readonly DOFORK: 11;
    readonly DONTDUMP: 16;
    readonly DONTFORK: 10;
    readonly DONTNEED: 4;
    readonly DONTNEED_LOCKED: 24;
    readonly FREE: 8;
    readonly HUGEPAGE: 14;
    readonly HWPOISON: 100;
    readonly KEEPONFORK: 19;
    readonly MERGEABLE: 12;
    readonly NOHUGEPAGE: 15;
    readonly NORMAL: 0;
    readonly PAGEOUT: 21;
    readonly POPULATE_READ: 22;
    readonly POPULATE_WRITE: 23;
    readonly RANDOM: 1;
    readonly REMOVE: 9;
    readonly SEQUENTIAL: 2;
    readonly SOFT_OFFLINE: 101;
    readonly UNMERGEABLE: 13;
    readonly WILLNEED: 3;
    readonly WIPEONFORK: 18;
};
declare const MAP: {
    readonly "32BIT": 64;
    readonly ANONYMOUS: 32;
    readonly DENYWRITE: 2048;
    readonly EXECUTABLE: 4096;
    readonly FIXED: 16;
    readonly FIXED_NOREPLACE: 1048576;
    readonly GROWSDOWN: 256;
    readonly HUGETLB: 262144;
    readonly LOCKED: 8192;
    readonly NONBLOCK: 65536;
    readonly NORESERVE: 16384;
    readonly POPULATE: 32768;
    readonly PRIVATE: 2;
    readonly SHARED: 1;
    readonly SHARED_VALIDATE: 3;
    readonly STACK: 131072;
    readonly SYNC: 524288;
};
declare const MCL: {
    readonly CURRENT: 1;
    readonly FUTURE: 2;
    readonly ONFAULT: 4;
};
declare const MEMBARRIER: {
    readonly CMD_GET_REGISTRATIONS: 512;
    readonly CMD_GLOBAL: 1;
    readonly CMD_GLOBAL_EXPEDITED: 2;
    readonly CMD_PRIVATE_EXPEDITED: 8;
    readonly CMD_PRIVATE_EXPEDITED_RSEQ: 128;
    readonly CMD_PRIVATE_EXPEDITED_SYNC_CORE: 32;
    readonly CMD_QUERY: 0;
    readonly CMD_REGISTER_GLOBAL_EXPEDITED: 4;
    readonly CMD_REGISTER_PRIVATE_EXPEDITED: 16;
    readonly CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ: 256;
    readonly CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE: 64;
};
declare const MFD: {
    readonly ALLOW_SEALING: 2;
    readonly CLOEXEC: 1;
    readonly EXEC: 16;
    readonly HUGETLB: 4;
    readonly NOEXEC_SEAL: 8;
};
declare const MLOCK: {
    readonly ONFAULT: 1;
};
declare const MNT: {
    readonly DETACH: 2;
    readonly EXPIRE: 4;
    readonly FORCE: 1;
};
declare const MREMAP: {
    readonly DONTUNMAP: 4;
    readonly FIXED: 2;
    readonly MAYMOVE: 1;
};
declare const MS: {
    readonly ASYNC: 1;
    readonly BIND: 4096;
    readonly DIRSYNC: 128;
    readonly INVALIDATE: 2;
    readonly LAZYTIME: 33554432;
    readonly MANDLOCK: 64;
    readonly MOVE: 8192;
    readonly NOATIME: 1024;
    readonly NODEV: 4;
    readonly NODIRATIME: 2048;
    readonly NOEXEC: 8;
    readonly NOSUID: 2;
    readonly NOSYMFOLLOW: 256;
    readonly POSIXACL: 65536;
    readonly PRIVATE: 262144;
    readonly RDONLY: 1;
    readonly REC: 16384;
    readonly RELATIME: 2097152;
    readonly REMOUNT: 32;
    readonly SHARED: 1048576;
    readonly SILENT: 32768;
    readonly SLAVE: 524288;
    readonly STRICTATIME: 16777216;
    readonly SYNC: 4;
    readonly SYNCHRONOUS: 16;
    readonly UNBINDABLE: 131072;
};
declare const MSG: {
    readonly BATCH: 262144;
    readonly CMSG_CLOEXEC: 1073741824;
    readonly CONFIRM: 2048;
    readonly COPY: 16384;
    readonly CTRUNC: 8;
    readonly DONTROUTE: 4;
    readonly DONTWAIT: 64;
    readonly EOR: 128;
    readonly ERRQUEUE: 8192;
    readonly EXCEPT: 8192;
    readonly FASTOPEN: 536870912;
    readonly FIN: 512;
    readonly MORE: 32768;
    readonly NOERROR: 4096;
    readonly NOSIGNAL: 16384;
    readonly OOB: 1;
    readonly PEEK: 2;
    readonly PROXY: 16;
    readonly RST: 4096;
    readonly SYN: 1024;
    readonly TRUNC: 32;
    readonly WAITALL: 256;
    readonly WAITFORONE: 65536;
    readonly ZEROCOPY: 67108864;
};
declare const MSGCTL: {
    readonly IPC_INFO: 3;
    readonly IPC_RMID: 0;
    readonly IPC_SET: 1;
    readonly IPC_STAT: 2;
    readonly MSG_INFO: 12;
    readonly MSG_STAT: 11;
    readonly MSG_STAT_ANY: 13;
};
declare const O: {
    readonly ACCMODE: 3;
    readonly APPEND: 1024;
    readonly ASYNC: 8192;
    readonly CLOEXEC: 524288;
    readonly CREAT: 64;
    readonly DIRECT: 16384;
    readonly DIRECTORY: 65536;
    readonly DSYNC: 4096;
    readonly EXCL: 128;
    readonly LARGEFILE: 32768;
    readonly NOATIME: 262144;
    readonly NOCTTY: 256;
    readonly NOFOLLOW: 131072;
    readonly NONBLOCK: 2048;
    readonly PATH: 2097152;
    readonly RDONLY: 0;
    readonly RDWR: 2;
    readonly SYNC: 1052672;
    readonly TMPFILE: 4259840;
    readonly TRUNC: 512;
    readonly WRONLY: 1;
};
declare const P: {
    readonly ALL: 0;
    readonly PGID: 2;
    readonly PID: 1;
    readonly PIDFD: 3;
};
declare const PIDFD: {
    readonly NONBLOCK: 2048;
    readonly THREAD: 128;
};
declare const POLL: {
    readonly ERR: 8;
    readonly HUP: 16;
    readonly IN: 1;
    readonly MSG: 1024;
    readonly NVAL: 32;
    readonly OUT: 4;
    readonly PRI: 2;
    readonly RDBAND: 128;
    readonly RDHUP: 8192;
    readonly RDNORM: 64;
    readonly WRBAND: 512;
    readonly WRNORM: 256;
};
declare const POSIX: {
    readonly FADV_DONTNEED: 4;
    readonly FADV_NOREUSE: 5;
    readonly FADV_NORMAL: 0;
    readonly FADV_RANDOM: 1;
    readonly FADV_SEQUENTIAL: 2;
    readonly FADV_WILLNEED: 3;
};
declare const PR: {
    readonly CAPBSET_DROP: 24;
    readonly CAPBSET_READ: 23;
    readonly CAP_AMBIENT: 47;
    readonly GET_AUXV: 1096112214;
    readonly GET_CHILD_SUBREAPER: 37;
    readonly GET_DUMPABLE: 3;
    readonly GET_KEEPCAPS: 7;
    readonly GET_MDWE: 66;
    readonly GET_MEMORY_MERGE: 68;
    readonly GET_NAME: 16;
    readonly GET_NO_NEW_PRIVS: 39;
    readonly GET_PDEATHSIG: 2;
    readonly GET_SECCOMP: 21;
    readonly GET_SECUREBITS: 27;
    readonly GET_SPECULATION_CTRL: 52;
    readonly GET_THP_DISABLE: 42;
    readonly GET_TID_ADDRESS: 40;
    readonly GET_TIMERSLACK: 30;
    readonly GET_TIMING: 13;
    readonly GET_TSC: 25;
    readonly SCHED_CORE: 62;
    readonly SET_CHILD_SUBREAPER: 36;
    readonly SET_DUMPABLE: 4;
    readonly SET_KEEPCAPS: 8;
    readonly SET_MDWE: 65;
    readonly SET_MEMORY_MERGE: 67;
    readonly SET_MM: 35;
    readonly SET_NAME: 15;
    readonly SET_NO_NEW_PRIVS: 38;
    readonly SET_PDEATHSIG: 1;
    readonly SET_PTRACER: 1499557217;
    readonly SET_SECCOMP: 22;
    readonly SET_SECUREBITS: 28;
    readonly SET_SPECULATION_CTRL: 53;
    readonly SET_SYSCALL_USER_DISPATCH: 59;
    readonly SET_THP_DISABLE: 41;
    readonly SET_TIMERSLACK: 29;
    readonly SET_TIMING: 14;
    readonly SET_TSC: 26;
    readonly SET_VMA: 1398164801;
};
declare const PRIO: {
    readonly PGRP: 1;
    readonly PROCESS: 0;
    readonly USER: 2;
};
declare const PROT: {
    readonly EXEC: 4;
    readonly GROWSDOWN: 16777216;
    readonly GROWSUP: 33554432;
    readonly NONE: 0;
    readonly READ: 1;
    readonly SEM: 8;
    readonly WRITE: 2;
};
declare const R: {
    readonly OK: 4;
};
declare const RENAME: {
    readonly EXCHANGE: 2;
    readonly NOREPLACE: 1;
    readonly WHITEOUT: 4;
};
declare const RESOLVE: {
    readonly BENEATH: 8;
    readonly CACHED: 32;
    readonly IN_ROOT: 16;
    readonly NO_MAGICLINKS: 2;
    readonly NO_SYMLINKS: 4;
    readonly NO_XDEV: 1;
};
declare const RLIMIT: {
    readonly AS: 9;
    readonly CORE: 4;
    readonly CPU: 0;
    readonly DATA: 2;
    readonly FSIZE: 1;
    readonly LOCKS: 10;
    readonly MEMLOCK: 8;
    readonly MSGQUEUE: 12;
    readonly NICE: 13;
    readonly NOFILE: 7;
    readonly NPROC: 6;
    readonly RSS: 5;
    readonly RTPRIO: 14;
    readonly RTTIME: 15;
    readonly SIGPENDING: 11;
    readonly STACK: 3;
};
declare const RUSAGE: {
    readonly CHILDREN: -1;
    readonly SELF: 0;
    readonly THREAD: 1;
};
declare const RWF: {
    readonly APPEND: 16;
    readonly ATOMIC: 64;
    readonly DSYNC: 2;
    readonly HIPRI: 1;
    readonly NOAPPEND: 32;
    readonly NOWAIT: 8;
    readonly SYNC: 4;
};
declare const S: {
    readonly IFBLK: 24576;
    readonly IFCHR: 8192;
    readonly IFDIR: 16384;
    readonly IFIFO: 4096;
    readonly IFLNK: 40960;
    readonly IFMT: 61440;
    readonly IFREG: 32768;
    readonly IFSOCK: 49152;
    readonly IRGRP: 32;
    readonly IROTH: 4;
    readonly IRUSR: 256;
    readonly IRWXG: 56;
    readonly IRWXO: 7;
    readonly IRWXU: 448;
    readonly ISGID: 1024;
    readonly ISUID: 2048;
    readonly ISVTX: 512;
    readonly IWGRP: 16;
    readonly IWOTH: 2;
    readonly IWUSR: 128;
    readonly IXGRP: 8;
    readonly IXOTH: 1;
    readonly IXUSR: 64;
};
declare const SA: {
    readonly EXPOSE_TAGBITS: 2048;
    readonly NOCLDSTOP: 1;
    readonly NOCLDWAIT: 2;
    readonly NODEFER: 1073741824;
    readonly ONSTACK: 134217728;
    readonly RESETHAND: 2147483648;
    readonly RESTART: 268435456;
    readonly RESTORER: 67108864;
    readonly SIGINFO: 4;
};
declare const SCHED: {
    readonly BATCH: 3;
    readonly DEADLINE: 6;
    readonly EXT: 7;
    readonly FIFO: 1;
    readonly IDLE: 5;
    readonly OTHER: 0;
    readonly RESET_ON_FORK: 1073741824;
    readonly RR: 2;
};
declare const SEEK: {
    readonly CUR: 1;
    readonly DATA: 3;
    readonly END: 2;
    readonly HOLE: 4;
    readonly SET: 0;
};
declare const SEM: {
    readonly UNDO: 4096;
};
declare const SEMCTL: {
    readonly GETALL: 13;
    readonly GETNCNT: 14;
    readonly GETPID: 11;
    readonly GETVAL: 12;
    readonly GETZCNT: 15;
    readonly IPC_INFO: 3;
    readonly IPC_RMID: 0;
    readonly IPC_SET: 1;
    readonly IPC_STAT: 2;
    readonly SEM_INFO: 19;
    readonly SEM_STAT: 18;
    readonly SEM_STAT_ANY: 20;
    readonly SETALL: 17;
    readonly SETVAL: 16;
};
declare const SHM: {
    readonly EXEC: 32768;
    readonly HUGETLB: 2048;
    readonly NORESERVE: 4096;
    readonly RDONLY: 4096;
    readonly REMAP: 16384;
    readonly RND: 8192;
};
declare const SHMCTL: {
    readonly IPC_INFO: 3;
    readonly IPC_RMID: 0;
    readonly IPC_SET: 1;
    readonly IPC_STAT: 2;
    readonly SHM_INFO: 14;
    readonly SHM_LOCK: 11;
    readonly SHM_STAT: 13;
    readonly SHM_STAT_ANY: 15;
    readonly SHM_UNLOCK: 12;
};
declare const SHUT: {
    readonly RD: 0;
    readonly RDWR: 2;
    readonly WR: 1;
};
declare const SIG: {
    readonly ABRT: 6;
    readonly ALRM: 14;
    readonly BLOCK: 0;
    readonly BUS: 7;
    readonly CHLD: 17;
    readonly CONT: 18;
    readonly FPE: 8;
    readonly HUP: 1;
    readonly ILL: 4;
    readonly INT: 2;
    readonly KILL: 9;
    readonly PIPE: 13;
    readonly POLL: 29;
    readonly PROF: 27;
    readonly PWR: 30;
    readonly QUIT: 3;
    readonly SEGV: 11;
    readonly SETMASK: 2;
    readonly STKFLT: 16;
    readonly STOP: 19;
    readonly SYS: 31;
    readonly TERM: 15;
    readonly TRAP: 5;
    readonly TSTP: 20;
    readonly TTIN: 21;
    readonly TTOU: 22;
    readonly UNBLOCK: 1;
    readonly URG: 23;
    readonly USR1: 10;
    readonly USR2: 12;
    readonly VTALRM: 26;
    readonly WINCH: 28;
    readonly XCPU: 24;
    readonly XFSZ: 25;
};
declare const SIGEV: {
    readonly NONE: 1;
    readonly SIGNAL: 0;
    readonly THREAD: 2;
    readonly THREAD_ID: 4;
};
declare const SOCK: {
    readonly CLOEXEC: 524288;
    readonly DCCP: 6;
    readonly DGRAM: 2;
    readonly NONBLOCK: 2048;
    readonly PACKET: 10;
    readonly RAW: 3;
    readonly RDM: 4;
    readonly SEQPACKET: 5;
    readonly STREAM: 1;
};
declare const SOL: {
    readonly ALG: 279;
    readonly ICMPV6: 58;
    readonly IP: 0;
    readonly IPV6: 41;
    readonly MPTCP: 284;
    readonly NETLINK: 270;
    readonly PACKET: 263;
    readonly RAW: 255;
    readonly SCTP: 132;
    readonly SOCKET: 1;
    readonly TCP: 6;
    readonly TLS: 282;
    readonly UDP: 17;
    readonly UDPLITE: 136;
    readonly XDP: 283;
};
declare const SPLICE: {
    readonly F_GIFT: 8;
    readonly F_MORE: 4;
    readonly F_MOVE: 1;
    readonly F_NONBLOCK: 2;
};
declare const SS: {
    readonly AUTODISARM: 2147483648;
    readonly DISABLE: 2;
    readonly ONSTACK: 1;
};
declare const STATX: {
    readonly ATIME: 32;
    readonly BLOCKS: 1024;
    readonly BTIME: 2048;
    readonly CTIME: 128;
    readonly DIOALIGN: 8192;
    readonly GID: 16;
    readonly INO: 256;
    readonly MNT_ID: 4096;
    readonly MNT_ID_UNIQUE: 16384;
    readonly MODE: 2;
    readonly MTIME: 64;
    readonly NLINK: 4;
    readonly SIZE: 512;
    readonly SUBVOL: 32768;
    readonly TYPE: 1;
    readonly UID: 8;
    readonly WRITE_ATOMIC: 65536;
};
declare const SYNC: {
    readonly FILE_RANGE_WAIT_AFTER: 4;
    readonly FILE_RANGE_WAIT_BEFORE: 1;
    readonly FILE_RANGE_WRITE: 2;
};
declare const TC: {
    readonly IFLUSH: 0;
    readonly IOFF: 2;
    readonly IOFLUSH: 2;
    readonly ION: 3;
    readonly OFLUSH: 1;
    readonly OOFF: 0;
    readonly OON: 1;
};
declare const TFD: {
    readonly CLOEXEC: 524288;
    readonly NONBLOCK: 2048;
    readonly TIMER_ABSTIME: 1;
    readonly TIMER_CANCEL_ON_SET: 2;
};
declare const TIMER: {
    readonly ABSTIME: 1;
};
declare const UMOUNT: {
    readonly NOFOLLOW: 8;
};
declare const UTIME: {
    readonly NOW: 1073741823;
    readonly OMIT: 1073741822;
};
declare const W: {
    readonly ALL: 1073741824;
    readonly CLONE: 2147483648;
    readonly CONTINUED: 8;
    readonly EXITED: 4;
    readonly NOHANG: 1;
    readonly NOTHREAD: 536870912;
    readonly NOWAIT: 16777216;
    readonly OK: 2;
    readonly STOPPED: 2;
};
declare const X: {
    readonly OK: 1;
};
declare const XATTR: {
    readonly CREATE: 1;
    readonly REPLACE: 2;
};
