package tweedie.train;

import java.util.Iterator;
import java.util.function.Function;

/**
 * The elements of another iterator, each made into something else when it is asked for.
 *
 * @param into what becomes of an element
 */
public record Mapped<A, B>(Iterator<A> elements, Function<A, B> into) implements Iterator<B> {

  @Override
  public boolean hasNext() {
    return elements.hasNext();
  }

  @Override
  public B next() {
    return into.apply(elements.next());
  }
}
