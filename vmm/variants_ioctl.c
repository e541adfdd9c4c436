/*
 * variants_ioctl.c: ioctl(fd, cmd, arg) by command and class of descriptor;
 * ioctl_tty(2), ioctl_list(2), netdevice(7).
 *
 * What is not listed is answered ENOTTY; so is what is listed for other
 * classes. The size of what (arg) points to is what the kernel copies, which is
 * not always what the command's number says (FS_IOC_GETFLAGS says long and
 * copies an int).
 */
#include "vmm/datum.h"
#include "vmm/fd_class.h"
#include "vmm/variants.h"

#include <errno.h>
#include <stddef.h>

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/random.h>
#include <linux/sockios.h>

/* Linux 6.9, of which the headers may not know. */
#ifndef FS_IOC_GETFSUUID
#define FS_IOC_GETFSUUID _IOR(0x15, 0, uint8_t[17])
#endif
#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

/* clang-format off */
#define IO(c_, ...)                                                            \
    {.key = (c_), .name = #c_, .fd_class = CLASS,                              \
     .arg = {FD(fd), HEX32(cmd), __VA_ARGS__}}
#define NO(c_, err_, why_)                                                     \
    {.key = (c_), .name = #c_, .route = ROUTE_REFUSE, .refuse_errno = (err_),  \
     .why = (why_), .fd_class = CLASS, .arg = {FD(fd), HEX32(cmd), HEX(arg)}}

const struct syscall_variant variants_ioctl[] = {
/* terminals */
#define CLASS FD_CLASS_TTY
IO(TCGETS,            ST_OUT(arg, termios)),
IO(TCSETS,            ST_IN(arg, termios)),
IO(TCSETSW,           ST_IN(arg, termios)),
IO(TCSETSF,           ST_IN(arg, termios)),
IO(TCGETA,            ST_OUT(arg, termio)),
IO(TCSETA,            ST_IN(arg, termio)),
IO(TCSETAW,           ST_IN(arg, termio)),
IO(TCSETAF,           ST_IN(arg, termio)),
IO(TCGETS2,           ST_OUT(arg, termios2)),
IO(TCSETS2,           ST_IN(arg, termios2)),
IO(TCSETSW2,          ST_IN(arg, termios2)),
IO(TCSETSF2,          ST_IN(arg, termios2)),
IO(TIOCGLCKTRMIOS,    ST_OUT(arg, termios)),
IO(TIOCSLCKTRMIOS,    ST_IN(arg, termios)),
IO(TCSBRK,            INT(arg)),
IO(TCSBRKP,           INT(arg)),
IO(TCXONC,            ENUM(arg, tcflow_actions)),
IO(TCFLSH,            ENUM(arg, tcflush_queues)),
IO(TIOCEXCL),
IO(TIOCNXCL),
IO(TIOCGEXCL,         ST_OUT(arg, int32)),
IO(TIOCSCTTY,         INT(arg)),
IO(TIOCNOTTY),
IO(TIOCGPGRP,         ST_OUT(arg, pid)),
IO(TIOCSPGRP,         ST_IN(arg, pid)),
IO(TIOCGSID,          ST_OUT(arg, pid)),
IO(TIOCGWINSZ,        ST_OUT(arg, winsize)),
IO(TIOCSWINSZ,        ST_IN(arg, winsize)),
IO(TIOCMGET,          ST_OUT(arg, int32)),
IO(TIOCMBIS,          ST_IN(arg, int32)),
IO(TIOCMBIC,          ST_IN(arg, int32)),
IO(TIOCMSET,          ST_IN(arg, int32)),
IO(TIOCMIWAIT,        INT(arg)),
IO(TIOCGICOUNT,       ST_OUT(arg, serial_icounter)),
IO(TIOCGSOFTCAR,      ST_OUT(arg, int32)),
IO(TIOCSSOFTCAR,      ST_IN(arg, int32)),
IO(TIOCSBRK),
IO(TIOCCBRK),
IO(TIOCGETD,          ST_OUT(arg, int32)),
IO(TIOCGDEV,          ST_OUT(arg, uint32)),
IO(TIOCPKT,           ST_IN(arg, int32)),
IO(TIOCGPKT,          ST_OUT(arg, int32)),
IO(TIOCGPTN,          ST_OUT(arg, uint32)),
IO(TIOCSPTLCK,        ST_IN(arg, int32)),
IO(TIOCGPTLCK,        ST_OUT(arg, int32)),
IO(TIOCGPTPEER,       FLAGS(arg, open_flags)),
IO(TIOCSIG,           SIGNO(arg)),
NO(TIOCSTI,           EPERM, "would type into the monitor's terminal"),
NO(TIOCLINUX,         EPERM, "would paste into the monitor's console"),
NO(TIOCCONS,          EPERM, "would redirect the host's console"),
NO(TIOCVHANGUP,       EPERM, "would hang up the monitor's terminal for everybody"),
NO(TIOCSETD,          EPERM, "would load a line discipline into the host's kernel"),

/* several classes, with one meaning */
#undef CLASS
#define CLASS (FD_CLASS_TTY | FD_CLASS_SOCKET)
IO(TIOCOUTQ,          ST_OUT(arg, int32)), /* sockets: SIOCOUTQ */
#undef CLASS
#define CLASS                                                                  \
    (FD_CLASS_TTY | FD_CLASS_SOCKET | FD_CLASS_PIPE | FD_CLASS_FILE |          \
     FD_CLASS_ANON)
IO(FIONREAD,          ST_OUT(arg, int32)), /* also TIOCINQ, SIOCINQ */

/* any descriptor: do_vfs_ioctl() of Linux asks no file first */
#undef CLASS
#define CLASS 0
IO(FIONBIO,           ST_IN(arg, int32)),
IO(FIOASYNC,          ST_IN(arg, int32)),
IO(FIOCLEX),
IO(FIONCLEX),
IO(FIOQSIZE,          ST_OUT(arg, int64)),
IO(FIGETBSZ,          ST_OUT(arg, int32)),
IO(FICLONE,           FD(src_fd)),
IO(FICLONERANGE,      ST_IN(arg, file_clone_range)),
NO(FIDEDUPERANGE,     EOPNOTSUPP, "its descriptors stand behind a count inside the structure"),
/* The header counts the extents behind it. */
IO(FS_IOC_FIEMAP,     IN_PLACE(arg, sizeof(struct fiemap))),

/* files and file systems */
#undef CLASS
#define CLASS FD_CLASS_FILE
IO(FS_IOC_GETFLAGS,   ST_OUT(arg, fs_flags)),
IO(FS_IOC_SETFLAGS,   ST_IN(arg, fs_flags)),
IO(FS_IOC_GETVERSION, ST_OUT(arg, int32)),
IO(FS_IOC_FSGETXATTR, ST_OUT(arg, fsxattr)),
IO(FS_IOC_FSSETXATTR, ST_IN(arg, fsxattr)),
IO(FS_IOC_GETFSLABEL, BYTES_OUT(arg, FSLABEL_MAX)),
IO(FS_IOC_GETFSUUID,  BYTES_OUT(arg, 17)),

/* block devices */
#undef CLASS
#define CLASS FD_CLASS_BLOCK
IO(BLKGETSIZE64,      ST_OUT(arg, uint64)),
IO(BLKGETSIZE,        ST_OUT(arg, uint64)),
IO(BLKSSZGET,         ST_OUT(arg, int32)),
IO(BLKPBSZGET,        ST_OUT(arg, uint32)),
IO(BLKBSZGET,         ST_OUT(arg, int32)),
IO(BLKROGET,          ST_OUT(arg, int32)),
IO(BLKIOMIN,          ST_OUT(arg, uint32)),
IO(BLKIOOPT,          ST_OUT(arg, uint32)),
IO(BLKALIGNOFF,       ST_OUT(arg, int32)),
IO(BLKRAGET,          ST_OUT(arg, int64)),
IO(BLKFRAGET,         ST_OUT(arg, int64)),
IO(BLKSECTGET,        BYTES_OUT(arg, 2)),
IO(BLKROTATIONAL,     BYTES_OUT(arg, 2)),
IO(BLKDISCARDZEROES,  ST_OUT(arg, uint32)),
IO(BLKFLSBUF,         INT(arg)),
IO(HDIO_GETGEO,       ST_OUT(arg, hd_geometry)),

/* random(4) */
#undef CLASS
#define CLASS FD_CLASS_RANDOM
IO(RNDGETENTCNT,      ST_OUT(arg, int32)),

/* sockets and network devices */
#undef CLASS
#define CLASS FD_CLASS_SOCKET
IO(FIOSETOWN,         ST_IN(arg, pid)),
IO(SIOCSPGRP,         ST_IN(arg, pid)),
IO(FIOGETOWN,         ST_OUT(arg, pid)),
IO(SIOCGPGRP,         ST_OUT(arg, pid)),
IO(SIOCATMARK,        ST_OUT(arg, int32)),
IO(SIOCOUTQNSD,       ST_OUT(arg, int32)),
IO(SIOCGSTAMP_OLD,    ST_OUT(arg, timeval)),
IO(SIOCGSTAMPNS_OLD,  ST_OUT(arg, timespec)),
IO(SIOCGSTAMP_NEW,    ST_OUT(arg, timeval)),
IO(SIOCGSTAMPNS_NEW,  ST_OUT(arg, timespec)),
IO(SIOCGIFCONF,       ST_INOUT(arg, ifconf)),
IO(SIOCGIFNAME,       ST_INOUT(arg, ifreq)),
IO(SIOCGIFINDEX,      ST_INOUT(arg, ifreq)),
IO(SIOCGIFFLAGS,      ST_INOUT(arg, ifreq)),
IO(SIOCGIFADDR,       ST_INOUT(arg, ifreq)),
IO(SIOCGIFDSTADDR,    ST_INOUT(arg, ifreq)),
IO(SIOCGIFBRDADDR,    ST_INOUT(arg, ifreq)),
IO(SIOCGIFNETMASK,    ST_INOUT(arg, ifreq)),
IO(SIOCGIFMETRIC,     ST_INOUT(arg, ifreq)),
IO(SIOCGIFMTU,        ST_INOUT(arg, ifreq)),
IO(SIOCGIFHWADDR,     ST_INOUT(arg, ifreq)),
IO(SIOCGIFMAP,        ST_INOUT(arg, ifreq)),
IO(SIOCGIFTXQLEN,     ST_INOUT(arg, ifreq)),
IO(SIOCSIFFLAGS,      ST_IN(arg, ifreq)),
IO(SIOCSIFADDR,       ST_IN(arg, ifreq)),
IO(SIOCSIFDSTADDR,    ST_IN(arg, ifreq)),
IO(SIOCSIFBRDADDR,    ST_IN(arg, ifreq)),
IO(SIOCSIFNETMASK,    ST_IN(arg, ifreq)),
IO(SIOCSIFMTU,        ST_IN(arg, ifreq)),
IO(SIOCSIFTXQLEN,     ST_IN(arg, ifreq)),
NO(SIOCETHTOOL,       EOPNOTSUPP, "a pointer inside leads to a structure of the driver's"),
{.name = NULL},
};
/* clang-format on */
