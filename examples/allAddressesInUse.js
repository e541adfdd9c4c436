// All addresses are in use: bind(2) fails with EADDRINUSE, whatever it names.
//
//   microvm-hook --hooks examples/allAddressesInUse.js -- python3 server.py

accessors.AddHookBefore(SYS.bind, function allAddressesInUse() {
    return {ret: -1, errno: 98};
});
