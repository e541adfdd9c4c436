# perl.sh: fork, pipes, sockets, signals, select and locks from perl.
. "${0%/*}/begin.sh"
cat >work.pl <<'P'
use strict; use warnings; use POSIX ':sys_wait_h'; use IO::Select; use Socket;
use Fcntl ':flock'; use IPC::Open3;
$| = 1;
my ($select, %of) = IO::Select->new;
for my $n (1 .. 8) {
    pipe(my $r, my $w) or die;
    my $pid = fork // die;
    if (!$pid) { close $r; print $w "$n squared ", $n * $n, "\n"; POSIX::_exit($n) }
    close $w; $select->add($r); $of{$pid} = $n;
}
my @lines;
while ($select->count) {
    for my $r ($select->can_read) { my $l = <$r>; defined $l ? push @lines, $l : $select->remove($r) }
}
print sort @lines;
while ((my $pid = waitpid(-1, 0)) > 0) { die unless $? >> 8 == $of{$pid} }
my $seen = 0;
$SIG{CHLD} = sub { while (waitpid(-1, WNOHANG) > 0) { $seen++ } };
for (1 .. 5) { fork // die or exit 0 }
select undef, undef, undef, 0.05 while $seen < 5;
print "children $seen\n"; $SIG{CHLD} = 'DEFAULT';
print eval { local $SIG{ALRM} = sub { die "alarm\n" }; alarm 1; sleep 30; 1 } ? "slept\n" : $@;
socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or die;
if (!fork) { close $a; while (<$b>) { syswrite $b, uc } exit 0 }
close $b; syswrite $a, "over there\n"; print scalar <$a>; close $a; wait;
open(my $f, '+>', 'count') or die; print $f 0; close $f;
for (1 .. 4) {
    next if fork;
    for (1 .. 10) {
        open(my $g, '+<', 'count') or die; flock $g, LOCK_EX;
        my $n = <$g>; seek $g, 0, 0; print $g $n + 1; close $g;
    }
    POSIX::_exit(0);
}
1 while wait > 0;
print `cat count`, "\n", scalar(() = `ls /usr/bin` =~ /^perl\n/mg), "\n";
my $pid = open3(my $in, my $out, undef, 'sh', '-c', 'cat; echo problem >&2; exit 9');
print $in "to sh\n"; close $in; print <$out>; waitpid $pid, 0; print $? >> 8, "\n";
if (!($pid = fork)) { kill 'KILL', $$ } waitpid $pid, 0; print "signal ", $? & 127, "\n";
system('true') == 0 or die; print system('sh', '-c', 'exit 4') >> 8, "\n";
exec 'echo', 'replaced';
P
perl work.pl
