return {ret: 1e400, errno: "4095"};
