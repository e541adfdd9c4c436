# jobs.sh: an interactive bash in a pty: ^C, ^Z, fg, bg, jobs, the end by ^D.
. "${0%/*}/begin.sh"
cat >drive.py <<'P'
import os, pty, select, sys, time

pid, fd = pty.fork()
if pid == 0:
    os.environ.update(PS1='> ', TERM='dumb', HOME=os.getcwd(), HISTFILE='')
    os.execv('/usr/bin/bash', ['bash', '--norc', '--noprofile', '--noediting'])
unread = ''

def until(what):
    """Read up to where what appears."""
    global unread
    end = time.time() + 40
    while what not in unread and time.time() < end:
        if select.select([fd], [], [], 1)[0]:
            try:
                unread += os.read(fd, 4096).decode()
            except OSError:
                break
    if what not in unread:
        print('missing', repr(what), 'in', repr(unread))
        sys.exit(1)
    unread = unread.split(what, 1)[1]

def type_line(text, what):
    os.write(fd, text.encode())
    until(what)

until('> ')
type_line('echo st""art; tty | cut -c1-9\n', '> ')
type_line('cat\n', '\n')
type_line('line\n', 'line\r\nline\r\n')
type_line('\x03', '> ')
type_line('echo $?\n', '130\r\n> ')
type_line('cat\n', '\n')
type_line('more\n', 'more\r\nmore\r\n')
type_line('\x1a', '> ')
type_line('jobs\n', 'Stopped')
until('> ')
type_line('fg\n', 'cat\r\n')
type_line('again\n', 'again\r\nagain\r\n')
type_line('\x04', '> ')
type_line('sleep 0.3 | cat &\n', '> ')
type_line('sleep 60 &\n', '> ')
type_line('kill %2; wait %1; echo w""aited\n', 'waited')
until('> ')  # before cat: what it prints comes after
type_line('cat\n', '\n')
type_line('z\n', 'z\r\nz\r\n')
type_line('\x1a', '> ')
type_line('bg; sleep 0.5; jobs\n', 'Stopped')  # by SIGTTIN
until('> ')
type_line('kill %%; wait %%; echo e""nded\n', 'ended')
until('> ')
type_line('(trap "echo stop""ped" TSTP; kill -TSTP $BASHPID; echo on)\n', 'on\r\n')
type_line('stty size; stty -a | grep -c isig\n', '1\r\n')
os.write(fd, b'exit 5\n')
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))
P
python3 drive.py
