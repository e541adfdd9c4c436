return "abc";
