# java.sh: a virtual machine, if one is installed: threads, a child, a socket.
. "$(dirname "$0")/begin.sh"
command -v java >/dev/null || exit 0
cat >Sample.java <<'J'
import java.io.*;
import java.net.*;
import java.util.concurrent.*;
public class Sample {
    public static void main(String[] args) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        long sum = 0;
        var all = new java.util.ArrayList<Future<Long>>();
        for (long i = 0; i < 20; i++) {
            final long n = i;
            all.add(pool.submit(() -> n * n));
        }
        for (Future<Long> f : all) sum += f.get();
        pool.shutdown();
        System.out.println(sum);
        Process p = new ProcessBuilder("sh", "-c", "echo child; exit 3").start();
        System.out.println(new String(p.getInputStream().readAllBytes()).trim()
            + " " + p.waitFor());
        try {
            new ProcessBuilder("/no/such").start();
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
        try (ServerSocket server = new ServerSocket(0)) {
            Thread t = new Thread(() -> {
                try (Socket s = server.accept()) {
                    s.getOutputStream().write("hello\n".getBytes());
                } catch (IOException e) {
                    System.out.println(e);
                }
            });
            t.start();
            try (Socket s = new Socket("localhost", server.getLocalPort())) {
                System.out.println(new BufferedReader(new InputStreamReader(
                    s.getInputStream())).readLine());
            }
            t.join();
        }
    }
}
J
java -Xint -XX:TieredStopAtLevel=1 Sample.java
