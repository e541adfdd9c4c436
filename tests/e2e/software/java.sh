# java.sh: a source file launched by the JVM: threads, collections of garbage, a
# process, a socket, a stack that overflows, a null pointer.
. "${0%/*}/begin.sh"
cat >Work.java <<'J'
import java.net.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.stream.*;

public class Work {
    static int depth = 0;
    static int deep(int n) { depth++; return deep(n + 1) + 1; }
    static int length(String s) { return s.length(); }

    public static void main(String[] args) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<Long>> sums = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            final int n = i;
            sums.add(pool.submit(() -> LongStream.range(0, 10000L * n).sum()));
        }
        long sum = 0;
        for (Future<Long> f : sums)
            sum += f.get();
        pool.shutdown();
        System.out.println(sum + " " + pool.awaitTermination(60, TimeUnit.SECONDS));
        long kept = 0;
        for (int i = 0; i < 2000; i++)
            kept += new byte[100000].length;
        System.gc();
        System.out.println("garbage " + kept);
        System.out.println(IntStream.range(0, 100000).parallel().filter(x -> x % 7 == 3).count());
        Process p = new ProcessBuilder("sh", "-c", "echo from sh; exit 3").start();
        System.out.println(new String(p.getInputStream().readAllBytes()).trim() + " " + p.waitFor());
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread t = new Thread(() -> {
                try (Socket s = server.accept()) {
                    s.getOutputStream().write("served".getBytes());
                } catch (Exception e) { System.out.println(e); }
            });
            t.start();
            try (Socket s = new Socket(server.getInetAddress(), server.getLocalPort())) {
                System.out.println(new String(s.getInputStream().readAllBytes()));
            }
            t.join();
        }
        try { deep(0); } catch (StackOverflowError e) { System.out.println(depth > 500); }
        int caught = 0;
        for (int i = 0; i < 20000; i++)
            try { length(i % 10 == 0 ? null : "x"); } catch (NullPointerException e) { caught++; }
        System.out.println("null " + caught);
        Thread.sleep(10);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
        System.exit(5);
    }
}
J
java -Xmx256m -XX:+UseG1GC -XX:-UsePerfData Work.java
echo "status $?"
