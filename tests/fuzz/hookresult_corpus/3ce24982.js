persistence.local = 1; accessors = 2; SYS = null; return {0: "0xffffffffffffffff"};
