package tweedie.train;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskContext$;

/**
 * The elements of another iterator in their order, taken from it by a thread of its own and held
 * ready: minibatches are read, decoded and made noisy while the one before trains. To Spark, that
 * thread belongs to the task that made this.
 *
 * <p>What the other iterator throws is thrown where its element would have come.
 *
 * @param <T> what it yields, never null
 */
public final class Prefetched<T> implements Iterator<T>, AutoCloseable {

  private static final Object END = new Object();

  /** In place of an element that could not be had. */
  private record Failure(Throwable cause) {}

  private final BlockingQueue<Object> ready;
  private final Thread reader;
  private volatile boolean closed;
  private Object next;

  /**
   * @param ahead how many elements are held ready, at least 1
   */
  public Prefetched(Iterator<T> elements, int ahead) {
    ready = new ArrayBlockingQueue<>(ahead);
    TaskContext task = TaskContext.get();
    reader = new Thread(() -> read(elements, task), Thread.currentThread().getName() + " reader");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(Iterator<T> elements, TaskContext task) {
    // blocks that Spark keeps are locked by task, and file systems count what a task reads
    TaskContext$.MODULE$.setTaskContext(task);
    try {
      while (elements.hasNext()) {
        if (!put(elements.next())) {
          return;
        }
      }
      put(END);
    } catch (RuntimeException | Error e) {
      put(new Failure(e));
    }
  }

  /**
   * Waits for room; false once this is closed. Looks up now and then, because an interrupt would
   * reach into the file system that is being read.
   */
  private boolean put(Object element) {
    try {
      while (!closed) {
        if (ready.offer(element, 100, TimeUnit.MILLISECONDS)) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  @Override
  public boolean hasNext() {
    if (next == null) {
      try {
        next = ready.take();
      } catch (InterruptedException e) { // Spark kills the task
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while waiting for a minibatch", e);
      }
    }
    if (next instanceof Failure failure) {
      if (failure.cause() instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure.cause();
    }
    return next != END;
  }

  @Override
  @SuppressWarnings("unchecked") // what the queue holds besides END and failures is T
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    T element = (T) next;
    next = null;
    return element;
  }

  /** Lets the thread end; what it has read ahead is lost. */
  @Override
  public void close() {
    closed = true;
    ready.clear();
  }
}
