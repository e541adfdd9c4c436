// Fault injection: from the n-th write to standard output on, the disk is full.
//
//   microvm-hook --hooks examples/inject-errno.js -- seq 1 100000

var ENOSPC = 28, NTH = 2;

persistence.glb.writes = 0;
accessors.AddHookBefore(SYS.write, function diskFull(fd) {
    if (fd === 1 && ++persistence.glb.writes >= NTH) {
        return {ret: -1, errno: ENOSPC};
    }
});
