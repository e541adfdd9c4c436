return {ret: 1, errno: 2};
